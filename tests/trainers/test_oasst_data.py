"""Hold Open Assistant's exports to its own schema and reader, restated: oasst_data itself wants pydantic 1.

The schema is that of oasst-data/oasst_data/schemas.py, the reader that of oasst_data/reader.py, and what training asks
for that of model/model_training/custom_datasets/oasst_dataset.py, of Open Assistant.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.readers import reader

pydantic = reader("pydantic")

SPLITS = ["train", "validation", "test"]
PER_TREE = 8  # turns in each of the conversations: of its nine tweets two are one turn


@dataclass
class LabelAvgValue:
    value: float | None
    count: int


@dataclass
class MessageEvent:
    type: str
    user_id: str | None


@dataclass
class DetoxifyRating:
    toxicity: float
    severe_toxicity: float
    obscene: float
    identity_attack: float
    insult: float
    threat: float
    sexual_explicit: float


@dataclass
class Node:
    """Restate ExportMessageNode. Under pydantic 2 `X | None` without a default has to be there, as each field has."""

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
    replies: "list[Node] | None"
    labels: dict[str, LabelAvgValue] | None
    events: dict[str, list[MessageEvent]] | None
    detoxify: DetoxifyRating | None
    message_tree_id: str | None
    tree_state: str | None


@dataclass
class Tree:
    """Restate ExportMessageTree."""

    message_tree_id: str
    tree_state: str | None
    prompt: Node | None
    origin: str | None


@pytest.fixture(params=SPLITS)
def trees(request: pytest.FixtureRequest, dataset: Path) -> list[Tree]:
    adapter = pydantic.TypeAdapter(Tree)
    return [adapter.validate_python(one) for one in records(dataset / "oasst", request.param)]


@pytest.mark.parametrize("split", SPLITS)
def test_the_reader_makes_of_single_messages_the_trees_of_the_other_export(split: str, dataset: Path) -> None:
    tree, node = pydantic.TypeAdapter(Tree), pydantic.TypeAdapter(Node)
    whole = [tree.validate_python(one) for one in records(dataset / "oasst", split)]
    flat = (node.validate_python(one) for one in records(dataset / "oasst_messages", split))
    joined = list(read_trees(flat))
    assert [texts(one) for one in joined] == [texts(one) for one in whole]
    assert {len(texts(one)) for one in joined} == {PER_TREE}


@pytest.mark.parametrize("missing", [field.name for field in fields(Node)])
def test_a_message_that_lacks_a_field_is_refused(missing: str, dataset: Path) -> None:
    message = next(records(dataset / "oasst_messages", "train"))
    del message[missing]
    with pytest.raises(pydantic.ValidationError, match=missing):
        pydantic.TypeAdapter(Node).validate_python(message)


def test_training_takes_every_tree(trees: list[Tree]) -> None:
    for tree in trees:
        assert tree.tree_state == "ready_for_export"
        assert tree.prompt and tree.prompt.review_result and tree.prompt.lang == "en"
        assert (tree.message_tree_id, tree.prompt.parent_id) == (tree.prompt.message_id, None)


def test_threads_for_supervised_training_alternate(trees: list[Tree]) -> None:
    for tree in trees:
        assert tree.prompt
        threads = list(threads_of([tree.prompt]))
        assert len(threads) == 4
        for thread in threads:
            if thread[-1].role == "prompter":
                thread.pop()
            assert len(thread) > 0 and len(thread) % 2 == 0
            assert all(one.role != another.role for one, another in pairwise(thread))
            assert thread[0].role == "prompter"
            assert not any(message.deleted or message.synthetic for message in thread)


def test_reward_training_finds_ranked_replies(trees: list[Tree]) -> None:
    for tree in trees:
        assert tree.prompt and tree.prompt.replies
        ranked = sorted(tree.prompt.replies, key=lambda reply: -1 if reply.rank is None else reply.rank)
        assert [reply.rank for reply in ranked] == [0, 1, 2]
        likes = [reply.emojis["+1"] for reply in ranked if reply.emojis]
        assert likes == sorted(likes, reverse=True) == [70, 12, 2]


def records(folder: Path, split: str) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob(f"{split}-*.jsonl")):
        yield from map(json.loads, path.read_text().splitlines())


def read_trees(messages: Iterable[Node]) -> Iterator[Node]:
    """Join messages as OA's reader does: of those before it, a stack keeps the ones that a message may answer."""
    stack: list[Node] = []
    for message in messages:
        if message.parent_id is None:
            if stack:
                yield stack[0]
            stack = [message]
            continue
        while stack[-1].message_id != message.parent_id:
            stack.pop()
            assert stack, "messages are not in the order of depth-first"
        if stack[-1].replies is None:
            stack[-1].replies = []
        stack[-1].replies.append(message)
        stack.append(message)
    if stack:
        yield stack[0]


def texts(one: Tree | Node) -> set[tuple[str, str | None, str]]:
    """Give id, parent and text of every message of a tree."""
    root = one.prompt if isinstance(one, Tree) else one
    assert root
    found, waiting = set(), [root]
    while waiting:
        node = waiting.pop()
        found.add((node.message_id, node.parent_id, node.text))
        waiting += node.replies or []
    return found


def threads_of(way: list[Node]) -> Iterator[list[Node]]:
    """Give each path from the prompt to a leaf."""
    if not way[-1].replies:
        yield list(way)
    for reply in way[-1].replies or []:
        yield from threads_of([*way, reply])
