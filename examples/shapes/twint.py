"""Write JSON lines as the last version of twint does, which was never released: texts as the web's API sent them."""

import json
from collections.abc import Sequence
from typing import Any

from shapes import Tweet, sent

SOURCE = "twint"
KEPT = frozenset({
    "id", "created_at", "author_id", "author_handle", "text", "reply_prefix", "lang", "reply_to_author_id", "quoted_id",
    "conversation_id", "reply_count", "retweet_count", "like_count", "urls", "hashtags", "media",
})  # fmt: skip


def row(tweet: Tweet) -> dict[str, Any]:
    replies, retweets, likes, _ = tweet.counts
    text = sent(tweet).replace("http", " http").replace("pic.twitter", " pic.twitter").replace("\n", " ")
    return {
        "id": tweet.id,
        "conversation_id": str(tweet.conversation_id),
        "created_at": f"{tweet.when:%Y-%m-%d %H:%M:%S} UTC",
        "date": f"{tweet.when:%Y-%m-%d}",
        "time": f"{tweet.when:%H:%M:%S}",
        "timezone": "+0000",
        "user_id": tweet.author_id,
        "username": tweet.author_handle,
        "name": tweet.author_handle.title(),
        "place": "",
        "tweet": text,
        "language": tweet.lang,
        "mentions": [],
        "urls": list(tweet.urls),
        "photos": list(tweet.photos),
        "replies_count": replies,
        "retweets_count": retweets,
        "likes_count": likes,
        "hashtags": list(tweet.hashtags),
        "cashtags": [],
        "link": tweet.link,
        "retweet": False,
        "quote_url": tweet.quoted.link if tweet.quoted else "",
        "video": 1 if tweet.photos else 0,
        "thumbnail": tweet.photos[0] if tweet.photos else "",
        "near": "",
        "geo": "",
        "source": "",
        "user_rt_id": "",
        "user_rt": "",
        "retweet_id": "",
        "reply_to": _prefix(tweet),
        "retweet_date": "",
        "translate": "",
        "trans_src": "",
        "trans_dest": "",
    }


def _prefix(tweet: Tweet) -> list[dict[str, str]]:
    """List the accounts that the text begins with."""
    if tweet.reply_to_handle is None:
        return []
    name = tweet.reply_to_handle
    return [{"screen_name": name, "name": name.title(), "id": str(tweet.reply_to_author_id)}]


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    return {"tweets.json": "".join(json.dumps(row(tweet), ensure_ascii=False) + "\n" for tweet in tweets).encode()}
