from typing import Any

import pytest
from hypothesis import given

from chinwag.exports.messages import check, records
from chinwag.turns import Turn
from tests.exports.trees import trees
from tests.workspaces import TREE, turn

ROLES = ["user", "assistant"]


def chat(*texts: str) -> dict[str, Any]:
    return {"messages": [{"role": ROLES[n % 2], "content": text} for n, text in enumerate(texts)]}


def test_a_chat_for_each_last_answer() -> None:
    assert list(records(TREE, str)) == [
        chat("text 1", "text 3"),
        chat("text 1", "text 2", "text 4", "text 6"),
    ]


def test_a_question_that_nobody_answers_is_left_out() -> None:
    turns = [turn(1), turn(2, 1, 1), turn(3, 2, 2), turn(4, 2, 2)]
    assert list(records(turns, str)) == [chat("text 1", "text 2")]


@given(trees())
def test_each_path_to_an_answer_that_goes_no_further_is_there_once(turns: list[Turn]) -> None:
    chats = list(records(turns, str))
    assert [check(one) for one in chats] == [None] * len(chats)
    paths = [tuple(message["content"] for message in one["messages"]) for one in chats]
    assert len(set(paths)) == len(paths)
    assert not [path for path in paths for other in paths if path != other and other[: len(path)] == path]
    answers = {turn.text for turn in turns if turn.role == "assistant"}
    assert {text for path in paths for text in path[1::2]} == answers
    parents = {turn.text: turn.parent_id for turn in turns}
    texts = {turn.id: turn.text for turn in turns}
    for path in paths:
        assert [texts.get(parents[text] or 0) for text in path] == [None, *path[:-1]]


def test_a_long_chain_takes_no_time() -> None:
    turns = [turn(n, n - 1 or None, n - 1) for n in range(1, 5001)]
    (one,) = records(turns, str)
    assert len(one["messages"]) == 5000


MESSAGE = {"role": "user", "content": "a"}
BROKEN: dict[str, list[Any]] = {
    "no list of messages": [None, [], {}, {"messages": []}, {"messages": "abc"}, {"messages": {}}],
    "a message has other keys than role and content": [
        {"messages": ["a"]},
        {"messages": [{"role": "user"}]},
        {"messages": [MESSAGE | {"id": 1}]},
    ],
    "roles do not alternate from user": [
        {"messages": [{"role": "assistant", "content": "a"}]},
        {"messages": [MESSAGE, MESSAGE]},
        {"messages": [{"role": "human", "content": "a"}]},
    ],
    "a message has no content": [chat("a", ""), {"messages": [{"role": "user", "content": None}]}],
    "the last message is not the assistant's": [chat("a"), chat("a", "b", "c")],
}


@pytest.mark.parametrize(("problem", "record"), [(problem, one) for problem, held in BROKEN.items() for one in held])
def test_check_refuses(problem: str, record: Any) -> None:
    assert check(record) == problem
