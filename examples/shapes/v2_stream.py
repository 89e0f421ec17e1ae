"""Write the sampled stream of API v2 as the archive of 2022-12 and 2023-01 holds it: one wrapped record a line."""

import html
import json
from collections.abc import Sequence
from typing import Any

from shapes import Tweet, sent, short

Json = dict[str, Any]

SOURCE = "v2"
KEPT = frozenset(
    {"id", "created_at", "author_id", "author_handle", "text", "reply_prefix", "lang", "reply_to_id",
     "reply_to_author_id", "quoted_id", "conversation_id", "urls", "hashtags", "media"}
)  # fmt: skip


def data(tweet: Tweet, counts: tuple[int, int, int, int]) -> Json:
    """Make a tweet; the stream has its keys in the order of the alphabet."""
    replies, retweets, likes, quotes = counts
    references = [{"type": "replied_to", "id": str(tweet.reply_to_id)}] if tweet.reply_to_id else []
    if tweet.quoted:
        references.append({"type": "quoted", "id": str(tweet.quoted.id)})
    reply = {"in_reply_to_user_id": str(tweet.reply_to_author_id)} if tweet.reply_to_author_id else {}
    return {
        "attachments": {"media_keys": [item["media_key"] for item in media(tweet)]} if tweet.photos else {},
        "author_id": str(tweet.author_id),
        "conversation_id": str(tweet.conversation_id or tweet.id),
        "created_at": f"{tweet.when:%Y-%m-%dT%H:%M:%S}.000Z",
        "edit_controls": {"edits_remaining": 5, "is_edit_eligible": not reply,
                          "editable_until": f"{tweet.when:%Y-%m-%dT%H:%M:%S}.000Z"},
        "edit_history_tweet_ids": [str(tweet.id)],
        "entities": entities(tweet),
        "geo": {},
        "id": str(tweet.id),
        **reply,
        "lang": tweet.lang,
        "possibly_sensitive": False,
        "public_metrics": {"retweet_count": retweets, "reply_count": replies, "like_count": likes,
                           "quote_count": quotes},
        **({"referenced_tweets": references} if references else {}),
        "reply_settings": "everyone",
        "text": sent(tweet),
    }  # fmt: skip


def entities(tweet: Tweet) -> Json:
    """Make what a text refers to; places count code points of the escaped text."""
    text = sent(tweet)
    end = len(tweet.reply_prefix or "")
    found: Json = {"hashtags": [], "mentions": [], "urls": []}
    for tag in tweet.hashtags:
        start = text.index(f"#{tag}", end)
        end = start + len(tag) + 1
        found["hashtags"].append({"start": start, "end": end, "tag": tag})
    if tweet.reply_prefix:
        mention = {"start": 0, "end": len(tweet.reply_prefix), "username": tweet.reply_to_handle}
        found["mentions"].append({**mention, "id": str(tweet.reply_to_author_id)})
    end = len(text) - len(" ".join(("", *map(short, tweet.urls))))
    for url in tweet.urls:
        link = short(url)
        start = text.index(link, end)
        end = start + len(link)
        shown = url.removeprefix("https://")
        found["urls"].append({"start": start, "end": end, "url": link, "expanded_url": url, "display_url": shown})
    return {name: items for name, items in found.items() if items}


def media(tweet: Tweet) -> list[Json]:
    """Make the photos of a tweet."""
    return [
        {"height": 675, "media_key": f"3_{tweet.id + place}", "type": "photo", "url": url, "width": 1200}
        for place, url in enumerate(tweet.photos)
    ]


def user(tweet: Tweet) -> Json:
    """Make a tweet's author."""
    return {
        "created_at": "2010-01-01T00:00:00.000Z",
        "description": "Tea &amp; cake",
        "entities": {"description": {"mentions": [{"start": 0, "end": 4, "username": "tea"}]}},
        "id": str(tweet.author_id),
        "location": "Here",
        "name": html.escape(tweet.author_handle.title()),
        "profile_image_url": "https://pbs.twimg.com/profile_images/1/a_normal.jpg",
        "protected": False,
        "public_metrics": {"followers_count": 12, "following_count": 34, "tweet_count": 56, "listed_count": 0},
        "username": tweet.author_handle,
        "verified": False,
    }


def includes(tweets: Sequence[Tweet], referenced: Sequence[Tweet]) -> Json:
    """Make what tweets refer to: a user is there once."""
    all_of_them = [*tweets, *referenced]
    found = {
        "media": [item for tweet in all_of_them for item in media(tweet)],
        "users": list({tweet.author_id: user(tweet) for tweet in all_of_them}.values()),
        "tweets": [data(tweet, tweet.counts) for tweet in referenced],
    }
    return {name: items for name, items in found.items() if items}


def referenced(tweet: Tweet, known: dict[int, Tweet]) -> list[Tweet]:
    """Find what a tweet answers and quotes."""
    parent = known.get(tweet.reply_to_id or 0)
    return [other for other in (parent, tweet.quoted) if other is not None]


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    known = {tweet.id: tweet for tweet in tweets}
    lines = []
    for tweet in tweets:
        record = {"data": data(tweet, (0, 0, 0, 0)), "includes": includes([tweet], referenced(tweet, known))}
        record["includes"].setdefault("tweets", []).append(record["data"])  # the history of its edits
        lines.append(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\r\n")
    return {"2023/1/13/0/7.json": "".join(lines).encode()}
