"""Twitter API v2: the archive.org stream of 2022-12 and 2023-01, answers and pages, what twarc 2 saved or flattened.

The dialects of tweets and of posts are both read. Tweets in `includes` are sightings of their own, and so are those
that twarc 2 has put in place of a reference. A retweet has no row; it is a sighting of its original.
"""

from typing import Any

import msgspec

from chinwag.rows import Rows
from chinwag.sources._v2_tweets import NO_INCLUDES, Answer, Includes, Tweet, uncounted
from chinwag.values import id_time, iso_time, to_id

TERMS = "x-api"
FLAT = ("author_id", "referenced_tweets", "edit_history_tweet_ids", "referenced_posts", "edit_history_post_ids")
GONE = {
    "resource-not-found": "delete",
    "not-authorized-for-resource": "protected",
    "disallowed-resource": "status_withheld",
}


class Problem(msgspec.Struct, gc=False):
    """Read what an answer could not give."""

    resource_id: str | None = None
    resource_type: str | None = None
    type: str | None = None
    value: str | None = None


class Retrieved(msgspec.Struct, gc=False):
    """Read what twarc 2 notes of an answer."""

    url: str | None = None
    retrieved_at: str | None = None


class Record(Tweet, gc=False):
    """Read an answer, a record of the stream, or a flattened tweet (or user: they come with a pinned tweet)."""

    data: Tweet | list[Tweet] | None = None
    includes: Includes | None = None
    errors: list[Problem] | None = None
    meta: Any = None
    twarc: Retrieved | None = msgspec.field(default=None, name="__twarc")
    pinned_tweet: Tweet | None = None
    title: str | None = None
    detail: str | None = None


def claims(record: dict[str, Any]) -> bool:
    """Tell an answer of API v2, a part of one, or a flattened tweet from all other shapes."""
    if "__twarc" in record:
        return True
    data, errors = record.get("data"), record.get("errors")
    if isinstance(data, dict):
        return "id" in data
    if isinstance(data, list):
        return "includes" in record or _is_found(record.get("meta")) or _is_tweet(data[0] if data else None)
    if isinstance(errors, list):
        return bool(errors) and isinstance(errors[0], dict) and "title" in errors[0]
    if "detail" in record and "title" in record:
        return "/problems/" in str(record.get("type")) or record.get("type") == "about:blank"
    flat = _is_tweet(record) and any(key in record for key in FLAT) and not any("." in key for key in record)
    return flat or _is_found(record.get("meta"))


def _is_found(meta: object) -> bool:
    """Tell what API v2 says of a search."""
    return isinstance(meta, dict) and ("result_count" in meta or "total_tweet_count" in meta)


def _is_tweet(item: object) -> bool:
    return isinstance(item, dict) and "id" in item and "text" in item


def read(record: Record, number: int, rows: Rows) -> bool:
    """Add what a record holds."""
    items = _items(record)
    if items is None:
        return False
    rows.counts["lines"] += max(len(items) - 1, 0)
    rows.counts["notices"] += not items
    twarc = record.twarc
    streamed = "/stream" in twarc.url if twarc and twarc.url else isinstance(record.data, Tweet)
    # A stream record is made the moment the tweet is, when nobody has replied yet: it says 0 and means unknown.
    fresh = streamed and bool(items) and uncounted(items[0])
    seen_at = iso_time(twarc.retrieved_at) if twarc else None
    if seen_at is None and fresh:
        seen_at = id_time(to_id(items[0].id) or 0)
    includes = record.includes or NO_INCLUDES
    # What twarc has saved of the stream was got through the API, by whoever saved it.
    terms = "stream" if fresh and twarc is None else None
    answer = Answer(number, rows, seen_at, includes, terms)
    for item in items:
        answer.item(item, counted=not fresh)
    for tweet in includes.tweets or includes.posts or ():  # among them are those the answer is about
        answer.embed(tweet, "included")
    if record.pinned_tweet is not None and record.pinned_tweet.id is not None:
        answer.embed(record.pinned_tweet, "included")
    answer.finish()
    for problem in record.errors or ():
        kind = GONE.get((problem.type or "").rpartition("/")[2])
        tweet_id = to_id(problem.resource_id, problem.value)
        if kind and tweet_id and problem.resource_type in ("tweet", "post"):
            rows.delete(kind, tweet_id, None, at=seen_at)
    return True


def _items(record: Record) -> list[Tweet] | None:
    """Give the tweets (or users, lists, counts) that a record is about; None where it is of another shape."""
    data = record.data
    if isinstance(data, Tweet):
        return [data] if data.id is not None else None
    answers = record.includes is not None or record.meta is not None or record.twarc is not None
    if data is not None:
        return data if answers or any(tweet.text is not None for tweet in data) else None
    if record.id is not None:
        return [record] if record.twarc is not None or _is_flat(record) else None
    answers = answers or record.errors is not None or (record.title is not None and record.detail is not None)
    return [] if answers else None


def _is_flat(tweet: Tweet) -> bool:
    return tweet.text is not None and any(getattr(tweet, name) is not None for name in FLAT)
