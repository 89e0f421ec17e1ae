import sqlite3
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag import tabular
from chinwag.tabular import Item

CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
TABLES = st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=5))
NAMES = ["id", "full text", 'a."b"', "Größe"]


def parquet(path: Path, table: pa.Table, **options: Any) -> Path:
    pq.write_table(table, path, **options)
    return path


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([1, None], pa.int64()), [1, None]),
        (pa.array([1 << 63, 1], pa.uint64()), [1 << 63, 1]),
        (pa.array([1.5, float("nan")]), [1.5, None]),
        (pa.array([Decimal(1), Decimal("1.5")], pa.decimal128(20, 1)), [1, Decimal("1.5")]),
        (pa.array(["é", ""]), ["é", ""]),
        (pa.array(["é", "a"]).dictionary_encode(), ["é", "a"]),
        (pa.array(["é".encode(), b"\xff"], pa.binary()), ["é", "\ufffd"]),
        (pa.array([b"\xff", "é".encode()], pa.binary()).cast(pa.string(), safe=False), ["\ufffd", "é"]),
        (pa.array([1_600_000_000_123_456_789, None], pa.timestamp("ns", "Asia/Tokyo")),
         [datetime(2020, 9, 13, 12, 26, 40, 123456), None]),
        (pa.array([1_600_000_000_000, 1 << 60], pa.timestamp("ms")), [datetime(2020, 9, 13, 12, 26, 40), 1 << 60]),
        (pa.array([date(2020, 1, 1), None]), [date(2020, 1, 1), None]),
        (pa.array([{"id": 1}, None]), [{"id": 1}, None]),
        (pa.array([["a"], []]), [["a"], []]),
        (pa.array([None, None]), [None, None]),
    ],
)  # fmt: skip
def test_values_of_parquet(tmp_path: Path, column: pa.Array, expected: list[Any]) -> None:
    path = parquet(tmp_path / "t", pa.table({"a": column, "b": [1, 2]}))
    assert tabular.parquet_columns(path) == ["a", "b"]
    cells = [{"a": value, "b": number} for number, value in enumerate(expected, 1)]
    assert list(tabular.parquet_rows(path)) == [
        (number, {name: value for name, value in row.items() if value is not None})
        for number, row in enumerate(cells, 1)
    ]


def test_rows_of_parquet_are_numbered_over_batches_and_groups(tmp_path: Path) -> None:
    count = tabular.BATCH * 2 + 3
    path = parquet(tmp_path / "t", pa.table({"a": range(count)}), row_group_size=tabular.BATCH + 1)
    assert list(tabular.parquet_rows(path)) == [(number, {"a": number - 1}) for number in range(1, count + 1)]


def test_a_damaged_row_group_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    path = parquet(tmp_path / "t", pa.table({"a": [f"{n}" * 50 for n in range(30)]}), row_group_size=10)
    chunk = pq.read_metadata(path).row_group(1).column(0)
    data = bytearray(path.read_bytes())
    start = chunk.dictionary_page_offset
    data[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    path.write_bytes(data)
    read = list(tabular.parquet_rows(path))
    assert (11, tabular.CUT_GROUP) in read
    assert [number for number, row in read if isinstance(row, dict)] == [*range(1, 11), *range(21, 31)]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\xff" * 100 + b"PAR1", b"PAR1\0\0PAR1"])
def test_damaged_parquet_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t"
    path.write_bytes(data)
    assert tabular.parquet_columns(path) == tabular.NO_PARQUET
    assert list(tabular.parquet_rows(path)) == [(1, tabular.NO_PARQUET)]


def test_a_column_whose_name_is_no_text_is_told(tmp_path: Path) -> None:
    path = parquet(tmp_path / "t", pa.table({"a": [1], "bbbb": [2]}), store_schema=False)
    path.write_bytes(path.read_bytes().replace(b"bbbb", b"\xff" * 4))
    assert tabular.parquet_columns(path) == tabular.NO_PARQUET
    assert [row for _, row in tabular.parquet_rows(path) if isinstance(row, str)] == [tabular.NO_PARQUET]


@given(TABLES)
def test_any_table_comes_back_from_parquet(tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]) -> None:
    names = NAMES[: len(table[0]) if table else 2]
    columns = {name: [row[at] for row in table] for at, name in enumerate(names)}
    path = parquet(tmp_path_factory.mktemp("parquet") / "t", pa.table(columns))
    assert list(tabular.parquet_rows(path)) == [
        (number, dict(zip(names, row, strict=True))) for number, row in enumerate(table, 1)
    ]


# SQLite


def database(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        path.write_bytes(connection.serialize())
    return path


def tables(path: Path) -> dict[str, tuple[list[str] | str, list[Item]]]:
    return {name: (columns, list(read)) for name, columns, read in tabular.sqlite_tables(path)}


def test_real_tables_of_a_database_are_given(tmp_path: Path) -> None:
    path = database(
        tmp_path / "a ?#%.db",
        'CREATE TABLE "my ""own"" table" ("the id" INTEGER PRIMARY KEY, text, empty, twice AS (text || text))',
        """INSERT INTO "my ""own"" table" ("the id", text) VALUES (7, 'é'), (3, x'ff41'), (5, CAST(x'fe' AS TEXT))""",
        "CREATE TABLE t (n REAL, id TEXT PRIMARY KEY) WITHOUT ROWID",
        "INSERT INTO t VALUES (1.5, 'b'), (NULL, 'a')",
        "CREATE INDEX i ON t (n, id)",
        "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "CREATE VIEW v AS SELECT * FROM t",
        "CREATE VIRTUAL TABLE words USING fts5(text)",
    )
    found = tables(path)
    assert {name for name in found if not name.startswith("words_")} == {'my "own" table', "t", "counted"}
    assert found['my "own" table'] == (
        ["the id", "text", "empty"],
        [
            (1, {"the id": 3, "text": "\ufffdA"}),
            (2, {"the id": 5, "text": "\ufffd"}),
            (3, {"the id": 7, "text": "é"}),
        ],
    )
    assert found["t"] == (["n", "id"], [(1, {"id": "a"}), (2, {"n": 1.5, "id": "b"})])
    assert found["counted"] == (["id"], [])
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a ?#%.db"]


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_changes_that_are_not_in_the_file_are_told(tmp_path: Path, suffix: str) -> None:
    path = database(tmp_path / "t.db", "CREATE TABLE t (a)", "INSERT INTO t VALUES (1)")
    beside = path.with_name(f"t.db{suffix}")
    beside.write_bytes(b"")
    assert tables(path) == {"t": (["a"], [(1, {"a": 1})])}
    beside.write_bytes(b"changes")
    note = f"changes in a {suffix} file beside the database are not read"
    assert tables(path) == {"t": (["a"], [(1, {"a": 1}), (2, note)])}
    assert beside.read_bytes() == b"changes"


def test_a_database_all_of_which_is_in_its_log_is_told(tmp_path: Path) -> None:
    source = tmp_path / "source.db"
    with closing(sqlite3.connect(source, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (a)")
        path = tmp_path / "copy.db"
        path.write_bytes(source.read_bytes())
        path.with_name("copy.db-wal").write_bytes(source.with_name("source.db-wal").read_bytes())
    assert tables(path) == {"": ("changes in a -wal file beside the database are not read", [])}


def test_a_value_too_large_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = database(
        tmp_path / "t.db",
        "CREATE TABLE t (a)",
        "INSERT INTO t VALUES (1), (2), (zeroblob(5000)), (4)",
        "CREATE TABLE u (b)",
    )
    monkeypatch.setattr(tabular, "LONGEST", 1000)
    found = tables(path)
    assert found["t"][1][0] == (1, {"a": 1})
    assert [row for _, row in found["t"][1] if isinstance(row, str)] == [tabular.CUT_VALUE]
    assert found["u"] == (["b"], [])


@pytest.mark.parametrize(
    "data", [b"SQLite format 3\0", b"SQLite format 3\0" + b"\xff" * 5000, b"no database at all" * 9]
)
def test_a_damaged_database_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.db"
    path.write_bytes(data)
    assert tables(path) == {"": (tabular.NO_SQLITE, [])}


def test_a_damaged_page_ends_its_table_alone(tmp_path: Path) -> None:
    path = database(
        tmp_path / "t.db",
        "PRAGMA page_size = 512",
        "CREATE TABLE t (a)",
        "INSERT INTO t SELECT printf('%0200d', value) FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12]')",
        "CREATE TABLE u (b)",
        "INSERT INTO u VALUES (1)",
    )
    data = bytearray(path.read_bytes())
    at = data.rindex(b"000012") // 512 * 512
    data[at : at + 8] = b"\xff" * 8
    path.write_bytes(data)
    found = tables(path)
    read = found["t"][1]
    assert read[0] == (1, {"a": f"{1:0200}"})
    assert read[-1] == (len(read), tabular.CUT_TABLE)
    assert found["u"] == (["b"], [(1, {"b": 1})])


@given(TABLES)
def test_any_table_comes_back_from_sqlite(tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]) -> None:
    names = NAMES[: len(table[0]) if table else 2]
    path = tmp_path_factory.mktemp("sqlite") / "t.db"
    with closing(sqlite3.connect(":memory:")) as connection:
        quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
        connection.execute(f"CREATE TABLE t ({quoted})")
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(names))})", table)
        connection.commit()
        path.write_bytes(connection.serialize())
    assert tables(path) == {
        "t": (names, [(number, dict(zip(names, row, strict=True))) for number, row in enumerate(table, 1)])
    }


@given(st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=9))
def test_no_damage_to_a_database_breaks_it(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    path = database(
        tmp_path_factory.mktemp("damage") / "t.db",
        "PRAGMA page_size = 512",
        "CREATE TABLE t (a, b)",
        "INSERT INTO t SELECT value, printf('%0200d', value) FROM json_each('[1,2,3,4,5,6,7,8]')",
    )
    data = bytearray(path.read_bytes())
    for at, byte in changes:
        data[at % len(data)] = byte
    path.write_bytes(data)
    for columns, read in tables(path).values():
        assert isinstance(columns, list) or columns == tabular.NO_SQLITE
        assert [number for number, _ in read] == list(range(1, len(read) + 1))
