"""Write a table as somebody might publish it: CSV that a spreadsheet would show, links whole, mentions cut."""

import csv
import html
import io
from collections.abc import Sequence

from shapes import Tweet

SOURCE = "mapped"
KEPT = frozenset(
    {"id", "created_at", "author_id", "author_handle", "text", "lang", "reply_to_id", "reply_to_author_id", "quoted_id",
     "conversation_id", "reply_count", "retweet_count", "like_count", "quote_count"}
)  # fmt: skip
COLUMNS = {
    "id": "Tweet",
    "created_at": "Date (UTC)",
    "author_id": "User",
    "author_handle": "User name",
    "text": "Text",
    "lang": "Language",
    "reply_to_id": "Answers",
    "reply_to_author_id": "Answers user",
    "quoted_id": "Quotes",
    "conversation_id": "Thread",
    "reply_count": "Replies",
    "retweet_count": "Retweets",
    "like_count": "Likes",
    "quote_count": "Times quoted",
}


def cells(tweet: Tweet) -> tuple[object, ...]:
    return (
        tweet.id,
        tweet.when.isoformat(" ").removesuffix("+00:00"),
        tweet.author_id,
        f"@{tweet.author_handle}",
        html.escape(tweet.text, quote=False),
        tweet.lang,
        tweet.reply_to_id,
        tweet.reply_to_author_id,
        tweet.quoted.id if tweet.quoted else None,
        tweet.conversation_id,
        *tweet.counts,
    )


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS.values())
    writer.writerows(map(cells, tweets))
    return {"tweets.csv": b"\xef\xbb\xbf" + out.getvalue().encode()}
