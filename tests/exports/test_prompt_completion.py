from typing import Any

import pytest
from hypothesis import given, settings

from chinwag.exports.prompt_completion import check, records
from chinwag.turns import Turn
from tests.exports.hostile import JSON, bent
from tests.exports.trees import trees
from tests.workspaces import TREE, turn

ROLES = ["user", "assistant"]


def row(*texts: str) -> dict[str, Any]:
    messages = [{"role": ROLES[n % 2], "content": text} for n, text in enumerate(texts)]
    return {"prompt": messages[:-1], "completion": messages[-1:]}


def test_a_row_for_each_reply() -> None:
    assert list(records(TREE, str)) == [
        row("text 1", "text 2"),
        row("text 1", "text 3"),
        row("text 2", "text 4"),
        row("text 2", "text 5"),
        row("text 1", "text 2", "text 4", "text 6"),
    ]


def test_a_row_for_the_best_path() -> None:
    assert list(records(TREE, str, paths="best")) == [row("text 1", "text 2", "text 4", "text 6")]


@given(trees())
@settings(max_examples=30)
def test_every_reply_is_one_completion(turns: list[Turn]) -> None:
    rows = list(records(turns, str))
    assert [check(one) for one in rows] == [None] * len(rows)
    assert sorted(one["completion"][0]["content"] for one in rows) == sorted(turn.text for turn in turns[1:])


def test_the_context_of_a_long_chain_is_bounded() -> None:
    turns = [turn(n, n - 1 or None, n - 1) for n in range(1, 5001)]
    rows = list(records(turns, str, most_turns=4))
    assert len(rows) == 4999
    assert rows[-1] == row("text 4997", "text 4998", "text 4999", "text 5000")


USER, ANSWER = {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}
SYSTEM = {"role": "system", "content": "c"}


@pytest.mark.parametrize(("prompt", "completion"), [([SYSTEM, USER], [ANSWER]), ([USER], [ANSWER, USER, ANSWER])])
def test_check_takes_what_trl_takes(prompt: list[Any], completion: list[Any]) -> None:
    assert check({"prompt": prompt, "completion": completion}) is None


def made(prompt: Any, completion: Any) -> dict[str, Any]:
    return {"prompt": prompt, "completion": completion}


BROKEN: dict[str, list[Any]] = {
    "the record lacks prompt or completion": [None, [], "abc", {}, {"prompt": [USER]}, {"completion": [ANSWER]}],
    "a label makes it an unpaired preference": [{**row("a", "b"), "label": True}],
    "prompt: no list of messages": [made("a", [ANSWER]), made([], [ANSWER]), made(None, [ANSWER])],
    "completion: no list of messages": [made([USER], "b"), made([USER], [])],
    "prompt: a message lacks role or content": [made([{"role": "user"}], [ANSWER])],
    "completion: a message has no content": [made([USER], [{"role": "assistant", "content": ""}])],
    "the prompt does not end with the user": [made([SYSTEM], [ANSWER]), made([USER, ANSWER], [ANSWER])],
    "roles do not alternate from user": [
        made([ANSWER, USER], [ANSWER]),
        made([USER], [USER]),
        made([USER, USER], [ANSWER]),
        made([USER], [ANSWER, ANSWER]),
    ],
    "the completion does not end with the assistant": [made([USER], [ANSWER, USER])],
}


@pytest.mark.parametrize(("problem", "record"), [(problem, one) for problem, held in BROKEN.items() for one in held])
def test_check_refuses(problem: str, record: Any) -> None:
    assert check(record) == problem


@given(JSON | bent(made([SYSTEM, USER], [ANSWER])))
def test_check_raises_at_nothing(record: Any) -> None:
    assert isinstance(check(record), str | None)
