"""Go the whole way: from files to a data set, as a recipe says; or to an export as if some had not been there."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chinwag import assemble, curate, export, ingest, report
from chinwag.errors import NothingToRead, UsageError, WorkspaceError
from chinwag.exports.postgres import check_address
from chinwag.pseudonyms import key_of
from chinwag.recipe import Recipe, check_excluded
from chinwag.renewal import GIVEN
from chinwag.stores import Input
from chinwag.workspace import Workspace


@dataclass
class Summary:
    """Hold the summaries of the stages."""

    ingested: ingest.Summary
    assembled: assemble.Summary | None = None
    curated: curate.Summary | None = None
    exported: list[export.Summary] = field(default_factory=list)
    reported: report.Summary | None = None


def run(  # noqa: PLR0913 - the options of all stages
    paths: Sequence[Input],
    out: Path,
    recipe: Recipe,
    *,
    workspace: Path | None = None,
    source: str | None = None,
    columns: Mapping[str, str] | None = None,
    exclude: Sequence[str] = (),
    workers: int | None = None,
    engine: str = "duckdb",
    master: str | None = None,
    memory: int | None = None,
    quiet: bool = False,
    **writing: Any,
) -> Summary:
    """Ingest, assemble, curate, export each format of the recipe to a folder of its own in `out`, and write the report.

    The workspace is `out/workspace` unless it is named; what it has already is not read again. Sources and terms that
    `exclude` names are left out, as are those of the recipe. `writing` goes to every export. All but the report is done
    on the engine, as `opened` takes it with its master. Raises NothingToRead where no file holds a tweet; before
    anything is read, ExportError where something else is in an export's place, UsageError where `exclude` names what
    there is not.
    """
    check_excluded(exclude)
    places = {name: _place(name, options, out) for name, options in recipe.exports.items()}
    for name, options in recipe.exports.items():
        export.check_options(name, _own(options), f"exports.{name}")
    for one in places.values():
        if isinstance(one, Path):
            export.check_place(one)
    report.check_place(out / report.PAGE)
    place = workspace or out / "workspace"
    columns = columns or recipe.columns
    on: dict[str, Any] = {"engine": engine, "master": master, "quiet": quiet}
    summary = Summary(ingest.run(paths, place, source=source, columns=columns, workers=workers, **on))
    if not Workspace(place).parts("sightings"):
        raise NothingToRead("; ".join(summary.ingested.errors) or "no tweets found")
    left_out = [*recipe.exclude_sources, *exclude]
    on["memory"] = memory
    summary.assembled = assemble.run(place, quotes=recipe.quotes, exclude=left_out, **on)
    summary.curated = curate.run(place, recipe, **on)
    on["workers"] = workers
    for name, options in recipe.exports.items():
        done = export.run(name, place, places[name], options=_own(options), **on, **writing)
        summary.exported.append(done)
    with suppress(OSError):  # the report says what is wrong with the place
        out.mkdir(parents=True, exist_ok=True)
    folders = [one for one in places.values() if isinstance(one, Path)]
    summary.reported = report.run(place, out / report.PAGE, folders, memory=memory, quiet=quiet)
    return summary


def _own(options: Mapping[str, Any]) -> dict[str, Any]:
    """Give the options that are the format's own: not where it goes."""
    return {name: value for name, value in options.items() if name != "to"}


def _place(name: str, options: Mapping[str, Any], out: Path) -> Path | str:
    """Say where an export goes: to a folder in `out`, or to the database that the recipe names."""
    if not export.is_database(name):
        return out / name
    if name == "postgres" and "to" not in options:
        raise UsageError('exports.postgres: to has to be given, as in: to = "postgresql:///tweets"')
    place = str(options.get("to", out / f"conversations.{name}"))
    if name == "postgres":
        check_address(place)
    return place


def export_without(
    format: str,
    workspace: Path,
    out: Path | str,
    exclude: Sequence[str],
    *,
    engine: str = "duckdb",
    master: str | None = None,
    memory: int | None = None,
    quiet: bool = False,
    **writing: Any,
) -> export.Summary:
    """Export a workspace in one format as if the sources and terms that `exclude` names had never been read.

    What was left out when it was assembled stays out. Its tables stay as they are: trees and turns are made anew in
    its scratch folder, by the recipe its own were made by last. Deletes and edits count, whoever told of them.
    Raises what `assemble`, `curate` and `export` raise, and WorkspaceError where its turns were made with a key that is
    not given now: pseudonyms that follow from the tweets alone would be weaker.
    """
    check_excluded(exclude)
    if not export.is_database(format):
        export.check_place(Path(out))
    target = Workspace(workspace)
    with target.writing() as scratch:
        made = target.state.options.get("assemble")
        if made is None:
            raise WorkspaceError(f"{workspace}: nothing is assembled; run: chinwag assemble -w {workspace}")
        if "curate" in target.state.options:
            key_of(target)
        other = Workspace(scratch / "workspace", create=True)
        given = {table: [str(part.absolute()) for part in target.parts(table)] for table in (*GIVEN, "marks")}
        other.commit("ingest", add=given)
        left_out = [*made["exclude"], *exclude]
        on: dict[str, Any] = {"engine": engine, "master": master, "memory": memory, "quiet": quiet}
        assemble.run(other.path, quotes=made["quotes"], exclude=left_out, **on)
        curate.run(other.path, curate.last_recipe(target), **on)
        return export.run(format, other.path, out, **on, **writing)
