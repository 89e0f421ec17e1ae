"""Read tweets off the database's rows, and write rows of turns: what curating and rehydrating share."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chinwag.progress import Steps
from chinwag.rendering import Tweet
from chinwag.tables import schema
from chinwag.turns import Turn
from chinwag.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000  # rows of `shaped` made at once; with 50,000 curating takes 100 MB more and is no faster
READ = 10_000  # turns read at once
AT_ONCE = 4_096  # tweets read at once
OF_ROW = ("turn_id", "root_id", "split")  # columns of a turn that a row of `shaped` has for each of its tweets
NO_TURN = (None,) * 13


def shaped_columns() -> "pa.Schema":
    """Give the columns of `shaped`, which says of each tweet what turn it is in, or else which rule took it.

    The row of a turn's first tweet holds the turn, whose place in the conversation it says; others have no place.
    `filter` is the rule, null for tweets whose texts are in turns; these may be quoted ones too.
    """
    import pyarrow as pa

    number, text = pa.int64(), pa.string()
    own = {"root_id": number, "tweet_id": number, "split": text, "filter": text, "answer_id": number, "place": number}
    return pa.schema([*own.items(), *(field for field in schema("turns") if field.name not in OF_ROW)])


def turn_rows(
    turns: Iterable[Turn], root_id: int, split: str, answers: Mapping[int, int] | None = None
) -> Iterator[tuple[Any, ...]]:
    """Give the turns of a conversation as rows of `shaped`; `answers` has their `answer_id`."""
    for place, turn in enumerate(turns):
        answer_id = answers.get(turn.id) if answers else None
        whole = (place, turn.parent_id, turn.depth, turn.role, turn.author, turn.lang, turn.text, turn.like_count,
                 turn.followers, turn.created_at, turn.tweet_ids, turn.sources, turn.terms)  # fmt: skip
        for tweet_id in turn.tweet_ids:
            yield (root_id, tweet_id, split, None, answer_id, *(whole if tweet_id == turn.id else NO_TURN))


def drop_rows(dropped: Mapping[int, str], root_id: int) -> Iterator[tuple[Any, ...]]:
    """Give the tweets of a conversation that are in no turn, with what took them, as rows of `shaped`."""
    for tweet_id, rule in dropped.items():
        yield (root_id, tweet_id, None, rule, None, *NO_TURN)


def quoted_rows(turns: Iterable[Turn], tweets: Iterable[Tweet], root_id: int, split: str) -> Iterator[tuple[Any, ...]]:
    """Give the tweets whose texts stand in turns below those that quote them, as rows of `shaped`."""
    if quoted := {tweet.id: tweet.quoted_id for tweet in tweets if tweet.quoted is not None}:
        for tweet_id in (tweet_id for turn in turns for tweet_id in turn.tweet_ids if tweet_id in quoted):
            yield (root_id, quoted[tweet_id], split, None, None, *NO_TURN)


def in_batches(rows: Iterable[tuple[Any, ...]], wanted: "pa.Schema") -> "Iterator[pa.RecordBatch]":
    """Give rows, `BATCH` of them at once."""
    import pyarrow as pa

    left = iter(rows)
    while part := list(islice(left, BATCH)):
        values = zip(zip(*part, strict=True), wanted.types, strict=True)
        yield pa.RecordBatch.from_arrays([pa.array(column, kind) for column, kind in values], schema=wanted)


def tweets_in(batch: "pa.RecordBatch") -> Iterator[Tweet]:
    """Give the tweets of rows that have the columns of `Tweet`, the id as `tweet_id`."""
    for start in range(0, batch.num_rows, AT_ONCE):
        yield from _tweets(batch.slice(start, AT_ONCE))


def _tweets(batch: "pa.RecordBatch") -> Iterator[Tweet]:
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


def conversations(parts: Iterable[Path], show: Steps, *, exact: bool = True) -> Iterator[tuple[str, list[Turn]]]:
    """Give the turns of each conversation in parts of `turns`, parents first, with its split; `show` counts them.

    Times that are not `exact` are whole seconds: the milliseconds of a tweet are most of its id.
    """
    rows = (row for path in parts for row in _rows(path, show, exact))
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
