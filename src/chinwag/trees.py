"""Gather one conversation as people look at it: its tweets in reading order, with turns, drops and the mark it has.

Whoever shows a tree takes it from here: the report, the pages and the terminal. Nothing recurses, so a chain of
thousands of tweets is as good as any tree.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chinwag.engines import Engine
from chinwag.sql import statement

READ = ("tweets", "nodes", "drops", "turns", "marks")  # the tables that `load` asks
Row = Mapping[str, Any]


@dataclass(slots=True)
class Post:
    """Hold a tweet of a tree: the row of `posts.sql`, the rules that drop it, and the turn it is in."""

    row: Row
    drops: list[str] = field(default_factory=list)
    turn: Row | None = None

    @property
    def id(self) -> int:
        """Give the tweet's id."""
        return int(self.row["tweet_id"])


@dataclass(slots=True)
class Tree:
    """Hold a conversation: posts in reading order (each before what answers it, answers by time), and what befell it.

    `turns` are its rows of that table by id; `drops` the rules that drop it as a whole; `mark` is its row of `marks`.
    """

    root_id: int
    posts: list[Post]
    turns: dict[int, Row]
    drops: list[str]
    mark: Row | None = None

    @property
    def split(self) -> str | None:
        """Give the split it is in; None where nothing of it is kept."""
        return next((str(turn["split"]) for turn in self.turns.values()), None)

    def fallen(self) -> dict[str, int]:
        """Count its tweets by the rules that drop them, most first."""
        counts: defaultdict[str, int] = defaultdict(int)
        for post in self.posts:
            for rule in post.drops:
                counts[rule] += 1
        return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def tree(root_id: int, posts: Iterable[Row], drops: Iterable[Row], turns: Iterable[Row], mark: Row | None) -> Tree:
    """Make a tree of the rows of `posts.sql` and `fallen.sql`, and of those of `turns`, that are of this root."""
    by_turn = {int(turn["turn_id"]): turn for turn in sorted(turns, key=lambda row: (row["depth"], row["turn_id"]))}
    turn_of = {tweet_id: turn for turn in by_turn.values() for tweet_id in turn["tweet_ids"]}
    rules: defaultdict[int, list[str]] = defaultdict(list)
    whole = []
    for drop in sorted(drops, key=lambda row: (row["level"], row["filter"])):
        if drop["level"] == "conversation":
            whole.append(str(drop["filter"]))
        else:
            rules[drop["id"]].append(str(drop["filter"]))
    ordered = [
        Post(row, rules.get(row["tweet_id"], []), turn_of.get(row["tweet_id"]))
        for row in in_order(posts, "tweet_id", "parent_id")
    ]
    return Tree(root_id, ordered, by_turn, whole, mark)


def in_order(rows: Iterable[Row], own: str, above: str) -> Iterator[Row]:
    """Give each tweet or turn before those that answer it, and all below the first answer before the second.

    `own` is the column of its id, `above` that of what it answers.
    """
    answers: defaultdict[int | None, list[Row]] = defaultdict(list)
    # In the order of time, as in `assemble`; a tweet whose time is unknown is the oldest.
    for row in sorted(rows, key=lambda row: (row["created_at"] is not None, row["created_at"] or 0, row[own])):
        answers[row[above]].append(row)
    waiting = answers[None][::-1]
    while waiting:
        row = waiting.pop()
        yield row
        waiting.extend(reversed(answers[row[own]]))


def load(engine: Engine, root_id: int) -> Tree | None:
    """Gather the tree of a root from the tables `READ`, which the engine knows; None where there is none."""
    posts = list(_rows(engine, statement("posts"), [root_id, root_id]))
    if not posts:
        return None
    drops = _rows(engine, statement("fallen"), [root_id] * 4)
    turns = _rows(engine, "select * from turns where root_id = ?", [root_id])
    # A mark holds for the tree that its tweet is in now; of several `drop` comes first, as in the filter.
    said = "select m.* from marks as m join nodes as n on m.tweet_id = n.tweet_id where n.root_id = ?"
    marks = sorted(_rows(engine, said, [root_id]), key=lambda row: (row["mark"] or "none", row["tweet_id"]))
    return tree(root_id, posts, drops, turns, marks[0] if marks else None)


def root_of(engine: Engine, tweet_id: int) -> int | None:
    """Find the root of the tree that a tweet is in; None where it is in none."""
    found = engine.value("select root_id from nodes where tweet_id = ?", [tweet_id])
    return None if found is None else int(found)


def _rows(engine: Engine, select: str, values: list[int]) -> Iterator[Row]:
    for batch in engine.rows(select, values):
        yield from batch.to_pylist()
