"""Write rows of the Community Archive's `enriched_tweets` as Parquet."""

import io
from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq

from shapes import Tweet, community

SOURCE, KEPT, adapt = community.SOURCE, community.KEPT, community.adapt

TYPES = {
    "created_at": pa.timestamp("us", tz="UTC"),
    "retweet_count": pa.int32(),
    "favorite_count": pa.int32(),
    "archive_upload_id": pa.int64(),
}


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    rows = [community.row(tweet) for tweet in tweets]
    for row in rows:
        row["created_at"] = datetime.fromisoformat(row["created_at"])
    schema = pa.schema([(name, TYPES.get(name, pa.string())) for name in rows[0]])
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema), file)
    return {"enriched_tweets.parquet": file.getvalue()}
