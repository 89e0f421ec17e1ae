"""Write answers about single tweets as the embedded tweets of other sites are made of them, one a line."""

import json
from collections.abc import Sequence
from typing import Any

from shapes import Tweet, sent, short

SOURCE = "syndication"
KEPT = frozenset({
    "id", "created_at", "author_id", "author_handle", "text", "reply_prefix", "lang", "reply_to_id",
    "reply_to_author_id", "quoted_id", "like_count", "urls", "hashtags", "media",
})  # fmt: skip


def answer(tweet: Tweet, parent: Tweet | None) -> dict[str, Any]:
    replied_to = {
        "in_reply_to_screen_name": tweet.reply_to_handle,
        "in_reply_to_status_id_str": str(tweet.reply_to_id),
        "in_reply_to_user_id_str": str(tweet.reply_to_author_id),
    }
    return {
        "__typename": "Tweet",
        **(replied_to if tweet.reply_to_id else {}),
        "lang": tweet.lang,
        "favorite_count": tweet.counts[2],
        **_body(tweet),
        "conversation_count": tweet.counts[0],
        "news_action_type": "conversation",
        **({"quoted_tweet": inner(tweet.quoted)} if tweet.quoted else {}),
        **({"parent": inner(parent)} if parent else {}),
        "isEdited": False,
        "isStaleEdit": False,
    }


def inner(tweet: Tweet) -> dict[str, Any]:
    """Give a parent or a quoted tweet; what it answers is not told."""
    replies, retweets, likes, _ = tweet.counts
    counts = {"reply_count": replies, "retweet_count": retweets, "favorite_count": likes}
    return {"lang": tweet.lang, **counts, **_body(tweet), "isEdited": False, "isStaleEdit": False}


def _body(tweet: Tweet) -> dict[str, Any]:
    text = sent(tweet)
    start = len(tweet.reply_prefix) + 1 if tweet.reply_prefix else 0
    return {
        "possibly_sensitive": False,
        "created_at": f"{tweet.when:%Y-%m-%dT%H:%M:%S}.000Z",
        "display_text_range": [start, len(text)],
        "entities": {
            "hashtags": [{"indices": [0, 1], "text": tag} for tag in tweet.hashtags],
            "urls": [_link(url) for url in tweet.urls],
            "user_mentions": _mentions(tweet),
            "symbols": [],
        },
        "id_str": str(tweet.id),
        "text": text,
        "user": {
            "id_str": str(tweet.author_id),
            "name": tweet.author_handle.title(),
            "profile_image_url_https": "https://pbs.twimg.com/profile_images/1/a_normal.jpg",
            "screen_name": tweet.author_handle,
            "verified": False,
            "is_blue_verified": False,
            "profile_image_shape": "Circle",
        },
        "edit_control": {
            "edit_tweet_ids": [str(tweet.id)],
            "editable_until_msecs": str(tweet.created_at + 3_600_000),
            "is_edit_eligible": True,
            "edits_remaining": "5",
        },
        **({"mediaDetails": [_photo(tweet, url) for url in tweet.photos]} if tweet.photos else {}),
    }


def _link(url: str) -> dict[str, Any]:
    return {"display_url": url[:26], "expanded_url": url, "indices": [0, 1], "url": short(url)}


def _mentions(tweet: Tweet) -> list[dict[str, Any]]:
    name = tweet.reply_to_handle
    if name is None:
        return []
    return [{"id_str": str(tweet.reply_to_author_id), "indices": [0, len(name) + 1], "name": name, "screen_name": name}]


def _photo(tweet: Tweet, url: str) -> dict[str, Any]:
    return {
        "display_url": "pic.x.com/abc",
        "expanded_url": f"{tweet.link}/photo/1",
        "ext_media_availability": {"status": "Available"},
        "indices": [0, 1],
        "media_url_https": url,
        "original_info": {"height": 1, "width": 1, "focus_rects": []},
        "sizes": {"thumb": {"h": 150, "resize": "crop", "w": 150}},
        "type": "photo",
        "url": short(url),
    }


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    by_id = {tweet.id: tweet for tweet in tweets}
    answers = [answer(tweet, by_id.get(tweet.reply_to_id or 0)) for tweet in tweets]
    return {"answers.jsonl": "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in answers).encode()}
