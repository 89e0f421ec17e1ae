"""Write JSON lines as snscrape did from 2020-11 until 2021-05: the conversation is told, what is answered is not."""

import json
from collections.abc import Sequence
from typing import Any

from shapes import Tweet, sent, short
from shapes.snscrape import CLIENT

SOURCE = "snscrape"
KEPT = frozenset({
    "id", "created_at", "author_id", "author_handle", "text", "reply_prefix", "lang", "quoted_id", "conversation_id",
    "reply_count", "retweet_count", "like_count", "quote_count", "urls", "media",
})  # fmt: skip


def user(handle: str, user_id: int, **known: Any) -> dict[str, Any]:
    names = (
        "description", "rawDescription", "descriptionUrls", "verified", "created", "followersCount", "friendsCount",
        "statusesCount", "favouritesCount", "listedCount", "mediaCount", "location", "protected", "linkUrl",
        "linkTcourl", "profileImageUrl", "profileBannerUrl",
    )  # fmt: skip
    return {
        "username": handle,
        "displayname": handle.title(),
        "id": user_id,
        **{name: known.get(name) for name in names},
        "url": f"https://twitter.com/{handle}",
    }


def record(tweet: Tweet) -> dict[str, Any]:
    text, replied_to = sent(tweet), tweet.reply_to_handle
    replies, retweets, likes, quotes = tweet.counts
    return {
        "url": tweet.link,
        "date": tweet.when.isoformat(),
        "content": text,
        "renderedContent": text,
        "id": tweet.id,
        "user": user(tweet.author_handle, tweet.author_id, verified=False, followersCount=5),
        "outlinks": list(tweet.urls),
        "tcooutlinks": [short(url) for url in tweet.urls],
        "replyCount": replies,
        "retweetCount": retweets,
        "likeCount": likes,
        "quoteCount": quotes,
        "conversationId": tweet.conversation_id,
        "lang": tweet.lang,
        "source": CLIENT,
        "sourceUrl": "https://mobile.twitter.com",
        "sourceLabel": "Twitter Web App",
        "media": [photo(url) for url in tweet.photos] or None,
        "retweetedTweet": None,
        "quotedTweet": record(tweet.quoted) if tweet.quoted else None,
        "mentionedUsers": [user(replied_to, tweet.reply_to_author_id or 0)] if replied_to else None,
    }


def photo(url: str) -> dict[str, Any]:
    base, _, kind = url.rpartition(".")
    small, full = (f"{base}?format={kind}&name={size}" for size in ("small", "large"))
    return {"previewUrl": small, "fullUrl": full, "type": "photo"}


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    return {"tweets.jsonl": "".join(json.dumps(record(tweet)) + "\n" for tweet in tweets).encode()}
