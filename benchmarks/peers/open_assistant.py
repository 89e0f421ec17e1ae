"""The way of the first scripts for Open Assistant: a dict a tweet, and a filter of the frame for each node of a tree.

Said again here in our own words, without what those scripts lost; they merged nothing, and read English roots only.
"""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.peers import COUNTS, EPOCH, GONE_AUTHORS, GONE_TWEETS
from benchmarks.peers.unpacking import names, packed, unpacked

NEEDS = ("polars",)
HOW = {
    "read": "`json`, a dict a tweet, lists of them, Parquet; a process a core (the scripts had one)",
    "assemble": "frames in memory; each tree by recursion, a filter of the frame for each node",
}


def read(tar: Path, out: Path, cores: int) -> None:
    """Read a tar into Parquet."""
    members = names(tar)
    shares = [set(members[core::cores]) for core in range(cores)]
    with ProcessPoolExecutor(cores, get_context("spawn")) as pool:
        list(pool.map(partial(_share, tar, out), range(cores), shares))


def _share(tar: Path, out: Path, core: int, share: set[str]) -> None:
    import polars as pl

    kinds = {"text": pl.String, "lang": pl.String, "author_handle": pl.String, "created_at": pl.Datetime("ms", "UTC")}
    for number, (name, data) in enumerate(packed(tar, share)):
        rows = [row for line in unpacked(name, data).splitlines() for row in _rows(json.loads(line))]
        columns = dict.fromkeys(rows[0], pl.Int64) | kinds
        pl.DataFrame(rows, schema=columns).write_parquet(out / f"tweets-{core}-{number:06}.parquet")


def _rows(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not record.get("user") or record.get("text") is None:
        return
    original, quoted = record.get("retweeted_status"), record.get("quoted_status")
    yield _row(original or record)
    if quoted:
        yield _row(quoted)
    inner = original.get("quoted_status") if original else None
    if inner and inner["id_str"] != (quoted or {}).get("id_str"):
        yield _row(inner)


def _row(status: dict[str, Any]) -> dict[str, Any]:
    text = status["text"]
    if status.get("truncated") and status.get("extended_tweet"):
        text = status["extended_tweet"].get("full_text", text)
    return {
        "id": status["id"],
        "created_at": (status["id"] >> 22) + EPOCH,
        "author_id": status["user"]["id"],
        "author_handle": status["user"]["screen_name"],
        "author_followers": status["user"]["followers_count"],
        "text": text,
        "lang": status.get("lang"),
        "reply_to_id": status.get("in_reply_to_status_id"),
        "reply_to_author_id": status.get("in_reply_to_user_id"),
        "quoted_id": status.get("quoted_status_id"),
        **{one: status.get("favorite_count" if one == "like_count" else one) for one in COUNTS},
    }


def assemble(workspace: Path, out: Path, cores: int) -> None:
    """Make tweets, nodes and wanted; how many cores polars uses it decides by itself."""
    import polars as pl

    deletes = pl.read_parquet(workspace / "deletes" / "*.parquet")
    gone = deletes.filter(pl.col("kind").is_in(GONE_TWEETS))["tweet_id"].drop_nulls()
    authors = deletes.filter(pl.col("kind").is_in(GONE_AUTHORS))["author_id"].drop_nulls()
    rows = pl.read_parquet(workspace / "sightings" / "*.parquet")
    rows = rows.filter(~pl.col("id").is_in(gone.implode()), ~pl.col("author_id").is_in(authors.implode()))
    counts = rows.group_by("id").agg(pl.len().alias("sightings"), *(pl.col(one).max() for one in COUNTS))
    fullness = pl.col("text").str.len_chars() + pl.coalesce(pl.col("reply_prefix").str.len_chars() + 1, 0)
    rows = rows.sort(fullness, "seen_at", descending=True).unique("id", keep="first", maintain_order=True)
    tweets = rows.drop(*COUNTS).join(counts, on="id").sort("id")
    tweets.write_parquet(out / "tweets.parquet")

    ids = tweets.select("id")
    reply = pl.col("reply_to_id").is_in(ids["id"].implode()) & (pl.col("reply_to_id") < pl.col("id"))
    quote = pl.col("quoted_id").is_in(ids["id"].implode()) & (pl.col("quoted_id") < pl.col("id"))
    parent = pl.when(reply).then("reply_to_id").when(quote).then("quoted_id").alias("parent_id")
    links = tweets.select("id", parent).drop_nulls()
    roots = links.select(pl.col("parent_id").unique(maintain_order=True)).join(
        links, left_on="parent_id", right_on="id", how="anti"
    )
    sys.setrecursionlimit(1_000_000)  # chains are deeper than Python's own limit
    nodes: list[tuple[int, int, int | None, int]] = []

    def grow(root: int, node: int, above: int | None, depth: int) -> None:
        nodes.append((node, root, above, depth))
        for child in links.filter(pl.col("parent_id") == node)["id"]:
            grow(root, child, node, depth + 1)

    for root in roots["parent_id"]:
        grow(root, root, None, 0)
    columns = dict.fromkeys(("tweet_id", "root_id", "parent_id", "depth"), pl.Int64)
    made = pl.DataFrame(nodes, schema=columns, orient="row").sort("root_id", "depth", "tweet_id")
    made.write_parquet(out / "nodes.parquet")

    unknown = tweets.filter(pl.col("reply_to_id") < pl.col("id"), ~pl.col("reply_to_id").is_in(ids["id"].implode()))
    wanted = (
        unknown.filter(~pl.col("reply_to_id").is_in(gone.implode()))
        .group_by(pl.col("reply_to_id").alias("tweet_id"))
        .agg(pl.col("reply_to_author_id").min().alias("author_id"), pl.len().alias("replies"))
        .filter(~pl.col("author_id").is_in(authors.implode()))
        .sort("replies", "tweet_id", descending=[True, False])
    )
    wanted.write_parquet(out / "wanted.parquet")
