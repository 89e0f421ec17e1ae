"""The stages, and the whole way."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from chinwag.commands.talk import hint, lines, print_json, report, report_ingest
from chinwag.options import (
    PathOrUri,
    Setting,
    common,
    debug_option,
    engine_options,
    exclude_option,
    map_option,
    memory_option,
    recipe_option,
    source_option,
    workers_option,
    workspace_option,
    writing_options,
)
from chinwag.stores import Input


@click.command()
@click.argument("paths", nargs=-1, required=True, type=PathOrUri())
@workspace_option
@source_option
@map_option
@workers_option
@engine_options
@common
def ingest(paths: tuple[Input, ...], workspace: Path, quiet: bool, as_json: bool, **reading: Any) -> int:
    """Read files and folders into a workspace.

    The shape of each is told by its content. What the workspace has already is not read again, and a run that was
    stopped goes on.

    Example: chinwag ingest twitter-stream-*.tar my-archive.zip -w tweets
    """
    from chinwag import ingest as stage

    summary = stage.run(list(paths), workspace, quiet=quiet, **reading)
    return report_ingest(summary, quiet, as_json)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=PathOrUri())
@source_option
@map_option
@click.option("--json", "as_json", is_flag=True, help="Print one array of objects.")
@debug_option
def sources(paths: tuple[Input, ...], source: str | None, columns: Mapping[str, str] | None, as_json: bool) -> int:
    """Say what each file is taken for, and why, without reading it whole.

    Example: chinwag sources my-archive.zip dumps/
    """
    from chinwag import survey as stage

    errors: list[str] = []
    guesses = stage.run(list(paths), errors, source=source, columns=columns)
    if as_json:
        print_json(list(guesses))
    else:
        reasons = []
        for guess in guesses:
            click.echo(guess.line())
            reasons.append(guess.why)
        hint(reasons)
    lines((f"chinwag: {line}" for line in errors), len(errors))
    return 1 if errors else 0


@click.command()
@workspace_option
@click.option("--quotes/--no-quotes", default=True, show_default=True, help="Join quotes to what they quote.")
@exclude_option
@memory_option
@click.option("--threads", type=click.IntRange(1), help="Threads of the database; default: all cores.")
@click.option("--anew", is_flag=True, help="Make everything anew, and not only that of which something was told since.")
@engine_options
@common
def assemble(workspace: Path, quiet: bool, as_json: bool, **assembling: Any) -> None:
    """Join replies to their parents and make trees.

    What was assembled before is kept, and only that is joined again which newly read files have to do with. The tables
    are the same.

    Example: chinwag assemble -w tweets --memory 4GB
    """
    from chinwag import assemble as stage

    report(stage.run(workspace, quiet=quiet, **assembling), quiet, as_json)


@click.command()
@workspace_option
@recipe_option
@memory_option
@engine_options
@common
def curate(workspace: Path, recipe: Path | None, quiet: bool, as_json: bool, **curating: Any) -> None:
    """Run the filters, make turns and splits.

    Example: chinwag curate -w tweets --recipe recipe.toml
    """
    from chinwag import curate as stage
    from chinwag.recipe import load

    report(stage.run(workspace, load(recipe), quiet=quiet, **curating), quiet, as_json)


@click.command()
@click.argument("format")
@workspace_option
@click.option("-o", "--out", required=True, help="The folder to write; of a database its file, or its address.")
@click.option("--paths", type=click.Choice(["best", "leaves", "replies"]), help="Which paths through a tree are chats.")
@click.option("-O", "--option", "settings", type=Setting(), multiple=True, help="An option of the format.")
@exclude_option
@writing_options
@workers_option
@memory_option
@engine_options
@common
def export(
    format: str,
    workspace: Path,
    out: str,
    paths: str | None,
    settings: tuple[tuple[str, str], ...],
    exclude: tuple[str, ...],
    quiet: bool,
    as_json: bool,
    **writing: Any,
) -> None:
    """Write turns in one format; `chinwag list exports` names them.

    Trees that are older than what was read, and turns that are older than the trees or not there yet, are made first:
    turns by the recipe they were made by last, or the default one. With --exclude-source the export is what it would be
    if that source had never been read; the workspace stays as it is.

    Of a conversation, --paths best makes one chat, leaves all that there are, replies one that ends with each reply.

    Example: chinwag export messages -w tweets -o chats --paths best --exclude-source x-api
    """
    from chinwag import assemble as trees
    from chinwag import build
    from chinwag import curate as before
    from chinwag import export as stage
    from chinwag.recipe import settings_for, verb

    on = {name: writing[name] for name in ("engine", "master", "memory")}
    given = dict(settings) | ({"paths": paths} if paths else {})
    writing["options"] = settings_for(verb("exports", format), given, f"export {format}")
    stage.check_options(format, writing["options"], f"export {format}")
    if exclude:
        report(build.export_without(format, workspace, out, exclude, quiet=quiet, **writing), quiet, as_json)
        return
    if not stage.is_database(format):
        stage.check_place(Path(out))
    if assembled := trees.again(workspace, quiet=quiet, first=False, **on):
        report(assembled, quiet, as_json=False)
    if curated := before.again(workspace, quiet=quiet, **on):
        report(curated, quiet, as_json=False)
    report(stage.run(format, workspace, out, quiet=quiet, **writing), quiet, as_json)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=PathOrUri())
@click.option("-o", "--out", type=PathOrUri(stores=False), required=True, help="The folder of the data set.")
@click.option("-w", "--workspace", type=PathOrUri(stores=False), help="The folder of the tables; default: in OUT.")
@recipe_option
@source_option
@map_option
@exclude_option
@workers_option
@memory_option
@writing_options
@engine_options
@common
def build(
    *,
    paths: tuple[Input, ...],
    out: Path,
    workspace: Path | None,
    recipe: Path | None,
    source: str | None,
    columns: Mapping[str, str] | None,
    exclude: tuple[str, ...],
    workers: int | None,
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
        exclude=exclude,
        workers=workers,
        quiet=quiet,
        **writing,
    )
    if as_json:
        print_json(summary)
    code = report_ingest(summary.ingested, quiet, as_json=False)
    for stage_summary in (summary.assembled, summary.curated, *summary.exported, summary.reported):
        report(stage_summary, quiet, as_json=False)
    return code


COMMANDS: list[click.Command] = [ingest, sources, assemble, curate, export, build]
