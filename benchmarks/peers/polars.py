"""polars: `scan_ndjson` with a schema, lazy frames on the streaming engine, and joins that double their steps."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peers import COUNTS, EPOCH, GONE_AUTHORS, GONE_TWEETS
from benchmarks.peers.unpacking import extract

if TYPE_CHECKING:
    import polars as pl

NEEDS = ("polars",)
HOW = {
    "read": "`scan_ndjson`, lazy, schema of the wanted fields; bz2 unpacked into files before, a thread a core",
    "assemble": "lazy, streaming; trees by joins that double their steps, of tweets that still move",
}


def read(tar: Path, out: Path, cores: int) -> None:
    """Read a tar into Parquet."""
    import polars as pl

    fields = {
        "id_str": pl.String,
        "text": pl.String,
        "truncated": pl.Boolean,
        "lang": pl.String,
        "extended_tweet": pl.Struct({"full_text": pl.String}),
        "user": pl.Struct({"id_str": pl.String, "screen_name": pl.String, "followers_count": pl.Int64}),
        "in_reply_to_status_id_str": pl.String,
        "in_reply_to_user_id_str": pl.String,
        "quoted_status_id_str": pl.String,
        "reply_count": pl.Int64,
        "retweet_count": pl.Int64,
        "favorite_count": pl.Int64,
        "quote_count": pl.Int64,
    }
    nested = pl.Struct(fields | {"quoted_status": pl.Struct(fields)})
    schema = fields | {"quoted_status": pl.Struct(fields), "retweeted_status": nested}
    files = extract(tar, out / "members", cores, undo=(".bz2",))
    retweeted = pl.col("retweeted_status").struct
    inner, outer = retweeted.field("quoted_status").struct, pl.col("quoted_status").struct
    own, again = pl.struct(*fields), pl.struct(*(retweeted.field(name) for name in fields))
    other = inner.field("id_str").ne_missing(outer.field("id_str"))
    tweets = (
        pl.scan_ndjson(files, schema=schema)
        .filter(pl.col("user").struct.field("id_str").is_not_null(), pl.col("text").is_not_null())
        .select(
            pl.concat_list(
                pl.when(retweeted.field("id_str").is_null()).then(own).otherwise(again),
                pl.col("quoted_status"),
                pl.when(other).then(retweeted.field("quoted_status")),
            ).alias("one")
        )
        .explode("one")
        .unnest("one")
        .filter(pl.col("id_str").is_not_null(), pl.col("text").is_not_null())
    )
    number = pl.col("id_str").cast(pl.Int64)
    user, full = pl.col("user").struct, pl.col("extended_tweet").struct.field("full_text")
    tweets.select(
        number.alias("id"),
        ((number // (1 << 22)) + EPOCH).cast(pl.Datetime("ms", "UTC")).alias("created_at"),
        user.field("id_str").cast(pl.Int64).alias("author_id"),
        user.field("screen_name").alias("author_handle"),
        user.field("followers_count").alias("author_followers"),
        pl.when(pl.col("truncated")).then(pl.coalesce(full, "text")).otherwise("text").alias("text"),
        "lang",
        pl.col("in_reply_to_status_id_str").cast(pl.Int64).alias("reply_to_id"),
        pl.col("in_reply_to_user_id_str").cast(pl.Int64).alias("reply_to_author_id"),
        pl.col("quoted_status_id_str").cast(pl.Int64).alias("quoted_id"),
        "reply_count",
        "retweet_count",
        pl.col("favorite_count").alias("like_count"),
        "quote_count",
    ).sink_parquet(out / "tweets.parquet", maintain_order=False)
    shutil.rmtree(out / "members")


def assemble(workspace: Path, out: Path, cores: int) -> None:
    """Make tweets, nodes and wanted."""
    import polars as pl

    deletes = pl.scan_parquet(workspace / "deletes" / "*.parquet")
    gone = deletes.filter(pl.col("kind").is_in(GONE_TWEETS)).select("tweet_id").drop_nulls()
    authors = deletes.filter(pl.col("kind").is_in(GONE_AUTHORS)).select("author_id").drop_nulls()
    fullness = pl.col("text").str.len_chars() + pl.coalesce(pl.col("reply_prefix").str.len_chars() + 1, 0)
    sightings = (
        pl.scan_parquet(workspace / "sightings" / "*.parquet")
        .with_row_index("row")
        .join(gone, left_on="id", right_on="tweet_id", how="anti")
        .join(authors, on="author_id", how="anti")
    )
    # Narrow columns choose the rows; only those then come with all their columns.
    best = pl.col("row").sort_by([fullness, pl.col("seen_at")], descending=True).first()
    chosen = sightings.group_by("id").agg(best, pl.len().alias("sightings"), *(pl.col(one).max() for one in COUNTS))
    wide = sightings.drop(*COUNTS).join(chosen.drop("id"), on="row").drop("row").sort("id")
    wide.sink_parquet(out / "tweets.parquet")
    links = ("id", "reply_to_id", "reply_to_author_id", "quoted_id")
    tweets = pl.read_parquet(out / "tweets.parquet", columns=list(links)).lazy()
    _nodes(tweets, out)
    missing = (
        tweets.filter(pl.col("reply_to_id") < pl.col("id"))
        .join(tweets.select("id"), left_on="reply_to_id", right_on="id", how="anti")
        .join(gone, left_on="reply_to_id", right_on="tweet_id", how="anti")
        .group_by(pl.col("reply_to_id").alias("tweet_id"))
        .agg(pl.col("reply_to_author_id").min().alias("author_id"), pl.len().alias("replies"))
        .join(authors, on="author_id", how="anti")
        .sort(["replies", "tweet_id"], descending=[True, False])
    )
    missing.sink_parquet(out / "wanted.parquet")


def _nodes(tweets: "pl.LazyFrame", out: Path) -> None:
    """Write the tree of each tweet that answers or is answered."""
    import polars as pl

    ids = tweets.select("id")
    older = [
        tweets.filter(pl.col(link) < pl.col("id")).join(ids, left_on=link, right_on="id", how="semi").select("id", link)
        for link in ("reply_to_id", "quoted_id")
    ]
    parents = (
        older[0]
        .join(older[1], on="id", how="full", coalesce=True)
        .select("id", pl.coalesce("reply_to_id", "quoted_id"))
    ).collect(engine="streaming")
    parents = parents.rename({"reply_to_id": "parent_id"})
    roots = parents.select(pl.col("parent_id").unique()).join(parents, left_on="parent_id", right_on="id", how="anti")
    steps = moving = parents.select("id", pl.col("parent_id").alias("root_id"), pl.lit(1, pl.Int64).alias("depth"))
    while moving.height:  # what is in `steps` and moves no more has its root
        moving = moving.join(steps, left_on="root_id", right_on="id").select(
            "id", pl.col("root_id_right").alias("root_id"), pl.col("depth") + pl.col("depth_right")
        )
        steps = steps.join(moving, on="id", how="anti").vstack(moving)
    top = roots.select(
        pl.col("parent_id").alias("id"), pl.col("parent_id").alias("root_id"), pl.lit(0, pl.Int64).alias("depth")
    )
    nodes = pl.concat([top, steps]).lazy().join(parents.lazy(), on="id", how="left").rename({"id": "tweet_id"})
    nodes.sort("root_id", "depth", "tweet_id").sink_parquet(out / "nodes.parquet")
