"""Answers of the web app (GraphQL) as `twscrape --raw` prints them and people save them: pages of tweets.

A tweet is its status of API v1.1 under `legacy`, with its author under `core` and its long text under `note_tweet`;
since 2026-05 the fields of `legacy` may stand beside it.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from chinwag.mending import fitted
from chinwag.rows import NO_ID, NO_ORIGINAL, Rows
from chinwag.sources._tombstones import notice, tombstone
from chinwag.sources.v1 import Entities, Media, Status, Url, User
from chinwag.texts import client_name, cut_at, expanded, prefix_length, unescaped
from chinwag.values import classic_time, id_time, to_id

T = TypeVar("T", bound=msgspec.Struct)
Json = dict[str, Any]
Record = Json

TERMS = "web"
TWEETS = ("tweet_results", "tweetResult", "tweet_result")  # each holds a `result`, or a list of such
MARKS = frozenset((*TWEETS, "instructions", "__typename"))
DEEPEST = 6  # data.user.result.timeline_v2.timeline.instructions
ENTRY = re.compile(r"tweet-(\d+)$")  # an entry's name ends with the id of its tweet
# Why there is no tweet, where it is told by a word.
REASONS = {
    "Deleted": "delete",
    "BounceDeleted": "delete",
    "Deactivated": "delete",
    "RuleViolation": "delete",
    "Protected": "protected",
    "Suspended": "protected",
}


class Legacy(Status, gc=False):
    """Read a status with what API v1.1 does not tell."""

    rest_id: str | None = None
    conversation_id_str: str | None = None
    user_id_str: str | None = None


class Note(msgspec.Struct, gc=False):
    """Read a long text: it is not escaped, and the reply prefix does not stand in it."""

    text: str | None = None
    entity_set: Entities | None = None


def claims(record: Json) -> bool:
    """Tell an answer, an entry of one or a tweet from v2 answers, whose `data` has an id, and from syndication."""
    data = record.get("data")
    if isinstance(data, dict):
        return "id" not in data and _has_marks(data, DEEPEST)
    if isinstance(record.get("content"), dict):
        return "entryId" in record
    if any(isinstance(record.get(key), dict) for key in TWEETS):
        return True
    return "id_str" not in record and _is_tweet(record)


def read(record: Record, number: int, rows: Rows) -> bool:
    """Add what a page holds; each tweet on it counts as a record of its own."""
    if not claims(record):
        return False
    found = [(None, record)] if _is_tweet(record) else list(_results(record))
    rows.counts["lines"] += max(len(found) - 1, 0)
    rows.counts["notices"] += not found  # a page of users, or the end of a search
    for entry_id, result in found:
        _result(result, entry_id, number, rows)
    return True


def _has_marks(value: Json, depth: int) -> bool:
    return not MARKS.isdisjoint(value) or any(
        _has_marks(inner, depth - 1) for inner in value.values() if depth and isinstance(inner, dict)
    )


def _is_tweet(value: Json) -> bool:
    """Tell a tweet, with or without what limits its visibility."""
    inner = value.get("tweet", value)
    return isinstance(inner, dict) and "rest_id" in inner and isinstance(_at(inner, "core", "user_results"), dict)


def _results(page: Json) -> Iterator[tuple[int | None, Json]]:
    """Give what stands for each tweet of a page, in their order, with the id in its entry's name.

    The page is walked whole: what is above the tweets differs by what was asked for, and has changed over the years.
    """
    left: list[tuple[int | None, object]] = [(None, page)]
    while left:
        entry_id, value = left.pop()
        if isinstance(value, list):
            left.extend((entry_id, item) for item in reversed(value))
        elif isinstance(value, dict):
            name = value.get("entryId")
            if isinstance(name, str):
                entry_id = to_id(ended[1]) if (ended := ENTRY.search(name)) else None
            inner: list[tuple[int | None, object]] = []
            for key, below in value.items():
                if key in TWEETS:
                    for item in below if isinstance(below, list) else [below]:
                        yield entry_id, _at(item, "result") or {}
                else:
                    inner.append((entry_id, below))
            left.extend(reversed(inner))


def _at(value: object, *path: str) -> Any:
    """Follow a path of names; None where it ends early."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _result(result: Json, entry_id: int | None, number: int, rows: Rows) -> None:
    """Add a tweet, or what stands in place of one."""
    tweet = _tweet(result)
    if tweet is None:
        rows.counts["notices"] += 1
        _absent(result, entry_id, number, rows)
        return
    status = _status(tweet, number, rows)
    tweet_id = to_id(status.rest_id, status.id_str)
    if tweet_id is None or status.full_text is None:
        rows.reject(number, "no text" if tweet_id else NO_ID)
        return
    rows.counts["tweets"] += 1
    repeated = _at(tweet, "retweeted_status_result") or _at(tweet, "legacy", "retweeted_status_result")
    if repeated is None:
        _sighting(tweet, status, tweet_id, "own", number, rows)
    elif (original := _tweet(_at(repeated, "result"))) is None:
        rows.field(number, NO_ORIGINAL)
        return
    else:
        _embedded(original, "retweeted", number, rows)
        tweet = original
    while (quoted := _at(tweet, "quoted_status_result", "result")) is not None:
        if (inner := _tweet(quoted)) is None:
            _absent(quoted, to_id(_at(tweet, "legacy", "quoted_status_id_str")), number, rows)
            return
        _embedded(inner, "quoted", number, rows)
        tweet = inner


def _tweet(result: object) -> Json | None:
    """Give the tweet in a result, with or without what limits its visibility; None where there is none."""
    if not isinstance(result, dict):
        return None
    inner = result.get("tweet") if result.get("__typename") == "TweetWithVisibilityResults" else result
    return inner if isinstance(inner, dict) and "rest_id" in inner else None


def _absent(result: Json, tweet_id: int | None, number: int, rows: Rows) -> None:
    """Add what is told of a tweet that is not there."""
    kind = notice(_at(result, "tombstone", "text", "text")) or REASONS.get(_at(result, "reason"))
    tombstone(kind, tweet_id, number, rows)


def _embedded(tweet: Json, seen_as: str, number: int, rows: Rows) -> None:
    status = _status(tweet, number, rows)
    tweet_id = to_id(status.rest_id, status.id_str)
    if tweet_id is None or status.full_text is None:
        rows.field(number, f"{seen_as} tweet: {'no text' if tweet_id else NO_ID}")
        return
    _sighting(tweet, status, tweet_id, seen_as, number, rows)


def _made(value: Json, kind: type[T], number: int, rows: Rows) -> T:
    """Make a Struct of a dict; what cannot be used is left out and counted."""
    return fitted(value, kind, lambda problem: rows.field(number, problem))


def _status(tweet: Json, number: int, rows: Rows) -> Legacy:
    legacy = tweet.get("legacy")
    beside = {name: value for name, value in tweet.items() if value is not None}
    return _made({**legacy, **beside} if isinstance(legacy, dict) else beside, Legacy, number, rows)


def _author(tweet: Json, status: Legacy, number: int, rows: Rows) -> User:
    """Give the author, whose fields left `legacy` in 2025 and 2026; of one who is gone only the id is told."""
    account = _at(tweet, "core", "user_results", "result")
    fields = {
        "followers_count": _at(account, "relationship_counts", "followers"),
        "verified": _at(account, "verification", "verified"),
        **(_at(account, "legacy") or {}),
        **(_at(account, "core") or {}),
        "id_str": _at(account, "rest_id") or status.user_id_str,
    }
    return _made(fields, User, number, rows)


def _sighting(tweet: Json, status: Legacy, tweet_id: int, seen_as: str, number: int, rows: Rows) -> None:
    author = _author(tweet, status, number, rows)
    note = _made(_at(tweet, "note_tweet", "note_tweet_results", "result") or {}, Note, number, rows)
    short = status.entities or Entities()
    entities = note.entity_set or short if note.text is not None else short
    media = (status.extended_entities.media if status.extended_entities else short.media) or []
    prefix, text = cut_at(status.full_text or "", _start(status, short))
    written_at = id_time(tweet_id)
    _edits(tweet, rows)
    rows.sighting(
        number,
        id=tweet_id,
        created_at=classic_time(status.created_at) if written_at is None else written_at,
        author_id=to_id(author.id_str),
        author_handle=author.screen_name,
        author_followers=author.followers_count,
        author_verified=author.verified,
        text=expanded(unescaped(text) if note.text is None else note.text, _links(entities.urls, media)),
        reply_prefix=prefix,
        lang=status.lang,
        reply_to_id=to_id(status.in_reply_to_status_id_str),
        reply_to_author_id=to_id(status.in_reply_to_user_id_str),
        quoted_id=to_id(status.quoted_status_id_str),
        conversation_id=to_id(status.conversation_id_str),
        counts=(status.reply_count, status.retweet_count, status.favorite_count, status.quote_count),
        possibly_sensitive=status.possibly_sensitive,
        client=client_name(status.source),
        urls=[link for url in entities.urls or () if (link := url.expanded_url or url.url)] or None,
        hashtags=[tag.text for tag in entities.hashtags or () if tag.text] or None,
        media=[(item.type, item.media_url_https, item.ext_alt_text) for item in media] or None,
        seen_as=seen_as,
    )


def _start(status: Legacy, entities: Entities) -> int:
    """Give where the text begins behind the reply prefix, as API v1.1 counts: in code points of the escaped text."""
    shown, text = status.display_text_range, status.full_text or ""
    if shown and 0 <= shown[0] <= len(text):
        return shown[0]
    if status.in_reply_to_status_id_str is None:
        return 0
    named = [mention.screen_name for mention in entities.user_mentions or () if mention.screen_name]
    return prefix_length(text, [*named, status.in_reply_to_screen_name or ""])


def _links(urls: list[Url] | None, media: list[Media]) -> dict[str, str]:
    """Map each t.co link to the address it leads to."""
    return {link.url: link.expanded_url for link in (*media, *(urls or ())) if link.url and link.expanded_url}


def _edits(tweet: Json, rows: Rows) -> None:
    control = _at(tweet, "edit_control")
    versions = _at(_at(control, "edit_control_initial") or control, "edit_tweet_ids")
    ids = sorted(filter(None, map(to_id, versions if isinstance(versions, list) else ())))
    for later in ids[1:]:
        rows.edit(later, ids[0])
