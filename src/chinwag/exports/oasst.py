"""Write message trees as Open Assistant does (`.trees.jsonl`): one nested tree of prompts and replies a line.

Every field of the form is written, nulls included: its readers require them. Ids and authors are pseudonyms.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from chinwag.turns import ROLES, Turn, replies_of

KINDS = ("jsonl",)
DEEPEST = 200  # Python's own JSON reader, which Open Assistant's reader uses, gives up at some 490 turns
NODE = {
    "message_id", "parent_id", "user_id", "created_date", "text", "role", "lang", "review_count", "review_result",
    "deleted", "rank", "synthetic", "model_name", "emojis", "replies", "labels", "events", "detoxify",
    "message_tree_id", "tree_state",
}  # fmt: skip


def records(turns: list[Turn], name: Callable[[int], str]) -> Iterator[dict[str, Any]]:
    """Give the tree; turns deeper than 200 are left out, since no reader takes them."""
    kept = [turn for turn in turns if turn.depth < DEEPEST]
    replies = replies_of(kept)
    nodes = {turn.id: _node(turn, name) for turn in kept}
    for turn in kept:
        children = [nodes[reply.id] for reply in replies[turn.id]]
        nodes[turn.id]["replies"] = children
        for rank, reply in enumerate(_by_likes(replies[turn.id])):
            nodes[reply.id]["rank"] = rank
    root = nodes[turns[0].id]
    yield {
        "message_tree_id": root["message_id"],
        "tree_state": "ready_for_export",
        "prompt": root,
        "origin": "twitter",
    }


def _by_likes(replies: list[Turn]) -> list[Turn]:
    """Order replies from the most liked; none where it is not known of all of them, or there is but one."""
    likes = [reply.like_count for reply in replies]
    if len(replies) < 2 or None in likes:
        return []
    return sorted(replies, key=lambda reply: (-(reply.like_count or 0), reply.id))


def _node(turn: Turn, name: Callable[[int], str]) -> dict[str, Any]:
    # To the second: the milliseconds of a tweet are most of its id.
    written = None if turn.created_at is None else datetime.fromtimestamp(turn.created_at // 1000, UTC)
    return {
        "message_id": name(turn.id),
        "parent_id": None if turn.parent_id is None else name(turn.parent_id),
        "user_id": turn.author,
        "created_date": written.isoformat() if written else None,
        "text": turn.text,
        "role": turn.role,
        "lang": turn.lang,
        "review_count": None,
        "review_result": True,
        "deleted": False,
        "rank": None,
        "synthetic": False,
        "model_name": None,
        "emojis": None if turn.like_count is None else {"+1": turn.like_count},
        "replies": [],
        "labels": None,
        "events": None,
        "detoxify": None,
        "message_tree_id": None,
        "tree_state": None,
    }


def check(record: Any) -> str | None:
    """Say which rule of Open Assistant's readers a tree breaks."""
    if not isinstance(record, dict) or set(record) != {"message_tree_id", "tree_state", "prompt", "origin"}:
        return "other keys than message_tree_id, tree_state, prompt and origin"
    if record["tree_state"] != "ready_for_export":
        return "the tree is not ready"
    ids: list[str] = []
    waiting = [(record["prompt"], None, 0)]
    while waiting:
        node, parent_id, depth = waiting.pop()
        if problem := _problem(node, parent_id, depth):
            return problem
        ids.append(node["message_id"])
        waiting += [(reply, node["message_id"], depth + 1) for reply in node["replies"]]
    if len(ids) != len(set(ids)):
        return "two messages have one id"
    return None if record["message_tree_id"] == ids[0] else "the tree is not named by its prompt"


def _problem(node: Any, parent_id: str | None, depth: int) -> str | None:
    """Say which rule a message breaks."""
    if not isinstance(node, dict) or set(node) != NODE or not isinstance(node["replies"], list):
        return "a message lacks fields, or has others"
    ranks = [reply.get("rank") for reply in node["replies"] if isinstance(reply, dict)]
    rules = {
        "a message does not name its parent": node["parent_id"] == parent_id,
        "roles do not alternate from prompter": node["role"] == ROLES[depth % 2],
        "a message has no text": isinstance(node["text"], str) and node["text"] != "",
        "a message counts as spam or as deleted": node["review_result"] is True and not node["deleted"],
        "replies are not ranked 0, 1, 2 and so on": set(ranks) in ({None}, set(range(len(ranks)))),
    }
    return next((rule for rule, kept in rules.items() if not kept), None)
