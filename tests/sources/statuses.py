"""Make statuses of API v1.1, and read them."""

import json
from typing import Any

from chinwag.records import Records, load
from chinwag.rows import Rows
from chinwag.values import TWITTER_EPOCH
from tests.archives import accounted

Json = dict[str, Any]

NOW = 1_609_522_146_662  # ms


def sid(minute: int, number: int = 0) -> int:
    """Give the id of a tweet some minutes from now."""
    return ((NOW + minute * 60_000 - TWITTER_EPOCH) << 22) + number


def ids(name: str, value: int | None) -> Json:
    return {name: value, f"{name}_str": str(value) if value else None}


def user(number: int, handle: str) -> Json:
    return {**ids("id", number), "screen_name": handle, "followers_count": 12, "verified": False}


def status(tweet_id: int = 0, text: Any = "hello", **more: Any) -> Json:
    """Make a tweet of the stream; `None` takes a field away."""
    made = {
        **ids("id", tweet_id or sid(0)), "text": text, "created_at": "Fri Jan 01 17:29:06 +0000 2021",
        "source": '<a href="https://example.org" rel="nofollow">Web App</a>', "truncated": False,
        **ids("in_reply_to_status_id", None), **ids("in_reply_to_user_id", None), "in_reply_to_screen_name": None,
        "user": user(7, "anna"), "is_quote_status": False, "quote_count": 0, "reply_count": 0, "retweet_count": 0,
        "favorite_count": 0, "entities": {"hashtags": [], "urls": [], "user_mentions": []}, "lang": "en",
    }  # fmt: skip
    return {key: value for key, value in (made | more).items() if key not in more or value is not None}


def reply(to: int, text: str, *, handles: tuple[str, ...] = ("bob",), **more: Any) -> Json:
    answered = {
        **ids("in_reply_to_status_id", to),
        **ids("in_reply_to_user_id", 8),
        "in_reply_to_screen_name": handles[0],
    }
    mentions = {"user_mentions": [{"screen_name": handle} for handle in handles]}
    return status(text=text, **{**answered, "entities": mentions, **more})


def read(*records: Any) -> Rows:
    """Read records, or lines as they are."""
    lines = [record if isinstance(record, bytes) else json.dumps(record).encode() for record in records]
    return read_bytes(b"\n".join(lines) + b"\n")


def reader(rows: Rows) -> Records:
    sources = load("v1")
    return Records(sources[0], sources, rows)


def read_bytes(data: bytes) -> Rows:
    rows = Rows()
    rows.at(1, "member")
    rows.source = "v1"
    reader(rows).lines(range(1, 1 + data.count(b"\n") + (not data.endswith(b"\n"))), data)
    assert accounted(rows.counts)
    return rows


def rejects(rows: Rows) -> list[tuple[int, str, str]]:
    taken = rows.take()
    found = taken["rejects"].to_pylist() if "rejects" in taken else []
    return [(row["line"], row["scope"], row["reason"]) for row in found]


def sightings(*records: Any) -> list[Json]:
    rows = read(*records)
    taken = rows.take()
    assert "rejects" not in taken, taken["rejects"].to_pylist()
    found: list[Json] = taken["sightings"].to_pylist() if "sightings" in taken else []
    return found


def deletes(*records: Any) -> list[Json]:
    found: list[Json] = read(*records).take()["deletes"].to_pylist()
    return [{key: value for key, value in row.items() if value is not None and key != "file_id"} for row in found]
