"""Drop tweets that say nearly what an older tweet says."""

from chinwag.filters import Drop
from chinwag.filters._limits import check_least
from chinwag.filters._normal import LEAST

LEVEL = "tweet"


def drop(*, least: int = LEAST) -> Drop:
    """Choose tweets of a cluster of near-duplicates, but for the oldest one; word for word the same ones too.

    Near-duplicates share 70 % of their runs of five characters, or are connected by such. Texts are read and counted as
    by the filter `duplicates`; of one shorter than 30 characters no cluster is told, and shorter ones than `least` are
    never dropped. Raises UsageError where `least` is negative.
    """
    check_least(0, least=least)
    return "select tweet_id as id from clusters where tweet_id <> cluster_id and length >= ?", [least]
