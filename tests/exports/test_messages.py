from typing import Any

import pytest
from hypothesis import given, settings

from chinwag.errors import UsageError
from chinwag.exports.messages import check, records
from chinwag.turns import Turn
from tests.exports.hostile import JSON, bent
from tests.exports.trees import trees
from tests.workspaces import TREE, turn

ROLES = ["user", "assistant"]


def chat(*texts: str) -> dict[str, Any]:
    return {"messages": [{"role": ROLES[n % 2], "content": text} for n, text in enumerate(texts)]}


def texts(record: dict[str, Any]) -> list[str]:
    return [message["content"] for message in record["messages"]]


CASES: list[tuple[dict[str, Any], list[list[str]]]] = [
    ({}, [["text 1", "text 3"], ["text 1", "text 2", "text 4", "text 6"]]),
    ({"paths": "best"}, [["text 1", "text 2", "text 4", "text 6"]]),
    (
        {"paths": "replies", "most_turns": 2},
        [["text 1", "text 2"], ["text 1", "text 3"], ["text 2", "text 4"], ["text 2", "text 5"], ["text 4", "text 6"]],
    ),
]


@pytest.mark.parametrize(("options", "expected"), CASES)
def test_a_chat_for_each_path(options: dict[str, Any], expected: list[list[str]]) -> None:
    assert [texts(one) for one in records(TREE, str, **options)] == expected


def test_of_replies_only_the_last_has_weight() -> None:
    *_, last = records(TREE, str, paths="replies")
    assert last["messages"] == [
        {"role": "user", "content": "text 1"},
        {"role": "assistant", "content": "text 2", "weight": 0},
        {"role": "user", "content": "text 4"},
        {"role": "assistant", "content": "text 6", "weight": 1},
    ]


@given(trees())
@settings(max_examples=30)
def test_each_reply_is_trained_once(turns: list[Turn]) -> None:
    chats = list(records(turns, str, paths="replies"))
    assert [check(one) for one in chats] == [None] * len(chats)
    trained = [message["content"] for one in chats for message in one["messages"] if message.get("weight")]
    assert sorted(trained) == sorted(turn.text for turn in turns[1:])


@given(trees())
@settings(max_examples=30)
def test_each_path_to_an_answer_that_goes_no_further_is_there_once(turns: list[Turn]) -> None:
    chats = list(records(turns, str))
    assert [check(one) for one in chats] == [None] * len(chats)
    assert {text for one in chats for text in texts(one)[1::2]} == {t.text for t in turns if t.role == "assistant"}


def test_a_long_chain() -> None:
    turns = [turn(n, n - 1 or None, n - 1) for n in range(1, 5001)]
    (one,) = records(turns, str, paths="best")
    assert len(one["messages"]) == 5000
    assert check(one) is None


def test_no_such_paths() -> None:
    with pytest.raises(UsageError):
        list(records(TREE, str, paths="all"))


USER, ANSWER = {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}
SYSTEM = {"role": "system", "content": "c"}

FOREIGN: list[list[Any]] = [
    [SYSTEM, USER, ANSWER],
    [{**USER, "name": "n"}, {**ANSWER, "weight": 1}],
    [USER, {"role": "assistant", "content": "", "function_call": {"name": "f", "arguments": "{}"}}],
]


@pytest.mark.parametrize("messages", FOREIGN)
def test_check_takes_what_openai_takes(messages: list[Any]) -> None:
    assert check({"messages": messages}) is None


BROKEN: dict[str, list[Any]] = {
    "the record is no object": [None, [], "abc", 3],
    "no list of messages": [{}, {"messages": []}, {"messages": "abc"}, {"messages": {}}, {"messages": None}],
    "a message lacks role or content": [
        {"messages": ["a"]},
        {"messages": [{"role": "user"}]},
        {"messages": [{"content": "a"}]},
    ],
    "a message has other keys than role, content, name, function_call and weight": [
        {"messages": [{**USER, "id": 1}, ANSWER]},
    ],
    "a role is none of system, user, assistant and function": [
        {"messages": [{"role": "human", "content": "a"}, ANSWER]},
        {"messages": [{"role": None, "content": "a"}, ANSWER]},
        {"messages": [{"role": [], "content": "a"}, ANSWER]},
    ],
    "a message has no content": [chat("a", ""), {"messages": [{"role": "user", "content": None}, ANSWER]}],
    "a weight is not 0 or 1, or not the assistant's": [
        {"messages": [USER, {**ANSWER, "weight": 2}]},
        {"messages": [USER, {**ANSWER, "weight": True}]},
        {"messages": [USER, {**ANSWER, "weight": None}]},
        {"messages": [USER, {**ANSWER, "weight": []}]},
        {"messages": [{**USER, "weight": 1}, ANSWER]},
    ],
    "the assistant says nothing": [chat("a"), {"messages": [SYSTEM]}, {"messages": [SYSTEM, USER]}],
    "roles do not alternate from user": [
        {"messages": [ANSWER]},
        {"messages": [USER, USER, ANSWER]},
        {"messages": [USER, ANSWER, SYSTEM, ANSWER]},
        {"messages": [USER, {"role": "function", "content": "a"}, ANSWER]},
    ],
    "the last message is not the assistant's": [chat("a", "b", "c")],
}


@pytest.mark.parametrize(("problem", "record"), [(problem, one) for problem, held in BROKEN.items() for one in held])
def test_check_refuses(problem: str, record: Any) -> None:
    assert check(record) == problem


@given(JSON | bent({"messages": [SYSTEM, USER, {**ANSWER, "weight": 1}]}))
def test_check_raises_at_nothing(record: Any) -> None:
    assert isinstance(check(record), str | None)
