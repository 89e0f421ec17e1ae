"""Measure the finding of near-duplicates among synthetic texts: recall against all pairs, then time and memory.

Of the texts 3 in 5 are new; the others are forms with other names and numbers in them, copies, and texts with a few
letters or words changed, of which some are pasted into others. A tenth is Japanese.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import accumulate, islice
from math import ceil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.assembly import Disk, size
from benchmarks.tables import Table
from chinwag.clusters import LIKENESS, SHINGLE, likeness, run
from chinwag.engines.duckdb import DuckDB
from chinwag.filters._normal import LEAST, normal

SMALL = 20_000
PART = 250_000
WORDS = 20_000
RECENT = 50_000  # texts that may be changed or copied

# Runs in a process of its own, so that the peak is that of the clusters alone.
CLUSTER = """
import json, resource, sys
from pathlib import Path
from chinwag.clusters import run
from chinwag.engines.duckdb import DuckDB
tweets, nodes, scratch, memory = sys.argv[1:]
folder = Path(scratch) / "scratch"
folder.mkdir()
with DuckDB(folder, memory=int(memory) or None) as engine:
    engine.read("tweets", [Path(tweets)])
    engine.read("nodes", [Path(nodes)])
    engine.read("clusters", run(engine, folder))
    select = "select count(*) - count(distinct {}) from clusters where cluster_id is not null"
    counts = [engine.value(select.format(column)) for column in ("text_id", "cluster_id")]
used = resource.getrusage(resource.RUSAGE_SELF)
peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([*counts, used.ru_utime + used.ru_stime, peak]))
"""


class Texts:
    """Make texts without end; the same for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self._draw = random.Random(seed)
        self._words = [self._word() for _ in range(WORDS)]
        self._often = list(accumulate(1 / (rank + 10) for rank in range(WORDS)))
        self._forms = [self._new(8, 30) for _ in range(1_000)]
        self._form_often = list(accumulate(1 / (rank + 1) for rank in range(len(self._forms))))
        self._recent = [" ".join(self._new(3, 25))]

    def __iter__(self) -> Iterator[str]:
        """Give the texts."""
        kinds = (self._fresh, self._form, self._copy, self._changed, self._pasted)
        while True:
            kind = self._draw.choices(kinds, cum_weights=(60, 75, 85, 97, 100))[0]
            text = kind()
            if len(self._recent) < RECENT:
                self._recent.append(text)
            else:
                self._recent[self._draw.randrange(RECENT)] = text
            yield text

    def _word(self) -> str:
        consonant, vowel = "bcdfghjklmnprstvwz", "aeiou"
        draw = self._draw
        return "".join(draw.choice(consonant) + draw.choice(vowel) for _ in range(draw.choice((1, 2, 2, 3, 3, 4))))

    def _new(self, least: int, most: int) -> list[str]:
        return self._draw.choices(self._words, cum_weights=self._often, k=self._draw.randint(least, most))

    def _fresh(self) -> str:
        if self._draw.random() < 0.1:
            letters = self._draw.choices(range(0x4E00, 0x5A00), k=self._draw.randint(5, 70))
            return "".join(map(chr, letters))
        return " ".join(self._new(2, 28))

    def _form(self) -> str:
        words = list(self._draw.choices(self._forms, cum_weights=self._form_often)[0])
        words[1] = self._draw.choice(self._words).title()
        words[-2] = str(self._draw.randrange(10_000))
        return f"@{self._draw.choice(self._words)} {' '.join(words)} ^{self._draw.choice('ABCDEFG')}"

    def _copy(self) -> str:
        return self._draw.choice(self._recent) + self._draw.choice(("", "!", " https://example.com/a", " 😀"))

    def _changed(self) -> str:
        letters = list(self._draw.choice(self._recent))
        for _ in range(self._draw.randint(1, 1 + len(letters) // 25)):
            place = self._draw.randrange(len(letters)) if letters else 0
            letters[place : place + self._draw.randint(0, 1)] = self._draw.choice(("", "e", "y", "ion"))
        return "".join(letters)

    def _pasted(self) -> str:
        return f"“{self._draw.choice(self._recent)}” {' '.join(self._new(1, 6))}"


def fill(folder: Path, count: int) -> tuple[Path, Path]:
    """Write `tweets` and `nodes`, as far as clusters need them; gives the paths."""
    tweets, nodes = folder / "tweets.parquet", folder / "nodes.parquet"
    if not (tweets.exists() and nodes.exists()):
        time_of = pa.timestamp("ms", "UTC")
        made = pa.schema([("id", pa.int64()), ("created_at", time_of), ("text", pa.string())])
        tree = pa.schema([("tweet_id", pa.int64())])
        texts = iter(Texts())
        with pq.ParquetWriter(tweets, made) as one, pq.ParquetWriter(nodes, tree) as other:
            for start in range(0, count, PART):
                part = list(islice(texts, min(PART, count - start)))
                # In no order: later tweets may be older.
                ids = pa.array([(start + number) * 7_919 % 1_000_000_007 for number in range(len(part))], pa.int64())
                one.write_table(pa.table([ids, ids.cast(time_of), pa.array(part)], schema=made))
                other.write_table(pa.table([ids], schema=tree))
    return tweets, nodes


def alike(texts: dict[int, str]) -> set[tuple[int, int]]:
    """Find all pairs of normalised texts that are near-duplicates; none is missed.

    Two sets that share so much share one of the rarest members of each (prefix filtering: Chaudhuri and others, 2006).
    """
    sets = {one: {text[n : n + SHINGLE] for n in range(len(text) - SHINGLE + 1)} for one, text in texts.items()}
    counts = Counter(shingle for shingles in sets.values() for shingle in shingles)
    places: dict[str, list[int]] = defaultdict(list)
    pairs: set[tuple[int, int]] = set()
    for one, shingles in sets.items():
        rarest = sorted(shingles, key=lambda shingle: (counts[shingle], shingle))
        candidates: set[int] = set()
        for shingle in rarest[: len(rarest) - ceil(LIKENESS * len(rarest) - 1e-9) + 1]:
            candidates.update(places[shingle])
            places[shingle].append(one)
        pairs |= {(one, other) for other in candidates if likeness(texts[one], texts[other]) >= LIKENESS}
    return pairs


def check(folder: Path, count: int) -> str:
    """Hold the clusters of a small world against all its pairs."""
    tweets, nodes = fill(folder, count)
    with DuckDB(folder) as engine:
        engine.read("tweets", [tweets])
        engine.read("nodes", [nodes])
        found = {row["tweet_id"]: row for row in pq.read_table(run(engine, folder)).to_pylist()}
    rows = pq.read_table(tweets)
    said = zip(rows["id"].to_pylist(), normal(rows["text"].combine_chunks(), between="").to_pylist(), strict=True)
    texts = {one: text for one, text in said if found[one]["text_id"] == one and len(text) >= LEAST}
    pairs = alike(texts)
    missed = sum(found[one]["cluster_id"] != found[other]["cluster_id"] for one, other in pairs)
    joined = {one for pair in pairs for one in pair}
    wrong = [one for one in texts if found[one]["cluster_id"] != one and one not in joined]
    if wrong:
        raise SystemExit(f"in a cluster without a near-duplicate: {wrong[:5]}")
    return (
        f"{count:,} tweets, {len(texts):,} texts to compare, {len(pairs):,} pairs of near-duplicates: "
        f"{1 - missed / len(pairs):.2%} are in one cluster, {missed:,} are not; nothing else is"
    )


def measure(folder: Path, count: int, memory: int) -> tuple[str, ...]:
    """Find the clusters of a big world, in a process of its own."""
    tweets, nodes = fill(folder, count)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        disk, started = Disk(Path(scratch)), time.perf_counter()
        disk.start()
        command = [sys.executable, "-c", CLUSTER, str(tweets), str(nodes), scratch, str(memory)]
        same, near, cpu, peak = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        wall, used = time.perf_counter() - started, disk.stop()
    counts = (f"{one:,}" for one in (count, same, near, round(count / wall)))
    return (*counts, f"{wall:.1f}", f"{cpu:.1f}", f"{peak / 1e9:.2f}", f"{used / 1e9:.2f}")


def main(arguments: list[str] | None = None) -> list[Table]:
    """Measure recall, then time and memory."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--tweets", type=int, default=500_000)
    parser.add_argument("--memory", type=size, default=0, help="as 4GB; without it what DuckDB takes by itself")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        note = check(Path(folder), min(SMALL, options.tweets))
        print(f"duplicates: {note}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        row = measure(Path(folder), options.tweets, options.memory)
    head = ("tweets", "copies", "near-duplicates and copies", "tweets/s", "s", "CPU s", "peak GB", "scratch disk GB")
    return [Table("Find near-duplicates", head, [row], f"{note}. One run.")]
