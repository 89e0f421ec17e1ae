"""Missing originals: rank them, get them; keep what is held lawful, and hand it on as ids."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from chinwag.commands.talk import lines, report
from chinwag.errors import UsageError, printable
from chinwag.options import common, selection_options, spending_options, workspace_option
from chinwag.values import to_id


@click.command()
@workspace_option
@selection_options
@click.option(
    "--format",
    type=click.Choice(["table", "ids", "csv", "jsonl"]),
    default="table",
    show_default=True,
    help="How to print them.",
)
@common
def wanted(workspace: Path, format: str, quiet: bool, as_json: bool, **selection: Any) -> None:
    """Rank the tweets that are missing by what each would unlock.

    `unlocks` are the turns that would join a conversation after the recipe's filters; `obtainable` says whether another
    dump of the stream's sample can have it. Without --recipe, the filters are those the turns were made with last.

    Example: chinwag wanted -w tweets --top 1000 --format ids > ids.txt
    """
    from chinwag import query
    from chinwag import wanted as stage
    from chinwag.providers.x_api import PRICE

    if as_json:
        _refuse("format", why="with --json, which prints the summary")
    recipe, chosen = _chosen(workspace, selection)
    ranking = stage.run(workspace, recipe, price=PRICE, quiet=quiet, **chosen)
    if not as_json:
        query.print_as(format, ranking.columns, ranking.batches(), sys.stdout)
    report(ranking.summary, quiet, as_json)


@click.command()
@workspace_option
@spending_options
@click.option(
    "--conversations", type=click.Choice(["recent", "all"]), help="Collect whole conversations, from which archive."
)
@click.option("--ids", type=click.File("rb"), help="Get these ids or addresses, one a line; - is stdin.")
@click.option("--unknown", is_flag=True, help="Ask again for what came back unknown.")
@selection_options
@common
def fetch(
    *,
    workspace: Path,
    provider: str,
    settings: tuple[tuple[str, str], ...],
    ids: Any,
    quiet: bool,
    as_json: bool,
    max_posts: int | None,
    max_spend: float | None,
    dry_run: bool,
    conversations: str | None,
    unknown: bool,
    **selection: Any,
) -> int:
    """Get missing tweets from a provider, within a budget.

    Those that unlock most come first, and what they answer is looked up to the roots. The token of x-api is read from
    X_BEARER_TOKEN. Every answer is kept in WORKSPACE/answers; nothing is asked twice, and a run that was stopped goes
    on with what is left of its budget.

    Example: chinwag fetch -w tweets --max-spend 25
    """
    from chinwag import fetch as stage

    if ids is not None and conversations:
        raise UsageError("--ids and --conversations exclude each other")
    if ids is not None or conversations:
        _refuse("top", "lang", "since", "until", "min_replies", "recipe", why="with --ids or --conversations")
    recipe, chosen = _chosen(workspace, selection)
    summary = stage.run(
        workspace,
        stage.Wish(
            recipe, chosen, ids=None if ids is None else _ids(ids), conversations=conversations, unknown=unknown
        ),
        provider=provider,
        options=dict(settings),
        budget=(max_posts, max_spend),
        dry_run=dry_run,
        memory=chosen["memory"],
        say=_say(quiet),
        quiet=quiet,
    )
    report(summary, quiet or dry_run, as_json)
    if summary.assembled:
        report(summary.assembled, quiet, as_json=False)
    return 1 if summary.unanswered and not summary.posts else 0


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@workspace_option
@click.option(
    "--users/--tweets", default=None, help="Whose the ids in the files are; else that is told by their times."
)
@spending_options
@click.option(
    "--scope",
    type=click.Choice(["turns", "trees", "all"]),
    default="turns",
    show_default=True,
    help="Which tweets to check with a provider.",
)
@click.option(
    "--max-age", type=click.IntRange(0, 36_500), default=30, show_default=True, help="Days a check is good for."
)
@common
def comply(
    *,
    paths: tuple[Path, ...],
    workspace: Path,
    users: bool | None,
    settings: tuple[tuple[str, str], ...],
    provider: str,
    max_posts: int | None,
    max_spend: float | None,
    dry_run: bool,
    scope: str,
    max_age: int,
    quiet: bool,
    as_json: bool,
) -> int:
    """Take out what is gone: by lists of ids and users, by results of X's compliance jobs, or by asking a provider.

    A list has one a line: a tweet's id or address, @name, or user:ID. Without files, the stored tweets that were not
    checked lately are looked up, and those that are deleted, protected, suspended or withheld are taken out. All that
    is gone is in the table `deletes`; the trees are made anew without it, and so are the turns at the next export.

    Example: chinwag comply -w tweets opt-outs.txt
    """
    from chinwag import assemble
    from chinwag import comply as stage

    asking = ("provider", "settings", "max_posts", "max_spend", "dry_run", "scope", "max_age")
    _refuse(*(asking if paths else ("users",)), why="with files" if paths else "without files")
    if paths:
        summary = stage.from_files(paths, workspace, users=users, quiet=quiet)
        report(summary, quiet, as_json)
        problems = [*filter(None, [summary.warning()]), *summary.problems]
        lines((f"chinwag: {problem}" for problem in problems), len(problems))
        if assembled := assemble.again(workspace, quiet=quiet):
            report(assembled, quiet, as_json=False)
        return 1 if problems else 0
    checked = stage.with_provider(
        workspace,
        scope=scope,
        max_age_days=max_age,
        provider=provider,
        options=dict(settings),
        budget=(max_posts, max_spend),
        dry_run=dry_run,
        say=_say(quiet),
        quiet=quiet,
    )
    report(checked, quiet or dry_run, as_json)
    return 0


@click.command()
@click.argument("ids", type=click.Path(path_type=Path))
@workspace_option
@click.option("--missing", is_flag=True, help="Only print the ids of the tweets that the workspace has not.")
@common
def rehydrate(ids: Path, workspace: Path, missing: bool, quiet: bool, as_json: bool) -> None:
    """Make the turns of a data set again from its ids (`chinwag export ids`) and one's own copies of the tweets.

    Example: chinwag rehydrate dataset/ids -w tweets && chinwag export messages -w tweets -o chats
    """
    from chinwag import rehydrate as stage

    if missing:
        for tweet_id in stage.missing(ids, workspace):
            click.echo(tweet_id)
    else:
        report(stage.run(ids, workspace, quiet=quiet), quiet, as_json)


def _refuse(*names: str, why: str) -> None:
    """Refuse options that have no effect, where they are given."""
    context = click.get_current_context()
    given = [one for one in context.command.params if one.name in names]
    for option in given:
        if option.name and context.get_parameter_source(option.name) == ParameterSource.COMMANDLINE:
            raise UsageError(f"{option.opts[-1]} has no effect {why}")


def _chosen(workspace: Path, selection: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Give the recipe, the workspace's last one if none is named, and the choice among missing tweets."""
    from chinwag.curate import last_recipe
    from chinwag.recipe import load
    from chinwag.workspace import Workspace

    path = selection.pop("recipe")
    if path or not (workspace / "log").is_dir():
        recipe = load(path)
    else:
        recipe = last_recipe(Workspace(workspace), rehydrated=load(None))
    lang = tuple(code.strip() for code in (selection.pop("lang") or "").lower().split(",") if code.strip())
    times = {name: _utc(selection.pop(name)) for name in ("since", "until")}
    if times["since"] and times["until"] and times["since"] >= times["until"]:
        raise UsageError("--since has to be before --until")
    return recipe, {**selection, **times, "lang": lang}


def _utc(time: datetime | None) -> datetime | None:
    return time.replace(tzinfo=UTC) if time else None


def _ids(lines: Any) -> Iterator[int]:
    """Read ids, or addresses of tweets, one a line."""
    from chinwag.notices import TWEET

    for number, line in enumerate(lines, 1):
        text = line.decode("utf-8", "replace").strip("\ufeff\0 \t\r\n").partition("#")[0].rstrip()
        if not text:
            continue
        found = TWEET.fullmatch(text)
        tweet_id = to_id(found[1]) if found else None
        if tweet_id is None:
            why = "out of range" if found else "not the id, or the address, of a tweet"
            raise UsageError(f"{printable(lines.name)}:{number}: {printable(text[:60])} is {why}")
        yield tweet_id


def _say(quiet: bool) -> Any:
    """Give what says what is going to be asked, before it is."""
    return (lambda line: None) if quiet else lambda line: click.echo(line, err=True)


COMMANDS: list[click.Command] = [wanted, fetch, comply, rehydrate]
