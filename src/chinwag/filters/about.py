"""Drop conversations in which none of the given keywords and hashtags stands."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from chinwag.filters import Drop
from chinwag.filters._keywords import finder

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = "conversation"


def drop(*, keywords: Sequence[str] = (), hashtags: Sequence[str] = ()) -> Drop:
    """Keep a conversation if one of them is found in any of its tweets, dropped ones included; see `finder`.

    Raises UsageError where both lists are empty.
    """
    select = """
        select n.root_id, t.text
        from nodes as n
        join (select id, text from tweets) as t on n.tweet_id = t.id
        order by n.root_id
    """
    find = finder(keywords, hashtags)

    def hits(batches: "Iterator[pa.RecordBatch]") -> Iterator[tuple[int, bool | None]]:
        for batch in batches:
            yield from zip(batch["root_id"].to_pylist(), find(batch["text"]).to_pylist(), strict=True)

    def judge(batches: "Iterator[pa.RecordBatch]") -> Iterator[int]:
        for root_id, tweets in groupby(hits(batches), itemgetter(0)):
            if not any(found for _, found in tweets):
                yield root_id

    return select, [], judge
