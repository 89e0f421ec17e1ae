"""Make messages of Open Assistant's export form, and hold them to its schema (oasst-data/oasst_data/schemas.py).

Every field is written, nulls included: pydantic 2 requires them all.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from chinwag.turns import ROLES, Turn, replies_of

READY = "ready_for_export"  # the one state of a tree that OA's training (oasst_dataset.py) takes in every mode
DEEPEST = 200  # Python's own JSON reader, which Open Assistant's readers use, gives up at some 490 turns
# What pydantic reads as a time; `fromisoformat` reads more.
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
RATINGS = {"toxicity", "severe_toxicity", "obscene", "identity_attack", "insult", "threat", "sexual_explicit"}


def node(turn: Turn, name: Callable[[int], str], rank: int | None) -> dict[str, Any]:
    """Write a turn as a message without replies; likes are the emoji +1."""
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
        "rank": rank,
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


def ranks_of(turns: Iterable[Turn]) -> dict[int, int]:
    """Rank the replies to each turn from the most liked, of one liking the oldest first, from 0.

    There are ranks only where the likes of all replies to a turn are known, and there are two or more.
    """
    ranks: dict[int, int] = {}
    for replies in replies_of(turns).values():
        likes = {reply.id: reply.like_count for reply in replies}
        if len(replies) > 1 and None not in likes.values():
            ordered = sorted(replies, key=lambda reply: (-(reply.like_count or 0), reply.id))
            ranks.update((reply.id, rank) for rank, reply in enumerate(ordered))
    return ranks


def wrong_node(one: Any) -> str | None:
    """Say which rule of the schema, or of OA's training, a message breaks; its replies are not looked into."""
    if not isinstance(one, dict) or set(one) != set(FIELDS):
        return "a message lacks fields, or has others"
    for key, fits in FIELDS.items():
        if not fits(one[key]):
            return f"{key} is not what the schema says"
    if not one["text"]:
        return "a message has no text"
    if one["role"] not in ROLES:
        return "a role is neither prompter nor assistant"
    # Training leaves out a tree whose prompt is spam, and threads with what is deleted or synthetic.
    if one["review_result"] is not True or one["deleted"] or one["synthetic"]:
        return "a message counts as spam, as deleted or as synthetic"
    return None


def wrong_ranks(replies: list[dict[str, Any]]) -> bool:
    """Tell replies that are neither all without rank nor ranked 0, 1, 2 and so on; their fields fit the schema."""
    ranks = [reply["rank"] for reply in replies if reply["rank"] is not None]
    return bool(ranks) and sorted(ranks) != list(range(len(replies)))


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: Any) -> bool:
    return _whole(value) or isinstance(value, float)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _list(value: Any) -> bool:
    return isinstance(value, list)


def _time(value: Any) -> bool:
    if not isinstance(value, str) or not TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _emojis(value: Any) -> bool:
    return isinstance(value, dict) and all(_whole(count) for count in value.values())


def _labels(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(label, dict)
        and {"value", "count"} <= set(label)
        and (label["value"] is None or _number(label["value"]))
        and _whole(label["count"])
        for label in value.values()
    )


def _events(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(events, list) and all(_event(event) for event in events) for events in value.values()
    )


def _event(value: Any) -> bool:
    if not isinstance(value, dict) or not {"type", "user_id"} <= set(value):
        return False
    return _text(value["type"]) and isinstance(value["user_id"], str | None)


def _detoxify(value: Any) -> bool:
    return isinstance(value, dict) and set(value) >= RATINGS and all(_number(value[rating]) for rating in RATINGS)


def _or_null(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or fits(value)


FIELDS: dict[str, Callable[[Any], bool]] = {
    "message_id": _text,
    "parent_id": _or_null(_text),
    "user_id": _or_null(_text),
    "created_date": _or_null(_time),
    "text": _text,
    "role": _text,
    "lang": _or_null(_text),
    "review_count": _or_null(_whole),
    "review_result": _or_null(_flag),
    "deleted": _or_null(_flag),
    "rank": _or_null(_whole),
    "synthetic": _or_null(_flag),
    "model_name": _or_null(_text),
    "emojis": _or_null(_emojis),
    "replies": _or_null(_list),
    "labels": _or_null(_labels),
    "events": _or_null(_events),
    "detoxify": _or_null(_detoxify),
    "message_tree_id": _or_null(_text),
    "tree_state": _or_null(_text),
}
