"""Parse the command line, call one `run`, print. Data goes to stdout, talk to stderr."""

import os
import signal
import sys
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from chinwag import __version__, shelves
from chinwag.errors import ChinwagError, UsageError
from chinwag.options import (
    common,
    debug_option,
    map_option,
    memory_option,
    recipe_option,
    source_option,
    workers_option,
    workspace_option,
    writing_options,
)

SHOWN = 20  # lines of one kind that are printed; the tables have them all
RESUMED = {"ingest", "assemble", "curate", "export", "build"}  # commands that go on where they were stopped
INTERRUPTED = 130  # the shell's exit code for Ctrl-C


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="chinwag")
def cli() -> None:
    """Turn Twitter data into conversations a language model can be trained on.

    The whole way in one command: chinwag build twitter-stream-2021-01-01.zip -o dataset
    """


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@workspace_option
@source_option
@map_option
@workers_option
@common
def ingest(paths: tuple[Path, ...], workspace: Path, quiet: bool, as_json: bool, **reading: Any) -> int:
    """Read files and folders into a workspace.

    The shape of each is told by its content. What the workspace has already is not read again, and a run that was
    stopped goes on.

    Example: chinwag ingest twitter-stream-*.tar my-archive.zip -w tweets
    """
    from chinwag import ingest as stage

    summary = stage.run(list(paths), workspace, quiet=quiet, **reading)
    return _report_ingest(summary, quiet, as_json)


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@source_option
@map_option
@click.option("--json", "as_json", is_flag=True, help="Print one array of objects.")
@debug_option
def sources(paths: tuple[Path, ...], source: str | None, columns: Mapping[str, str] | None, as_json: bool) -> int:
    """Say what each file is taken for, and why, without reading it whole.

    Example: chinwag sources my-archive.zip dumps/
    """
    from chinwag import survey as stage

    errors: list[str] = []
    guesses = stage.run(list(paths), errors, source=source, columns=columns)
    if as_json:
        _print_json(list(guesses))
    else:
        reasons = []
        for guess in guesses:
            click.echo(guess.line())
            reasons.append(guess.why)
        _hint(reasons)
    _lines((f"chinwag: {line}" for line in errors), len(errors))
    return 1 if errors else 0


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
@source_option
@map_option
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
    source: str | None,
    columns: Mapping[str, str] | None,
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
        source=source,
        columns=columns,
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

    Tables: sightings, deletes, edits, rejects, files, tweets, edges, nodes, conversations, wanted, drops, turns.

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
        _hint(summary.shapeless.values())
        if summary.unread:
            click.echo(f"left alone: {summary.unread:,} files of a personal archive that hold no tweets", err=True)
    _lines((f"chinwag: {line}" for line in summary.damages), len(summary.damages))
    _lines((f"chinwag: {line}" for line in summary.errors), len(summary.errors))
    return 1 if summary.errors or summary.damages else 0


def _hint(reasons: Iterable[str]) -> None:
    """Say what can be done about files of an unknown shape."""
    from chinwag.sniffing import HINT, UNKNOWN

    if any(reason.startswith(UNKNOWN) for reason in reasons):
        click.echo(f"of an unknown shape: {HINT}", err=True)


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
        goes_on = "; the same command goes on from here" if RESUMED & set(sys.argv) else ""
        click.echo(f"chinwag: stopped{goes_on}", err=True)
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
