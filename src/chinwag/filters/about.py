"""Drop conversations in which none of the given keywords and hashtags stands."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from chinwag.filters import Drop
from chinwag.filters._keywords import finder

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = "conversation"
ORDER = ("root_id",)


def drop(*, keywords: Sequence[str] = (), hashtags: Sequence[str] = ()) -> Drop:
    """Keep a conversation if one of them is found in any of its tweets, dropped ones included; see `finder`.

    Raises UsageError where both lists are empty.
    """
    select = """
        select n.root_id, t.text
        from nodes as n
        join (select id, text from tweets) as t on n.tweet_id = t.id
    """
    return select, [], partial(_judge, finder(keywords, hashtags))


def _judge(find: Callable[[Any], Any], batches: "Iterator[pa.RecordBatch]") -> Iterator[int]:
    for root_id, tweets in groupby(_hits(find, batches), itemgetter(0)):
        if not any(found for _, found in tweets):
            yield root_id


def _hits(find: Callable[[Any], Any], batches: "Iterator[pa.RecordBatch]") -> Iterator[tuple[int, bool | None]]:
    for batch in batches:
        yield from zip(batch["root_id"].to_pylist(), find(batch["text"]).to_pylist(), strict=True)
