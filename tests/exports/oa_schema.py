"""State Open Assistant's schema (oasst-data/oasst_data/schemas.py) anew, all fields required, and its readers' ways."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec


class Label(msgspec.Struct):
    value: float | None
    count: int


class Event(msgspec.Struct):
    type: str
    user_id: str | None


class Detoxify(msgspec.Struct):
    toxicity: float
    severe_toxicity: float
    obscene: float
    identity_attack: float
    insult: float
    threat: float
    sexual_explicit: float


class Node(msgspec.Struct, forbid_unknown_fields=True):
    message_id: str
    parent_id: str | None
    user_id: str | None
    created_date: datetime | None
    text: str
    role: str
    lang: str | None
    review_count: int | None
    review_result: bool | None
    deleted: bool | None
    rank: int | None
    synthetic: bool | None
    model_name: str | None
    emojis: dict[str, int] | None
    replies: list["Node"] | None
    labels: dict[str, Label] | None
    events: dict[str, list[Event]] | None
    detoxify: Detoxify | None
    message_tree_id: str | None
    tree_state: str | None


class Tree(msgspec.Struct, forbid_unknown_fields=True):
    message_tree_id: str
    tree_state: str | None
    prompt: Node | None
    origin: str | None


def threads(node: Node) -> Iterator[list[Node]]:
    """Give the threads that training takes of a tree: to each leaf, without a prompter's turn at the end."""
    waiting = [[node]]
    while waiting:
        thread = waiting.pop()
        replies = thread[-1].replies
        if len(thread) > 1 and not replies and thread[-1].role == "assistant":
            yield thread
        elif len(thread) > 2 and not replies and (thread[-2].replies or [])[0] is thread[-1]:
            yield thread[:-1]
        waiting += [[*thread, reply] for reply in replies or []]


def trainable(tree: Tree) -> None:
    """Assert what OA's training does of a tree that it takes (oasst_dataset.py)."""
    assert tree.tree_state == "ready_for_export"
    assert tree.prompt is not None and tree.prompt.review_result
    for thread in threads(tree.prompt):
        assert all(message.role == "prompter" for message in thread[0::2])
        assert all(message.role == "assistant" for message in thread[1::2])
        assert not any(message.deleted or message.synthetic for message in thread)


def rebuilt(messages: list[dict[str, Any]]) -> list[Tree]:
    """Make trees of flat messages as OA's reader does, which keeps the messages above on a stack."""
    trees: list[dict[str, Any]] = []
    above: list[dict[str, Any]] = []
    for message in messages:
        if message["parent_id"] is None:
            trees.append({"message_tree_id": message["message_id"], "tree_state": message["tree_state"]})
            trees[-1] |= {"prompt": message, "origin": None}
            above = []
        else:
            while above[-1]["message_id"] != message["parent_id"]:
                above.pop()
            above[-1]["replies"].append(message)
        above.append(message)
    return [msgspec.convert(tree, Tree) for tree in trees]
