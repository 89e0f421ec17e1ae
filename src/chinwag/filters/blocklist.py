"""Drop tweets in which one of the given keywords or hashtags stands."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from chinwag.filters import Drop
from chinwag.filters._keywords import finder
from chinwag.filters._reading import TEXTS, choosing

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = "tweet"


def drop(*, keywords: Sequence[str] = (), hashtags: Sequence[str] = ()) -> Drop:
    """Choose the tweets in whose text one of them is found; see `finder`.

    Raises UsageError where both lists are empty: chinwag has no list of its own.
    """
    return TEXTS, [], choosing(partial(_mask, finder(keywords, hashtags)))


def _mask(find: Callable[[Any], Any], batch: "pa.RecordBatch") -> Any:
    return find(batch["text"])
