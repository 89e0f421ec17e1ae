"""Drop tweets by others than the two whose dialogue a branch is."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from chinwag.filters import Drop

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = "tweet"
ORDER = ("root_id", "depth", "tweet_id")


def drop() -> Drop:
    """Judge each tweet by the branch it ends: the first two authors on the way from the root may go on, no third.

    These are the root's author and the first other who answers; each branch has its own. What lies below a dropped
    tweet goes with it, as with any filter. An author who is not known is none of the two, and never dropped.
    """
    select = """
        select n.root_id, n.depth, n.tweet_id, n.parent_id, t.author_id
        from nodes as n
        join (select id, author_id from tweets) as t on n.tweet_id = t.id
    """
    return select, [], _judge


def _judge(batches: "Iterator[pa.RecordBatch]") -> Iterator[int]:
    for _, tweets in groupby(_rows(batches), itemgetter(0)):
        parties: dict[int | None, tuple[int, ...]] = {}
        for _, tweet_id, parent_id, author_id in tweets:
            two = parties.get(parent_id, ())
            if author_id is not None and author_id not in two:
                if len(two) == 2:
                    yield tweet_id
                else:
                    two = (*two, author_id)
            parties[tweet_id] = two


def _rows(batches: "Iterator[pa.RecordBatch]") -> Iterator[tuple[int, int, int | None, int | None]]:
    for batch in batches:
        names = ("root_id", "tweet_id", "parent_id", "author_id")
        yield from zip(*(batch[name].to_pylist() for name in names), strict=True)
