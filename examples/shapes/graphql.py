"""Write a page as the web app gets it for a conversation, and as `twscrape --raw` prints it: on one line."""

import json
from collections.abc import Sequence
from typing import Any

from shapes import Tweet, classic, sent, short
from shapes.snscrape import CLIENT

SOURCE = "graphql"
KEPT = frozenset({
    "id", "created_at", "author_id", "author_handle", "text", "reply_prefix", "lang", "reply_to_id",
    "reply_to_author_id", "quoted_id", "conversation_id", "reply_count", "retweet_count", "like_count", "quote_count",
    "urls", "hashtags", "media",
})  # fmt: skip


def user(tweet: Tweet) -> dict[str, Any]:
    return {
        "__typename": "User",
        "core": {
            "created_at": "Thu Jan 02 03:04:05 +0000 2020",
            "name": tweet.author_handle.title(),
            "screen_name": tweet.author_handle,
        },
        "is_blue_verified": False,
        "relationship_counts": {"followers": 5, "following": 5},
        "rest_id": str(tweet.author_id),
        "verification": {"verified": False},
    }


def result(tweet: Tweet) -> dict[str, Any]:
    quoted = {"quoted_status_result": {"result": result(tweet.quoted)}} if tweet.quoted else {}
    return {
        "__typename": "Tweet",
        "core": {"user_results": {"result": user(tweet)}},
        "edit_control": {
            "edit_tweet_ids": [str(tweet.id)],
            "editable_until_msecs": str(tweet.created_at + 3_600_000),
            "edits_remaining": "5",
            "is_edit_eligible": False,
        },
        "legacy": legacy(tweet),
        **quoted,
        "rest_id": str(tweet.id),
        "source": CLIENT,
        "views": {"count": "100", "state": "EnabledWithCount"},
    }


def legacy(tweet: Tweet) -> dict[str, Any]:
    text, name = sent(tweet), tweet.reply_to_handle
    author = str(tweet.reply_to_author_id)
    replies, retweets, likes, quotes = tweet.counts
    media = {"media": [photo(tweet, url) for url in tweet.photos]} if tweet.photos else {}
    return {
        "bookmark_count": 0,
        "conversation_id_str": str(tweet.conversation_id),
        "created_at": classic(tweet),
        "display_text_range": [len(tweet.reply_prefix) + 1 if tweet.reply_prefix else 0, len(text)],
        "entities": {
            **media,
            "hashtags": [{"indices": [0, 1], "text": tag} for tag in tweet.hashtags],
            "symbols": [],
            "urls": [
                {"display_url": url[8:30], "expanded_url": url, "indices": [0, 1], "url": short(url)}
                for url in tweet.urls
            ],
            "user_mentions": [{"id_str": author, "indices": [0, 1], "name": name, "screen_name": name}] if name else [],
        },
        **({"extended_entities": media} if media else {}),
        "favorite_count": likes,
        "full_text": text,
        "id_str": str(tweet.id),
        **({"in_reply_to_screen_name": name} if name else {}),
        **({"in_reply_to_status_id_str": str(tweet.reply_to_id)} if tweet.reply_to_id else {}),
        **({"in_reply_to_user_id_str": author} if tweet.reply_to_id else {}),
        "is_quote_status": tweet.quoted is not None,
        "lang": tweet.lang,
        "quote_count": quotes,
        **({"quoted_status_id_str": str(tweet.quoted.id)} if tweet.quoted else {}),
        "reply_count": replies,
        "retweet_count": retweets,
        "user_id_str": str(tweet.author_id),
    }


def photo(tweet: Tweet, url: str) -> dict[str, Any]:
    return {
        "display_url": "pic.x.com/abc",
        "expanded_url": f"{tweet.link}/photo/1",
        "indices": [0, 1],
        "media_url_https": url,
        "type": "photo",
        "url": short(url),
    }


def item(tweet: Tweet) -> dict[str, Any]:
    return {"__typename": "TimelineTweet", "itemType": "TimelineTweet", "tweet_results": {"result": result(tweet)}}


def entry(tweet: Tweet) -> dict[str, Any]:
    """Give the first tweet as an item of its own, an answer as a thread of one."""
    if tweet.reply_to_id is None:
        content = {
            "__typename": "TimelineTimelineItem",
            "entryType": "TimelineTimelineItem",
            "itemContent": item(tweet),
        }
        return {"content": content, "entryId": f"tweet-{tweet.id}", "sortIndex": str(tweet.id)}
    name = f"conversationthread-{tweet.id}"
    module = {
        "__typename": "TimelineTimelineModule",
        "entryType": "TimelineTimelineModule",
        "items": [{"entryId": f"{name}-tweet-{tweet.id}", "item": {"itemContent": item(tweet)}}],
    }
    return {"content": module, "entryId": name, "sortIndex": str(tweet.id)}


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    instructions = [
        {"type": "TimelineClearCache"},
        {"entries": [entry(tweet) for tweet in tweets], "type": "TimelineAddEntries"},
        {"direction": "Top", "type": "TimelineTerminateTimeline"},
    ]
    page = {"data": {"threaded_conversation_with_injections_v2": {"instructions": instructions}}}
    return {"raw.json": json.dumps(page).encode() + b"\n"}
