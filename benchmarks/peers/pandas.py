"""pandas: `read_json` a member, merges, and numpy arrays for the trees."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.peers import COUNTS, EPOCH, GONE_AUTHORS, GONE_TWEETS
from benchmarks.peers.unpacking import names, packed, unpacked

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

NEEDS = ("pandas",)
HOW = {
    "read": "`read_json(lines=True)`, a process a core, a member at a time",
    "assemble": "sorted and `drop_duplicates`; trees by numpy arrays that double their steps",
}


def read(tar: Path, out: Path, cores: int) -> None:
    """Read a tar into Parquet."""
    members = names(tar)
    shares = [set(members[core::cores]) for core in range(cores)]
    with ProcessPoolExecutor(cores, get_context("spawn")) as pool:
        list(pool.map(partial(_share, tar, out), range(cores), shares))


def _share(tar: Path, out: Path, core: int, share: set[str]) -> None:
    for number, (name, data) in enumerate(packed(tar, share)):
        _tweets(unpacked(name, data)).to_parquet(
            out / f"tweets-{core}-{number:06}.parquet", compression="zstd", index=False
        )


def _tweets(lines: bytes) -> "pd.DataFrame":
    """Make rows of a member's lines; ids are taken from strings, as whole columns of numbers become floats."""
    import pandas as pd

    records = pd.read_json(BytesIO(lines), lines=True, dtype=False, convert_dates=False)
    records = records[records["text"].notna() & records["user"].notna()]
    retweeted = pd.DataFrame(_given(records, "retweeted_status"))
    found = [records[~_has(records, "retweeted_status")], retweeted, pd.DataFrame(_given(records, "quoted_status"))]
    if "quoted_status" in retweeted:
        again = records.loc[_has(records, "retweeted_status"), "quoted_status_id_str"].to_numpy()
        held = _has(retweeted, "quoted_status") & ~(retweeted["quoted_status_id_str"] == again)
        found.append(pd.DataFrame(list(retweeted.loc[held, "quoted_status"])))
    rows = pd.concat([_columns(one) for one in found if len(one)], ignore_index=True)
    return rows[rows["id"].notna() & rows["text"].notna()]


def _has(rows: "pd.DataFrame", column: str) -> Any:
    return rows[column].map(lambda one: isinstance(one, dict)).astype(bool)


def _given(rows: "pd.DataFrame", column: str) -> list[dict[str, Any]]:
    return [one for one in rows[column] if isinstance(one, dict)] if column in rows else []


def _columns(rows: "pd.DataFrame") -> "pd.DataFrame":
    import pandas as pd

    def numbers(values: Any) -> Any:
        return pd.array([int(one) if isinstance(one, str) else None for one in values], dtype="Int64")

    ids, users = numbers(rows["id_str"]), list(rows["user"])
    full = [
        more.get("full_text") or text if cut and isinstance(more, dict) else text
        for cut, more, text in zip(
            rows["truncated"], rows.get("extended_tweet", [None] * len(rows)), rows["text"], strict=True
        )
    ]
    made = {
        "id": ids,
        "created_at": pd.to_datetime((ids // (1 << 22)) + EPOCH, unit="ms", utc=True),
        "author_id": numbers(user["id_str"] for user in users),
        "author_handle": [user["screen_name"] for user in users],
        "author_followers": [user["followers_count"] for user in users],
        "text": full,
        "lang": list(rows["lang"]),
        "reply_to_id": numbers(rows["in_reply_to_status_id_str"]),
        "reply_to_author_id": numbers(rows["in_reply_to_user_id_str"]),
        "quoted_id": numbers(rows.get("quoted_status_id_str", [None] * len(rows))),
    }
    counts = {one: list(rows["favorite_count" if one == "like_count" else one]) for one in COUNTS}
    return pd.DataFrame(made | counts)


def assemble(workspace: Path, out: Path, cores: int) -> None:
    """Make tweets, nodes and wanted; pandas uses one core, but for reading Parquet."""
    import numpy as np
    import pandas as pd

    def parts(table: str) -> "pd.DataFrame":
        return pd.read_parquet(workspace / table, dtype_backend="pyarrow")

    deletes, rows = parts("deletes"), parts("sightings")
    gone = deletes.loc[deletes["kind"].isin(GONE_TWEETS), "tweet_id"].dropna()
    authors = deletes.loc[deletes["kind"].isin(GONE_AUTHORS), "author_id"].dropna()
    rows = rows[~rows["id"].isin(gone) & ~rows["author_id"].isin(authors)]
    repeated = rows["id"].duplicated(keep=False)  # only these are merged, as most are seen once
    again = rows[repeated]
    prefix = again["reply_prefix"].str.len().fillna(-1) + 1
    again = again.assign(fullness=again["text"].str.len() + prefix)
    again = again.sort_values(["id", "fullness", "seen_at"], ascending=[True, False, False]).drop(columns="fullness")
    merged = again.groupby("id", sort=True).agg({**dict.fromkeys(COUNTS, "max"), "file_id": "size"})
    best = again.drop_duplicates("id").drop(columns=list(COUNTS)).set_index("id")
    best = best.join(merged.rename(columns={"file_id": "sightings"})).reset_index()
    tweets = pd.concat([rows[~repeated].assign(sightings=1), best], ignore_index=True).sort_values("id")
    tweets.to_parquet(out / "tweets.parquet", compression="zstd", index=False)

    ids = tweets["id"].to_numpy(dtype=np.int64)
    links = {one: tweets[one].fillna(0).to_numpy(dtype=np.int64) for one in ("reply_to_id", "quoted_id")}
    _nodes(ids, *links.values()).to_parquet(out / "nodes.parquet", compression="zstd", index=False)
    unknown = tweets[tweets["reply_to_id"].notna() & (tweets["reply_to_id"] < tweets["id"])]
    unknown = unknown[~unknown["reply_to_id"].isin(ids) & ~unknown["reply_to_id"].isin(gone)]
    wanted = unknown.groupby("reply_to_id").agg(author_id=("reply_to_author_id", "min"), replies=("id", "size"))
    wanted = wanted[~wanted["author_id"].isin(authors)].rename_axis("tweet_id").reset_index()
    wanted = wanted.sort_values(["replies", "tweet_id"], ascending=[False, True])
    wanted.to_parquet(out / "wanted.parquet", compression="zstd", index=False)


def _nodes(ids: "np.ndarray", replies: "np.ndarray", quotes: "np.ndarray") -> "pd.DataFrame":
    """Give the tree of each tweet that answers or is answered; `ids` are sorted."""
    import numpy as np
    import pandas as pd

    places = np.arange(len(ids))
    up = places.copy()
    for links in (quotes, replies):  # a reply's parent goes over that of a quote
        found = np.minimum(np.searchsorted(ids, links), len(ids) - 1)
        known = (ids[found] == links) & (links < ids)
        up[known] = found[known]
    parents, depth = up.copy(), (up != places).astype(np.int64)
    moving = np.flatnonzero(up[up] != up)
    while len(moving):
        depth[moving] += depth[up[moving]]
        up[moving] = up[up[moving]]
        moving = moving[up[up[moving]] != up[moving]]
    answered = np.zeros(len(ids), dtype=bool)
    answered[parents[parents != places]] = True
    shown = answered | (depth > 0)
    above = pd.array(ids[parents[shown]], dtype="Int64")
    above[depth[shown] == 0] = pd.NA
    nodes = {"tweet_id": ids[shown], "root_id": ids[up[shown]], "parent_id": above, "depth": depth[shown]}
    return pd.DataFrame(nodes).sort_values(["root_id", "depth", "tweet_id"])
