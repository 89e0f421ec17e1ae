import copy
import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from chinwag.exports import oasst
from chinwag.exports.oasst_messages import check, check_folder, records
from chinwag.turns import Turn
from tests.exports.hostile import JSON, bent
from tests.exports.oa_schema import Node, rebuilt, trainable
from tests.exports.trees import trees
from tests.workspaces import TREE, turn

Json = dict[str, Any]


def name(turn_id: int) -> str:
    return f"t_{turn_id}"


def rows(turns: list[Turn]) -> list[Json]:
    return list(records(turns, name))


# Every field of Open Assistant's ExportMessageNode, with the two that are null in trees.
MESSAGE: Json = {
    "message_id": "t_2",
    "parent_id": "t_1",
    "user_id": "u_2",
    "created_date": "2021-01-01T17:29:53+00:00",
    "text": "text 2",
    "role": "assistant",
    "lang": "en",
    "review_count": None,
    "review_result": True,
    "deleted": False,
    "rank": None,
    "synthetic": False,
    "model_name": None,
    "emojis": {"+1": 3},
    "replies": [],
    "labels": None,
    "events": None,
    "detoxify": None,
    "message_tree_id": "t_1",
    "tree_state": "ready_for_export",
}


def test_every_field() -> None:
    assert rows([turn(1), turn(2, 1, 1, like_count=3, created_at=1609522193660)])[1] == MESSAGE


def test_depth_first() -> None:
    assert [one["message_id"] for one in rows(TREE)] == ["t_1", "t_2", "t_4", "t_6", "t_5", "t_3"]


def test_ranks_are_those_of_the_trees() -> None:
    turns = [turn(1), turn(2, 1, 1, like_count=1), turn(3, 1, 1, like_count=5), turn(4, 3, 2), turn(5, 3, 2)]
    assert {one["message_id"]: one["rank"] for one in rows(turns)} == {
        "t_1": None, "t_2": 1, "t_3": 0, "t_4": None, "t_5": None,
    }  # fmt: skip


@given(trees())
@settings(max_examples=30)
def test_the_readers_stack_makes_the_same_tree(turns: list[Turn]) -> None:
    messages = json.loads(json.dumps(rows(turns)))
    assert [check(one) for one in messages] == [None] * len(turns)
    for one in messages:
        msgspec.convert(one, Node)
    (tree,) = rebuilt(messages)
    trainable(tree)
    (nested,) = oasst.records(turns, name)
    assert [strip(msgspec.to_builtins(tree.prompt))] == [strip(nested["prompt"])]


def strip(node: Json) -> Json:
    """Leave out of a tree what only flat messages tell, and how times are written."""
    left = {key: value for key, value in node.items() if key not in {"message_tree_id", "tree_state", "created_date"}}
    return {**left, "replies": [strip(reply) for reply in node["replies"]]}


def write(path: Path, messages: list[Json]) -> None:
    data = b"".join(json.dumps(one).encode() + b"\n" for one in messages)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


OTHER = [turn(11), turn(12, 11, 1), turn(13, 12, 2)]


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_folder_in_order_a_tree_may_go_on_in_the_next_shard(tmp_path: Path, ending: str) -> None:
    messages = [*rows(TREE), *rows(OTHER)]
    for number in range(3):
        write(tmp_path / f"train-{number:05}.jsonl{ending}", messages[number * 3 : number * 3 + 3])
    write(tmp_path / f"test-00000.jsonl{ending}", rows([turn(21), turn(22, 21, 1)]))
    (tmp_path / "manifest.json").write_text("{}")
    assert list(check_folder(tmp_path)) == []


def test_a_chain_of_5000(tmp_path: Path) -> None:
    messages = rows([turn(n, n - 1 or None, n - 1) for n in range(1, 5001)])
    assert [check(one) for one in messages] == [None] * 5000
    write(tmp_path / "train-00000.jsonl", messages)
    assert list(check_folder(tmp_path)) == []


BROAD = [one["message_id"] for one in rows(TREE)]
ORDER: dict[str, tuple[list[str], str]] = {
    "by level": (["t_1", "t_2", "t_3", "t_4"], "line 4: the tree is not written depth-first"),
    "a child first": (["t_1", "t_4"], "line 2: its parent does not stand before it in its tree"),
    "no root": (["t_2"], "line 1: its parent does not stand before it in its tree"),
    "twice": (["t_1", "t_2", "t_2"], "line 3: two messages have one id"),
    "after another tree": (["t_1", "t_11", "t_2"], "line 3: its parent does not stand before it in its tree"),
}


@pytest.mark.parametrize("case", ORDER)
def test_messages_out_of_order(tmp_path: Path, case: str) -> None:
    ids, problem = ORDER[case]
    by_id = {one["message_id"]: one for one in [*rows(TREE), *rows(OTHER)]}
    write(tmp_path / "train-00000.jsonl", [by_id[one] for one in ids])
    assert list(check_folder(tmp_path)) == [f"train-00000.jsonl: {problem}"]


def test_messages_of_another_tree_or_role(tmp_path: Path) -> None:
    root, reply, *_ = rows(TREE)
    write(tmp_path / "train-00000.jsonl", [root, {**reply, "message_tree_id": "t_9"}, {**reply, "role": "prompter"}])
    assert list(check_folder(tmp_path)) == [
        "train-00000.jsonl: line 2: it stands in another tree than its own",
        "train-00000.jsonl: line 3: roles do not alternate from prompter",
    ]


def test_what_is_no_message_is_passed_over(tmp_path: Path) -> None:
    lines = [b"{", b"[" * 100_000, b"\xff", b"[1]", b"", *(json.dumps(one).encode() for one in rows(TREE))]
    (tmp_path / "train-00000.jsonl").write_bytes(b"\n".join(lines))
    (tmp_path / "train-00001.jsonl.gz").write_bytes(b"\x1f\x8b\x08damaged")
    assert list(check_folder(tmp_path)) == []


def broken(change: str) -> Any:
    one = copy.deepcopy(MESSAGE)
    exec(change, {"message": one})
    return one


BROKEN = {
    "del message['rank']": "a message lacks fields, or has others",
    "message['extra'] = 1": "a message lacks fields, or has others",
    "message['rank'] = '0'": "rank is not what the schema says",
    "message['created_date'] = 'today'": "created_date is not what the schema says",
    "message['text'] = ''": "a message has no text",
    "message['role'] = 'gpt'": "a role is neither prompter nor assistant",
    "message['deleted'] = True": "a message counts as spam, as deleted or as synthetic",
    "message['tree_state'] = None": "the message tells no tree that is ready",
    "message['message_tree_id'] = None": "the message tells no tree that is ready",
    "message['replies'] = None": "replies are not empty",
    "message['replies'] = [1]": "replies are not empty",
    "message['parent_id'] = None": "a tree is not named by its prompt",
    "message['message_id'] = 't_1'": "a tree is not named by its prompt",
    "message.update(message_id='t_1', parent_id=None)": "a tree does not begin with the prompter",
}


@pytest.mark.parametrize("change", BROKEN)
def test_check_refuses(change: str) -> None:
    assert check(broken(change)) == BROKEN[change]


@given(JSON | bent(MESSAGE))
def test_check_raises_at_nothing(record: Any) -> None:
    assert isinstance(check(record), str | None)
