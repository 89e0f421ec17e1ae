"""Every SELECT of `sql/` on every engine: the cases of `tests/sql/`, and whole worlds."""

import json
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from chinwag import assemble
from chinwag.engines import Engine
from chinwag.renewal import GIVEN, WHOLE
from chinwag.sql import statement
from chinwag.tables import ASSEMBLED, TABLES, schema
from tests import reference
from tests.engines.test_dialect import FILES, without_comments
from tests.reference import Row
from tests.test_assemble import FIELDS, IDS

CASES = {
    f"{path.stem}: {title}": (path.stem, case)
    for path in sorted((Path(__file__).parent.parent / "sql").glob("*.json"))
    for title, case in json.loads(path.read_text(encoding="utf-8")).items()
}
# What a column is, wherever it occurs.
TYPES = {
    "power": pa.int32(),
    "ancestor_id": pa.int64(),
    "turns": pa.int64(),
    "older": pa.bool_(),
    "place": pa.int64(),
    "older_place": pa.int64(),
    "bucket": pa.int64(),
    "answer_id": pa.int64(),
    "mentions": pa.list_(pa.int64()),
    "text_sha256": pa.string(),
} | {field.name: field.type for table in (*GIVEN, *ASSEMBLED, "clusters", "drops", "turns") for field in schema(table)}


def unpacked(rows: list[list[Any]]) -> tuple[list[str], list[Row]]:
    """Give the columns, which are the first row, and the others by column."""
    columns, *values = rows
    times = {name for name in columns if pa.types.is_timestamp(TYPES.get(name, pa.int64()))}
    read = [dict(zip(columns, row, strict=True)) for row in values]
    return columns, [
        {name: datetime.fromisoformat(value) if value and name in times else value for name, value in row.items()}
        for row in read
    ]


def known_schema(table: str, columns: list[str]) -> pa.Schema:
    table = re.sub("^(old|new|fresh|touched)_", "", WHOLE.get(table, table))
    return schema(table) if table in TABLES else pa.schema([(name, TYPES[name]) for name in columns])


def test_every_select_has_cases() -> None:
    assert {step for step, _ in CASES.values()} == {path.stem for path in FILES}
    assert set(assemble.STEPS) <= {path.stem for path in FILES}


@pytest.mark.parametrize("name", CASES)
def test_a_select_gives_what_its_case_says(engine: Engine, tmp_path: Path, name: str) -> None:
    step, case = CASES[name]
    for table, given in case["tables"].items():
        columns, rows = unpacked(given)
        engine.read(table, [reference.parquet(tmp_path / f"{table}.parquet", rows, known_schema(table, columns))])
    select = statement(step)
    found = [row for batch in engine.rows(select, case.get("values", [])) for row in batch.to_pylist()]
    columns, expected = unpacked(case["expected"])
    shown = [{name: row[name] for name in columns} for row in found]
    if without_comments(select).rsplit(")", 1)[-1].find("order by") < 0:  # its order is no promise
        shown, expected = sorted(shown, key=repr), sorted(expected, key=repr)
    assert shown == expected


@pytest.mark.parametrize("quotes", [True, False])
def test_a_world_equals_that_of_a_plain_walk(engine: Engine, tmp_path: Path, quotes: bool) -> None:
    draw = random.Random(4)
    start = datetime(2020, 1, 1, tzinfo=UTC)
    chain = [
        {**drawn(draw), "id": number, "created_at": start + timedelta(hours=number), "reply_to_id": number - 1 or None}
        for number in range(1, 150)
    ]
    lost = ({**drawn(draw), "id": number, "reply_to_id": None} for number in range(200, 220))
    rows = [*chain, *lost, *({**drawn(draw), "id": draw.choice(IDS)} for _ in range(150))]
    gone: list[Row] = [{"tweet_id": 70, "kind": "delete"}, {"author_id": 3, "kind": "user_withheld"}]
    gone = [{**dict.fromkeys(TABLES["deletes"]), **one} for one in gone]
    edits: list[Row] = [{"tweet_id": 61, "initial_id": 60, "file_id": 1}, {"tweet_id": IDS[5], "initial_id": IDS[4]}]
    for table, held in zip(GIVEN, (rows, gone, edits), strict=True):
        engine.read(table, [reference.parquet(tmp_path / f"given-{table}.parquet", held, schema(table))])
    summary = assemble.Summary()
    made = assemble.make_all(engine, tmp_path, summary, quotes=quotes, quiet=True)
    expected = reference.assemble(rows, gone, edits, quotes=quotes)
    for table in ASSEMBLED:
        assert [row for part in made[table] for row in reference.read(part, table)] == expected[table], table
    assert (summary.newer, summary.joined, summary.lost) == reference.left_out(expected, quotes=quotes)
    assert min(summary.newer, summary.joined, summary.lost) > 0


def drawn(draw: random.Random) -> Row:
    return {name: draw.choice(values) for name, values in FIELDS.items()}


def test_nothing_makes_nothing(engine: Engine, tmp_path: Path) -> None:
    for table in GIVEN:
        engine.read(table, [])
    summary = assemble.Summary()
    assemble.make_all(engine, tmp_path, summary, quotes=True, quiet=True)
    assert summary.rows == dict.fromkeys(ASSEMBLED, 0)
