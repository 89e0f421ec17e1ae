"""Lay out one conversation for its page: a part of its tweets in reading order, with all that is known of each.

The order needs the whole tree, of which only ids and times are read; everything else is read of the part alone.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from zlib import crc32

from chinwag import shelves
from chinwag.card import RULES
from chinwag.trees import Post, Tree, tree
from chinwag.web.index import Index, Row

PART = 500  # tweets a page
DEEPEST = 8  # steps to the right; what lies deeper stays below
HUES = 8  # colours of authors


@dataclass
class Tweet:
    """Hold what the page says of one tweet.

    `place` counts from 1 in reading order. `level` is how far to the right it stands: an only answer stands below what
    it answers, so that a dialogue stays a column; several answers stand one step further.
    """

    post: Post
    row: Row
    place: int
    level: int
    turn: Row | None = None  # its turn, where it is the first tweet of it
    goes_out: bool = False  # whether the turn's text is another than the tweet's
    parent: Row | None = None
    parent_place: int = 0
    drops: list[tuple[str, str]] = field(default_factory=list)  # rules, with their sentences
    counts: str = ""
    hue: int = 0
    quotes: int | None = None  # the tweet it quotes, where that is here and not what it answers

    @property
    def author(self) -> str:
        """Name its author as the workspace does."""
        return named(self.row)

    @property
    def media(self) -> list[tuple[str, str]]:
        """Give its pictures and films, each with its alt text; those of a kind that have none are one line."""
        media = self.row["media"] or []
        told = [(one["kind"] or "media", one["alt"]) for one in media if one["alt"]]
        bare = Counter(one["kind"] or "media" for one in media if not one["alt"])
        told += [(kind if number == 1 else f"{number} {kind}s", "") for kind, number in bare.items()]
        return [(kind.replace("_", " "), alt) for kind, alt in told]

    @property
    def parent_author(self) -> str:
        """Name the author of what it answers."""
        return named(self.parent) if self.parent else ""


@dataclass
class Part:
    """Hold a part of a conversation: the tweets from `start`, counted from 0, and what the whole is."""

    tree: Tree
    row: Row
    start: int
    tweets: list[Tweet]
    places: dict[int, int]  # of every tweet, from 0
    whole: list[tuple[str, str]]
    fallen: list[tuple[str, int, str]]

    @property
    def end(self) -> int:
        """Count the tweets up to the end of the part."""
        return self.start + len(self.tweets)


def named(row: Row) -> str:
    """Name the author of a tweet: by the handle, else by the id, if any is known."""
    if row["author_handle"]:
        return f"@{row['author_handle']}"
    return "author unknown" if row["author_id"] is None else f"author {row['author_id']}"


@cache
def sentence(rule: str) -> str:
    """Say what a rule drops; nothing for one that is not known here, such as a filter of a package that is gone."""
    if rule in RULES:
        return f"{RULES[rule][0].upper()}{RULES[rule][1:]}."
    return shelves.sentence("filters", rule) if rule in shelves.names("filters") else ""


def lay_out(index: Index, root_id: int) -> Tree:
    """Gather a tree with the ids and times of its tweets alone; it has no posts where there is no such root."""
    posts = index.rows("select tweet_id, parent_id, created_at from posts where root_id = ?", [root_id])
    drops = index.rows("select id, level, filter from fallen where root_id = ?", [root_id])
    turns = index.rows("select turn_id, depth, split, tweet_ids from turns where root_id = ?", [root_id])
    return tree(root_id, posts, drops, turns, None)


def part_of(index: Index, root_id: int, start: int = 0, tweet_id: int | None = None) -> Part | None:
    """Give the part of a conversation that begins at a place, or that holds a tweet; None where there is none."""
    found = lay_out(index, root_id)
    places = {post.id: place for place, post in enumerate(found.posts)}
    if tweet_id is not None:
        start = places.get(tweet_id, 0) // PART * PART
    if start >= len(found.posts):
        return None
    shown = found.posts[start : start + PART]
    [row] = index.rows("select * from listed where root_id = ?", [root_id])
    tweets = _tweets(index, root_id, shown, places, _levels(found.posts))
    whole = [(rule, sentence(rule)) for rule in found.drops]
    fallen = [(rule, number, sentence(rule)) for rule, number in found.fallen().items()]
    return Part(found, row, start, tweets, places, whole, fallen)


def _levels(posts: Iterable[Post]) -> dict[int, int]:
    """Say how far to the right each tweet stands."""
    posts = list(posts)
    answers = Counter(post.row["parent_id"] for post in posts)
    levels: dict[int | None, int] = {None: 0}
    for post in posts:
        parent_id = post.row["parent_id"]
        further = parent_id is not None and answers[parent_id] > 1
        levels[post.id] = min(levels[parent_id] + further, DEEPEST)
    return {tweet_id: level for tweet_id, level in levels.items() if tweet_id is not None}


def _tweets(
    index: Index, root_id: int, posts: list[Post], places: dict[int, int], levels: dict[int, int]
) -> list[Tweet]:
    ids = [post.id for post in posts]
    rows = {row["tweet_id"]: row for row in _some(index, "*", root_id, ids)}
    parents = sorted({post.row["parent_id"] for post in posts} - {None})
    named_of = {row["tweet_id"]: row for row in _some(index, "tweet_id, author_id, author_handle", root_id, parents)}
    turns = {
        row["turn_id"]: row
        for row in index.rows(
            "select * from turns where root_id = ? and turn_id in (select unnest(?::bigint[]))", [root_id, ids]
        )
    }
    quoted = _here(index, {row["quoted_id"] for row in rows.values()} - {None})
    made = []
    for post in posts:
        row, turn = rows[post.id], turns.get(post.id)
        tweet = Tweet(post, row, places[post.id] + 1, levels[post.id], turn, parent=named_of.get(row["parent_id"]))
        tweet.parent_place = places.get(row["parent_id"], -1) + 1
        tweet.goes_out = turn is not None and turn["text"] != (row["text"] or "")
        tweet.drops = [(rule, sentence(rule)) for rule in post.drops]
        tweet.counts = counted(row)
        tweet.hue = crc32(named(row).encode(errors="replace")) % HUES
        tweet.quotes = row["quoted_id"] if row["quoted_id"] in quoted and row["quoted_id"] != row["parent_id"] else None
        made.append(tweet)
    return made


def _some(index: Index, columns: str, root_id: int, ids: list[int]) -> list[Row]:
    select = f"select {columns} from posts where root_id = ? and tweet_id in (select unnest(?::bigint[]))"  # noqa: S608
    return index.rows(select, [root_id, ids])


def _here(index: Index, ids: set[Any]) -> set[int]:
    """Give those of some tweets that are in a tree."""
    if not ids:
        return set()
    rows = index.rows("select tweet_id from places where tweet_id in (select unnest(?::bigint[]))", [sorted(ids)])
    return {row["tweet_id"] for row in rows}


def counted(row: Row) -> str:
    """Say how often a tweet was answered, liked and so on; what is not known is said to be so."""
    names = (
        ("like_count", "like"),
        ("retweet_count", "retweet"),
        ("reply_count", "reply"),
        ("quote_count", "quote"),
    )
    plural = {"reply": "replies"}
    told = []
    unknown = []
    for column, name in names:
        many = plural.get(name, f"{name}s")
        if row[column] is None:
            unknown.append(many)
        else:
            told.append(f"{row[column]:,} {name if row[column] == 1 else many}")
    if not told:
        return "counts unknown"
    return ", ".join(told) + (f"; {' and '.join(unknown)} unknown" if unknown else "")
