"""snscrape: JSON lines of every version, and the CSV that pandas makes of its tweets.

Up to 0.3.4 a tweet has a bare `username`; until 2021-05-23 it tells its conversation but not what it answers, and
`_type` is missing. The text is `content`, since 2022-06 `rawContent`.
"""

from typing import Any

from chinwag.rows import Rows
from chinwag.sources._scraped import MODULE, Tweet, add, own_id, text_of
from chinwag.sources._tombstones import notice, tombstone

TERMS = "web"
TEXTS = frozenset(("content", "rawContent"))
MARKS = ("conversationId", "inReplyToTweetId", "likeCount", "replyCount", "retweetCount", "tcooutlinks")


class Record(Tweet, gc=False):
    """Read a tweet, or what stands in place of one."""


def claims(record: dict[str, Any]) -> bool:
    """Tell snscrape's records from those of twscrape, which have `id_str`, and from its other networks."""
    kind = record.get("_type")
    if "id_str" in record:
        return False
    if isinstance(kind, str):
        return kind.startswith(MODULE)
    return not TEXTS.isdisjoint(record) and not record.keys().isdisjoint(MARKS) and not {"id", "url"}.isdisjoint(record)


def read(record: Record, number: int, rows: Rows) -> bool:
    """Add what a record holds."""
    kind = record.kind
    if record.id_str is not None or not (kind is None or kind.startswith(MODULE)):
        return False
    if text_of(record) is not None and (kind or any(getattr(record, mark) is not None for mark in MARKS)):
        add(record, number, rows)
    elif kind == f"{MODULE}Tweet":
        rows.reject(number, "no text")
    elif kind is None:
        return False
    else:  # a reference, or an entity such as the user whose tweets were asked for
        rows.counts["notices"] += 1
        if kind == f"{MODULE}Tombstone":
            tombstone(notice(record.text), own_id(record), number, rows)
    return True
