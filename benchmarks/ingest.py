"""Measure ingest against bare decompression of the same members, and two workers against one and against idling.

Every figure is a ratio within one run, in which what is compared takes turns, as the speed of a machine changes from
minute to minute. Medians are given, with the least and greatest ratio of a round. The data are made once, from a seed.
"""

import argparse
import bz2
import math
import resource
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path

import rapidgzip
from isal import isal_zlib

from benchmarks.layers import profile
from benchmarks.tables import Table, ratio, spread
from chinwag import ingest

PROJECT = Path(__file__).parent.parent
STATUSES = 2700  # a minute, as in a real minute of 2021
MINUTE = 12.6  # MB of JSON in such a minute
SHARDS = 8  # tars for the comparison of workers; each is a job
GZIP = 31  # zlib's number for a gzip header


@dataclass
class Timing:
    """Hold what each round took, in seconds."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def take(self, work: Callable[[], object]) -> None:
        """Do the work and note what it took; the CPU time of child processes that have ended counts."""
        cpu, wall = _cpu(), time.perf_counter()
        work()
        self.cpu.append(_cpu() - cpu)
        self.wall.append(time.perf_counter() - wall)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@dataclass(frozen=True)
class Row:
    """Compare two timings: `ratios` are base by work, so that more is better, or the inverse where `inverted`."""

    what: str
    base: Timing
    work: Timing
    measure: str  # cpu or wall
    inverted: bool = False
    target: str = ""

    def cells(self) -> tuple[str, ...]:
        """Say it as a row of the table."""
        base, work = getattr(self.base, self.measure), getattr(self.work, self.measure)
        over, under = (work, base) if self.inverted else (base, work)
        seconds = (f"{statistics.median(one):.2f}" for one in (base, work))
        return self.what, self.measure, *seconds, ratio(over, under), self.target


HEAD = ("", "time", "base s", "work s", "ratio", "target")


def made(folder: Path, era: str, size: int) -> Path:
    """Make a tar of about `size` MB of synthetic JSON, if it is not there yet."""
    minutes = max(1, math.ceil(size / MINUTE))
    path = folder / f"{era}-{minutes}-minutes.tar"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        options = ["--era", era, "--minutes", str(minutes), "--statuses", str(STATUSES)]
        subprocess.run([sys.executable, PROJECT / "examples" / "synthetic.py", partial, *options], check=True)
        partial.replace(path)
    return path


def contents(path: Path) -> list[tuple[str, bytes]]:
    """Read the members of a tar, or the files of a folder, as they are packed."""
    if path.is_dir():
        return [(str(file), file.read_bytes()) for file in sorted(path.rglob("*")) if file.is_file()]
    if not tarfile.is_tarfile(path):
        return [(path.name, path.read_bytes())]
    with tarfile.open(path) as tar:
        return [(entry.name, file.read()) for entry in tar if (file := tar.extractfile(entry))]


def shards(source: Path) -> list[Path]:
    """Pack half of the members of a tar, in another order each time, so that no tar is taken for another one."""
    members = contents(source)
    paths = [source.with_name(f"{source.stem}-shard-{number}.tar") for number in range(SHARDS)]
    for number, path in enumerate(paths):
        if not path.exists():
            turned = (members * 2)[number % len(members) :][: max(1, len(members) // 2)]
            with tarfile.open(path, "w") as tar:
                for name, data in turned:
                    info = tarfile.TarInfo(f"{number}/{name}")
                    info.size = len(data)
                    tar.addfile(info, BytesIO(data))
    return paths


def ingested(paths: list[Path], workers: int) -> float:
    """Read the paths into a workspace that is thrown away; give which share of the time a worker had no job."""
    with tempfile.TemporaryDirectory(prefix="chinwag-benchmark-") as folder:
        summary = ingest.run(paths, Path(folder) / "workspace", workers=workers, quiet=True)
    if summary.errors or not summary.counts["tweets"]:
        raise SystemExit(f"nothing to measure: {summary.errors}")
    return 1 - summary.busy / workers / summary.seconds


def fastest(data: bytes) -> None:
    """Decompress with the fastest decoder that Python has, and do nothing else."""
    if data[:3] != b"BZh":
        isal_zlib.decompress(data, GZIP)
        return
    with rapidgzip.IndexedBzip2File(BytesIO(data), parallelization=1) as file:
        while file.read(1 << 20):
            pass


def against_decompression(path: Path, rounds: int) -> list[Row]:
    """Compare ingest by one worker with decompression alone."""
    packed = [data for _, data in contents(path)]
    is_bz2 = packed[0][:3] == b"BZh"
    sizes = [len(bz2.decompress(data) if is_bz2 else zlib.decompress(data, GZIP)) for data in packed]

    def bare() -> None:
        for data in packed:
            _ = bz2.decompress(data) if is_bz2 else zlib.decompress(data, GZIP)

    def into_room() -> None:  # without the page faults of a buffer that grows
        for data, size in zip(packed, sizes, strict=True):
            zlib.decompress(data, GZIP, bufsize=size)

    base, fast, roomy, work = Timing(), Timing(), Timing(), Timing()
    ingested([path], 1)
    for _ in range(rounds):
        base.take(bare)
        fast.take(lambda: list(map(fastest, packed)))
        if not is_bz2:
            roomy.take(into_room)
        work.take(lambda: ingested([path], 1))
    mb, packing = sum(sizes) / 1e6, sum(sizes) / sum(map(len, packed))
    print(
        f"{path.name}: {mb:.0f} MB of JSON, packed {packing:.1f} to 1; "
        f"ingest {mb / statistics.median(work.cpu):.0f} MB/s, bare {mb / statistics.median(base.cpu):.0f} MB/s of CPU"
    )
    if is_bz2:
        what = "time of ingest to bz2.decompress"
        rows = [Row(what, base, work, kind, inverted=True, target="at most 1.2") for kind in ("cpu", "wall")]
        return [*rows, Row("time of ingest to rapidgzip alone", fast, work, "cpu", inverted=True)]
    rows = [
        Row("speed of ingest to zlib.decompress", base, work, kind, target="at least 0.33") for kind in ("cpu", "wall")
    ]
    rows.append(Row("speed of ingest to isal alone", fast, work, "cpu"))
    return [*rows, Row("speed of ingest to zlib.decompress, its size known before", roomy, work, "cpu")]


def _unpack(data: list[bytes]) -> int:
    return sum(len(bz2.decompress(one)) for one in data)


def two_workers(source: Path, rounds: int) -> tuple[list[Row], str]:
    """Compare two workers with one, and what two processes that only decompress gain here; say how idle they were."""
    paths, packed = shards(source), [data for _, data in contents(source)]
    one, two, single, pair = Timing(), Timing(), Timing(), Timing()
    idle: list[float] = []
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        list(pool.map(_unpack, [packed, packed]))  # both processes are up from here on
        for _ in range(rounds):
            single.take(lambda: (_unpack(packed), _unpack(packed)))
            pair.take(lambda: list(pool.map(_unpack, [packed, packed])))
            one.take(lambda: ingested(paths, 1))
            two.take(lambda: idle.append(ingested(paths, 2)))
    rows = [
        Row("gain of two processes that only decompress bz2", single, pair, "wall"),
        Row("gain of two workers over one", one, two, "wall", target="at least 1.7, both cores free"),
    ]
    shares = spread([100 * share for share in idle])
    return rows, f" Two workers had no job for {shares} % of the time, start and end of the run included."


def profiled(path: Path, rounds: int) -> Table:
    """Say where the CPU time of one worker goes."""
    found = profile([data for _, data in contents(path)], rounds, lambda: ingested([path], 1))
    return Table(f"Where the time of ingest goes: {path.name}", ("", "CPU s", "share"), found)


def main(arguments: list[str] | None = None) -> list[Table]:
    """Measure the speed of ingest."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, default=PROJECT / "benchmarks" / "data", help="where the data are made")
    parser.add_argument("--size", type=int, default=100, help="MB of JSON in each format")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--members", type=Path, help="also measure these: a tar, a folder or a file, all bz2 or all gz")
    parser.add_argument("--no-workers", action="store_true", help="leave out two workers against one")
    parser.add_argument("--profile", action="store_true", help="only say where the CPU time of one worker goes")
    options = parser.parse_args(arguments)
    old, new = (made(options.data, era, options.size) for era in ("2021", "2022"))
    if options.profile:
        return [profiled(path, options.rounds) for path in filter(None, [old, new, options.members])]
    rows = against_decompression(old, options.rounds) + against_decompression(new, options.rounds)
    if options.members:
        rows += against_decompression(options.members, options.rounds)
    note = f"{options.size} MB of synthetic JSON in each packing; medians of {options.rounds} rounds."
    if not options.no_workers:
        more, idle = two_workers(old, options.rounds)
        rows, note = rows + more, note + idle
    return [Table("Ingest", HEAD, [row.cells() for row in rows], note)]
