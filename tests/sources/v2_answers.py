"""Make records of API v2, and read them."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from shapes import Tweet, v2_flat, v2_page, v2_stream
from tests.sources.reading_back import Json, Read, read_back

ROOT = 1_600_000_000_000_000_000
ID = ROOT + (60_000 << 22)
OTHER = ID - (1000 << 22)
FIRST = Tweet(id=ROOT, author_id=12, author_handle="Bob", body="tea?", conversation_id=ROOT, counts=(1, 2, 3, 4))
ANSWER = Tweet(
    id=ID,
    author_id=11,
    author_handle="anna",
    body="tea & cake",
    reply_to_id=ROOT,
    reply_to_author_id=12,
    reply_to_handle="Bob",
    conversation_id=ROOT,
    counts=(5, 6, 7, 8),
)
NO_COUNTS = (None, None, None, None)
MADE_AT = datetime(2022, 12, 6, 5, 32, 41, 219_000, tzinfo=UTC)
RETRIEVED_AT = datetime(2023, 2, 1, 10, tzinfo=UTC)
NOTICE = "@bob's account has been withheld in Nowhere in response to a legal demand. Learn more."
NO_TWEET = "a user, a list or a count: no tweet"
NO_ID = "no id, or an id out of range"
WRONG = "wrong type or out of range"
NO_ORIGINAL = "retweet without its original"


def tweet(**changes: Any) -> Json:
    """Give an answer to Bob's tweet as a page has it."""
    return v2_stream.data(ANSWER, ANSWER.counts) | changes


def first(**changes: Any) -> Json:
    return v2_stream.data(FIRST, FIRST.counts) | changes


def streamed(record: Json, *included: Json, **more: Any) -> Json:
    """Give a line of the stream: the tweet itself is among what is included."""
    users = [v2_stream.user(ANSWER), v2_stream.user(FIRST)]
    return {"data": record, "includes": {"users": users, "tweets": [*included, record]}, **more}


def page(*records: Json, **more: Any) -> Json:
    """Give a page as twarc 2 saves it; what is included may be given."""
    includes = {"users": [v2_stream.user(ANSWER), v2_stream.user(FIRST)]}
    answer = {"data": list(records), "includes": includes | more.pop("includes", {}), **more}
    return {**answer, "meta": {"result_count": len(records)}, "__twarc": v2_page.TWARC}


def flat(**changes: Any) -> Json:
    return {**v2_flat.flat(ANSWER, {ROOT: FIRST}), "__twarc": v2_page.TWARC} | changes


def problem(kind: str, *, host: str = "api.twitter.com", **more: Any) -> Json:
    made = {"resource_id": str(OTHER), "resource_type": "tweet", "parameter": "referenced_tweets.id", "title": "x"}
    return {**made, "detail": "x", "type": f"https://{host}/2/problems/{kind}", "value": str(OTHER), **more}


def retweet(original: int = ROOT) -> Json:
    return tweet(text="RT @Bob: tea?", referenced_tweets=[{"type": "retweeted", "id": str(original)}])


USER = {
    "id": "12",
    "name": "Bob",
    "username": "Bob",
    "public_metrics": {"followers_count": 3, "tweet_count": 4},
    "entities": {"url": {"urls": [{"start": 0, "end": 23, "url": "https://t.co/1"}]}},
    "pinned_tweet_id": str(ROOT),
}
LIST = {"id": "84839422", "name": "Teas", "owner_id": "12", "member_count": 3, "private": False}
COUNT = {"start": "2023-01-01T00:00:00.000Z", "end": "2023-01-02T00:00:00.000Z", "tweet_count": 7}
FOUND_NOTHING = {"meta": {"result_count": 0}}
LOST_STREAM = {"title": "ConnectionException", "detail": "x", "connection_issue": "TooManyConnections",
               "type": "https://api.twitter.com/2/problems/streaming-connection"}  # fmt: skip


def read(*records: Json) -> Read:
    return read_back({"7.json": b"".join(json.dumps(record).encode() + b"\n" for record in records)})


def reasons(found: Read) -> Counter[tuple[str, str]]:
    return Counter((reject["scope"], reject["reason"]) for reject in found.rejects)


def by_id(found: Read) -> dict[int, Json]:
    """Give each sighting; no tweet is seen twice."""
    rows = {sighting["id"]: sighting for sighting in found.sightings}
    assert len(rows) == len(found.sightings)
    return rows


def counts(sighting: Json) -> tuple[Any, ...]:
    return tuple(sighting[f"{name}_count"] for name in ("reply", "retweet", "like", "quote"))
