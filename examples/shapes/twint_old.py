"""Write JSON lines as twint 2.1.20 does: texts as the web's pages showed them, without prefix and escaping."""

import json
from collections.abc import Sequence
from typing import Any

from shapes import Tweet

SOURCE = "twint"
KEPT = frozenset({
    "id", "created_at", "author_id", "author_handle", "text", "reply_to_author_id", "quoted_id", "conversation_id",
    "reply_count", "retweet_count", "like_count", "urls", "hashtags", "media",
})  # fmt: skip


def row(tweet: Tweet) -> dict[str, Any]:
    replies, retweets, likes, _ = tweet.counts
    shown = " ".join((tweet.body, *(f"{url}\xa0" for url in tweet.urls)))
    return {
        "id": tweet.id,
        "conversation_id": str(tweet.conversation_id),
        "created_at": int(tweet.when.timestamp()) * 1000,
        "date": f"{tweet.when:%Y-%m-%d}",
        "time": f"{tweet.when:%H:%M:%S}",
        "timezone": "UTC",
        "user_id": tweet.author_id,
        "username": tweet.author_handle,
        "name": tweet.author_handle.title(),
        "place": "",
        "tweet": shown.replace("http", " http").replace("pic.twitter", " pic.twitter"),
        "mentions": [tweet.reply_to_handle.lower()] if tweet.reply_to_handle else [],
        "urls": list(tweet.urls),
        "photos": list(tweet.photos),
        "replies_count": replies,
        "retweets_count": retweets,
        "likes_count": likes,
        "hashtags": [f"#{tag}" for tag in tweet.hashtags],
        "cashtags": [],
        "link": tweet.link,
        "retweet": False,
        "quote_url": tweet.quoted.link if tweet.quoted else "",
        "video": 0,
        "near": "",
        "geo": "",
        "source": "",
        "user_rt_id": "",
        "user_rt": "",
        "retweet_id": "",
        "reply_to": addressed(tweet),
        "retweet_date": "",
        "translate": "",
        "trans_src": "",
        "trans_dest": "",
    }


def addressed(tweet: Tweet) -> list[dict[str, str]]:
    """List the accounts that a reply to the tweet would begin with: its author, and whom it answers."""
    names = {tweet.author_id: tweet.author_handle}
    if tweet.reply_to_author_id is not None and tweet.reply_to_handle is not None:
        names.setdefault(tweet.reply_to_author_id, tweet.reply_to_handle)
    return [{"user_id": str(account), "username": name} for account, name in names.items()]


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    return {"tweets.json": "".join(json.dumps(row(tweet), ensure_ascii=False) + "\n" for tweet in tweets).encode()}
