import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given

from chinwag import export
from chinwag.exports import messages
from chinwag.exports.hf import KEYS, beside, check, records, schema
from chinwag.turns import Turn
from chinwag.workspace import Workspace
from tests.exports.trees import trees
from tests.workspaces import TREE, curated, status, turn

FIRST = 1_612_345_678_901_234_567  # of 2023-01-09


def named(turn_id: int) -> str:
    return f"t_{turn_id}"


def test_a_row_for_each_path() -> None:
    turns = [
        turn(1, sources=["v1", "v2"], terms=["stream"], created_at=5, lang="ja"),
        turn(2, 1, 1, like_count=3, terms=["own"]),
        turn(3, 1, 1, sources=["twint"], terms=[], lang=None),
    ]
    first, second = records(turns, named)
    assert first == {
        "messages": [{"role": "user", "content": "text 1"}, {"role": "assistant", "content": "text 2"}],
        "conversation_id": "t_1",
        "lang": "ja",
        "turn_ids": ["t_1", "t_2"],
        "authors": ["u_1", "u_2"],
        "like_count": [None, 3],
        "created_at": [5, None],
        "sources": ["v1", "v2"],
        "terms": ["own", "stream"],
    }
    assert second["turn_ids"] == ["t_1", "t_3"]
    assert second["sources"] == ["twint", "v1", "v2"]


def test_the_paths_are_those_of_the_option() -> None:
    assert [one["turn_ids"][-1] for one in records(TREE, named, paths="best")] == ["t_6"]
    ends = {one["turn_ids"][-1]: one for one in records(TREE, named, paths="replies", most_turns=2)}
    assert sorted(ends) == ["t_2", "t_3", "t_4", "t_5", "t_6"]
    assert ends["t_6"]["turn_ids"] == ["t_4", "t_6"]
    assert ends["t_6"]["conversation_id"] == "t_1"
    assert [set(message) for message in ends["t_6"]["messages"]] == [{"role", "content"}] * 2


@given(trees())
def test_rows_are_those_of_messages_and_come_back_from_parquet(turns: list[Turn]) -> None:
    made = list(records(turns, named))
    assert [check(one) for one in made] == [None] * len(made)
    assert [{"messages": one["messages"]} for one in made] == list(messages.records(turns, named))
    assert pa.Table.from_pylist(made, schema=schema()).to_pylist() == made
    assert {name for one in made for name in one} <= KEYS == set(schema().names)


def test_a_folder_has_a_card_and_croissant(tmp_path: Path) -> None:
    trees = [
        status(FIRST + 10 * n + m, to=FIRST + 10 * n if m else None, author=10 * n + m, text=f"n {n} {m}")
        for n in range(8)
        for m in range(2)
    ]
    workspace = curated(tmp_path, trees)
    export.run("hf", workspace, tmp_path / "out", options={"paths": "best"}, quiet=True)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert {"README.md", "croissant.json"} <= {entry["name"] for entry in manifest["beside"]}
    described = json.loads((tmp_path / "out" / "croissant.json").read_bytes())
    assert described["datePublished"] == "2023-01-09"
    files = {one["contentUrl"]: one["sha256"] for one in described["distribution"] if "sha256" in one}
    assert files == {entry["name"]: entry["sha256"] for entry in manifest["files"]}
    read = [row for name in files for row in pq.read_table(tmp_path / "out" / name).to_pylist()]
    assert len(read) == 8
    assert [check(row) for row in read] == [None] * 8
    assert "path: " not in (tmp_path / "out" / "README.md").read_text().partition("configs:")[0]
    for entry in manifest["files"]:
        assert f'"{entry["split"]}-*.parquet"' in (tmp_path / "out" / "README.md").read_text()


def test_croissant_says_what_it_is_told_and_no_date_where_none_is_known(tmp_path: Path) -> None:
    target = Workspace(curated(tmp_path, [status(1, created_at=None), status(2, to=1, author=2, created_at=None)]))
    options = {"license": "cc0-1.0", "creator": "somebody", "url": "https://example.org/set", "ids": False}
    manifest = {"chinwag": "0.1.0", "format": "hf", "options": options, "files": [], "examples": {"language": {}}}
    beside(tmp_path, manifest, target, named)
    described = json.loads((tmp_path / "croissant.json").read_bytes())
    assert (described["license"], described["url"]) == ("cc0-1.0", "https://example.org/set")
    assert described["creator"]["name"] == "somebody"
    assert "datePublished" not in described


GOOD = next(records(TREE, named))
BROKEN: dict[str, list[Any]] = {
    f"other keys than {', '.join(sorted(KEYS))}": [None, [], {}, {"messages": []}, GOOD | {"more": 1}],
    "no list of messages": [GOOD | {"messages": None}, GOOD | {"messages": []}],
    "roles do not alternate from user": [GOOD | {"messages": GOOD["messages"][::-1]}],
    "the last message is not the assistant's": [GOOD | {"messages": [*GOOD["messages"], GOOD["messages"][0]]}],
    "conversation_id or lang is no text": [GOOD | {"conversation_id": 1}, GOOD | {"lang": []}],
    "terms is no list": [GOOD | {"terms": None}],
    "authors is no list": [GOOD | {"authors": "ab"}],
    "turn_ids has not one value a message": [GOOD | {"turn_ids": ["t_1"]}],
    "created_at has not one value a message": [GOOD | {"created_at": []}],
}


@pytest.mark.parametrize(("problem", "record"), [(problem, one) for problem, held in BROKEN.items() for one in held])
def test_check_refuses(problem: str, record: Any) -> None:
    assert check(record) == problem
