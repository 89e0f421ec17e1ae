"""Write a Parquet table of somebody's own making: numbers as numbers, times as times, null where there is nothing."""

import html
import io
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from shapes import Tweet, mapped_csv

SOURCE = "mapped"
KEPT = mapped_csv.KEPT
COLUMNS = {
    "id": "id",
    "created_at": "time",
    "author_id": "writer.id",
    "author_handle": "writer.name",
    "text": "text",
    "lang": "lang",
    "reply_to_id": "parent",
    "reply_to_author_id": "parent_user",
    "quoted_id": "quoted",
    "conversation_id": "root",
    "reply_count": "counts.replies",
    "retweet_count": "counts.retweets",
    "like_count": "counts.likes",
    "quote_count": "counts.quotes",
}
SCHEMA = pa.schema(
    {
        "id": pa.int64(),
        "time": pa.timestamp("ns", "UTC"),
        "writer": pa.struct({"id": pa.int64(), "name": pa.string()}),
        "text": pa.large_string(),
        "lang": pa.dictionary(pa.int32(), pa.string()),
        "parent": pa.int64(),
        "parent_user": pa.int64(),
        "quoted": pa.int64(),
        "root": pa.int64(),
        "counts": pa.struct(dict.fromkeys(("replies", "retweets", "likes", "quotes"), pa.int32())),
    }
)


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([row(tweet) for tweet in tweets], schema=SCHEMA), out, compression="zstd")
    return {"tweets.parquet": out.getvalue()}


def row(tweet: Tweet) -> dict[str, object]:
    return {
        "id": tweet.id,
        "time": tweet.when,
        "writer": {"id": tweet.author_id, "name": tweet.author_handle},
        "text": html.escape(tweet.text, quote=False),
        "lang": tweet.lang,
        "parent": tweet.reply_to_id,
        "parent_user": tweet.reply_to_author_id,
        "quoted": tweet.quoted.id if tweet.quoted else None,
        "root": tweet.conversation_id,
        "counts": dict(zip(("replies", "retweets", "likes", "quotes"), tweet.counts, strict=True)),
    }
