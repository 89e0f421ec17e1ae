"""Community archive: rows of its tables `tweets` and `enriched_tweets`, as REST answers and Parquet.

`enriched_tweets.parquet`, the archive's own export, was withdrawn in August 2026: it had been made without a last check
that all authors in it agree. Historical copies of it should not be used; REST leaves out what was removed since.
"""

import re
from typing import Any

import msgspec

from chinwag.rows import LOST_ID, NO_ID, NO_ORIGINAL, Rows
from chinwag.texts import cut_at, prefix_length, unescaped
from chinwag.values import EXACT, any_time, float_id, id_time, name_id, to_id

TERMS = "published"
RETWEET = re.compile(r"RT @\w+: ")  # by which the archive itself tells a retweet; the original's id is in another table

Number = int | float | str


class Record(msgspec.Struct, gc=False):
    """Read a row; a request names its columns, so any of them may be missing."""

    tweet_id: Number | None = None
    account_id: Number | None = None
    username: str | None = None
    created_at: Any = None  # text in JSON, a time in Parquet
    full_text: str | None = None
    retweet_count: int | float | None = None
    favorite_count: int | float | None = None
    reply_to_tweet_id: Number | None = None
    reply_to_user_id: Number | None = None
    reply_to_username: str | None = None
    quoted_tweet_id: Number | None = None
    conversation_id: Number | None = None
    is_tombstone: bool | None = None


def claims(record: dict[str, Any]) -> bool:
    """Tell a row of a tweet; likes have an id and a text too, but no author."""
    return "tweet_id" in record and "full_text" in record and ("account_id" in record or "username" in record)


def read(record: Record, number: int, rows: Rows) -> bool:
    """Add what a row holds."""
    if record.full_text is None or (record.account_id is None and record.username is None):
        return False
    tweet_id = to_id(record.tweet_id)
    if tweet_id is None:
        lost = float_id(record.tweet_id) is not None
        rows.reject(number, LOST_ID if lost else NO_ID)
        return True
    author_id = rows.link(number, "author_id", record.account_id)[0]
    if _is_gone(record):
        rows.counts["notices"] += 1
        rows.delete("delete", tweet_id, author_id, at=None)
        return True
    rows.counts["tweets"] += 1
    if RETWEET.match(record.full_text):
        rows.field(number, NO_ORIGINAL)
    elif not record.full_text:  # of a retweet whose original's author does not agree the archive keeps the ids alone
        rows.field(number, "no text")
    else:
        _sighting(record, tweet_id, author_id, number, rows)
    return True


def _is_gone(record: Record) -> bool:
    """Tell a row of which only the ids are left; `enriched_tweets` has no column that says so."""
    return record.is_tombstone or (not record.full_text and any_time(record.created_at) == 0)


def _sighting(record: Record, tweet_id: int, author_id: int | None, number: int, rows: Rows) -> None:
    """Add the tweet; links are in another table and stay short, and when the counts were taken is not told."""
    if author_id is None and record.username:
        author_id = name_id(record.username)
    reply_to_id, rounded = rows.link(number, "reply_to_id", record.reply_to_tweet_id)
    text = record.full_text or ""
    prefix, text = cut_at(text, prefix_length(text, [record.reply_to_username or ""]))
    rows.sighting(
        number,
        id=tweet_id,
        created_at=id_time(tweet_id) or any_time(record.created_at),
        author_id=author_id,
        author_handle=record.username or None,
        text=unescaped(text),
        reply_prefix=prefix,
        reply_to_id=reply_to_id,
        reply_to_rounded=rounded,
        reply_to_author_id=rows.link(number, "reply_to_author_id", record.reply_to_user_id)[0],
        quoted_id=rows.link(number, "quoted_id", record.quoted_tweet_id)[0],
        conversation_id=rows.link(number, "conversation_id", record.conversation_id)[0],
        counts=(None, _count(record.retweet_count), _count(record.favorite_count), None),
    )


def _count(value: float | None) -> int | None:
    """Take a count; a column that may be null comes as a float through pandas."""
    return int(value) if value is not None and 0 <= value < EXACT else None
