"""Write "Customer Support on Twitter": texts as Twitter sent them, the ids of all answers to a tweet in one cell."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

from shapes import Tweet, classic, sent

SOURCE = "mapped"
KEPT = frozenset({"id", "created_at", "author_id", "text", "reply_prefix", "reply_to_id"})
HEADER = ("tweet_id", "author_id", "inbound", "created_at", "text", "response_tweet_id", "in_response_to_tweet_id")


def adapt(tweet: Tweet) -> Tweet:
    """Leave out the links: the table does not tell where its t.co links lead."""
    return replace(tweet, urls=())


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    answers: dict[int, list[str]] = {}
    for tweet in tweets:
        if tweet.reply_to_id is not None:
            answers.setdefault(tweet.reply_to_id, []).append(str(tweet.id))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for one in tweets:
        answered_by = ",".join(answers.get(one.id, ()))
        writer.writerow((one.id, one.author_id, True, classic(one), sent(one), answered_by, one.reply_to_id))
    return {"twcs.csv": out.getvalue().encode()}
