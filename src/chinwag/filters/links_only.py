"""Drop tweets that say nothing but links."""

from typing import TYPE_CHECKING, Any

from chinwag.filters import Drop
from chinwag.filters._reading import SHOWN, choosing, links_in, says_nothing

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = "tweet"


def drop() -> Drop:
    """Judge them by what is left of the text without links and mentions: no letter, digit or emoji.

    A link to a quoted tweet is one: to quote without a word is to retweet. A tweet of nothing but its own pictures is
    left to `media_only`.
    """
    return SHOWN, [], choosing(_mask)


def _mask(batch: "pa.RecordBatch") -> Any:
    import pyarrow.compute as pc

    return pc.and_(says_nothing(batch["text"]), links_in(batch))
