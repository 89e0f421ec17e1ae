"""Drop tweets that are nothing but pictures, videos or GIFs."""

from typing import TYPE_CHECKING, Any

from chinwag.filters import Drop
from chinwag.filters._reading import SHOWN, choosing, links_in, says_nothing, shows

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = "tweet"


def drop() -> Drop:
    """Judge them by what is left of the text without links and mentions: no letter, digit or emoji; and no other link.

    Where it is not known what a tweet shows, a link to a picture of Twitter's tells it.
    """
    return SHOWN, [], choosing(_mask)


def _mask(batch: "pa.RecordBatch") -> Any:
    import pyarrow.compute as pc

    return pc.and_(says_nothing(batch["text"]), pc.and_not(shows(batch), links_in(batch)))
