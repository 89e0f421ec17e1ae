"""Measure each source: what reading a shape into tables costs over decoding its records alone.

Synthetic tweets are written in each shape by its writer; the ratio is that of CPU time within one run, in which the two
take turns: near 1 the decoder is the limit.
"""

import argparse
import importlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import msgspec

import shapes
from benchmarks.tables import Table, ratio
from chinwag import records
from chinwag.containers import Member, members, read_member
from chinwag.reading import Choice, FileTask, on_disk, read_job
from chinwag.sniffing import shapes as told
from chinwag.stores import opened
from chinwag.values import TWITTER_EPOCH
from shapes import Tweet

START = (1_640_995_200_000 - TWITTER_EPOCH) << 22
WORDS = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "is",
    "you",
    "that",
    "it",
    "he",
    "was",
    "for",
    "on",
    "are",
    "as",
    "with",
    "his",
    "they",
    "at",
    "be",
    "this",
    "have",
    "from",
    "or",
    "one",
    "had",
    "by",
]


def tweets(count: int, seed: int) -> list[Tweet]:
    """Make tweets, a third of which answer an earlier one."""
    draw = random.Random(seed)
    made: list[Tweet] = []
    for number in range(count):
        author = draw.randrange(1000)
        tweet = Tweet(
            id=START + (number * 1009 << 22) + draw.randrange(4096),
            author_id=1000 + author,
            author_handle=f"user{author}",
            body=" ".join(draw.choices(WORDS, k=draw.randrange(3, 30))),
            counts=(1, 2, draw.randrange(1, 1000), 3),
            urls=("https://example.org/a",) if draw.random() < 0.3 else (),
        )
        tweet = replace(tweet, conversation_id=tweet.id)
        if made and draw.random() < 0.35:
            parent = draw.choice(made[-1000:])
            tweet = replace(
                tweet,
                reply_to_id=parent.id,
                reply_to_author_id=parent.author_id,
                reply_to_handle=parent.author_handle,
                conversation_id=parent.conversation_id,
            )
        made.append(tweet)
    return made


def decode(path: Path, found: list[Member], sources: list[records.Source], scratch: Path) -> None:
    """Decode every record of a file and do nothing with it."""
    with closing(opened(path)) as file:
        for member in found:
            with on_disk(path, member, scratch) as disk:
                blocks = read_member(file, member, lambda _: None)
                for shape in told(blocks, sources, on_disk=disk, reject=lambda *_: None):
                    for _, lines in shape.lines or ():
                        for line in lines.splitlines():
                            msgspec.json.decode(line)
                    for _ in shape.items or ():
                        pass


def measured(work: Callable[[], object]) -> float:
    """Give the CPU time of some work, in seconds."""
    start = time.process_time()
    work()
    return time.process_time() - start


def compared(writer: ModuleType, made: list[Tweet], rounds: int) -> tuple[str, str, str, str]:
    """Compare reading with decoding for one shape, in one row."""
    adapt: Callable[[Tweet], Tweet] = getattr(writer, "adapt", lambda tweet: tweet)
    choice = Choice(None, getattr(writer, "COLUMNS", None))
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        paths = []
        for name, data in writer.write([adapt(tweet) for tweet in made]).items():
            paths.append(scratch / name)
            paths[-1].parent.mkdir(parents=True, exist_ok=True)
            paths[-1].write_bytes(data)
        found = {path: [one for one in members(path) if isinstance(one, Member)] for path in paths}
        sources = records.load(None, choice.columns)

        def bare() -> None:
            for path in paths:
                decode(path, found[path], sources, scratch)

        def read() -> None:
            tasks = [FileTask(path, {"file_id": 1, "name": ""}, found[path]) for path in paths]
            read_job(tasks, scratch, "key", lambda _: None, choice)

        read()
        times = [(measured(bare), measured(read)) for _ in range(rounds)]
        size = sum(path.stat().st_size for path in paths) / 1e6
    base, work = (list(column) for column in zip(*times, strict=True))
    name = writer.__name__.rpartition(".")[2]
    return name, f"{size:.1f}", f"{len(made) / statistics.median(work):,.0f}", ratio(work, base)


def main(arguments: list[str] | None = None) -> list[Table]:
    """Measure every source."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--tweets", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    made = tweets(options.tweets, options.seed)
    note = f"{options.tweets:,} synthetic tweets in each shape, {options.rounds} rounds, one process."
    rows = []
    for name in sorted(path.stem for path in Path(shapes.__file__).parent.glob("[a-z]*.py")):
        rows.append(compared(importlib.import_module(f"shapes.{name}"), made, options.rounds))
        print(f"sources: {name} {rows[-1][2]} tweets/s", flush=True)
    head = ("shape", "MB", "tweets/s of CPU", "CPU to decoding alone")
    return [Table("Read each source", head, rows, note)]
