"""Measure ingest against bare decompression of the same members, and two workers against one.

Every figure is a ratio within one run, in which what is compared takes turns, as the speed of a machine changes from
minute to minute. Medians are given, with the least and greatest ratio of a round. The data are made once, from a seed.
"""

import argparse
import bz2
import math
import os
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

    def line(self) -> str:
        """Say it as a line of the table."""
        base, work = getattr(self.base, self.measure), getattr(self.work, self.measure)
        over, under = (work, base) if self.inverted else (base, work)
        ratios = [one / other for one, other in zip(over, under, strict=True)]
        ratio = statistics.median(over) / statistics.median(under)
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        times = f"{statistics.median(base):>8.2f} {statistics.median(work):>8.2f}"
        return f"{self.what:<58} {self.measure:<4} {times} {ratio:>7.2f}  {spread:<14} {self.target}"


HEADING = f"{'':<58} {'':<4} {'base s':>8} {'work s':>8} {'ratio':>7}  {'rounds':<14} target"


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


def ingested(paths: list[Path], workers: int) -> None:
    """Read the paths into a workspace that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="chinwag-benchmark-") as folder:
        summary = ingest.run(paths, Path(folder) / "workspace", workers=workers, quiet=True)
    if summary.errors or not summary.counts["tweets"]:
        raise SystemExit(f"nothing to measure: {summary.errors}")


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

    base, roomy, work = Timing(), Timing(), Timing()
    ingested([path], 1)
    for _ in range(rounds):
        base.take(bare)
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
        return [Row(what, base, work, kind, inverted=True, target="at most 1.2") for kind in ("cpu", "wall")]
    rows = [
        Row("speed of ingest to zlib.decompress", base, work, kind, target="at least 0.33") for kind in ("cpu", "wall")
    ]
    return [*rows, Row("speed of ingest to zlib.decompress, its size known before", roomy, work, "cpu")]


def _unpack(data: list[bytes]) -> int:
    return sum(len(bz2.decompress(one)) for one in data)


def two_workers(source: Path, rounds: int) -> list[Row]:
    """Compare two workers with one, and what two processes that only decompress gain on this machine."""
    paths, packed = shards(source), [data for _, data in contents(source)]
    one, two, single, pair = Timing(), Timing(), Timing(), Timing()
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        list(pool.map(_unpack, [packed, packed]))  # both processes are up from here on
        for _ in range(rounds):
            single.take(lambda: (_unpack(packed), _unpack(packed)))
            pair.take(lambda: list(pool.map(_unpack, [packed, packed])))
            one.take(lambda: ingested(paths, 1))
            two.take(lambda: ingested(paths, 2))
    return [
        Row("gain of two processes that only decompress bz2", single, pair, "wall"),
        Row("gain of two workers over one", one, two, "wall", target="at least 1.7, both cores free"),
    ]


def main(arguments: list[str] | None = None) -> None:
    """Measure the speed of ingest."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, default=PROJECT / "benchmarks" / "data", help="where the data are made")
    parser.add_argument("--size", type=int, default=100, help="MB of JSON in each format")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--members", type=Path, help="also measure these: a tar, a folder or a file, all bz2 or all gz")
    parser.add_argument("--no-workers", action="store_true", help="leave out two workers against one")
    options = parser.parse_args(arguments)
    old, new = (made(options.data, era, options.size) for era in ("2021", "2022"))
    rows = against_decompression(old, options.rounds) + against_decompression(new, options.rounds)
    if options.members:
        rows += against_decompression(options.members, options.rounds)
    if not options.no_workers:
        rows += two_workers(old, options.rounds)
    print(f"{options.rounds} rounds; load of the last minute {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(HEADING)
    for row in rows:
        print(row.line())


if __name__ == "__main__":
    main()
