import copy
import json
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given, settings

from chinwag.exports.oa_dialog import DEEPEST, check, records
from chinwag.turns import Turn
from tests.exports.hostile import JSON, bent
from tests.exports.trees import trees
from tests.workspaces import turn

Json = dict[str, Any]


class Message(msgspec.Struct, forbid_unknown_fields=True):
    """State the form of data/datasets/README.md."""

    text: str
    role: Literal["prompter", "assistant"]
    meta: Json
    replies: list["Message"]


class Dialog(msgspec.Struct, forbid_unknown_fields=True):
    thread: Message
    source: str
    meta: Json


def name(turn_id: int) -> str:
    return f"t_{turn_id}"


def message(n: int, role: str, replies: list[Json], **meta: Any) -> Json:
    told = {"lang": "en", "like_count": None, "rank": None, **meta}
    return {"text": f"text {n}", "role": role, "meta": told, "replies": replies}


DIALOG: Json = {
    "thread": message(
        1,
        "prompter",
        [
            message(2, "assistant", [], like_count=1, rank=1),
            message(3, "assistant", [message(4, "prompter", [], lang=None)], like_count=5, rank=0),
        ],
    ),
    "source": "twitter",
    "meta": {"conversation_id": "t_1"},
}


def test_a_dialog() -> None:
    turns = [turn(1), turn(2, 1, 1, like_count=1), turn(3, 1, 1, like_count=5), turn(4, 3, 2, lang=None)]
    assert list(records(turns, name)) == [DIALOG]


@given(trees())
@settings(max_examples=30)
def test_every_dialog_passes(turns: list[Turn]) -> None:
    (one,) = records(turns, name)
    assert check(one) is None
    read = msgspec.json.decode(json.dumps(one), type=Dialog)
    texts, waiting = [], [read.thread]
    while waiting:
        texts.append((said := waiting.pop()).text)
        waiting += said.replies
    assert sorted(texts) == sorted(turn.text for turn in turns)


def test_pythons_json_reads_the_deepest_dialog() -> None:
    turns = [turn(n, n - 1 or None, n - 1) for n in range(1, 5001)]
    (one,) = records(turns, name)
    node, depth = json.loads(json.dumps(one))["thread"], 1
    while node["replies"]:
        (node,) = node["replies"]
        depth += 1
    assert (depth, check(one)) == (DEEPEST, None)


def broken(change: str) -> Any:
    one = copy.deepcopy(DIALOG)
    exec(change, {"dialog": one, "thread": one["thread"], "reply": one["thread"]["replies"][0]})
    return one


BROKEN = {
    "del dialog['meta']": "other keys than thread, source and meta",
    "dialog['id'] = 1": "other keys than thread, source and meta",
    "dialog['source'] = ''": "the source is not named",
    "dialog['source'] = None": "the source is not named",
    "dialog['meta'] = None": "the meta of the dialogue is no object",
    "dialog['thread'] = None": "a message has other keys than text, role, meta and replies",
    "del reply['meta']": "a message has other keys than text, role, meta and replies",
    "reply['id'] = 1": "a message has other keys than text, role, meta and replies",
    "reply['text'] = ''": "a message has no text",
    "reply['text'] = 1": "a message has no text",
    "reply['role'] = 'prompter'": "roles do not alternate from prompter",
    "thread['role'] = []": "roles do not alternate from prompter",
    "reply['meta'] = []": "the meta of a message is no object",
    "reply['replies'] = None": "the replies are no list",
    "thread['replies'] = []": "nobody replies",
}


@pytest.mark.parametrize("change", BROKEN)
def test_check_refuses(change: str) -> None:
    assert check(broken(change)) == BROKEN[change]


@given(JSON | bent(DIALOG))
def test_check_raises_at_nothing(record: Any) -> None:
    assert isinstance(check(record), str | None)
