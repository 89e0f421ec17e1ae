"""Write REST answers as the Community Archive gives them: rows of `tweets` and of `enriched_tweets`."""

import json
from collections.abc import Sequence
from typing import Any

from shapes import Tweet, sent

SOURCE = "community"
KEPT = frozenset({
    "id", "created_at", "author_id", "author_handle", "text", "reply_prefix", "reply_to_id", "reply_to_author_id",
    "quoted_id", "conversation_id", "retweet_count", "like_count",
})  # fmt: skip


def adapt(tweet: Tweet) -> Tweet:
    """Leave out what is in other tables."""
    return Tweet(**{**vars(tweet), "urls": ()})


def basic(tweet: Tweet) -> dict[str, Any]:
    """Give a row of `tweets`."""
    return {
        "tweet_id": str(tweet.id),
        "account_id": str(tweet.author_id),
        "created_at": f"{tweet.when:%Y-%m-%dT%H:%M:%S}+00:00",
        "full_text": sent(tweet),
        "retweet_count": tweet.counts[1],
        "favorite_count": tweet.counts[2],
        "reply_to_tweet_id": _text(tweet.reply_to_id),
        "reply_to_user_id": _text(tweet.reply_to_author_id),
        "reply_to_username": tweet.reply_to_handle,
        "archive_upload_id": 7,
        "is_tombstone": False,
        "fts": "'a':1",
        "updated_at": "2025-01-01T00:00:00.123456+00:00",
    }


def row(tweet: Tweet) -> dict[str, Any]:
    """Give a row of `enriched_tweets`."""
    first = basic(tweet)
    return {
        "tweet_id": first["tweet_id"],
        "account_id": first["account_id"],
        "username": tweet.author_handle,
        "account_display_name": tweet.author_handle.title(),
        "created_at": first["created_at"],
        "full_text": first["full_text"],
        "retweet_count": first["retweet_count"],
        "favorite_count": first["favorite_count"],
        "reply_to_tweet_id": first["reply_to_tweet_id"],
        "reply_to_user_id": first["reply_to_user_id"],
        "reply_to_username": first["reply_to_username"],
        "quoted_tweet_id": _text(tweet.quoted.id if tweet.quoted else None),
        "conversation_id": _text(tweet.conversation_id),
        "avatar_media_url": "https://pbs.twimg.com/profile_images/1/a_normal.jpg",
        "archive_upload_id": 7,
    }


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    return {"enriched_tweets.json": json.dumps([row(tweet) for tweet in tweets], ensure_ascii=False).encode()}
