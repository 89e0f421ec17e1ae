import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from chinwag.errors import EngineError, UsageError, WorkspaceError
from chinwag.query import print_csv, print_json, run
from chinwag.query import rows as rows_of
from chinwag.tables import TABLES, schema
from chinwag.workspace import Workspace
from tests.workspaces import chinwag_run, curated, hashes, rows, status, values

STATUSES = [
    status(10, "plain", possibly_sensitive=True),
    status(11, 'a "quoted", text\nof two lines', to=10, author=2, lang="ja"),
    status(12, "こんにちは\u3000世界", to=11, author=3, lang=None),
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a workspace, which no test may change."""
    return curated(tmp_path_factory.mktemp("query"), STATUSES)


def query(workspace: Path, select: str, *options: str) -> str:
    done = chinwag_run("query", "-w", workspace, select, *options)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_its_columns(workspace: Path, tmp_path: Path, table: str) -> None:
    empty = Workspace(tmp_path / "empty", create=True).path
    for place in (workspace, empty):
        columns, held = run(place, f"select * from {table}")
        assert columns == list(TABLES[table])
        none = table in ("deletes", "edits", "rejects", "drops", "wanted", "asked", "marks")
        assert (list(held) == []) == (place == empty or none)


@pytest.mark.parametrize("table", TABLES)
def test_every_column_has_its_type(workspace: Path, tmp_path: Path, table: str) -> None:
    empty = Workspace(tmp_path / "empty", create=True).path
    types = rows(workspace, f"select column_name, column_type from (describe {table})")
    assert types == rows(empty, f"select column_name, column_type from (describe {table})")
    assert len(types) == len(schema(table))


VALUES = """
select 1 as number, null as nothing, true as yes, 1.5 as half, 'a,"b"\nc' as text, sum(id) as total,
       max(created_at) as at, ['x', null] as list, {'k': 1} as struct, 12::decimal(10, 2) as decimal
from (select 9007199254740993 as id, timestamptz '2021-01-01 17:29:53.66+00' as created_at)
"""


def test_as_json(workspace: Path) -> None:
    assert json.loads(query(workspace, VALUES, "--json")) == [
        {
            "number": 1,
            "nothing": None,
            "yes": True,
            "half": 1.5,
            "text": 'a,"b"\nc',
            "total": 9007199254740993,
            "at": "2021-01-01T17:29:53.660000Z",
            "list": ["x", None],
            "struct": {"k": 1},
            "decimal": 12,
        }
    ]


def test_as_csv(workspace: Path) -> None:
    header, row = csv.reader(io.StringIO(query(workspace, VALUES, "--csv")))
    assert dict(zip(header, row, strict=True)) == {
        "number": "1",
        "nothing": "",
        "yes": "true",
        "half": "1.5",
        "text": 'a,"b"\nc',
        "total": "9007199254740993",
        "at": "2021-01-01 17:29:53.660",
        "list": '["x", null]',
        "struct": '{"k": 1}',
        "decimal": "12.00",
    }


def test_as_a_table(workspace: Path) -> None:
    assert query(workspace, "select id, text, lang from tweets order by id").splitlines() == [
        "id  text                           lang",
        "10  plain                          en  ",
        '11  a "quoted", text of two lines  ja  ',
        "12  こんにちは 世界                    ",
    ]


@pytest.mark.parametrize(("options", "expected"), [([], "id  text\n"), (["--csv"], "id,text\n"), (["--json"], "[]\n")])
def test_no_rows(workspace: Path, options: list[str], expected: str) -> None:
    assert query(workspace, "select id, text from tweets where false", *options) == expected


def test_json_has_a_line_a_row(workspace: Path) -> None:
    printed = query(workspace, "select id from tweets order by id", "--json")
    assert printed == '[{"id":10},\n {"id":11},\n {"id":12}]\n'


def test_columns_of_one_name_are_all_there(workspace: Path) -> None:
    columns, held = run(workspace, "select 1 as a, 2 as a, 3 as b, 4 as a, 5 as a_1")
    assert columns == ["a", "a_1", "b", "a_2", "a_1_1"]
    assert list(rows_of(held)) == [(1, 2, 3, 4, 5)]


def test_a_long_table_comes_in_pieces(workspace: Path) -> None:
    lines = query(workspace, "select i as n from range(2500) as r(i)").split()
    assert lines == ["n", *map(str, range(1000)), "n", *map(str, range(1000, 2000)), "n", *map(str, range(2000, 2500))]


HOSTILE = "\x1b[31mred\x07 \x9b2J \u202egnp.exe\u2066 \u200e \r\n\t\u2028 👩\u200d💻 می\u200cخواهم\u00a0é"


def test_nothing_in_a_tweet_steers_the_terminal(tmp_path: Path) -> None:
    workspace = curated(tmp_path, [status(1, HOSTILE)])
    printed = query(workspace, "select text from tweets").split("\n")[1]
    assert not [char for char in printed if not char.isprintable() and char not in "\u200c\u200d"]
    assert printed.rstrip() == "\ufffd[31mred\ufffd \ufffd2J \ufffdgnp.exe\ufffd \ufffd      👩\u200d💻 می\u200cخواهم é"
    assert json.loads(query(workspace, "select text from tweets", "--json"))[0]["text"] == HOSTILE
    header = query(workspace, f'select 1 as "{HOSTILE}"').split("\n")[0]
    assert "\x1b" not in header and "\u202e" not in header


WRITES = [
    "create table t as select 1",
    "drop view tweets",
    "delete from tweets",
    "insert into tweets select * from tweets",
    "copy (select 1) to '{part}'",
    "copy (select 1) to 'new.csv'",
    "explain analyze copy (select 1) to '{part}' (use_tmp_file false)",
    "select 1; copy (select 1) to '{part}'",
    "export database 'new'",
    "attach 'new.db'",
    "set threads = 1",
    "install httpfs",
    "select 1; select 2",
    "-- nothing",
    "",
]


@pytest.mark.parametrize("statement", WRITES)
def test_a_query_only_asks(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    monkeypatch.chdir(tmp_path)
    before = hashes(workspace)
    with pytest.raises(UsageError, match=r"^a query is one SELECT"):
        run(workspace, statement.format(part=Workspace(workspace).parts("tweets")[0]))
    assert hashes(workspace) == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "select",
    ["from tweets", "values (1)", "with a as (select 1) from a", "describe tweets", "summarize tweets", "show tables"],
)
def test_other_ways_to_ask(workspace: Path, select: str) -> None:
    assert list(run(workspace, select)[1])


def test_own_files_can_be_joined(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "wanted.csv").write_text("id\n11\n99\n")
    assert values(workspace, f"select id from tweets semi join '{tmp_path}/wanted.csv' using (id)") == [11]


@pytest.mark.parametrize(
    ("select", "problem"),
    [
        ("selekt 1", "syntax error"),
        ("select nothing from tweets", "nothing"),
        ("select * from nowhere", "nowhere"),
        ("select 1 / (", "syntax error"),
    ],
)
def test_an_error_in_the_sql_is_one_line(workspace: Path, select: str, problem: str) -> None:
    with pytest.raises(EngineError) as caught:
        run(workspace, select)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_error_while_rows_come(workspace: Path) -> None:
    with pytest.raises(EngineError, match="Conversion Error"):
        list(run(workspace, "select cast(text as int) from tweets")[1])
    done = chinwag_run("query", "-w", workspace, "select cast(text as int) from tweets")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_a_part_that_is_gone(workspace: Path, tmp_path: Path) -> None:
    shutil.copytree(workspace, tmp_path / "workspace")
    Workspace(tmp_path / "workspace").parts("tweets")[0].unlink()
    with pytest.raises(EngineError, match=r"tweets"):
        run(tmp_path / "workspace", "select 1 from tweets")


def test_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="none: no workspace here; make one with: chinwag ingest PATH"):
        run(tmp_path / "none", "select 1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("show", [print_json, print_csv])
def test_rows_are_printed_as_they_come(show: Callable[..., None]) -> None:
    out = io.StringIO()

    def held() -> Any:
        yield pa.record_batch({"n": [1]})
        yield pa.record_batch({"n": [2]})
        assert "1" in out.getvalue()

    show(["n"], held(), out)
    assert "2" in out.getvalue()
