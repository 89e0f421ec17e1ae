"""Drop tweets that are far from the root."""

from chinwag.filters import Drop
from chinwag.filters._limits import check_least

LEVEL = "tweet"


def drop(*, most: int) -> Drop:
    """Select tweets more than `most` replies below the root, which is at 0. Raises UsageError where it is negative."""
    check_least(0, most=most)
    return "select tweet_id as id from nodes where depth > ?", [most]
