"""Drop tweets that mention many accounts."""

from chinwag.filters import Drop
from chinwag.filters._limits import check_least, check_share
from chinwag.filters._reading import MENTION, TEXTS, crowded

LEVEL = "tweet"


def drop(*, most: int = 4, share: float = 0.5) -> Drop:
    """Judge them by the mentions in the text: more than `most`, or two and more and over `share` of its words.

    The reply prefix does not count, for the client writes it. Of 24,158 real tweets 0.5 % have more than four, and
    0.2 % are mentions for the most part. Raises UsageError for values out of range; a `share` of 1 judges by number
    only.
    """
    check_least(0, most=most)
    check_share(share=share)
    return TEXTS, [], crowded(MENTION, most, share)
