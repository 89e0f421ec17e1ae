"""Write dehydrated conversations as JSONL: ids, structure and roles, of which `chinwag rehydrate` makes turns again.

There is no text, author or name in it. Ids are text, since JavaScript rounds numbers. The hash of a turn's text tells
whether a copy of its tweets says the same; `mentions` are the numbers of its placeholders, as they come, each once, so
that these stay the same where other turns are missing.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from chinwag.rendering import mentioned
from chinwag.turns import ROLES, Turn
from chinwag.values import LARGEST_ID
from chinwag.workspace import Workspace

KINDS = ("jsonl",)
TURN = {"id", "parent_id", "role", "tweet_ids", "mentions", "text_sha256"}
ID = re.compile(r"[1-9][0-9]{0,18}")
HASH = re.compile(r"[0-9a-f]{16}")


def records(turns: list[Turn], name: Any) -> Iterator[dict[str, Any]]:
    """Give the conversation; its ids are those of the tweets, never pseudonyms."""
    numbers: dict[str, int] = {}
    yield {
        "root_id": str(turns[0].id),
        "turns": [
            {
                "id": str(turn.id),
                "parent_id": None if turn.parent_id is None else str(turn.parent_id),
                "role": turn.role,
                "tweet_ids": [str(tweet_id) for tweet_id in turn.tweet_ids],
                # By the order in which they come: so it is where texts keep their mentions, and names none.
                "mentions": [numbers.setdefault(one, len(numbers) + 1) for one in mentioned(turn.text)],
                "text_sha256": digest(turn.text),
            }
            for turn in turns
        ],
    }


def digest(text: str) -> str:
    """Give the first 16 hex digits of a text's sha256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def about(target: Workspace) -> dict[str, Any]:
    """Say what rehydrating needs beside the records: the pseudonyms' key, unless it is secret, and the mentions."""
    made = target.state.options["curate"]
    return {
        "rebuild": "chinwag rehydrate IDS -w WORKSPACE, where IDS is this folder and WORKSPACE has the tweets",
        "key": made["key"],
        "turns": made["turns"],
    }


def check(record: Any) -> str | None:
    """Say which rule of those who rehydrate it a conversation breaks."""
    if not isinstance(record, dict) or set(record) != {"root_id", "turns"}:
        return "other keys than root_id and turns"
    turns = record["turns"]
    if not isinstance(turns, list) or len(turns) < 2:
        return "fewer than two turns"
    depths: dict[str, int] = {}
    seen: set[str] = set()
    given = 0
    for turn in turns:
        if problem := _problem(turn, depths):
            return problem
        depths[turn["id"]] = depths.get(turn["parent_id"], -1) + 1
        if not seen.isdisjoint(turn["tweet_ids"]):
            return "a tweet stands twice"
        seen.update(turn["tweet_ids"])
        for number in turn["mentions"]:
            if number > given + 1:
                return "placeholders are not numbered 1, 2, 3 and so on"
            given = max(given, number)
    return None if record["root_id"] == turns[0]["id"] else "the conversation is not named by its first turn"


def _problem(turn: Any, depths: dict[str, int]) -> str | None:
    """Say which rule a turn breaks, where these are the turns before it and their depths."""
    if not isinstance(turn, dict) or set(turn) != TURN:
        return "a turn lacks fields, or has others"
    tweet_ids, mentions, parent_id, hashed = (
        turn[key] for key in ("tweet_ids", "mentions", "parent_id", "text_sha256")
    )
    if not isinstance(tweet_ids, list) or not tweet_ids or not all(map(_is_id, tweet_ids)):
        return "tweets are not a list of ids"
    if not (isinstance(parent_id, str) and parent_id in depths if depths else parent_id is None):
        return "a turn does not answer one before it"
    if not isinstance(mentions, list) or not all(type(number) is int and number > 0 for number in mentions):
        return "mentions are not a list of numbers"
    rules = {
        "a turn is not named by its first tweet": turn["id"] == tweet_ids[0],
        "a tweet stands twice": len(set(tweet_ids)) == len(tweet_ids),
        "a placeholder stands twice": len(set(mentions)) == len(mentions),
        "roles do not alternate from prompter": turn["role"] == ROLES[(depths.get(parent_id or "", -1) + 1) % 2],
        "no hash of the text": isinstance(hashed, str) and HASH.fullmatch(hashed) is not None,
    }
    return next((rule for rule, kept in rules.items() if not kept), None)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and ID.fullmatch(value) is not None and int(value) <= LARGEST_ID
