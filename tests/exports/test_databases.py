"""What holds of the exports into DuckDB, SQLite and PostgreSQL alike; each speaks to a real one."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chinwag.errors import ExportError, UsageError
from chinwag.exports import _databases as databases
from chinwag.turns import Turn
from tests.databases import MADE_OF, Conversations, Place, expected, many, pair
from tests.workspaces import TREE, turn

HOSTILE = [
    "'); drop table turns; --",
    'a "quoted" \\ line\nand $1, ?, %s and {}',
    "\u202e\ufeff a\u0301 \U0001f469\u200d\U0001f680 \uffff",
    "words " * 20_000,
]


@pytest.fixture(params=["duckdb", "sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "postgres":
        found: Place = request.getfixturevalue("postgres")
        return found
    return Place(request.param, str(tmp_path / f"chats.{request.param}"))


def test_rows_say_what_the_turns_say(place: Place) -> None:
    hostile = [pair(10 * n, text, like_count=n, created_at=1_363_867_200_123 + n) for n, text in enumerate(HOSTILE, 1)]
    given: Conversations = [("test", TREE), *(("train", one) for one in hostile)]
    given += [("validation", pair(90, lang=None, created_at=-62_000_000_000_000, like_count=2**62))]
    assert place.write(given) == {"test": 1, "train": 4, "validation": 1}
    assert place.all_rows() == expected(given)


def test_no_turns_are_no_rows(place: Place) -> None:
    assert place.write([]) == {}
    assert place.all_rows() == []


def test_an_export_tells_what_it_was_made_with(place: Place) -> None:
    place.write(many(3))
    rows = place.rows(
        "select dataset, number, manifest, conversations, turns from exports where finished_at is not null"
    )
    assert rows == [("chinwag", 1, '{"chinwag": "0", "fingerprint": "these turns"}', 3, 6)]


def test_nul_goes_and_is_counted(place: Place) -> None:
    place.write([("train", pair(1, "a\0b\0", lang="e\0n"))])
    assert place.rows("select text, lang from turns where depth = 0") == [("ab", "en")]
    assert place.rows("select nuls from exports") == [(2,)]


def test_writing_again_updates_and_removes(place: Place) -> None:
    place.write([("train", pair(1)), ("train", pair(3)), ("train", [*pair(5), turn(7, 6, 2)])])
    again: Conversations = [("test", pair(1, "changed", like_count=3)), ("train", pair(5)), ("train", pair(8))]
    assert place.write(again, "other turns") == {"test": 1, "train": 2}
    assert place.all_rows() == expected(again)
    assert place.write(again, "other turns") == {"test": 1, "train": 2}
    assert place.all_rows() == expected(again)
    assert place.rows("select number, conversations from exports order by number") == [(1, 3), (2, 3), (3, 3)]


def test_data_sets_do_not_touch_each_other(place: Place) -> None:
    one, other = many(3), [("test", pair(10, "mine"))]
    place.write(one, dataset="one")
    place.write(other, dataset="another.one-2")
    place.write(one[1:], "fewer", dataset="one")
    both = [expected(other, "another.one-2"), expected(one[1:], "one")]
    assert place.all_rows() == [row for width in (6, 12) for rows in both for row in rows if len(row) == width]


# What a subprocess does; it imports no more than it needs.
WRITE = """
import importlib, os, signal, sys
from chinwag.exports import _databases
from chinwag.turns import Turn

kind, place, batch, count, end = sys.argv[1:]

def conversations():
    for n in range(10, 10 * int(count) + 1, 10):
        first = Turn(n, None, 0, f"u_{n}", "en", f"text {n}", None, None, None, [], [], [])
        yield "train", [first, Turn(n + 1, n, 1, f"u_{n + 1}", "en", f"text {n + 1}", None, None, None, [], [], [])]
    if end == "killed":
        os.kill(os.getpid(), signal.SIGKILL)

_databases.BATCH = int(batch)
part = importlib.import_module(f"chinwag.exports.{kind}")
part.write(conversations(), "t_{}".format, place, {"chinwag": "0", "fingerprint": "these turns"})
"""


def written(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WRITE, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **more)


def test_a_run_that_was_killed_goes_on(place: Place) -> None:
    killed = written(place.kind, place.address, "6", "7", "killed")
    assert killed.returncode == -9, killed.stderr
    progress = "select number, conversations, turns, finished_at is null from exports"
    assert place.rows(progress) == [(1, 6, 12, True)]
    assert len(place.problems()) == 1 and "were cut short" in place.problems()[0]
    named = []

    def name(turn_id: int) -> str:
        named.append(turn_id)
        return f"t_{turn_id}"

    counts = place.part.write(iter(many(9)), name, place.address, MADE_OF)
    assert counts == {"train": 9}
    assert place.rows(progress) == [(1, 9, 18, False)]
    assert place.all_rows() == expected(many(9))
    assert named == [0, 70, 71, 80, 81, 90, 91]  # 0 tells the key apart


@pytest.mark.parametrize(("made_of", "name"), [("other turns", "t_{}"), ("these turns", "{}")])
def test_a_run_over_other_turns_begins_anew(
    place: Place, made_of: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "BATCH", 6)

    def cut_short() -> Iterator[tuple[str, list[Turn]]]:
        yield from many(4)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        place.part.write(cut_short(), "t_{}".format, place.address, MADE_OF)
    place.part.write(iter(many(1)), name.format, place.address, {**MADE_OF, "fingerprint": made_of})
    assert place.rows("select id from turns order by id") == [(name.format(10),), (name.format(11),)]
    assert place.rows("select number, conversations from exports order by number") == [(1, 3), (2, 1)]
    assert place.problems() == []


def test_tables_that_are_no_exports_stay_as_they_are(place: Place) -> None:
    place.change("create table turns (id int)", "insert into turns values (7)")
    with pytest.raises(ExportError, match=r"no table turns as an export writes it: .*; name another database"):
        place.write(many(1))
    assert place.rows("select * from turns") == [(7,)]
    assert len(place.problems()) == 3  # nor was any other table made


@pytest.mark.parametrize("dataset", ["", "a b", "-a", "a\n", "x" * 65, "'", "ä"])
def test_a_data_set_has_a_plain_name(dataset: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no name"):
        Place("sqlite", str(tmp_path / "x.sqlite")).write(many(1), dataset=dataset)


@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
def test_no_database_can_be_there(kind: str, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database\n" * 1000)
    for name in ("text", ".", "missing/x"):
        with pytest.raises(ExportError) as told:
            Place(kind, str(tmp_path / name)).write(many(1))
        assert "\n" not in str(told.value) and str(tmp_path) in str(told.value)
    with pytest.raises(ExportError):
        Place(kind, str(tmp_path / "absent")).problems()
    assert [path.name for path in tmp_path.iterdir()] == ["text"]


@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
@pytest.mark.parametrize("name", [":memory:", "file:x?mode=memory", "a#b%20 ?mode=ro"])
def test_a_name_is_a_name(kind: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Place(kind, name).write(many(1))
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
def test_a_full_disk_is_told(kind: str, tmp_path: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = written(kind, str(tmp_path / "x"), "20000", "2000", "ended", preexec_fn=limit)
    assert done.stderr.splitlines()[-1].startswith(f"chinwag.errors.ExportError: {tmp_path / 'x'}: "), done.stderr


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_missing_driver_is_told(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for driver in ("sqlite", "postgresql"):
        monkeypatch.setitem(sys.modules, f"adbc_driver_{driver}.dbapi", None)
    address = str(tmp_path / "x") if kind == "sqlite" else "postgresql:///x"
    with pytest.raises(UsageError, match=r"run: pip install 'chinwag\[databases\]'"):
        Place(kind, address).write(many(1))


# What is done to a conversation of two turns, t_10 and t_11, or those that end so, by the rule that it breaks.
BROKEN = {
    "turns are of a conversation that is not there": "delete from conversations where id = 't_{0}0'",
    "turns answer one that is not there": "update turns set parent_id = 't_9' where id = 't_{0}1'",
    "turns answer one of another conversation": "update turns set parent_id = 't_990' where id = 't_{0}1'",
    "turns are not one below what they answer, and after it": "update turns set place = 0 where id = 't_{0}1'",
    "turns answer none and are no roots": "update turns set parent_id = null where id = 't_{0}1'",
    "turns have another role than their depth gives": "update turns set role = 'system' where id = 't_{0}1'",
    "turns have no text": "update turns set text = '' where id = 't_{0}0'",
    "conversations have no root": "delete from turns where id = 't_{0}0'",
    "conversations have other numbers of turns than they say, or one": "delete from turns where id = 't_{0}1'",
    "conversations are in no split": "update conversations set split = 'dev' where id = 't_{0}0'",
    "conversations are of another export than the last": "update conversations set export = 9 where id = 't_{0}0'",
    "turns are of another export than the last": "update turns set export = 9 where id = 't_{0}0'",
    "exports were cut short, and none came after": "update exports set finished_at = null",
}


def test_check_refuses(place: Place) -> None:
    assert list(BROKEN) == list(databases.RULES)
    place.write(many(99))
    place.change(*(change.format(number) for number, change in enumerate(BROKEN.values(), 1)))
    for number, (rule, select) in enumerate(databases.RULES.items(), 1):
        found = {key for _, key in place.rows(select)}
        assert found & ({f"t_{number}0", f"t_{number}1"} if number < len(BROKEN) else {"1"}), rule
    told = [problem.partition(", such as chinwag: ")[0].partition(" ")[2] for problem in place.problems()]
    assert told == list(BROKEN)


def test_missing_tables_are_told(place: Place) -> None:
    place.write(many(1))
    place.change("drop table exports")
    [problem] = place.problems()
    assert problem.startswith("there is no table exports as an export writes it: ")


def test_nothing_of_the_environment_is_in_the_tables(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    place.write(many(1))
    assert "hunter2" not in repr([*place.all_rows(), *place.rows("select manifest, fingerprint from exports")])
