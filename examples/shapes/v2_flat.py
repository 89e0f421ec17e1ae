"""Write tweets as `twarc2 flatten` does: a tweet a line, what it refers to put in place."""

import json
from collections.abc import Sequence
from typing import Any

from shapes import Tweet, v2_page, v2_stream

Json = dict[str, Any]

SOURCE, KEPT = v2_page.SOURCE, v2_page.KEPT


def flat(tweet: Tweet, known: dict[int, Tweet]) -> Json:
    """Make a tweet with its author, its media and what it answers in it; what is not known is an empty object."""
    made = v2_stream.data(tweet, tweet.counts)
    if tweet.photos:
        made["attachments"]["media"] = v2_stream.media(tweet)
    others = {str(other.id): other for other in v2_stream.referenced(tweet, known)}
    if "referenced_tweets" in made:
        made["referenced_tweets"] = [
            {**reference, **(flat(others[reference["id"]], known) if reference["id"] in others else {})}
            for reference in made["referenced_tweets"]
        ]
    made["author"] = v2_stream.user(tweet)
    if "in_reply_to_user_id" in made:
        parent = known.get(tweet.reply_to_id or 0)
        made["in_reply_to_user"] = v2_stream.user(parent) if parent else {}
    return made


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    known = {tweet.id: tweet for tweet in tweets}
    lines = (json.dumps({**flat(tweet, known), "__twarc": v2_page.TWARC}) + "\n" for tweet in tweets)
    return {"flat.jsonl": "".join(lines).encode()}
