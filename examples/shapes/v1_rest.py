"""Write an answer of API v1.1 in extended mode, one status a line, as twarc 1 saves it."""

import json
from collections.abc import Sequence
from typing import Any

from shapes import Tweet, classic, sent, short

SOURCE = "v1"
KEPT = frozenset({
    "id", "created_at", "author_id", "author_handle", "text", "reply_prefix", "lang", "reply_to_id",
    "reply_to_author_id", "quoted_id", "retweet_count", "like_count", "urls", "hashtags", "media",
})  # fmt: skip


def numbered(name: str, value: int | None) -> dict[str, Any]:
    """Give an id as a number and as text."""
    return {name: value, f"{name}_str": str(value) if value else None}


def user(tweet: Tweet) -> dict[str, Any]:
    return {
        **numbered("id", tweet.author_id),
        "name": tweet.author_handle.title(),
        "screen_name": tweet.author_handle,
        "followers_count": 5,
        "verified": False,
    }


def entities(tweet: Tweet) -> dict[str, Any]:
    name = tweet.reply_to_handle
    mentioned = {"screen_name": name, "name": name, **numbered("id", tweet.reply_to_author_id), "indices": [0, 1]}
    return {
        "hashtags": [{"text": tag, "indices": [0, 1]} for tag in tweet.hashtags],
        "symbols": [],
        "user_mentions": [mentioned] if name else [],
        "urls": [
            {"url": short(url), "expanded_url": url, "display_url": url[8:30], "indices": [0, 1]} for url in tweet.urls
        ],
    }


def media(tweet: Tweet) -> dict[str, Any]:
    if not tweet.photos:
        return {}
    photos = [
        {"url": short(url), "expanded_url": f"{tweet.link}/photo/1", "media_url_https": url, "type": "photo"}
        for url in tweet.photos
    ]
    return {"extended_entities": {"media": photos}}


def status(tweet: Tweet) -> dict[str, Any]:
    text = sent(tweet)
    _, retweets, likes, _ = tweet.counts
    quoted = (
        {**numbered("quoted_status_id", tweet.quoted.id), "quoted_status": status(tweet.quoted)} if tweet.quoted else {}
    )
    return {
        "created_at": classic(tweet),
        **numbered("id", tweet.id),
        "full_text": text,
        "truncated": False,
        "display_text_range": [len(tweet.reply_prefix) + 1 if tweet.reply_prefix else 0, len(text)],
        "entities": entities(tweet),
        **media(tweet),
        "source": '<a href="https://example.org" rel="nofollow">Web App</a>',
        **numbered("in_reply_to_status_id", tweet.reply_to_id),
        **numbered("in_reply_to_user_id", tweet.reply_to_author_id),
        "in_reply_to_screen_name": tweet.reply_to_handle,
        "user": user(tweet),
        "is_quote_status": tweet.quoted is not None,
        **quoted,
        "retweet_count": retweets,
        "favorite_count": likes,
        "lang": tweet.lang,
    }  # fmt: skip


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    return {"tweets.jsonl": b"".join(json.dumps(status(tweet)).encode() + b"\n" for tweet in tweets)}
