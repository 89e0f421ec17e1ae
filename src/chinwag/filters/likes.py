"""Drop tweets that few have liked."""

from chinwag.filters import Drop
from chinwag.filters._limits import check_least, dropped

LEVEL = "tweet"


def drop(*, least: int, root: int = 0, unknown: str = "keep") -> Drop:
    """Select those with fewer likes than `least`, and roots with fewer than `root`, if that is more.

    A count that is not known, as of tweets seen only the moment they were written, is neither: `unknown` says what
    becomes of them. Raises UsageError where a limit is negative.
    """
    check_least(0, least=least, root=root)
    select = """
        select t.id
        from tweets as t
        join nodes as n on t.id = n.tweet_id
        where t.like_count < ? or n.depth = 0 and t.like_count < ? or t.like_count is null and ?
    """
    return select, [least, root, dropped(unknown)]
