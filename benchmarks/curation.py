"""Measure curating and every export on synthetic trees: rows a second, CPU and memory, each in a process of its own.

A database that has to be reached (`postgres`) is measured where its address is given.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from benchmarks.assembly import size
from benchmarks.sightings import World, fill
from benchmarks.tables import Table
from chinwag import assemble, shelves
from chinwag.export import is_database
from chinwag.workspace import Workspace

# The peak is of this process alone; Linux tells it in KiB.
STAGE = """
import json, resource, sys
from pathlib import Path
from chinwag import curate, export
from chinwag.recipe import load
stage, workspace, place, preset, memory = sys.argv[1:]
if stage == "curate":
    line = curate.run(Path(workspace), load(Path(preset)), memory=int(memory) or None, quiet=True).line()
else:
    line = export.run(stage, Path(workspace), place, quiet=True).line()
used = resource.getrusage(resource.RUSAGE_SELF)
peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([line, used.ru_utime + used.ru_stime, peak]))
"""


def measure(stage: str, workspace: Path, place: str, preset: str, memory: int) -> tuple[str, float, float, float]:
    """Run one stage; gives its line, and wall and CPU seconds and bytes of memory at most."""
    started = time.perf_counter()
    command = [sys.executable, "-c", STAGE, stage, str(workspace), place, preset, str(memory)]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    line, cpu, peak = json.loads(found.stdout.splitlines()[-1])
    return line, time.perf_counter() - started, cpu, peak


def made(place: Path, sightings: int) -> None:
    """Make a workspace of trees, unless it is there."""
    if not (place / "log").exists():
        fill(place, World(sightings, shortest=2))
    if not Workspace(place).state.steps.get("assemble"):
        print(assemble.run(place, memory=4 * 10**9, quiet=True).line())


def main(arguments: list[str] | None = None) -> list[Table]:
    """Measure curating, then every export."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--sightings", type=int, default=200_000)
    parser.add_argument("--memory", type=size, default=0, help="as 4GB; without it what DuckDB takes by itself")
    parser.add_argument("--preset", default="default")
    parser.add_argument("--formats", help="only these, parted by commas")
    parser.add_argument("--postgres", help="an address of a database to write to")
    parser.add_argument("--data", type=Path, help="keep the workspace here, and use it again")
    options = parser.parse_args(arguments)
    with (
        nullcontext(options.data) if options.data else tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as out,
    ):
        workspace = Path(folder) / "workspace"
        made(workspace, options.sightings)
        nodes = rows(workspace, "nodes")
        line, wall, cpu, peak = measure("curate", workspace, "", options.preset, options.memory)
        print(line)
        found = [("curate", f"{nodes / wall:,.0f}", f"{wall:.1f}", f"{cpu:.1f}", f"{peak / 1e9:.2f}")]
        turns = rows(workspace, "turns")
        for name in options.formats.split(",") if options.formats else shelves.names("exports"):
            if name == "postgres" and not options.postgres:
                continue
            place = options.postgres if name == "postgres" else f"{out}/{name}" + (".db" if is_database(name) else "")
            line, wall, cpu, peak = measure(name, workspace, place, "", 0)
            found.append((name, f"{turns / wall:,.0f}", f"{wall:.1f}", f"{cpu:.1f}", f"{peak / 1e9:.2f}"))
            print(f"{name}: {line.removeprefix(out)}", flush=True)
    note = f"{nodes:,} synthetic tweets in trees, and their {turns:,} turns, each exported record checked. One run."
    head = ("", "tweets/s or turns/s", "s", "CPU s", "peak GB")
    return [Table("Curate and export", head, found, note)]


def rows(workspace: Path, table: str) -> int:
    """Count the rows of a table."""
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(part).num_rows for part in Workspace(workspace).parts(table))
