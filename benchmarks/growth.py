"""Measure how the cost of assembling grows with the sightings, and what a day costs that is added to them.

The sightings are in the order of time, as dumps are, so the first parts of a world are its first days. What is renewed
is compared, byte by byte, with what is made of everything anew.
"""

import argparse
import hashlib
import tempfile
from contextlib import nullcontext
from pathlib import Path

from benchmarks.assembly import measure, size
from benchmarks.sightings import World, fill
from benchmarks.tables import Table
from chinwag.tables import ASSEMBLED
from chinwag.workspace import Workspace

DAYS = 26  # of a world of 100 million sightings, at the rate of a 1 % sample: one in so many is a day
HEAD = ("", "s", "CPU s", "peak GB", "scratch disk GB")


def given(world: Workspace, place: Path, parts: int) -> Path:
    """Make a workspace of the first parts of a world, or add to it up to so many; nothing is copied."""
    target = Workspace(place, create=True)
    had = len(target.parts("sightings"))
    with target.writing():
        more = {
            table: [str(part.absolute()) for part in world.parts(table)[had:parts]]
            for table in ("sightings", "deletes")
        }
        target.commit("ingest", add=more)
    return place


def digests(place: Path) -> dict[str, list[str]]:
    """Give a digest of each part of each table."""
    workspace = Workspace(place)
    return {
        table: [hashlib.sha256(part.read_bytes()).hexdigest() for part in workspace.parts(table)] for table in ASSEMBLED
    }


def main(arguments: list[str] | None = None) -> list[Table]:
    """Measure growth, and a day that is added."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--millions", default="1,3,10", help="sightings of each world; the month is the largest")
    parser.add_argument("--part", type=int, default=1_000_000, help="sightings a part of the world; a million of them")
    parser.add_argument("--memory", type=size, default=4_000_000_000)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--data", type=Path, help="keep the world here, and use it again")
    options = parser.parse_args(arguments)
    sizes = sorted(int(one) for one in options.millions.split(","))
    rows, largest = [], sizes[-1]
    with nullcontext(options.data) if options.data else tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        if not (place / "world" / "log").exists():
            fill(place / "world", World(largest * options.part, by_time=True), options.part)
        world = Workspace(place / "world")
        with tempfile.TemporaryDirectory(dir=place) as scratch:
            for number in sizes:
                one = given(world, Path(scratch) / f"{number}", number)
                rows.append((f"{number * options.part:,} sightings", *measure(one, options.memory, options.threads)))
            whole = digests(one)
            day = max(1, round(largest / DAYS))
            added = given(world, Path(scratch) / "added", largest - day)
            measure(added, options.memory, options.threads)
            given(world, added, largest)
            took = measure(added, options.memory, options.threads)
            rows.append((f"the last {day * options.part:,} of {largest * options.part:,}, added to the others", *took))
            if digests(added) != whole:
                raise SystemExit("what was renewed is not what was made of everything")
    memory = f"`--memory {options.memory / 1e9:g}GB`"
    note = f"{memory}; one run. What was renewed is, byte by byte, what was made of everything."
    return [Table("Growth, and a day that is added", HEAD, rows, note)]
