"""Read tweets off the database's rows, and write rows of turns: what curating and rehydrating share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chinwag.progress import Steps
from chinwag.rendering import Tweet
from chinwag.turns import Turn
from chinwag.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 50_000  # rows written at once
READ = 10_000  # rows read at once


@contextmanager
def adding(path: Path, wanted: "pa.Schema") -> Iterator[Callable[[list[tuple[Any, ...]]], None]]:
    """Give what writes rows to a Parquet file, `BATCH` of them or more at once."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    waiting: list[tuple[Any, ...]] = []
    with pq.ParquetWriter(path, wanted, compression="zstd") as writer:

        def add(rows: list[tuple[Any, ...]], least: int = BATCH) -> None:
            waiting.extend(rows)
            if len(waiting) >= least:
                columns = zip(zip(*waiting, strict=True), wanted.types, strict=True)
                arrays = [pa.array(column, kind) for column, kind in columns]
                writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=wanted))
                waiting.clear()

        yield add
        add([], least=1)


def tweets_in(batch: "pa.RecordBatch") -> Iterator[Tweet]:
    """Give the tweets of rows that have the columns of `Tweet`, the id as `tweet_id`."""
    import pyarrow as pa

    def values(name: str) -> list[Any]:
        column: list[Any] = batch[name].to_pylist()
        return column

    columns = {name: values(name) for name in ("tweet_id", *Tweet._fields[1:]) if name not in ("media", "created_at")}
    columns["created_at"] = batch["created_at"].cast(pa.timestamp("ms", "UTC")).cast(pa.int64()).to_pylist()
    columns["media"] = [[(item["kind"], item["alt"]) for item in items or ()] for items in values("media")]
    for name in ("sources", "terms"):  # those of what is quoted too
        quoted = values(f"quoted_{name}")
        columns[name] = [(own or []) + (more or []) for own, more in zip(columns[name], quoted, strict=True)]
    return map(Tweet, *(columns[name] for name in ("tweet_id", *Tweet._fields[1:])))


def rows_of(target: Workspace) -> int:
    """Count the turns of a workspace."""
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(path).num_rows for path in target.parts("turns"))


def conversations(target: Workspace, show: Steps, *, exact: bool = True) -> Iterator[tuple[str, list[Turn]]]:
    """Give the turns of each conversation, parents first, with its split; `show` takes word of those that are read.

    Times that are not `exact` are whole seconds: the milliseconds of a tweet are most of its id.
    """
    rows = (row for path in target.parts("turns") for row in _rows(path, show, exact))
    for _, group in groupby(rows, key=itemgetter(0)):
        turns = list(group)
        yield turns[0][1], [turn for _, _, turn in turns]


def _rows(path: Path, show: Steps, exact: bool) -> Iterator[tuple[int, str, Turn]]:
    """Give each turn of a file with its root and its split."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = ["turn_id", "parent_turn_id", *(one.name for one in fields(Turn)[2:])]
    with pq.ParquetFile(path) as file:
        for batch in show.walk(file.iter_batches(READ)):
            times = batch["created_at"].cast(pa.int64()).to_pylist()
            if not exact:
                times = [time and time - time % 1000 for time in times]
            columns = [times if name == "created_at" else batch[name].to_pylist() for name in names]
            places = (batch["root_id"].to_pylist(), batch["split"].to_pylist())
            for root_id, split, *values in zip(*places, *columns, strict=True):
                yield root_id, split, Turn(*values)


def turn_row(turn: Turn, root_id: int, split: str) -> tuple[Any, ...]:
    """Give a turn as a row of `turns`."""
    return (turn.id, root_id, turn.parent_id, turn.depth, turn.role, turn.author, turn.lang, turn.text, turn.like_count,
            turn.followers, turn.created_at, split, turn.tweet_ids, turn.sources, turn.terms)  # fmt: skip
