"""Drop tweets that are joined to what they answer in another way than those to keep: reply, quote or inferred."""

from chinwag.errors import check_known
from chinwag.filters import Drop

LEVEL = "tweet"
KINDS = ("reply", "quote", "inferred")


def drop(*, keep: list[str]) -> Drop:
    """Select them by the kind of their edge; roots stay. Raises UsageError for a kind there is not."""
    check_known(keep, KINDS, "keep", "kind")
    select = "select tweet_id as id from nodes where kind is not null and not array_contains(split(?, ','), kind)"
    return select, [",".join(keep)]
