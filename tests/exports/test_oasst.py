import copy
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given

from chinwag.exports.oasst import DEEPEST, check, records
from chinwag.turns import Turn
from tests.exports.hostile import JSON, bent
from tests.exports.oa_schema import Tree, trainable
from tests.exports.trees import trees
from tests.workspaces import TREE, turn

Json = dict[str, Any]


def name(turn_id: int) -> str:
    return f"t_{turn_id}"


def tree(turns: list[Turn]) -> Json:
    (one,) = records(turns, name)
    return one


def walk(node: Json) -> Iterator[Json]:
    waiting = [node]
    while waiting:
        yield (node := waiting.pop())
        waiting += node["replies"]


# Every field of Open Assistant's ExportMessageTree and ExportMessageNode, nulls included: its reader requires them.
PAIR: Json = {
    "message_tree_id": "t_1",
    "tree_state": "ready_for_export",
    "prompt": {
        "message_id": "t_1",
        "parent_id": None,
        "user_id": "u_1",
        "created_date": "2021-01-01T17:29:53+00:00",
        "text": "text 1",
        "role": "prompter",
        "lang": "en",
        "review_count": None,
        "review_result": True,
        "deleted": False,
        "rank": None,
        "synthetic": False,
        "model_name": None,
        "emojis": {"+1": 3},
        "replies": [
            {
                "message_id": "t_2",
                "parent_id": "t_1",
                "user_id": "u_2",
                "created_date": None,
                "text": "text 2",
                "role": "assistant",
                "lang": None,
                "review_count": None,
                "review_result": True,
                "deleted": False,
                "rank": None,
                "synthetic": False,
                "model_name": None,
                "emojis": None,
                "replies": [],
                "labels": None,
                "events": None,
                "detoxify": None,
                "message_tree_id": None,
                "tree_state": None,
            }
        ],
        "labels": None,
        "events": None,
        "detoxify": None,
        "message_tree_id": None,
        "tree_state": None,
    },
    "origin": "twitter",
}


def test_every_field() -> None:
    assert tree([turn(1, like_count=3, created_at=1609522193660), turn(2, 1, 1, lang=None)]) == PAIR


def test_the_tree_has_the_shape_of_the_turns() -> None:
    parents = {node["message_id"]: node["parent_id"] for node in walk(tree(TREE)["prompt"])}
    assert parents == {"t_1": None, "t_2": "t_1", "t_3": "t_1", "t_4": "t_2", "t_5": "t_2", "t_6": "t_4"}


@given(trees())
def test_every_tree_passes(turns: list[Turn]) -> None:
    one = tree(turns)
    assert check(one) is None
    trainable(msgspec.json.decode(msgspec.json.encode(one), type=Tree))
    assert json.loads(json.dumps(one)) == one
    assert {node["message_id"] for node in walk(one["prompt"])} == {name(turn.id) for turn in turns}


@pytest.mark.parametrize(
    ("likes", "ranks"),
    [
        ([], []),
        ([5], [None]),
        ([1, 5, 3], [2, 0, 1]),
        ([2, 2, 9], [1, 2, 0]),
        ([0, 0], [0, 1]),
        ([1, None], [None, None]),
        ([None, None, 4], [None, None, None]),
    ],
)
def test_ranks_only_where_the_likes_of_all_are_known(likes: list[int | None], ranks: list[int | None]) -> None:
    turns = [turn(1), *(turn(n, 1, 1, like_count=count) for n, count in enumerate(likes, 2))]
    assert [node["rank"] for node in tree(turns)["prompt"]["replies"]] == ranks


def test_pythons_json_reads_the_deepest_tree() -> None:
    turns = [turn(n, n - 1 or None, n - 1) for n in range(1, DEEPEST + 50)]
    one = tree(turns)
    assert len(list(walk(one["prompt"]))) == DEEPEST
    assert len(list(walk(json.loads(json.dumps(one))["prompt"]))) == DEEPEST
    assert check(one) is None


def broken(change: str) -> Any:
    one = copy.deepcopy(PAIR)
    exec(change, {"tree": one, "prompt": one["prompt"], "reply": one["prompt"]["replies"][0]})
    return one


BROKEN = {
    "del tree['origin']": "other keys than message_tree_id, tree_state, prompt and origin",
    "tree['extra'] = 1": "other keys than message_tree_id, tree_state, prompt and origin",
    "tree['tree_state'] = 'growing'": "the tree is not ready",
    "tree['tree_state'] = []": "the tree is not ready",
    "tree['origin'] = 1": "the origin is no text",
    "tree['message_tree_id'] = 't_2'": "the tree is not named by its prompt",
    "tree['message_tree_id'] = None": "the tree is not named by its prompt",
    "tree['prompt'] = None": "a message lacks fields, or has others",
    "prompt['replies'] = [1]": "a message lacks fields, or has others",
    "del prompt['message_id']": "a message lacks fields, or has others",
    "del reply['detoxify']": "a message lacks fields, or has others",
    "reply['extra'] = 1": "a message lacks fields, or has others",
    "prompt['parent_id'] = 't_0'": "a message does not name its parent",
    "reply['parent_id'] = 't_2'": "a message does not name its parent",
    "prompt['role'] = 'assistant'": "roles do not alternate from prompter",
    "reply['role'] = 'prompter'": "roles do not alternate from prompter",
    "reply['text'] = ''": "a message has no text",
    "reply['text'] = None": "text is not what the schema says",
    "reply['role'] = 'human'": "a role is neither prompter nor assistant",
    "prompt['review_result'] = None": "a message counts as spam, as deleted or as synthetic",
    "reply['deleted'] = True": "a message counts as spam, as deleted or as synthetic",
    "reply['synthetic'] = True": "a message counts as spam, as deleted or as synthetic",
    "reply['message_id'] = 't_1'": "two messages have one id",
    "reply['rank'] = 1": "replies are not ranked 0, 1, 2 and so on",
    "prompt['replies'].append({**reply, 'message_id': 't_3', 'rank': 0})": "replies are not ranked 0, 1, 2 and so on",
}


@pytest.mark.parametrize("change", BROKEN)
def test_check_refuses(change: str) -> None:
    assert check(broken(change)) == BROKEN[change]


# What the schema says of each field, and values it does not take.
WRONG: dict[str, list[Any]] = {
    "message_id": [None, 1],
    "parent_id": [1],
    "user_id": [1],
    "created_date": [5, "yesterday", "2021-01-01", "20210101T000000Z", "2021-13-01T00:00:00", "2021-01-01T00:00:00+1"],
    "text": [1],
    "role": [None, []],
    "lang": [["en"]],
    "review_count": ["3", 1.5, True],
    "review_result": ["true", 1],
    "deleted": ["", 0],
    "rank": ["0", False, []],
    "synthetic": [0],
    "model_name": [1],
    "emojis": [[], "+1", {"+1": "7"}, {"+1": None}, {"+1": True}],
    "replies": ["", {}],
    "labels": [[], {"toxicity": 1}, {"toxicity": {"value": 0.1}}, {"toxicity": {"value": "a", "count": 1}}],
    "events": [
        [],
        {"emoji": {}},
        {"emoji": [1]},
        {"emoji": [{"type": "emoji"}]},
        {"emoji": [{"type": 1, "user_id": ""}]},
    ],
    "detoxify": [0.5, {}, {"toxicity": 0.5}],
    "message_tree_id": [1],
    "tree_state": [1],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in WRONG.items() for value in values])
def test_every_field_is_held_to_the_schema(field: str, value: Any) -> None:
    one = copy.deepcopy(PAIR)
    one["prompt"][field] = value
    assert check(one) == f"{field} is not what the schema says"


RATINGS = ("toxicity", "severe_toxicity", "obscene", "identity_attack", "insult", "threat", "sexual_explicit")
RIGHT: dict[str, list[Any]] = {
    "created_date": [None, "2021-01-01T00:00:00", "2021-01-01 00:00:00.123456Z", "2021-01-01T00:00+02:00"],
    "lang": [None],
    "replies": [None],
    "emojis": [{}, {"+1": 3, "_skip_reply": 1}],
    "labels": [{}, {"spam": {"value": None, "count": 0}, "toxicity": {"value": 1, "count": 3}}],
    "events": [{"emoji": [{"type": "emoji", "user_id": None, "emoji": "+1"}]}],
    "detoxify": [dict.fromkeys(RATINGS, 0.5), {**dict.fromkeys(RATINGS, 1), "other": None}],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in RIGHT.items() for value in values])
def test_what_the_schema_takes(field: str, value: Any) -> None:
    one = copy.deepcopy(PAIR)
    one["prompt"][field] = value
    assert check(one) is None


@pytest.mark.parametrize("record", [None, [], "tree", 3])
def test_check_refuses_what_is_no_tree(record: Any) -> None:
    assert check(record) == "other keys than message_tree_id, tree_state, prompt and origin"


@given(JSON | bent(PAIR))
def test_check_raises_at_nothing(record: Any) -> None:
    assert isinstance(check(record), str | None)
