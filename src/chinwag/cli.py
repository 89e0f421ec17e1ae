"""Parse the command line, call one `run`, print. Data goes to stdout, talk to stderr."""

import functools
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from chinwag import __version__, shelves
from chinwag.errors import ChinwagError, UsageError

SHOWN = 20  # lines of one kind that are printed; the tables have them all
INTERRUPTED = 130  # the shell's exit code for Ctrl-C
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
    "-w", "--workspace", type=click.Path(path_type=Path), required=True, help="The folder of the tables."
)
memory_option = click.option("--memory", type=Size(), help="Memory to use, as 4GB; the rest goes to disk.")
recipe_option = click.option("--recipe", type=click.Path(path_type=Path), help="What the data set is made of (TOML).")
workers_option = click.option("--workers", type=click.IntRange(1), help="Processes that read; default: all cores.")


def writing_options(command: Command) -> Command:
    """Add the options that say how exports are written."""
    options = (
        click.option("--shard-size", type=Size(), default="256MiB", show_default=True, help="Size of a file."),
        click.option("--compress", type=click.Choice(["none", "gzip", "zstd"]), default="none", show_default=True),
        click.option("--ids", is_flag=True, help="Keep tweet ids as message ids; default: pseudonyms."),
    )
    return functools.reduce(lambda inner, option: option(inner), reversed(options), command)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="chinwag")
def cli() -> None:
    """Turn Twitter data into conversations a language model can be trained on.

    The whole way in one command: chinwag build twitter-stream-2021-01-01.zip -o dataset
    """


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@workspace_option
@workers_option
@common
def ingest(paths: tuple[Path, ...], workspace: Path, workers: int | None, quiet: bool, as_json: bool) -> int:
    """Read files and folders into a workspace.

    What it has already is not read again, and a run that was stopped goes on.

    Example: chinwag ingest twitter-stream-*.tar -w tweets
    """
    from chinwag import ingest as stage

    summary = stage.run(list(paths), workspace, workers=workers, quiet=quiet)
    return _report_ingest(summary, quiet, as_json)


@cli.command()
@workspace_option
@click.option("--quotes/--no-quotes", default=True, show_default=True, help="Join quotes to what they quote.")
@memory_option
@click.option("--threads", type=click.IntRange(1), help="Threads of the database; default: all cores.")
@common
def assemble(
    workspace: Path, quotes: bool, memory: int | None, threads: int | None, quiet: bool, as_json: bool
) -> None:
    """Join replies to their parents and make trees.

    Example: chinwag assemble -w tweets --memory 4GB
    """
    from chinwag import assemble as stage

    summary = stage.run(workspace, quotes=quotes, memory=memory, threads=threads, quiet=quiet)
    _report(summary, quiet, as_json)


@cli.command()
@workspace_option
@recipe_option
@memory_option
@common
def curate(workspace: Path, recipe: Path | None, memory: int | None, quiet: bool, as_json: bool) -> None:
    """Run the filters and make turns.

    Example: chinwag curate -w tweets --recipe recipe.toml
    """
    from chinwag import curate as stage
    from chinwag.recipe import load

    _report(stage.run(workspace, load(recipe), memory=memory, quiet=quiet), quiet, as_json)


@cli.command()
@click.argument("format")
@workspace_option
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="The folder to write.")
@writing_options
@common
def export(
    format: str,
    workspace: Path,
    out: Path,
    quiet: bool,
    as_json: bool,
    **writing: Any,
) -> None:
    """Write turns in one format; `chinwag list exports` names them.

    Turns that are not there yet, or older than the trees, are made first: by the recipe they were made by last, or the
    default one.

    Example: chinwag export messages -w tweets -o chats --compress zstd
    """
    from chinwag import curate as before
    from chinwag import export as stage
    from chinwag.workspace import Workspace

    shelves.load("exports", format)
    stage.check_place(out)
    target = Workspace(workspace)
    if not target.fresh("curate", after="assemble"):
        _report(before.run(workspace, before.last_recipe(target), quiet=quiet), quiet, as_json=False)
    _report(stage.run(format, workspace, out, quiet=quiet, **writing), quiet, as_json)


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="The folder of the data set.")
@click.option("-w", "--workspace", type=click.Path(path_type=Path), help="The folder of the tables; default: in OUT.")
@recipe_option
@workers_option
@memory_option
@writing_options
@common
def build(
    *,
    paths: tuple[Path, ...],
    out: Path,
    workspace: Path | None,
    recipe: Path | None,
    workers: int | None,
    memory: int | None,
    quiet: bool,
    as_json: bool,
    **writing: Any,
) -> int:
    """Go the whole way from files to a data set.

    Example: chinwag build twitter-stream-2021-01-01.zip -o dataset
    """
    from chinwag import build as stage
    from chinwag.recipe import load

    summary = stage.run(
        list(paths),
        out,
        load(recipe),
        workspace=workspace,
        workers=workers,
        memory=memory,
        quiet=quiet,
        **writing,
    )
    if as_json:
        _print_json(summary)
    code = _report_ingest(summary.ingested, quiet, as_json=False)
    for stage_summary in (summary.assembled, summary.curated, *summary.exported):
        _report(stage_summary, quiet, as_json=False)
    return code


@cli.command()
@workspace_option
@click.argument("sql")
@click.option("--json", "as_json", is_flag=True, help="Print one array of objects.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
@debug_option
def query(workspace: Path, sql: str, as_json: bool, as_csv: bool) -> None:
    """Ask the tables of a workspace in SQL.

    Tables: sightings, deletes, rejects, files, tweets, edges, nodes, conversations, wanted, drops, turns.

    Example: chinwag query -w tweets "select lang, count(*) from tweets group by lang order by 2 desc"
    """
    from chinwag import query as stage

    if as_json and as_csv:
        raise UsageError("--json and --csv exclude each other")
    columns, batches = stage.run(workspace, sql)
    if as_json:
        stage.print_json(columns, batches, sys.stdout)
    elif as_csv:
        stage.print_csv(columns, batches, sys.stdout)
    else:
        stage.print_table(columns, batches)


@cli.command(name="list")
@click.argument("shelf", type=click.Choice(shelves.SHELVES))
def list_shelf(shelf: str) -> None:
    """List the sources, filters or exports there are.

    Example: chinwag list exports
    """
    names = shelves.names(shelf)
    width = max(map(len, names), default=0)
    for name in names:
        click.echo(f"{name:{width}}  {shelves.sentence(shelf, name)}")


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script that makes a shell complete commands.

    Example: chinwag completion bash > ~/.local/share/bash-completion/completions/chinwag
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is not None:
        click.echo(found(cli, {}, "chinwag", "_CHINWAG_COMPLETE").source())


def _report(summary: Any, quiet: bool, as_json: bool) -> None:
    if as_json:
        _print_json(summary)
    if not quiet:
        click.echo(summary.line(), err=True)


def _report_ingest(summary: Any, quiet: bool, as_json: bool) -> int:
    _report(summary, quiet, as_json)
    if not quiet:
        _lines((f"skipped {name}: {other}" for name, other in summary.shapeless.items()), len(summary.shapeless))
    _lines((f"chinwag: {line}" for line in summary.damages), len(summary.damages))
    _lines((f"chinwag: {line}" for line in summary.errors), len(summary.errors))
    return 1 if summary.errors or summary.damages else 0


def _lines(lines: Iterable[str], count: int) -> None:
    for line, _ in zip(lines, range(SHOWN), strict=False):
        click.echo(line, err=True)
    if count > SHOWN:
        click.echo(f"… and {count - SHOWN:,} more like these", err=True)


def _print_json(summary: Any) -> None:
    import msgspec

    click.echo(msgspec.json.encode(summary, enc_hook=str))


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line: exit 0 when done, 1 where the input or the world is at fault, 2 on misuse."""
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(_run())


def _run() -> int:
    try:
        code = cli(standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as error:
        return _misuse(error)
    except (KeyboardInterrupt, click.Abort):
        click.echo("chinwag: stopped; the same command goes on from here", err=True)
        return INTERRUPTED
    except Exception as error:
        return _failure(error)
    return code if isinstance(code, int) else 0


def _misuse(error: click.ClickException) -> int:
    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):  # new in click 8.2
        error.show()
        return error.exit_code
    context = getattr(error, "ctx", None)
    hint = f"; see: {context.command_path} --help" if context else ""
    text = _in_one_line(error.format_message()).rstrip(".")
    click.echo(f"chinwag: {text}{hint}", err=True)
    return error.exit_code


def _failure(error: Exception) -> int:
    if "--debug" in sys.argv:
        traceback.print_exc()
    if isinstance(error, OSError):
        _forget_output()
    if isinstance(error, BrokenPipeError):
        return 1
    if isinstance(error, ChinwagError):
        text = str(error)
    elif isinstance(error, OSError) and error.strerror:
        text = f"{error.filename or 'output'}: {error.strerror}"
    else:
        text = f"{type(error).__name__}: {error} (a defect of chinwag; --debug shows where)"
    click.echo(f"chinwag: {_in_one_line(text)}", err=True)
    return error.exit_code if isinstance(error, ChinwagError) else 1


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _forget_output() -> None:
    """Drop what still waits to be written to stdout, so that Python does not complain of it again at its end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
