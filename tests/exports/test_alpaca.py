import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from chinwag.exports.alpaca import FILE, beside, check, check_folder, records
from chinwag.turns import Turn
from tests.exports.hostile import JSON, bent
from tests.exports.trees import trees
from tests.workspaces import TREE, turn


def row(*texts: str) -> dict[str, Any]:
    pairs = [[texts[n], texts[n + 1]] for n in range(0, len(texts), 2)]
    return {"instruction": texts[-2], "input": "", "output": texts[-1], "history": pairs[:-1]}


def test_the_last_exchange_and_those_before_it() -> None:
    assert list(records(TREE, str)) == [
        {"instruction": "text 1", "input": "", "output": "text 3", "history": []},
        {"instruction": "text 4", "input": "", "output": "text 6", "history": [["text 1", "text 2"]]},
    ]


def test_a_row_for_each_reply() -> None:
    assert [one["output"] for one in records(TREE, str, paths="replies")] == [f"text {n}" for n in range(2, 7)]


@given(trees())
@settings(max_examples=30)
def test_every_row_passes(turns: list[Turn]) -> None:
    for paths, count in (("best", 1), ("replies", len(turns) - 1)):
        rows = list(records(turns, str, paths=paths))
        assert [check(one) for one in rows] == [None] * count


def test_a_long_chain() -> None:
    turns = [turn(n, n - 1 or None, n - 1) for n in range(1, 5001)]
    (one,) = records(turns, str, paths="best")
    assert one == row(*(f"text {n}" for n in range(1, 5001)))


def test_llama_factory_finds_the_shards(tmp_path: Path) -> None:
    name = FILE.format(split="validation", number=0, kind="jsonl")
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_text(json.dumps(row("a", "b")) + "\n")
    beside(tmp_path, {"files": [{"name": name, "split": "validation"}]}, None, str)
    columns = {"prompt": "instruction", "query": "input", "response": "output", "history": "history"}
    assert json.loads((tmp_path / "dataset_info.json").read_text()) == {
        "chinwag_alpaca_validation": {"file_name": "validation", "columns": columns}
    }
    assert set(columns.values()) == set(row("a", "b"))
    assert list(check_folder(tmp_path)) == []
    (tmp_path / name).unlink()
    assert list(check_folder(tmp_path)) == [
        "dataset_info.json: chinwag_alpaca_validation: there are no files at validation"
    ]


@pytest.mark.parametrize(
    "record",
    [
        {"instruction": "a", "output": "b"},
        {"instruction": "a", "input": None, "output": "b", "system": "c", "history": None},
    ],
)
def test_check_takes_what_llama_factory_takes(record: Any) -> None:
    assert check(record) is None


PAIR = row("a", "b")
BROKEN: dict[str, list[Any]] = {
    "the record is no object": [None, [], "abc", 3],
    "no instruction": [{}, {"output": "b"}, {**PAIR, "instruction": ""}, {**PAIR, "instruction": 1}],
    "no output": [{"instruction": "a"}, {**PAIR, "output": ""}, {**PAIR, "output": None}],
    "input or system is no text": [{**PAIR, "input": 1}, {**PAIR, "system": []}],
    "the history is no list": [{**PAIR, "history": "ab"}, {**PAIR, "history": {}}],
    "the history holds something else than pairs of texts": [
        {**PAIR, "history": history} for history in ([1], ["ab"], [["a"]], [["a", "b", "c"]], [["a", 1]], [["a", ""]])
    ],
}


@pytest.mark.parametrize(("problem", "record"), [(problem, one) for problem, held in BROKEN.items() for one in held])
def test_check_refuses(problem: str, record: Any) -> None:
    assert check(record) == problem


@given(JSON | bent(row("a", "b", "c", "d")))
def test_check_raises_at_nothing(record: Any) -> None:
    assert isinstance(check(record), str | None)
