"""Write dialogues in Open Assistant's form for contributed data sets: a nested thread of prompts and replies a line.

The form is that of data/datasets/README.md, "Multi-turn dialog dataset".
"""

from collections.abc import Callable, Iterator
from typing import Any

from chinwag.exports._oasst_nodes import DEEPEST, ranks_of
from chinwag.turns import ROLES, Turn

__all__ = ["DEEPEST", "KINDS", "check", "records"]

KINDS = ("jsonl",)
FEATURES = {"thread": "json", "source": "string", "meta": "json"}
SOURCE = "twitter"


def records(turns: list[Turn], name: Callable[[int], str]) -> Iterator[dict[str, Any]]:
    """Give the conversation; turns deeper than 200 are left out, since no reader takes them.

    `meta` of a message says its language, likes and, where the likes of all its siblings are known, its rank by them.
    """
    kept = [turn for turn in turns if turn.depth < DEEPEST]
    ranks = ranks_of(kept)
    nodes: dict[int, dict[str, Any]] = {}
    for turn in kept:
        meta = {"lang": turn.lang, "like_count": turn.like_count, "rank": ranks.get(turn.id)}
        nodes[turn.id] = {"text": turn.text, "role": turn.role, "meta": meta, "replies": []}
        if turn.parent_id is not None:
            nodes[turn.parent_id]["replies"].append(nodes[turn.id])
    root = turns[0]
    yield {"thread": nodes[root.id], "source": SOURCE, "meta": {"conversation_id": name(root.id)}}


def check(record: Any) -> str | None:
    """Say which rule of the form a dialogue breaks; a dialogue has two messages or more."""
    if not isinstance(record, dict) or set(record) != {"thread", "source", "meta"}:
        return "other keys than thread, source and meta"
    if not isinstance(record["source"], str) or not record["source"]:
        return "the source is not named"
    if not isinstance(record["meta"], dict):
        return "the meta of the dialogue is no object"
    waiting = [(record["thread"], 0)]
    while waiting:
        one, depth = waiting.pop()
        if problem := _problem(one, depth):
            return problem
        waiting += [(reply, depth + 1) for reply in one["replies"]]
    return None if record["thread"]["replies"] else "nobody replies"


def _problem(one: Any, depth: int) -> str | None:
    if not isinstance(one, dict) or set(one) != {"text", "role", "meta", "replies"}:
        return "a message has other keys than text, role, meta and replies"
    rules = {
        "a message has no text": isinstance(one["text"], str) and one["text"] != "",
        "roles do not alternate from prompter": one["role"] == ROLES[depth % 2],
        "the meta of a message is no object": isinstance(one["meta"], dict),
        "the replies are no list": isinstance(one["replies"], list),
    }
    return next((rule for rule, kept in rules.items() if not kept), None)
