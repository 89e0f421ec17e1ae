"""Measure the assembly of synthetic sightings: time, memory and scratch disk; and check what comes of it.

A sample of the tweets is walked to its roots in plain Python, over links read apart from the package's SQL. A small
world is compared as a whole with the reference that the tests use.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from array import array
from bisect import bisect_left
from contextlib import nullcontext
from pathlib import Path

import duckdb

from benchmarks.sightings import World, fill
from benchmarks.tables import Table
from chinwag.renewal import GIVEN
from chinwag.tables import ASSEMBLED
from chinwag.workspace import Workspace
from tests import reference

SMALL = 20_000
SAMPLE = 20_000

# Runs in a process of its own, so that the peak is that of the assembly alone.
ASSEMBLE = """
import json, resource, sys
from pathlib import Path
from chinwag.assemble import run
workspace, memory, threads, *anew = sys.argv[1:]
summary = run(Path(workspace), memory=int(memory) or None, threads=int(threads) or None, anew=bool(anew), quiet=True)
used = resource.getrusage(resource.RUSAGE_SELF)
peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([summary.line(), summary.steps, used.ru_utime + used.ru_stime, peak]))
"""


LINKS = """
select id, coalesce(max(reply_to_id), 0) as reply, coalesce(max(quoted_id), 0) as quote
from read_parquet($1) as s
where id not in (
    select tweet_id from read_parquet($2) where kind in ('delete', 'status_withheld') and tweet_id is not null
  )
  and author_id not in (select author_id from read_parquet($2) where kind = 'user_withheld')
group by id
order by id
"""


class Disk(threading.Thread):
    """Watch how much disk a workspace's scratch folder takes at most; look a few times a second."""

    def __init__(self, workspace: Path) -> None:
        super().__init__(daemon=True)
        self._workspace = workspace
        self._ended = threading.Event()
        self.peak = 0

    def run(self) -> None:
        while not self._ended.wait(0.2):
            self.peak = max(self.peak, sum(map(_size, self._workspace.glob("scratch*/**/*"))))

    def stop(self) -> int:
        """Give the most that was seen, in bytes."""
        self._ended.set()
        self.join()
        return self.peak


def _size(path: Path) -> int:
    try:
        return path.stat().st_blocks * 512
    except FileNotFoundError:  # it was removed meanwhile
        return 0


def measure(workspace: Path, memory: int, threads: int, *, anew: bool = False) -> tuple[str, ...]:
    """Assemble a workspace; gives what it took as a row of the table."""
    disk, started = Disk(workspace), time.perf_counter()
    disk.start()
    command = [sys.executable, "-c", ASSEMBLE, str(workspace), str(memory), str(threads), *["anew"] * anew]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    wall = time.perf_counter() - started
    line, steps, cpu, peak = json.loads(found.stdout)
    print(line)
    print(", ".join(f"{step} {seconds:.1f}" for step, seconds in steps.items()), flush=True)
    return f"{wall:.1f}", f"{cpu:.1f}", f"{peak / 1e9:.2f}", f"{disk.stop() / 1e9:.2f}"


class Links:
    """Hold id, reply and quote of every tweet that is left, as sorted arrays."""

    def __init__(self, workspace: Workspace) -> None:
        sightings, deletes = ([str(part) for part in workspace.parts(table)] for table in ("sightings", "deletes"))
        rows = duckdb.connect().sql(LINKS, params=[sightings, deletes])
        self.ids, self.replies, self.quotes = array("q"), array("q"), array("q")
        for batch in rows.to_arrow_reader(1 << 16):
            for values, column in zip((self.ids, self.replies, self.quotes), batch.columns, strict=True):
                values.extend(column.to_pylist())

    def find(self, tweet_id: int) -> int | None:
        """Give the place of a tweet; None where it is missing."""
        place = bisect_left(self.ids, tweet_id)
        return place if place < len(self.ids) and self.ids[place] == tweet_id else None

    def walk(self, tweet_id: int) -> tuple[int, int | None, int]:
        """Give the root, the parent and the depth of a tweet."""
        path = [tweet_id]
        while (place := self.find(path[-1])) is not None:
            known = [link for link in (self.replies[place], self.quotes[place]) if self.find(link) is not None]
            if not known:
                break
            path.append(known[0])
        return path[-1], path[1] if len(path) > 1 else None, len(path) - 1


def check(workspace: Workspace, sample: int) -> str:
    """Walk a sample of the tweets and compare it with the nodes."""
    links = Links(workspace)
    chosen = random.Random(1).sample(range(len(links.ids)), min(sample, len(links.ids)))
    wanted = {links.ids[place]: links.walk(links.ids[place]) for place in chosen}
    connection = duckdb.connect()
    nodes = connection.execute(
        "select tweet_id, root_id, parent_id, depth from read_parquet($1) "
        "semi join unnest($2::bigint[]) as chosen(id) on tweet_id = id",
        [[str(part) for part in workspace.parts("nodes")], list(wanted)],
    ).fetchall()
    found = {tweet_id: (root, parent, depth) for tweet_id, root, parent, depth in nodes}
    wrong = [one for one, walked in wanted.items() if found.get(one, (one, None, 0)) != walked]
    missing = [one for one, walked in wanted.items() if walked[2] and one not in found]
    parts = [str(part) for part in workspace.parts("tweets")]
    tweets = connection.execute("select count(*) from read_parquet(?)", [parts]).fetchone()
    if wrong or missing or tweets != (len(links.ids),):
        raise SystemExit(f"wrong: {wrong[:5]}; missing: {missing[:5]}; tweets: {tweets}, not {len(links.ids)}")
    deepest = max(depth for _, _, depth in wanted.values())
    return f"right: {len(wanted):,} tweets walked, {len(found):,} of them in trees, the deepest at {deepest:,}"


def check_whole(folder: Path, missing: float) -> str:
    """Assemble a small world and compare every row of it with the reference."""
    workspace = Workspace(fill(folder, World(SMALL, missing)))
    given = [[row for part in workspace.parts(table) for row in reference.read(part, table)] for table in GIVEN]
    subprocess.run([sys.executable, "-c", ASSEMBLE, str(folder), "0", "0"], check=True, stdout=subprocess.DEVNULL)
    workspace.refresh()
    expected = reference.assemble(*given)
    for table in ASSEMBLED:
        if [row for part in workspace.parts(table) for row in reference.read(part, table)] != expected[table]:
            raise SystemExit(f"{table} of {SMALL:,} sightings differs from the reference")
    return f"right: every row of {SMALL:,} sightings; " + ", ".join(
        f"{len(expected[one]):,} {one}" for one in ASSEMBLED
    )


def size(text: str) -> int:
    """Read a size as 4GB."""
    return round(float(text.upper().removesuffix("GB")) * 1e9)


def main(arguments: list[str] | None = None) -> list[Table]:
    """Measure and check the assembly of synthetic sightings."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--sightings", type=int, default=1_000_000)
    parser.add_argument("--missing", type=float, default=0.15, help="share of the parents that are missing")
    parser.add_argument("--memory", type=size, default=0, help="as 4GB; without it what DuckDB takes by itself")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--data", type=Path, help="keep the workspace here, and use it again")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        print(check_whole(Path(scratch) / "small", options.missing))
    with nullcontext(options.data) if options.data else tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        if not (place / "log").exists():
            started = time.perf_counter()
            fill(place, World(options.sightings, options.missing))
            print(f"{options.sightings:,} sightings made in {time.perf_counter() - started:.0f} s")
        row = measure(place, options.memory, options.threads)
        note = check(Workspace(place), SAMPLE)
    head = ("sightings", "s", "CPU s", "peak GB", "scratch disk GB")
    memory = f"`--memory {options.memory / 1e9:g}GB`" if options.memory else "What memory DuckDB takes by itself"
    return [Table("Assemble", head, [(f"{options.sightings:,}", *row)], f"{memory}; one run. {note}.")]
