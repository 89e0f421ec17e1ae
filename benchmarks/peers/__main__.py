"""Let one peer do one piece of work: `python -m benchmarks.peers NAME read|assemble SOURCE OUT CORES`."""

import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    name, work, source, out, cores = sys.argv[1:]
    Path(out).mkdir(parents=True)
    getattr(import_module(f"benchmarks.peers.{name}"), work)(Path(source), Path(out), int(cores))
