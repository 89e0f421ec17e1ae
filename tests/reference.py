"""Assemble trees in plain Python: what the SELECTs are held against."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from chinwag.tables import TABLES, schema
from chinwag.values import FIRST_NAME, FIRST_SNOWFLAKE, id_time

Row = dict[str, Any]
World = dict[str, list[Row]]

COUNTS = ("author_followers", "reply_count", "retweet_count", "like_count", "quote_count")
LINKS = ("reply_to_id", "reply_to_rounded", "reply_to_author_id", "quoted_id", "conversation_id")
TWEET_GONE = ("delete", "protected", "status_withheld")
AUTHOR_GONE = ("user_withheld", "user_delete", "user_protect", "user_suspend")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parquet(path: Path, rows: Sequence[Row], wanted: pa.Schema) -> Path:
    """Write rows, in which a missing column is null, as one part."""
    pq.write_table(pa.Table.from_pylist([{name: row.get(name) for name in wanted.names} for row in rows], wanted), path)
    return path


def assemble(
    sightings: Iterable[Row], deletes: Sequence[Row], edits: Iterable[Row] = (), *, quotes: bool = True
) -> World:
    """Make every table that is kept."""
    versions = {one["tweet_id"]: one["initial_id"] for one in sorted(edits, key=lambda one: -one["initial_id"])}

    def first(tweet_id: Any) -> Any:
        return versions.get(tweet_id, tweet_id)

    sightings = list(sightings)
    deleted = {first(tweet_id) for tweet_id in _deleted(sightings, deletes)}
    withheld = _withheld(sightings, deletes)
    seen = defaultdict(list)
    for sighting in sightings:
        seen[first(sighting["id"])].append(sighting)
    merged = (_merge(seen[tweet_id], tweet_id, first) for tweet_id in sorted(seen))
    tweets = {one["id"]: one for one in merged if one["id"] not in deleted and one["author_id"] not in withheld}
    edges = sorted(_edges(tweets, quotes), key=lambda edge: (edge["child_id"], edge["kind"]))
    nodes = _nodes(edges, tweets)
    conversations = _conversations(tweets, nodes, quotes)
    return {
        "tweets": list(tweets.values()),
        "edges": edges,
        "nodes": sorted(nodes.values(), key=lambda node: (node["root_id"], node["depth"], node["tweet_id"])),
        "conversations": conversations,
        "wanted": _wanted(tweets, nodes, deleted, withheld),
    }


def _deleted(sightings: list[Row], deletes: Sequence[Row]) -> set[int | None]:
    """Give the tweets that are gone themselves, and those of which only their author's name is known, who is gone."""
    names = {_name(one) for one in deletes if one["kind"] in AUTHOR_GONE} - {None}
    unknown = {one["id"] for one in sightings if one["author_id"] is None and _name(one) in names}
    return unknown | {one["tweet_id"] for one in deletes if one["kind"] in TWEET_GONE}


def _withheld(sightings: list[Row], deletes: Sequence[Row]) -> set[int]:
    """Give the authors who are gone: by id, by name, or by the name that one who is gone by id had."""
    about = [one for one in deletes if one["kind"] in AUTHOR_GONE]
    gone = {one["author_id"] for one in about} - {None}
    names = {_name(one) for one in about} - {None}
    theirs = {_name(one) for one in sightings if one["author_id"] in gone} - {None}
    shown = {(one["author_id"], _name(one)) for one in sightings if one["author_id"] is not None}
    return gone | {one for one, name in shown if name in names or (one >= FIRST_NAME and name in theirs)}


def _name(row: Row) -> str | None:
    handle: str | None = row.get("author_handle")
    return handle.lower() if handle else None


def left_out(world: World, *, quotes: bool = True) -> tuple[int, int, int]:
    """Count the links to tweets that are not older, and the rounded ids that were joined and that were not."""
    tweets = {tweet["id"]: tweet for tweet in world["tweets"]}
    links = [(child, tweets[link]) for child in tweets.values() for link, _ in _told(child, quotes) if link in tweets]
    rounded = {one["id"] for one in tweets.values() if one["reply_to_rounded"] is not None}
    joined = sum(edge["kind"] == "inferred" and edge["child_id"] in rounded for edge in world["edges"])
    return sum(_age(parent) >= _age(child) for child, parent in links), joined, len(rounded) - joined


def _ascending(value: Any) -> tuple[bool, Any]:
    """Give a key that sorts as SQL does: text by its bytes, nulls last."""
    if isinstance(value, list):
        return False, [_ascending(item) for item in value]
    if isinstance(value, dict):
        return False, [_ascending(item) for item in value.values()]
    return value is None, value.encode() if isinstance(value, str) else value or 0


def _merge(seen: list[Row], tweet_id: int, first: Callable[[Any], Any]) -> Row:
    def fullness(one: Row) -> tuple[Any, ...]:
        prefix = one["reply_prefix"]
        newest = one["seen_at"] is None, -one["seen_at"].timestamp() if one["seen_at"] else 0
        verified = one["author_verified"] is None, not one["author_verified"]
        named = [_ascending(one[name]) for name in ("lang", "client", "urls", "hashtags", "media")]
        text = [_ascending(one[name]) for name in ("text", "reply_prefix", "author_handle")]
        return (
            -one["id"],
            -len(one["text"]) - (len(prefix) + 1 if prefix else 0),
            prefix is None,
            newest,
            text,
            verified,
            named,
        )

    def any_of(name: str, choose: Callable[[list[Any]], Any] = min) -> Any:
        return choose([one[name] for one in seen if one[name] is not None] or [None])

    fullest = min(seen, key=fullness)
    best: Row = {**fullest, "id": tweet_id}
    for name in COUNTS:
        dated = [((one["seen_at"] is not None, one["seen_at"]), one[name]) for one in seen if one[name] is not None]
        best[name] = max(dated, key=lambda pair: (pair[0][0], pair[0][1] or 0, pair[1]))[1] if dated else None
    best["created_at"] = min((when for one in seen if (when := _time(one, tweet_id))), default=None)
    best["author_id"] = any_of("author_id")
    for name in LINKS:
        best[name] = any_of(name)
    if best["reply_to_id"] is not None:
        best["reply_to_rounded"] = None
    for name in ("reply_to_id", "quoted_id", "conversation_id"):
        best[name] = first(best[name])
        if best[name] == tweet_id and name != "conversation_id":
            best[name] = None
    for name in ("author_handle", "lang", "client"):
        best[name] = any_of(name) if best[name] is None else best[name]
    best["author_verified"] = (
        any_of("author_verified", max) if best["author_verified"] is None else best["author_verified"]
    )
    best["possibly_sensitive"] = any_of("possibly_sensitive", max)
    best["sightings"] = len(seen)
    best["sources"] = sorted({one["source"] for one in seen})
    best["terms"] = sorted({one["terms"] for one in seen} - {None}) or None
    best["seen_own"] = any(one["seen_as"] == "own" for one in seen)
    return {name: best[name] for name in TABLES["tweets"]}


def _time(one: Row, tweet_id: int) -> datetime | None:
    """Give the time of a sighting; of a later version that in the id of the first."""
    if one["id"] != tweet_id and tweet_id >= FIRST_SNOWFLAKE:
        return EPOCH + timedelta(milliseconds=id_time(tweet_id) or 0)
    when: datetime | None = one["created_at"]
    return when


def _age(tweet: Row) -> tuple[datetime, int]:
    return tweet["created_at"] or EPOCH, tweet["id"]


def _told(tweet: Row, quotes: bool) -> Iterable[tuple[int, str]]:
    """Give the tweets that this one says it is linked to."""
    if tweet["reply_to_id"] is not None:
        yield tweet["reply_to_id"], "reply"
    elif tweet["reply_to_rounded"] is None and tweet["conversation_id"] not in (None, tweet["id"]):
        yield tweet["conversation_id"], "inferred"
    if quotes and tweet["quoted_id"] is not None:
        yield tweet["quoted_id"], "quote"


def _edges(tweets: dict[int, Row], quotes: bool) -> Iterable[Row]:
    floats = defaultdict(list)
    for tweet_id in tweets:
        floats[float(tweet_id)].append(tweet_id)
    for child in tweets.values():
        links = list(_told(child, quotes))
        if child["reply_to_rounded"] is not None:
            found = floats[float(child["reply_to_rounded"])]
            if len(found) == 1 and not _contradict(tweets[found[0]]["author_id"], child["reply_to_author_id"]):
                links.append((found[0], "inferred"))
        for parent_id, kind in links:
            if parent_id in tweets and _age(tweets[parent_id]) < _age(child):
                yield {"child_id": child["id"], "parent_id": parent_id, "kind": kind}


def _contradict(one: int | None, other: int | None) -> bool:
    """Tell whether two ids of authors are of two authors; an id and one that stands for a name may be of the same."""
    return None not in (one, other) and one != other and ((one or 0) < FIRST_NAME) == ((other or 0) < FIRST_NAME)


def _nodes(edges: list[Row], tweets: dict[int, Row]) -> dict[int, Row]:
    ranks = ("quote", "inferred", "reply")
    parents = {edge["child_id"]: edge for edge in sorted(edges, key=lambda edge: ranks.index(edge["kind"]))}
    members = parents.keys() | {edge["parent_id"] for edge in parents.values()}
    nodes: dict[int, Row] = {}
    for tweet_id in sorted(members, key=lambda tweet_id: _age(tweets[tweet_id])):
        edge = parents.get(tweet_id)
        above = nodes[edge["parent_id"]] if edge else {"root_id": tweet_id, "depth": -1}
        nodes[tweet_id] = {
            "tweet_id": tweet_id,
            "root_id": above["root_id"],
            "parent_id": edge["parent_id"] if edge else None,
            "depth": above["depth"] + 1,
            "kind": edge["kind"] if edge else None,
        }
    return nodes


def _conversations(tweets: dict[int, Row], nodes: dict[int, Row], quotes: bool) -> list[Row]:
    trees = defaultdict(list)
    for node in nodes.values():
        trees[node["root_id"]].append(node)
    made = []
    for root_id, tree in sorted(trees.items()):
        root, members = tweets[root_id], [tweets[node["tweet_id"]] for node in tree]
        times = [one["created_at"] for one in members if one["created_at"] is not None]
        made.append(
            {
                "root_id": root_id,
                "tweets": len(tree),
                "authors": len({one["author_id"] for one in members} - {None}),
                "depth": max(node["depth"] for node in tree),
                "started_at": min(times, default=None),
                "ended_at": max(times, default=None),
                "lang": root["lang"],
                "complete": root["reply_to_rounded"] is None and not list(_told(root, quotes)),
            }
        )
    return made


def _wanted(tweets: dict[int, Row], nodes: dict[int, Row], deleted: set[int], withheld: set[int]) -> list[Row]:
    turns: Counter[int] = Counter()
    for node in nodes.values():
        author, above = tweets[node["tweet_id"]]["author_id"], tweets.get(node["parent_id"], {"author_id": None})
        turns[node["root_id"]] += author is None or author != above["author_id"]
    replies = defaultdict(list)
    for tweet in tweets.values():
        for link, _ in _told(tweet, quotes=False):
            if link not in tweets and (link < tweet["id"] or link < FIRST_SNOWFLAKE):
                replies[link].append(tweet)
    made = []
    for tweet_id, children in replies.items():
        told = [one for one in children if one["reply_to_id"] is not None]  # others name the author of another tweet
        authors = [one["reply_to_author_id"] for one in told if one["reply_to_author_id"] is not None]
        own = [one for one in told if None is not one["author_id"] == one["reply_to_author_id"]]
        if tweet_id not in deleted and not (authors and min(authors) in withheld):
            threads = [one["conversation_id"] for one in children if one["conversation_id"] is not None]
            langs = Counter(one["lang"] for one in children if one["lang"] is not None)
            time = id_time(tweet_id)
            made.append(
                {
                    "tweet_id": tweet_id,
                    "created_at": None if time is None else EPOCH + timedelta(milliseconds=time),
                    "author_id": min(authors, default=None),
                    "lang": min(langs, key=lambda lang: (-langs[lang], lang), default=None),
                    "replies": len(children),
                    "unlocks": sum(turns[one["id"]] or 1 for one in children) - len(own),
                    "conversation_id": min(threads, default=None),
                    "obtainable": time is not None and 657 <= time % 1000 <= 666,
                }
            )
    return sorted(made, key=lambda one: one["tweet_id"])


def read(path: Path, table: str) -> list[Row]:
    """Read a part, which must have the table's own schema."""
    found = pq.read_table(path)
    assert found.schema.remove_metadata() == schema(table), found.schema
    rows: list[Row] = found.to_pylist()
    return rows
