import copy
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given

from chinwag.errors import UsageError
from chinwag.exports.prompts import check, records, schema
from chinwag.turns import Turn
from tests.exports.trees import trees
from tests.workspaces import TREE, turn


def reply(n: int, like_count: int | None = None) -> dict[str, Any]:
    return {"text": f"text {n}", "lang": "en", "like_count": like_count}


def prompt(n: int, context: list[int], replies: list[int]) -> dict[str, Any]:
    return {
        "prompt": f"text {n}",
        "context": [f"text {before}" for before in context],
        "lang": "en",
        "replies": [reply(answer) for answer in replies],
    }


def test_a_row_for_each_turn_that_is_answered() -> None:
    assert list(records(TREE, str)) == [prompt(1, [], [2, 3]), prompt(2, [1], [4, 5]), prompt(4, [1, 2], [6])]


def test_likes_and_languages_are_those_of_the_reply() -> None:
    (one,) = records([turn(1, like_count=9), turn(2, 1, 1, lang=None, like_count=0)], str)
    assert one["replies"] == [{"text": "text 2", "lang": None, "like_count": 0}]


@pytest.mark.parametrize(("most_turns", "contexts"), [(2, [[], [], []]), (3, [[], [1], [2]]), (4, [[], [1], [1, 2]])])
def test_context_goes_back_so_far(most_turns: int, contexts: list[list[int]]) -> None:
    found = [one["context"] for one in records(TREE, str, most_turns=most_turns)]
    assert found == [[f"text {n}" for n in context] for context in contexts]


def test_a_prompt_has_to_be_left() -> None:
    with pytest.raises(UsageError, match="most_turns: 1 leaves no prompts"):
        list(records(TREE, str, most_turns=1))


def test_a_long_chain_takes_no_time() -> None:
    turns = [turn(n, n - 1 or None, n - 1) for n in range(1, 5001)]
    assert sum(len(one["context"]) for one in records(turns, str)) < 50 * 5000


@given(trees())
def test_each_turn_but_the_first_is_a_reply_once(turns: list[Turn]) -> None:
    rows = list(records(turns, str))
    assert [check(one) for one in rows] == [None] * len(rows)
    assert sorted(reply["text"] for one in rows for reply in one["replies"]) == sorted(turn.text for turn in turns[1:])
    assert pa.Table.from_pylist(rows, schema=schema()).to_pylist() == rows


def broken(change: str) -> Any:
    one = copy.deepcopy(prompt(2, [1], [3]))
    exec(change, {"row": one, "reply": one["replies"][0]})
    return one


BROKEN = {
    "del row['lang']": "other keys than prompt, context, lang and replies",
    "row['extra'] = 1": "other keys than prompt, context, lang and replies",
    "row['context'] = 'text'": "the context is no list",
    "row['context'] = None": "the context is no list",
    "row['replies'] = []": "a prompt has no replies",
    "row['replies'] = None": "a prompt has no replies",
    "row['replies'] = ['text']": "a reply has other keys than text, lang and like_count",
    "del reply['text']": "a reply has other keys than text, lang and like_count",
    "reply['id'] = 1": "a reply has other keys than text, lang and like_count",
    "reply['text'] = ''": "a text is empty",
    "row['prompt'] = None": "a text is empty",
    "row['context'] = ['']": "a text is empty",
    "row['context'] = [['text 1']]": "a text is empty",
    "row['lang'] = 3": "a language is neither text nor null",
    "reply['lang'] = []": "a language is neither text nor null",
    "reply['like_count'] = '3'": "likes are neither a whole number nor null",
    "reply['like_count'] = True": "likes are neither a whole number nor null",
    "reply['like_count'] = 1.0": "likes are neither a whole number nor null",
    "reply['like_count'] = 2 ** 63": "likes are neither a whole number nor null",
}


@pytest.mark.parametrize("change", BROKEN)
def test_check_refuses(change: str) -> None:
    assert check(broken(change)) == BROKEN[change]


@pytest.mark.parametrize("record", [None, [], "row", 3])
def test_check_refuses_what_is_no_row(record: Any) -> None:
    assert check(record) == "other keys than prompt, context, lang and replies"
