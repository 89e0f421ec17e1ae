"""Run every benchmark and write what they found into benchmarks/results.md, or run the one that is named.

PYTHONPATH=examples python -m benchmarks              all of them, in their standard sizes
PYTHONPATH=examples python -m benchmarks --small      all of them, in sizes that only tell whether they run
PYTHONPATH=examples python -m benchmarks assembly --sightings 20000000 --memory 4GB

Each is run in a process of its own, so that none finds memory or caches of another.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from benchmarks import assembly, browsing, comparison, curation, duplicates, fetching, growth, ingest, sources
from benchmarks.tables import Table, load, write

RESULTS = Path(__file__).parent / "results.md"

# Each takes its options and gives its tables; beside it the options of its small form.
BENCHMARKS: dict[str, tuple[Callable[[list[str]], list[Table]], str]] = {
    "peers": (comparison.main, "--size 25 --sightings 20000 --rounds 1"),
    "ingest": (ingest.main, "--size 25 --rounds 1"),
    "sources": (sources.main, "--tweets 1000 --rounds 1"),
    "assembly": (assembly.main, "--sightings 50000"),
    "growth": (growth.main, "--millions 2,26 --part 2000"),
    "curation": (curation.main, "--sightings 20000"),
    "browsing": (browsing.main, "--sightings 20000"),
    "duplicates": (duplicates.main, "--tweets 20000"),
    "fetch": (fetching.main, "--ids 5000"),
}


def every(results: Path, *, small: bool) -> None:
    """Run every benchmark; what was found up to a failure is written too."""
    began, started = load(), time.perf_counter()
    tables: list[Table] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (_, least) in BENCHMARKS.items():
            found = Path(folder) / name
            options = least.split() if small else []
            command = [sys.executable, "-m", "benchmarks", name, "--tables", str(found), *options]
            with subprocess.Popen(command, cwd=RESULTS.parent.parent) as process:
                try:
                    failed = process.wait()
                except BaseException:  # it ends what it has started, too
                    process.terminate()
                    raise
            if failed:
                raise SystemExit(f"{name} failed" + f"; what was found before is in {results}" * bool(tables))
            tables += msgspec.json.decode(found.read_bytes(), type=list[Table])
            write(results, tables, began=began, command="make bench" + " ARGS=--small" * small)
            print(f"{name} done after {(time.perf_counter() - started) / 60:.1f} min", flush=True)


def main(arguments: list[str]) -> None:
    """Run one benchmark or all."""
    if arguments and not arguments[0].startswith("-"):
        name, *options = arguments
        if name not in BENCHMARKS:
            raise SystemExit(f"there is no benchmark {name}; there are: {', '.join(BENCHMARKS)}")
        place = Path(options[1]) if options[:1] == ["--tables"] else None
        tables = BENCHMARKS[name][0](options[2:] if place else options)
        if place:
            place.write_bytes(msgspec.json.encode(tables))
        print("\n".join(table.markdown() for table in tables))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="sizes that only tell whether they run")
    parser.add_argument("--results", type=Path, help="where to write; without it benchmarks/results.md")
    given = parser.parse_args(arguments)
    small = RESULTS.parent / "data" / "results-small.md"
    every((given.results or (small if given.small else RESULTS)).absolute(), small=given.small)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as Ctrl-C does: what runs is ended, what it wrote removed
    main(sys.argv[1:])
