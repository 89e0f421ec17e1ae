"""Marks: set, changed, taken back; whole or not at all; only on roots."""

from pathlib import Path
from typing import Any

import pytest

from chinwag import curate, marks
from chinwag.errors import UsageError, WorkspaceBusy
from chinwag.marks import Mark
from chinwag.recipe import Recipe, load
from chinwag.workspace import Workspace
from tests.workspaces import assembled, chinwag_run, rows, status, values

STATUSES = [
    status(10, "words of 10"),
    status(11, "words of 11", to=10, author=2),
    status(20, "words of 20"),
    status(21, "words of 21", to=20, author=2),
    status(30, "words of 30"),
]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return assembled(tmp_path, STATUSES)


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
    for number in range(5):
        marks.put(workspace, 10, "drop", str(number))
    assert [path.name for path in (workspace / "marks").iterdir()] == [Workspace(workspace).parts("marks")[0].name]


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


def test_where_the_recipe_does_not_ask_for_marks_they_have_no_say(workspace: Path) -> None:

    curate.run(workspace, Recipe(), quiet=True)
    marks.put(workspace, 20, "drop", None)
    assert curate.again(workspace, quiet=True) is None
    curate.run(workspace, Recipe(), quiet=True)
    assert len(values(workspace, "select turn_id from turns")) == 4
