"""Write message trees as Open Assistant does (`.trees.jsonl`): one nested tree of prompts and replies a line.

Every field of the form is written, nulls included: its readers require them. Ids and authors are pseudonyms.
"""

from collections.abc import Callable, Iterator
from typing import Any

from chinwag.exports._oasst_nodes import DEEPEST, READY, node, ranks_of, wrong_node, wrong_ranks
from chinwag.turns import ROLES, Turn

__all__ = ["DEEPEST", "FEATURES", "KINDS", "check", "records"]

KINDS = ("jsonl",)
FEATURES = {"message_tree_id": "string", "tree_state": "string", "prompt": "json", "origin": "string"}


def records(turns: list[Turn], name: Callable[[int], str]) -> Iterator[dict[str, Any]]:
    """Give the tree; turns deeper than 200 are left out, since no reader takes them."""
    kept = [turn for turn in turns if turn.depth < DEEPEST]
    ranks = ranks_of(kept)
    nodes = {turn.id: node(turn, name, ranks.get(turn.id)) for turn in kept}
    for turn in kept:
        if turn.parent_id is not None:
            nodes[turn.parent_id]["replies"].append(nodes[turn.id])
    root = nodes[turns[0].id]
    yield {"message_tree_id": root["message_id"], "tree_state": READY, "prompt": root, "origin": "twitter"}


def check(record: Any) -> str | None:
    """Say which rule of Open Assistant's schema and training (oasst_dataset.py) a tree breaks."""
    if not isinstance(record, dict) or set(record) != {"message_tree_id", "tree_state", "prompt", "origin"}:
        return "other keys than message_tree_id, tree_state, prompt and origin"
    if record["tree_state"] != READY:
        return "the tree is not ready"
    if not isinstance(record["origin"], str | None):
        return "the origin is no text"
    ids: set[str] = set()
    families = []
    waiting = [(record["prompt"], None, 0)]
    while waiting:
        one, parent_id, depth = waiting.pop()
        if problem := wrong_node(one) or _wrong_place(one, parent_id, depth, ids):
            return problem
        ids.add(one["message_id"])
        families.append(one["replies"] or [])
        waiting += [(reply, one["message_id"], depth + 1) for reply in families[-1]]
    if any(map(wrong_ranks, families)):
        return "replies are not ranked 0, 1, 2 and so on"
    named = record["message_tree_id"] == record["prompt"]["message_id"]
    return None if named else "the tree is not named by its prompt"


def _wrong_place(one: dict[str, Any], parent_id: str | None, depth: int, ids: set[str]) -> str | None:
    """Say which rule a message breaks at its place in the tree."""
    if one["message_id"] in ids:
        return "two messages have one id"
    if one["parent_id"] != parent_id:
        return "a message does not name its parent"
    return None if one["role"] == ROLES[depth % 2] else "roles do not alternate from prompter"
