"""Write JSON lines of somebody's own making: values inside others, text as Twitter sent it, ids as text."""

import html
import json
from collections.abc import Sequence

from shapes import Tweet

SOURCE = "mapped"
KEPT = frozenset({"id", "created_at", "author_id", "author_handle", "text", "reply_prefix", "lang", "reply_to_id"})
COLUMNS = {
    "id": "tweet.id",
    "created_at": "tweet.time",
    "text": "tweet.body",
    "lang": "tweet.lang",
    "author_id": "user.id",
    "author_handle": "user.name",
    "reply_to_id": "parent.id",
    "reply_to_author_id": "parent.user",
}


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    return {"tweets.jsonl": b"".join(json.dumps(record(tweet)).encode() + b"\n" for tweet in tweets)}


def record(tweet: Tweet) -> dict[str, object]:
    text = " ".join((*filter(None, [tweet.reply_prefix]), tweet.text))
    return {
        "tweet": {
            "id": str(tweet.id),
            "time": tweet.created_at // 1000,
            "body": html.escape(text, quote=False),
            "lang": tweet.lang,
        },
        "user": {"id": str(tweet.author_id), "name": tweet.author_handle},
        "parent": {"id": str(tweet.reply_to_id), "user": tweet.reply_to_handle} if tweet.reply_to_id else None,
    }
