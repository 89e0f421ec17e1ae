"""What each engine promises, on each; and that what they write is the same, byte by byte."""

import pickle
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chinwag.engines import Engine, writing
from chinwag.engines.duckdb import DuckDB
from chinwag.errors import EngineError
from chinwag.tables import schema
from tests import reference
from tests.engines.test_steps import drawn
from tests.reference import Row

COLUMNS = pa.schema([("root_id", pa.int64()), ("tweets", pa.int64()), ("seen", pa.list_(pa.int64()))])


def nodes(folder: Path) -> Path:
    rows = [{"tweet_id": n, "root_id": n % 7, "depth": n, "kind": "reply"} for n in range(1, 41)]
    return reference.parquet(folder / "given.parquet", rows, schema("nodes"))


def gathered(least: int, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Gather rows of a root that come side by side; module-level, so that it can be pickled."""
    found: dict[int, list[int]] = {}
    for batch in batches:
        for root_id, tweet_id in zip(batch["root_id"].to_pylist(), batch["tweet_id"].to_pylist(), strict=True):
            found.setdefault(root_id, []).append(tweet_id)
    rows = [{"root_id": one, "tweets": len(seen), "seen": seen} for one, seen in found.items() if one >= least]
    if rows:
        yield pa.RecordBatch.from_pylist(rows, COLUMNS)


def test_a_function_sees_all_rows_of_a_value_in_their_order(engine: Engine, tmp_path: Path) -> None:
    engine.read("nodes", [nodes(tmp_path)])
    function = pickle.loads(pickle.dumps(partial(gathered, 2)))
    engine.apply("roots", "select * from nodes where tweet_id > ?", function, COLUMNS, [3], order=["root_id", "depth"])
    rows = [row for batch in engine.rows("select * from roots order by root_id") for row in batch.to_pylist()]
    assert rows == [
        {"root_id": root, "tweets": len(seen), "seen": seen}
        for root in range(2, 7)
        for seen in [[n for n in range(4, 41) if n % 7 == root]]
    ]


def test_a_function_that_gives_nothing_makes_an_empty_table(engine: Engine, tmp_path: Path) -> None:
    engine.read("nodes", [nodes(tmp_path)])
    engine.apply("roots", "select * from nodes", partial(gathered, 99), COLUMNS)
    assert engine.value("select count(*) from roots") == 0


def test_rows_are_added_to_a_table_also_from_itself(engine: Engine) -> None:
    engine.make("numbers", "select cast(1 as bigint) as n")
    for _ in range(3):
        engine.append("numbers", "select n + (select count(*) from numbers) from numbers")
    assert engine.value("select count(*) from numbers") == 8
    assert [row["n"] for batch in engine.rows("select n from numbers order by n") for row in batch.to_pylist()] == [
        1, 2, 3, 4, 5, 6, 7, 8,
    ]  # fmt: skip


def test_an_error_is_one_line(engine: Engine) -> None:
    with pytest.raises(EngineError, match=r"^[^\n]*nowhere[^\n]*$"):
        engine.make("broken", "select * from nowhere")


def test_a_path_may_hold_what_is_a_pattern_elsewhere(engine: Engine, tmp_path: Path) -> None:
    place = tmp_path / "a [b] {c,d} *? é"
    place.mkdir()
    engine.read("nodes", [nodes(place)])
    assert engine.value("select count(*) from nodes") == 40


@pytest.mark.parametrize("cut", [2, 7, 1_048_573])
def test_what_is_written_is_the_same_bytes(
    engine: Engine, tmp_path: Path, cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "CUT", cut)
    draw = random.Random(cut)
    rows: list[Row] = [
        {**drawn(draw), "id": n, "sightings": 1, "seen_own": True} for n in draw.sample(range(5000), 900)
    ]
    given = {
        "tweets": reference.parquet(tmp_path / "tweets.parquet", rows, schema("tweets")),
        "nodes": nodes(tmp_path),
    }
    order = {"tweets": "id", "nodes": "root_id, depth, tweet_id"}
    for table, part in given.items():
        engine.read(table, [part])
        select = f"select * from {table} order by {order[table]}"
        parts = engine.write(table, select, tmp_path)
        with DuckDB(tmp_path) as other:
            other.read(table, [part])
            expected = other.write(table, select, tmp_path)
        assert [one.read_bytes() for one in parts] == [one.read_bytes() for one in expected]
        assert (len(parts) > 1) == (table == "tweets" and cut < 1000) or (table, cut) == ("nodes", 2)
        assert sum(pq.read_metadata(one).num_rows for one in parts) == {"tweets": 900, "nodes": 40}[table]


def test_nothing_is_written_as_one_empty_part(engine: Engine, tmp_path: Path) -> None:
    engine.read("nodes", [])
    (part,) = engine.write("nodes", "select * from nodes order by root_id", tmp_path)
    assert pq.read_table(part).schema.equals(schema("nodes"))
    assert pq.read_metadata(part).num_rows == 0
