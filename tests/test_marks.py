"""Marks: set, changed, taken back; whole or not at all; only on roots."""

import json
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from chinwag import assemble, curate, ingest, marks, report
from chinwag.build import export_without
from chinwag.errors import UsageError, WorkspaceBusy, WorkspaceError
from chinwag.marks import Mark
from chinwag.recipe import Recipe, load, stale
from chinwag.workspace import Workspace
from tests.workspaces import assembled, chinwag_run, rows, status, values

STATUSES = [
    status(10, "words of 10"),
    status(11, "words of 11", to=10, author=2),
    status(20, "words of 20"),
    status(21, "words of 21", to=20, author=2),
    status(30, "words of 30"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assembled(tmp_path_factory.mktemp("made"), STATUSES)


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "workspace"))


def test_a_mark_is_set_changed_and_taken_back(workspace: Path) -> None:
    assert marks.read(workspace) == {}
    assert marks.put(workspace, 20, "drop", None) is None
    assert marks.put(workspace, 10, None, "look again") is None
    assert marks.read(workspace) == {10: Mark(None, "look again"), 20: Mark("drop", None)}
    assert rows(workspace, "select * from marks") == [(10, None, "look again"), (20, "drop", None)]
    assert marks.put(workspace, 20, "keep", "it is good") == Mark("drop", None)
    assert marks.put(workspace, 10, None, None) == Mark(None, "look again")
    assert marks.read(workspace) == {20: Mark("keep", "it is good")}
    assert marks.put(workspace, 20, None, "") == Mark("keep", "it is good")
    assert marks.read(workspace) == {}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((11, "drop", None), "11: is no root"),
        ((30, "drop", None), "30: is no root"),
        ((99, "drop", None), "99: is no root"),
        ((10, "maybe", None), "'maybe'"),
        ((10, None, "x" * 2001), "2,001"),
        ((10, None, "\ud83d"), "half of a character"),
        ((2**63, "drop", None), "is no root"),
    ],
)
def test_what_cannot_be_marked_is_refused(workspace: Path, given: tuple[Any, ...], said: str) -> None:
    marks.put(workspace, 10, "keep", None)
    with pytest.raises(UsageError, match=said):
        marks.put(workspace, *given)
    assert marks.read(workspace) == {10: Mark("keep", None)}


def test_while_another_run_writes_nothing_is_marked(workspace: Path) -> None:
    with Workspace(workspace).writing(), pytest.raises(WorkspaceBusy):
        marks.put(workspace, 10, "keep", None)
    assert marks.read(workspace) == {}


def test_one_part_is_kept_however_often_it_is_marked(workspace: Path) -> None:
    entries = len(list((workspace / "log").iterdir()))
    reader = Workspace(workspace)
    for number in range(5):
        marks.put(workspace, 10, "drop", str(number))
        assert marks.read(workspace) == {10: Mark("drop", str(number))}
    assert len(list((workspace / "log").iterdir())) == entries + 1
    reader.refresh()
    assert reader.state == Workspace(workspace).state
    assert [path.name for path in (workspace / "marks").iterdir()] == [Workspace(workspace).parts("marks")[0].name]


def test_what_changes_nothing_is_not_written(workspace: Path) -> None:
    marks.put(workspace, 10, "keep", "why")
    number = Workspace(workspace).state.number
    assert marks.put(workspace, 10, "keep", "why") == Mark("keep", "why")
    assert marks.put(workspace, 20, None, "") is None
    assert Workspace(workspace).state.number == number


def test_a_mark_can_be_changed_where_it_stands_when_that_is_a_root_no_more(workspace: Path, tmp_path: Path) -> None:
    for tweet_id in (10, 20):
        marks.put(workspace, tweet_id, "drop", None)
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps(status(10, "words of 10", to=9)) + "\n" + json.dumps(status(9, author=3)))
    ingest.run([more], workspace, workers=1, quiet=True)
    assemble.run(workspace, quiet=True)
    assert values(workspace, "select root_id from conversations order by 1") == [9, 20]
    assert marks.put(workspace, 10, "keep", None) == Mark("drop", None)
    assert marks.put(workspace, 10, None, None) == Mark("keep", None)
    with pytest.raises(UsageError, match="10: is no root"):
        marks.put(workspace, 10, "keep", None)
    assert marks.read(workspace) == {20: Mark("drop", None)}


def test_who_reads_while_others_mark_sees_one_state_or_the_next(workspace: Path) -> None:
    seen: list[int] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.extend(int(one.note or 0) for one in marks.read(workspace).values())

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(look), pool.submit(look)]
        for number in range(60):
            marks.put(workspace, 10, "drop", str(number))
        done.set()
        for reader in readers:
            reader.result()
    assert set(seen) <= set(range(60))
    assert len(set(seen)) > 1


MARKING = """
import sys
from pathlib import Path
from chinwag import marks
for number in range(10_000):
    marks.put(Path(sys.argv[1]), 10, "keep", str(number))
    print(number, flush=True)
"""


def test_a_kill_leaves_the_old_or_the_new(workspace: Path) -> None:
    for told in (1, 7, 20):
        with subprocess.Popen([sys.executable, "-c", MARKING, str(workspace)], stdout=subprocess.PIPE) as running:
            assert running.stdout
            last = [int(running.stdout.readline()) for _ in range(told)][-1]
            running.kill()
            last = max([last, *map(int, running.stdout.read().split())])
        found = marks.read(workspace)[10]
        assert found.mark == "keep"
        assert found.note in (str(last), str(last + 1))
        assert marks.put(workspace, 10, "drop", None) == found
        assert len(list((workspace / "marks").iterdir())) == 1


def test_an_export_makes_the_turns_anew_once_something_was_marked(workspace: Path, tmp_path: Path) -> None:
    curate.run(workspace, load(None), quiet=True)
    assert curate.again(workspace, quiet=True) is None
    marks.put(workspace, 20, "drop", None)
    for _ in range(2):
        assert chinwag_run("export", "oasst", "-w", workspace, "-o", tmp_path / "out").returncode == 0
        assert values(workspace, "select turn_id from turns order by 1") == [10, 11]
    assert curate.again(workspace, quiet=True) is None
    curate.run(workspace, load(Path("shp")), quiet=True)
    assert values(workspace, "select turn_id from turns order by 1") == [10, 11]


def test_an_export_without_a_source_goes_by_marks_too(workspace: Path, tmp_path: Path) -> None:
    marks.put(workspace, 20, "drop", None)
    curate.run(workspace, load(None), quiet=True)
    export_without("ids", workspace, tmp_path / "out", ["twint"], quiet=True)
    written = "".join(path.read_text() for path in sorted((tmp_path / "out").glob("*.jsonl")))
    assert '"10"' in written
    assert '"20"' not in written


def test_filters_that_are_here_no_more_are_no_reason_to_make_the_turns_anew(workspace: Path) -> None:
    target = Workspace(workspace)
    target.commit("curate", options={"filters": {"gone": {}}})
    marks.put(workspace, 20, "drop", None)
    assert not stale(Workspace(workspace))


def test_the_turns_of_a_dehydrated_set_know_of_no_marks_and_say_so(workspace: Path) -> None:
    target = Workspace(workspace)
    target.commit("curate", options={"filters": {"marks": {}}, "rehydrated": {"missing": 0}})
    assert curate.again(workspace, quiet=True) is None
    marks.put(workspace, 20, "drop", None)
    with pytest.raises(WorkspaceError, match=r"of a dehydrated set.*, or make others: chinwag curate -w "):
        curate.again(workspace, quiet=True)


def test_a_recipe_that_follows_no_marks_says_so(workspace: Path) -> None:
    marks.put(workspace, 10, "keep", None)
    marks.put(workspace, 20, None, "a note is no mark")
    said = curate.run(workspace, Recipe(), quiet=True).line()
    assert ", 1 marks have no say: the recipe lacks [filters.marks], " in said
    assert "no say" not in curate.run(workspace, load(None), quiet=True).line()


def test_a_report_says_that_marks_are_newer_than_the_turns(workspace: Path, tmp_path: Path) -> None:
    def told() -> bool:
        report.run(workspace, tmp_path / "report.html", quiet=True)
        return "Something was marked after the turns were made" in (tmp_path / "report.html").read_text()

    curate.run(workspace, load(None), quiet=True)
    assert not told()
    marks.put(workspace, 20, "keep", None)
    assert told()
    curate.run(workspace, load(None), quiet=True)
    assert not told()
    assert "Somebody marked the conversation keep" in (tmp_path / "report.html").read_text()


def test_where_the_recipe_does_not_ask_for_marks_they_have_no_say(workspace: Path) -> None:
    curate.run(workspace, Recipe(), quiet=True)
    marks.put(workspace, 20, "drop", None)
    assert curate.again(workspace, quiet=True) is None
    curate.run(workspace, Recipe(), quiet=True)
    assert len(values(workspace, "select turn_id from turns")) == 4
