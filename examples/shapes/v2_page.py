"""Write pages of API v2: as twarc 2 saves them, a page a line, and a bare answer that speaks of posts."""

import json
from collections.abc import Sequence
from typing import Any

from shapes import Tweet, v2_stream

Json = dict[str, Any]

SOURCE = v2_stream.SOURCE
KEPT = v2_stream.KEPT | {"reply_count", "retweet_count", "like_count", "quote_count"}
TWARC = {
    "url": "https://api.twitter.com/2/tweets/search/all?expansions=author_id&tweet.fields=text&query=tea",
    "version": "2.13.0",
    "retrieved_at": "2023-02-01T10:00:00+00:00",
}
POSTS = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "retweet_count": "repost_count",
    "tweets": "posts",
}


def page(tweets: Sequence[Tweet], known: dict[int, Tweet]) -> Json:
    """Make a page: newest first would be usual, but any order occurs."""
    others = {other.id: other for tweet in tweets for other in v2_stream.referenced(tweet, known)}
    ids = sorted(str(tweet.id) for tweet in tweets)
    return {
        "data": [v2_stream.data(tweet, tweet.counts) for tweet in tweets],
        "includes": v2_stream.includes(tweets, list(others.values())),
        "meta": {"newest_id": ids[-1], "oldest_id": ids[0], "result_count": len(ids)},
    }


def of_posts(value: Any) -> Any:
    """Put an answer into the words of 2026-08."""
    if isinstance(value, dict):
        return {POSTS.get(key, key): of_posts(item) for key, item in value.items()}
    return [of_posts(item) for item in value] if isinstance(value, list) else value


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    """Write the first half of the tweets in pages of two, the rest as an answer in the other words."""
    known = {tweet.id: tweet for tweet in tweets}
    half = (len(tweets) + 1) // 2
    pages = [{**page(tweets[at : min(at + 2, half)], known), "__twarc": TWARC} for at in range(0, half, 2)]
    files = {"search.jsonl": "".join(json.dumps(found) + "\n" for found in pages).encode()}
    if tweets[half:]:
        files["posts.json"] = json.dumps(of_posts(page(tweets[half:], known)), indent=1, ensure_ascii=False).encode()
    return files
