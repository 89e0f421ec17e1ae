"""Drop conversations that do not go deep."""

from chinwag.filters import Drop
from chinwag.filters._limits import check_least

LEVEL = "conversation"


def drop(*, least: int) -> Drop:
    """Select conversations whose deepest tweet is fewer than `least` replies below the root.

    What counts is the tree as it was assembled, with tweets that other filters drop, and successive ones of one author
    each for itself. Raises UsageError where it is negative.
    """
    check_least(0, least=least)
    return "select root_id as id from conversations where depth < ?", [least]
