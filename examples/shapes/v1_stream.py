"""Write the sampled stream of API v1.1 as archive.org keeps it: long texts stand apart, counts are all 0."""

import bz2
import json
from collections.abc import Sequence
from typing import Any

from shapes import Tweet, v1_rest
from shapes.v1_rest import status as whole

SOURCE = "v1"
KEPT = v1_rest.KEPT - {"retweet_count", "like_count"}
SHORT = 140  # code points that fit in `text`
ZEROS = dict.fromkeys(("quote_count", "reply_count", "retweet_count", "favorite_count"), 0)


def status(tweet: Tweet) -> dict[str, Any]:
    record = whole(tweet)
    text, shown = record.pop("full_text"), record.pop("display_text_range")
    record["text"] = text
    if len(text) > SHORT:
        names = ("entities", "extended_entities")
        full = {
            "full_text": text,
            "display_text_range": shown,
            **{name: record[name] for name in names if name in record},
        }
        cut = {"text": f"{text[: SHORT - 20]}… https://t.co/more", "truncated": True, "extended_tweet": full}
        record = {name: value for name, value in record.items() if name != "extended_entities"} | cut
    if tweet.quoted:
        record["quoted_status"] = status(tweet.quoted)
    return record | ZEROS | {"filter_level": "low", "timestamp_ms": str(tweet.created_at)}


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    lines = b"".join(json.dumps(status(tweet)).encode() + b"\r\n" for tweet in tweets)
    return {"29.json.bz2": bz2.compress(lines)}
