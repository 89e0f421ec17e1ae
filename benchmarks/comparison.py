"""Measure chinwag and its peers side by side: reading a stream's tar into Parquet, and making trees of sightings.

Each run is a process of its own, from its start to its end; the peers take turns, round after round. That all of
them did the same work is seen in what they wrote. One that takes too long is ended, and not run again.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import duckdb

from benchmarks import peers
from benchmarks.ingest import made
from benchmarks.processes import Run, run
from benchmarks.sightings import World, fill
from benchmarks.tables import Table, ratio, spread

DATA = Path(__file__).parent / "data"
LEAST_LIMIT = 120  # seconds that each peer has at least

# What must be the same whoever did the work: [name, of which table, how to count it].
READ_FACTS = (
    ("rows", "tweets", "count(*)"),
    ("tweets", "tweets", "count(distinct id)"),
    ("replies", "tweets", "count(reply_to_id)"),
    ("quotes", "tweets", "count(quoted_id)"),
    ("authors", "tweets", "sum(author_id % 1000003)"),
    ("times", "tweets", "sum(epoch_ms(created_at) % 1000003)"),
)
LETTERS = ("letters", "tweets", "sum(length(text))")  # of the raw texts, which chinwag goes on to clean
ASSEMBLE_FACTS = (
    ("tweets", "tweets", "count(*)"),
    ("sightings", "tweets", "sum(sightings)"),
    LETTERS,
    ("nodes", "nodes", "count(*)"),
    ("roots", "nodes", "count(distinct root_id)"),
    ("deepest", "nodes", "max(depth)"),
    ("depths", "nodes", "sum(depth)"),
    ("wanted", "wanted", "count(*)"),
    ("most replies", "wanted", "max(replies)"),
)


def facts(out: Path, asked: tuple[tuple[str, str, str], ...]) -> dict[str, int]:
    """Count what a peer wrote."""
    found = {}
    for name, table, count in asked:
        files = [str(path) for path in out.rglob("*.parquet") if str(path.relative_to(out)).startswith(table)]
        ((number,),) = duckdb.execute(f"select {count} from read_parquet(?)", [files]).fetchall()
        found[name] = int(number)
    return found


class Comparison:
    """Run the peers that do a piece of work, on one source, and hold what each round of each took."""

    def __init__(self, work: str, source: Path, only: list[str], cores: int, times: float) -> None:
        self._work, self._source, self._cores, self._times = work, source, cores, times
        self.runs: dict[str, list[Run]] = defaultdict(list)
        self.missing: dict[str, str] = {}
        self.stopped: dict[str, float] = {}
        self.expected: dict[str, int] = {}
        self.how: dict[str, str] = {}
        for name in only:
            peer = import_module(f"benchmarks.peers.{name}")
            if self._work not in peer.HOW:
                continue
            self.how[name] = peer.HOW[self._work]
            if lacking := peers.lacking(peer.NEEDS):
                self.missing[name] = lacking

    def round(self) -> None:
        """Let each peer do the work once; raises SystemExit where what one wrote is not what the others did."""
        for name in self.how:
            if name in self.missing or name in self.stopped:
                continue
            limit = max(LEAST_LIMIT, self._times * self.runs["chinwag"][0].wall) if name != "chinwag" else 3600
            with tempfile.TemporaryDirectory(dir=self._source.parent) as folder:
                out, source = Path(folder) / "out", self._source
                if source.is_dir():  # a new workspace each time, as runs leave theirs changed
                    source = Path(folder) / "workspace"
                    shutil.copytree(self._source, source, copy_function=os.link)
                command = [sys.executable, "-m", "benchmarks.peers", name, self._work, str(source), str(out)]
                took = run([*command, str(self._cores)], limit)
                if took is None:
                    self.stopped[name] = limit
                    print(f"{self._work}: {name} stopped after {limit:.0f} s", flush=True)
                    continue
                self._check(name, out)
            self.runs[name].append(took)
            print(f"{self._work}: {name} {took.wall:.1f} s, CPU {took.cpu:.1f} s", flush=True)

    def _check(self, name: str, out: Path) -> None:
        asked = READ_FACTS if self._work == "read" else ASSEMBLE_FACTS
        if self._work == "read" and not name.startswith("chinwag"):
            asked = (*asked, LETTERS)
        found = facts(out, asked)
        for fact, number in found.items():
            if self.expected.setdefault(fact, number) != number:
                raise SystemExit(f"{name}: {number:,} {fact}, and not {self.expected[fact]:,}")

    def table(self, title: str, note: str) -> Table:
        """Put it into a table: medians, and ratios to chinwag."""
        base = self.runs["chinwag"]
        rows = []
        for name, how in self.how.items():
            shown = f"{name.replace('_', ' ')}: {how}"
            if name in self.missing:
                rows.append((shown, "not run", f"{self.missing[name]} is missing", "", "", ""))
            elif name in self.stopped:
                limit = self.stopped[name]
                least = f"over {limit / statistics.median(one.wall for one in base):.0f}"
                rows.append((shown, f"over {limit:.0f}, ended", least, "", "", ""))
            else:
                runs = self.runs[name]
                wall, cpu = [one.wall for one in runs], [one.cpu for one in runs]
                ratios = ratio(wall, [one.wall for one in base]), ratio(cpu, [one.cpu for one in base])
                peak = max(one.peak for one in runs) / 1e9
                rows.append((shown, spread(wall), ratios[0], spread(cpu), ratios[1], f"{peak:.2f}"))
        same = ", ".join(
            f"{number:,} {fact}" for fact, number in self.expected.items() if fact not in ("authors", "times")
        )
        head = ("", "s", "to chinwag", "CPU s", "to chinwag", "peak GB")
        return Table(title, head, rows, f"{note} The same for all: {same}.")


def main(arguments: list[str] | None = None) -> list[Table]:
    """Measure chinwag beside its peers."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--size", type=int, default=200, help="MB of JSON of each era to read")
    parser.add_argument("--sightings", default="50000,1000000", help="how many to assemble; a table for each number")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", type=int, default=os.cpu_count(), help="for each of them")
    parser.add_argument("--limit", type=float, default=20, help="end a peer after so many times what chinwag took")
    parser.add_argument("--only", default=",".join(peers.NAMES), help="these peers, parted by commas; chinwag too")
    options = parser.parse_args(arguments)
    names = [name for name in peers.NAMES if name in {"chinwag", *options.only.split(",")}]
    DATA.mkdir(exist_ok=True)
    tables = []

    def compare(work: str, source: Path, title: str, note: str) -> None:
        found = Comparison(work, source, names, options.cores, options.limit)
        for _ in range(options.rounds):
            found.round()
        rounds = f"Medians of {options.rounds} rounds, {options.cores} cores." if options.rounds > 1 else ""
        tables.append(found.table(title, f"{note} {rounds}".strip()))

    if options.size:
        for era, packing in (("2021", "bz2"), ("2022", "gz")):
            tar = made(DATA, era, options.size)
            note = (
                f"A tar of {tar.stat().st_size / 1e6:.0f} MB of synthetic {packing} members, {options.size} MB of JSON."
            )
            compare("read", tar, f"Read the stream of {era} into Parquet", note)
    for count in map(int, filter(None, options.sightings.split(","))):
        with tempfile.TemporaryDirectory(dir=DATA) as folder:
            source = fill(Path(folder) / "workspace", World(count))
            compare("assemble", source, f"Make trees of {count:,} sightings", "Synthetic sightings.")
    return tables
