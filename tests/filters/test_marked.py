"""The filter by marks: what people say goes before what other filters say."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from chinwag import assemble, curate, ingest, marks
from chinwag.recipe import check
from tests.workspaces import assembled, rows, status, values

# Conversations 10, 20 and 30; each has a tweet that is sensitive, 30 in its root.
STATUSES = [
    status(10, "words of 10"),
    status(11, "words of 11", to=10, author=2, possibly_sensitive=True),
    status(12, "words of 12", to=10, author=3),
    status(20, "words of 20"),
    status(21, "words of 21", to=20, author=2, possibly_sensitive=True),
    status(22, "words of 22", to=20, author=3),
    status(30, "words of 30", to=9, possibly_sensitive=True),
    status(31, "words of 31", to=30, author=2),
]
OTHERS: dict[str, Any] = {"sensitive": {}, "incomplete": {}}

CASES: dict[str, tuple[dict[int, str], dict[str, Any], list[int], dict[str, int]]] = {
    "no marks": ({}, {}, [10, 12, 20, 22], {"marks": 0, "sensitive": 3, "incomplete": 1}),
    "no marks, only the marked": ({}, {"only": True}, [], {"marks": 3, "sensitive": 3, "incomplete": 1}),
    "dropped": ({10: "drop"}, {}, [20, 22], {"marks": 1, "sensitive": 3, "incomplete": 1}),
    "kept": ({10: "keep"}, {}, [10, 11, 12, 20, 22], {"marks": 0, "sensitive": 2, "incomplete": 1}),
    "a whole kept": ({30: "keep"}, {}, [10, 12, 20, 22, 30, 31], {"marks": 0, "sensitive": 2, "incomplete": 0}),
    "only what is kept": ({20: "keep", 10: "drop"}, {"only": True}, [20, 21, 22], {"marks": 2, "sensitive": 2}),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assembled(tmp_path_factory.mktemp("made"), STATUSES)


@pytest.mark.parametrize("order", [["marks", *OTHERS], [*OTHERS, "marks"]])
@pytest.mark.parametrize("name", CASES)
def test_what_was_marked(made: Path, tmp_path: Path, name: str, order: list[str]) -> None:
    marked, options, left, drops = CASES[name]
    workspace = Path(shutil.copytree(made, tmp_path / "workspace"))
    for root_id, mark in marked.items():
        marks.put(workspace, root_id, mark, None)
    filters = {one: {**OTHERS, "marks": options}[one] for one in order}
    summary = curate.run(workspace, check({"filters": filters}, "recipe"), quiet=True)
    assert values(workspace, "select unnest(tweet_ids) as id from turns order by id") == left
    assert {**summary.drops, **drops} == dict(summary.drops)
    told = dict(rows(workspace, "select filter, count(*) from drops group by filter"))
    assert {**dict.fromkeys(filters, 0), **told} == dict(summary.drops)


def test_a_mark_holds_for_the_tree_that_its_conversation_becomes_part_of(tmp_path: Path) -> None:
    workspace = assembled(tmp_path, STATUSES)
    marks.put(workspace, 10, "keep", None)
    marks.put(workspace, 30, "drop", None)
    more = tmp_path / "more.jsonl"

    more.write_text(
        "\n".join(json.dumps(one) for one in (status(9, "words of 9", author=7), status(5, "words of 5", author=8)))
    )
    ingest.run([more], workspace, workers=1, quiet=True)
    assemble.run(workspace, quiet=True)
    curate.run(workspace, check({"filters": {"marks": {}}}, "recipe"), quiet=True)
    assert values(workspace, "select root_id from nodes where tweet_id = 30") == [9]
    assert rows(workspace, "select * from drops where filter = 'marks'") == [(9, "conversation", "marks")]


def test_of_marks_that_contradict_each_other_drop_holds(tmp_path: Path) -> None:
    # 20 answers 12, which is not there when both are marked.
    first = [
        status(10, "words of 10"),
        status(11, "words of 11", to=10, author=2),
        status(20, "words of 20", to=12, author=4),
        status(21, "words of 21", to=20, author=5),
    ]
    workspace = assembled(tmp_path, first)
    marks.put(workspace, 10, "keep", None)
    marks.put(workspace, 20, "drop", None)

    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps(status(12, "words of 12", to=11, author=3)))
    ingest.run([more], workspace, workers=1, quiet=True)
    assemble.run(workspace, quiet=True)
    curate.run(workspace, check({"filters": {"marks": {}}}, "recipe"), quiet=True)
    assert rows(workspace, "select * from drops where filter = 'marks'") == [(10, "conversation", "marks")]
    assert values(workspace, "select turn_id from turns") == []
