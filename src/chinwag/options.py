"""Define the options that commands share, and the kinds of values they take."""

import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}

Command = Callable[..., Any]


class Size(click.ParamType[int]):
    """Take a number of bytes as people write it: 64MB, 1GiB, 5000000."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Give the bytes."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmg]?i?)b?", str(value).strip().lower())
        if not found or found[2] not in UNITS or not (size := int(float(found[1]) * UNITS[found[2]])):
            self.fail(f"{value!r} is no size; write it as 64MB or 1GiB", param, ctx)
        return size


class PathOrUri(click.Path):
    """Take a path, or the URI of a file or folder of a store."""

    name = "path"

    def __init__(self, *, stores: bool = True) -> None:
        super().__init__(path_type=Path)
        self._stores = stores

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Give the path, or the URI."""
        from chinwag.stores import Uri, parse

        place = parse(value) if isinstance(value, str) else value
        if isinstance(place, Uri) and not self._stores:
            self.fail(f"{place} is in a store; what is written goes to a disk", param, ctx)
        return place if isinstance(place, Uri) else super().convert(str(place), param, ctx)


class TweetId(click.ParamType[int]):
    """Take the id of a tweet, alone or in its address."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Give the id."""
        found = re.fullmatch(r"(?:\S+/status(?:es)?/)?([0-9]{1,19})(?:[/?#]\S*)?", str(value).strip())
        if not found or int(found[1]) >= 2**63:
            self.fail(f"{value!r} is no id of a tweet; write it as 1345018233543426048", param, ctx)
        return int(found[1])


class Columns(click.ParamType[Mapping[str, str]]):
    """Take a map of columns, or the name of a ready one."""

    name = "columns"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Mapping[str, str]:
        """Give the column of the table for each column of `sightings`."""
        from chinwag.columns import parse

        return parse(value)


class Dollars(click.ParamType[float]):
    """Take an amount of dollars."""

    name = "dollars"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Give the amount."""
        text = str(value).removeprefix("$")
        if not re.fullmatch(r"\d{1,9}(\.\d+)?|\.\d+", text):
            self.fail(f"{value!r} is no amount of dollars; write it as 25 or 0.5", param, ctx)
        return float(text)


class Setting(click.ParamType[tuple[str, str]]):
    """Take a setting as NAME=VALUE."""

    name = "name=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Give the name and the value."""
        name, equals, rest = str(value).partition("=")
        if not equals or not name:
            self.fail(f"{value!r} is no NAME=VALUE", param, ctx)
        return name.replace("-", "_"), rest


# Read by `_failure`, wherever it stands on the line.
debug_option = click.option("--debug", is_flag=True, expose_value=False, help="Show where an error came from.")


def common(command: Command) -> Command:
    """Add the options that every stage has."""
    options = (
        click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
        click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON on stdout."),
        debug_option,
    )
    return functools.reduce(lambda inner, option: option(inner), reversed(options), command)


workspace_option = click.option(
    "-w", "--workspace", type=PathOrUri(stores=False), required=True, help="The folder of the tables."
)
memory_option = click.option("--memory", type=Size(), help="Memory to use, as 4GB; the rest goes to disk.")
recipe_option = click.option(
    "--recipe",
    type=click.Path(path_type=Path),
    help="What the data set is made of: a TOML file or a preset, which `chinwag list presets` names; default: default.",
)
source_option = click.option("--source", help="Read everything as this shape; `chinwag list sources` names them.")
map_option = click.option(
    "--map",
    "columns",
    type=Columns(),
    help="Which columns of a table no source knows are which, as id=tweet_id,text=body; or a ready map: twcs.",
)
workers_option = click.option("--workers", type=click.IntRange(1), help="Processes at work; default: all cores.")

exclude_option = click.option(
    "--exclude-source",
    "exclude",
    multiple=True,
    metavar="NAME",
    help="Leave out what a source, or all sources of the same terms, gave: v2, x-api, web. Can be repeated.",
)


def engine_options(command: Command) -> Command:
    """Add the options that say where the work is done."""
    options = (
        click.option(
            "--engine",
            type=click.Choice(["duckdb", "spark"]),
            default="duckdb",
            show_default=True,
            help="On this machine, or on the cluster of Spark; the tables are the same bytes.",
        ),
        click.option(
            "--master",
            metavar="URL",
            help="Spark's cluster: spark://HOST:7077, yarn, local[4], or sc://HOST of Spark Connect; "
            "default: SPARK_REMOTE, or as Spark is configured.",
        ),
    )
    return functools.reduce(lambda inner, option: option(inner), reversed(options), command)


def selection_options(command: Command) -> Command:
    """Add the options that choose among missing tweets."""
    day = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])
    options = (
        click.option("--top", type=click.IntRange(1, 10**12), help="Only the first so many."),
        click.option("--lang", help="Only those most of whose replies are in these languages: en,de."),
        click.option("--since", type=day, help="Only those written at this time (UTC) or later."),
        click.option("--until", type=day, help="Only those written before this time (UTC)."),
        click.option("--min-replies", type=click.IntRange(1), default=1, help="Only those with so many known replies."),
        recipe_option,
        memory_option,
    )
    return functools.reduce(lambda inner, option: option(inner), reversed(options), command)


def spending_options(command: Command) -> Command:
    """Add the options that say whom to ask, and how much it may cost."""
    options = (
        click.option("--provider", default="x-api", show_default=True, help="`chinwag list providers` names them."),
        click.option("-O", "--option", "settings", type=Setting(), multiple=True, help="An option of the provider."),
        click.option("--max-posts", type=click.IntRange(0, 10**12), help="Ask for no more posts than this."),
        click.option("--max-spend", type=Dollars(), help="Spend no more dollars than this."),
        click.option("--dry-run", is_flag=True, help="Say what would be asked and what it costs; ask nothing."),
    )
    return functools.reduce(lambda inner, option: option(inner), reversed(options), command)


def writing_options(command: Command) -> Command:
    """Add the options that say how exports are written."""
    options = (
        click.option("--shard-size", type=Size(), default="256MiB", show_default=True, help="Size of a file."),
        click.option("--compress", type=click.Choice(["none", "gzip", "zstd"]), default="none", show_default=True),
        click.option("--ids", is_flag=True, help="Keep tweet ids as message ids; default: pseudonyms."),
        click.option("--license", default="", help="The license that the card states; default: other."),
        click.option("--contact", default="", help="Whom the card tells to ask for removal."),
        click.option("--creator", default="", help="Who made the data set, as Croissant says it."),
        click.option("--url", default="", help="Where the data set will be, as Croissant says it."),
    )
    return functools.reduce(lambda inner, option: option(inner), reversed(options), command)
