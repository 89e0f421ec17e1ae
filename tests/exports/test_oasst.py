import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from chinwag.exports.oasst import DEEPEST, check, records
from chinwag.turns import Turn
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
    "tree['message_tree_id'] = 't_2'": "the tree is not named by its prompt",
    "tree['prompt'] = None": "a message lacks fields, or has others",
    "prompt['replies'] = None": "a message lacks fields, or has others",
    "prompt['replies'] = [1]": "a message lacks fields, or has others",
    "del prompt['message_id']": "a message lacks fields, or has others",
    "del reply['detoxify']": "a message lacks fields, or has others",
    "reply['extra'] = 1": "a message lacks fields, or has others",
    "prompt['parent_id'] = 't_0'": "a message does not name its parent",
    "reply['parent_id'] = 't_2'": "a message does not name its parent",
    "prompt['role'] = 'assistant'": "roles do not alternate from prompter",
    "reply['role'] = 'prompter'": "roles do not alternate from prompter",
    "reply['text'] = ''": "a message has no text",
    "reply['text'] = None": "a message has no text",
    "prompt['review_result'] = None": "a message counts as spam or as deleted",
    "reply['deleted'] = True": "a message counts as spam or as deleted",
    "reply['message_id'] = 't_1'": "two messages have one id",
    "reply['rank'] = 1": "replies are not ranked 0, 1, 2 and so on",
    "prompt['replies'].append({**reply, 'rank': 0})": "replies are not ranked 0, 1, 2 and so on",
}


@pytest.mark.parametrize("change", BROKEN)
def test_check_refuses(change: str) -> None:
    assert check(broken(change)) == BROKEN[change]


@pytest.mark.parametrize("record", [None, [], "tree", 3])
def test_check_refuses_what_is_no_tree(record: Any) -> None:
    assert check(record) == "other keys than message_tree_id, tree_state, prompt and origin"
