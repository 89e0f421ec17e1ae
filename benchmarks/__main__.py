"""Run every benchmark, or the one that is named, with its options.

PYTHONPATH=examples python -m benchmarks assembly --sightings 20000000 --memory 4GB
"""

import sys

from benchmarks import assembly, browsing, curation, duplicates, fetching, ingest, sources

BENCHMARKS = {
    "ingest": ingest.main,
    "sources": sources.main,
    "assembly": assembly.main,
    "curation": curation.main,
    "browsing": browsing.main,
    "duplicates": duplicates.main,
    "fetch": fetching.main,
}

if __name__ == "__main__":
    named = sys.argv[1:2]
    if not named:
        for run in BENCHMARKS.values():
            run([])
    elif named[0] in BENCHMARKS:
        BENCHMARKS[named[0]](sys.argv[2:])
    else:
        raise SystemExit(f"there is no benchmark {named[0]}; there are: {', '.join(BENCHMARKS)}")
