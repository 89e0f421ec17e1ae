"""Drop tweets in which one of the given keywords or hashtags stands."""

from collections.abc import Sequence

from chinwag.filters import Drop
from chinwag.filters._keywords import finder
from chinwag.filters._reading import TEXTS, choosing

LEVEL = "tweet"


def drop(*, keywords: Sequence[str] = (), hashtags: Sequence[str] = ()) -> Drop:
    """Choose the tweets in whose text one of them is found; see `finder`.

    Raises UsageError where both lists are empty: chinwag has no list of its own.
    """
    find = finder(keywords, hashtags)
    return TEXTS, [], choosing(lambda batch: find(batch["text"]))
