"""Drop tweets of authors with too few or too many followers."""

from chinwag.errors import UsageError
from chinwag.filters import Drop
from chinwag.filters._limits import check_least, check_order, dropped

LEVEL = "tweet"


def drop(*, least: int = 0, most: int = 0, unknown: str = "keep") -> Drop:
    """Select them by the author's followers when the tweet was last seen; a `most` of 0 is no limit.

    `unknown` says what becomes of tweets of which the number is not known. Raises UsageError where a limit is negative,
    where there is none, or the most is below the least.
    """
    check_least(0, least=least, most=most)
    if not least and not most:
        raise UsageError("least, most: there is no limit, it would drop nothing")
    check_order(most=(least, most))
    select = """
        select id
        from tweets
        semi join nodes on id = tweet_id
        where author_followers < ? or author_followers > ? and ? > 0 or author_followers is null and ?
    """
    return select, [least, most, most, dropped(unknown)]
