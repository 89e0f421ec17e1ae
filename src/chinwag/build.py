"""Go the whole way: from files to a data set, as a recipe says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chinwag import assemble, curate, export, ingest
from chinwag.errors import NothingToRead
from chinwag.recipe import Recipe
from chinwag.workspace import Workspace


@dataclass
class Summary:
    """Hold the summaries of the stages."""

    ingested: ingest.Summary
    assembled: assemble.Summary | None = None
    curated: curate.Summary | None = None
    exported: list[export.Summary] = field(default_factory=list)


def run(  # noqa: PLR0913 - the options of all stages
    paths: list[Path],
    out: Path,
    recipe: Recipe,
    *,
    workspace: Path | None = None,
    source: str | None = None,
    columns: Mapping[str, str] | None = None,
    workers: int | None = None,
    memory: int | None = None,
    quiet: bool = False,
    **writing: Any,
) -> Summary:
    """Ingest, assemble, curate and export each format of the recipe to a folder of its own in `out`.

    The workspace is `out/workspace` unless it is named; what it has already is not read again. `writing` goes to every
    export. Raises NothingToRead where no file holds a tweet; ExportError, before anything is read, where something else
    is in an export's place.
    """
    for name in recipe.exports:
        export.check_place(out / name)
    place = workspace or out / "workspace"
    columns = columns or recipe.columns
    summary = Summary(ingest.run(paths, place, source=source, columns=columns, workers=workers, quiet=quiet))
    if not Workspace(place).parts("sightings"):
        raise NothingToRead("; ".join(summary.ingested.errors) or "no tweets found")
    summary.assembled = assemble.run(place, quotes=recipe.quotes, memory=memory, quiet=quiet)
    summary.curated = curate.run(place, recipe, memory=memory, quiet=quiet)
    for name, options in recipe.exports.items():
        summary.exported.append(export.run(name, place, out / name, options=dict(options), quiet=quiet, **writing))
    return summary
