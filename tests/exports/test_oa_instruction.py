import json
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings

from chinwag.errors import UsageError
from chinwag.exports import oa_instruction
from chinwag.exports.oa_instruction import check, records, schema
from chinwag.shards import Shards
from chinwag.turns import Turn
from tests.exports.hostile import JSON, bent
from tests.exports.trees import trees
from tests.workspaces import TREE, turn


class Row(msgspec.Struct, forbid_unknown_fields=True):
    """State the table of data/datasets/README.md."""

    INSTRUCTION: str
    RESPONSE: str
    SOURCE: str
    METADATA: str


def name(turn_id: int) -> str:
    return f"t_{turn_id}"


def test_a_row() -> None:
    (one,) = records([turn(1), turn(2, 1, 1, lang="de", like_count=4)], name)
    meta = one.pop("METADATA")
    assert one == {"INSTRUCTION": "text 1", "RESPONSE": "text 2", "SOURCE": "twitter"}
    assert json.loads(meta) == {"conversation_id": "t_1", "depth": 0, "lang": "de", "like_count": 4}


LIKED = [turn(1), turn(2, 1, 1, like_count=1), turn(3, 1, 1, like_count=1), turn(4, 1, 1), turn(5, 3, 2)]
CASES: list[tuple[list[Turn], dict[str, str], list[tuple[int, int]]]] = [
    (TREE, {}, [(1, 2), (1, 3), (2, 4), (2, 5), (4, 6)]),
    (TREE, {"prompts": "roots"}, [(1, 2), (1, 3)]),
    (TREE, {"replies": "best"}, [(1, 2), (2, 4), (4, 6)]),
    (LIKED, {"replies": "best"}, [(1, 2), (3, 5)]),
    ([turn(1), turn(2, 1, 1), turn(3, 1, 1, like_count=1)], {"replies": "best", "prompts": "roots"}, [(1, 3)]),
]


@pytest.mark.parametrize(("turns", "options", "pairs"), CASES)
def test_which_prompts_and_replies(turns: list[Turn], options: dict[str, str], pairs: list[tuple[int, int]]) -> None:
    found = [(one["INSTRUCTION"], one["RESPONSE"]) for one in records(turns, name, **options)]
    assert found == [(f"text {prompt}", f"text {reply}") for prompt, reply in pairs]


@given(trees())
@settings(max_examples=30)
def test_each_reply_is_one_response(turns: list[Turn]) -> None:
    rows = list(records(turns, name))
    assert [check(one) for one in rows] == [None] * len(rows)
    assert sorted(one["RESPONSE"] for one in rows) == sorted(turn.text for turn in turns[1:])
    for one in pa.Table.from_pylist(rows, schema=schema()).to_pylist():
        msgspec.convert(one, Row)


def test_a_row_group_has_100_rows(tmp_path: Path) -> None:
    turns = [turn(n, n - 1 or None, n - 1) for n in range(1, 5001)]
    with Shards(tmp_path, "train", "parquet", oa_instruction, 10**9, "none") as shards:
        for one in records(turns, name):
            shards.add(one)
        (entry,) = shards.close()
    groups = pq.read_metadata(tmp_path / entry["name"])
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [100] * 49 + [99]


@pytest.mark.parametrize("options", [{"prompts": "root"}, {"replies": "some"}])
def test_misuse(options: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        list(records(TREE, name, **options))


PAIR = {"INSTRUCTION": "a", "RESPONSE": "b", "SOURCE": "c"}


@pytest.mark.parametrize("meta", [{}, {"METADATA": None}, {"METADATA": '{"nsfw": true}'}])
def test_metadata_may_be_missing(meta: dict[str, Any]) -> None:
    assert check({**PAIR, **meta}) is None


BROKEN: dict[str, list[Any]] = {
    "other columns than INSTRUCTION, RESPONSE, SOURCE and METADATA": [
        None,
        [],
        "row",
        {"INSTRUCTION": "a", "RESPONSE": "b"},
        {**PAIR, "__index_level_0__": 1},
    ],
    "INSTRUCTION has no text": [{**PAIR, "INSTRUCTION": ""}, {**PAIR, "INSTRUCTION": 1}],
    "RESPONSE has no text": [{**PAIR, "RESPONSE": ""}, {**PAIR, "RESPONSE": None}],
    "SOURCE has no text": [{**PAIR, "SOURCE": ""}, {**PAIR, "SOURCE": []}],
    "METADATA is no JSON object in a string": [
        {**PAIR, "METADATA": meta} for meta in ("", "nsfw", "[1]", {"nsfw": True}, 3, "[" * 100_000)
    ],
}


@pytest.mark.parametrize(("problem", "record"), [(problem, one) for problem, held in BROKEN.items() for one in held])
def test_check_refuses(problem: str, record: Any) -> None:
    assert check(record) == problem


@given(JSON | bent({**PAIR, "METADATA": "{}"}))
def test_check_raises_at_nothing(record: Any) -> None:
    assert isinstance(check(record), str | None)
