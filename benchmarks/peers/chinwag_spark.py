"""chinwag on Spark: the same SELECTs on the other engine."""

from pathlib import Path

from benchmarks.peers.chinwag import collect
from benchmarks.peers.spark import end

NEEDS = ("pyspark", "java", "chinwag.engines.spark")
HOW = {
    "read": "`chinwag ingest --engine spark`, a thread of one Spark a core",
    "assemble": "`chinwag assemble --engine spark`, a thread of one Spark a core",
}


def read(tar: Path, out: Path, cores: int) -> None:
    """Ingest a tar."""
    from chinwag import ingest

    ingest.run([tar], out / "workspace", engine="spark", master=f"local[{cores}]", quiet=True)
    collect(out / "workspace", out, {"sightings": "tweets"})
    end()


def assemble(workspace: Path, out: Path, cores: int) -> None:
    """Assemble a workspace."""
    from chinwag import assemble

    assemble.run(workspace, engine="spark", master=f"local[{cores}]", quiet=True)
    collect(workspace, out, {name: name for name in ("tweets", "nodes", "wanted")})
    end()
