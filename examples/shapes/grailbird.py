"""Write the archive that Twitter gave to an account's owner from 2012 to 2018: one script a month."""

import json
from collections.abc import Sequence
from typing import Any

from shapes import Tweet, personal, sent

Json = dict[str, Any]

SOURCE = personal.SOURCE
# It has no counts, and does not say what media is.
KEPT = personal.KEPT - {"lang", "retweet_count", "like_count", "media"}
adapt = personal.owned


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    """Write the archive of whoever wrote the first tweet; the scripts lie deep in it, among others."""
    own = [tweet for tweet in tweets if tweet.author_id == tweets[0].author_id]
    months = sorted({f"{tweet.when:%Y_%m}" for tweet in own})
    index = [{"file_name": f"data/js/tweets/{month}.js", "var_name": f"tweets_{month}"} for month in months]
    files = {"data/js/tweet_index.js": b"var tweet_index =  " + json.dumps(index).encode()}
    for month in months:
        items = [item(tweet) for tweet in own if f"{tweet.when:%Y_%m}" == month]
        text = json.dumps(items, indent=2).replace("/", "\\/").replace("<", "\\u003C").replace(">", "\\u003E")
        files[f"data/js/tweets/{month}.js"] = f"Grailbird.data.tweets_{month} = \n {text}".encode()
    return {f"tweets-{own[0].author_handle}.zip": personal.packed(files)}


def item(tweet: Tweet) -> Json:
    """Make a tweet."""
    reply: Json = {}
    if tweet.reply_to_id:
        reply = {"in_reply_to_status_id_str": str(tweet.reply_to_id),
                 "in_reply_to_user_id_str": str(tweet.reply_to_author_id),
                 "in_reply_to_status_id": tweet.reply_to_id,
                 "in_reply_to_screen_name": tweet.reply_to_handle,
                 "in_reply_to_user_id": tweet.reply_to_author_id}  # fmt: skip
    known = personal.entities(tweet)
    media = [{"expanded_url": f"{tweet.link}/photo/1", "media_url_https": url, "id_str": "5"} for url in tweet.photos]
    return {
        "source": '<a href="http://twitter.com" rel="nofollow">Twitter Web Client</a>',
        "entities": {"user_mentions": known["user_mentions"], "media": media, "hashtags": known["hashtags"],
                     "urls": known["urls"]},
        **reply,
        "geo": {},
        "id_str": str(tweet.id),
        "text": sent(tweet),
        "id": tweet.id,
        "created_at": f"{tweet.when:%Y-%m-%d %H:%M:%S} +0000",
        "user": {"name": tweet.author_handle.title(), "screen_name": tweet.author_handle, "protected": False,
                 "id_str": str(tweet.author_id), "id": tweet.author_id, "verified": False},
    }  # fmt: skip
