"""chinwag, as its commands run."""

import shutil
from pathlib import Path

NEEDS = ("chinwag",)
HOW = {
    "read": "`chinwag ingest`, a worker a core",
    "assemble": "`chinwag assemble`, on DuckDB",
}


def read(tar: Path, out: Path, cores: int) -> None:
    """Ingest a tar."""
    from chinwag import ingest

    summary = ingest.run([tar], out / "workspace", workers=cores, quiet=True)
    if summary.errors:
        raise SystemExit(f"chinwag could not read all: {summary.errors}")
    collect(out / "workspace", out, {"sightings": "tweets"})


def assemble(workspace: Path, out: Path, cores: int) -> None:
    """Assemble a workspace."""
    from chinwag import assemble

    assemble.run(workspace, threads=cores, quiet=True)
    collect(workspace, out, {name: name for name in ("tweets", "nodes", "wanted")})


def collect(workspace: Path, out: Path, tables: dict[str, str]) -> None:
    """Put the parts of tables where the others write theirs."""
    from chinwag.workspace import Workspace

    for table, name in tables.items():
        for part in Workspace(workspace).parts(table):
            shutil.move(part, out / f"{name}-{part.name}")
