"""Drop tweets that say word for word what an older tweet says."""

from chinwag.filters import Drop
from chinwag.filters._limits import check_least
from chinwag.filters._normal import LEAST

LEVEL = "tweet"


def drop(*, least: int = LEAST) -> Drop:
    """Choose tweets whose text is that of an older tweet in any tree, whoever wrote it; the oldest one stays.

    Texts are compared without mentions, links, signs, emoji and capitals. Shorter ones than `least` characters, counted
    the same way, Chinese, Japanese and Korean ones twice, are never dropped: many say `thank you` and mean it. Raises
    UsageError where `least` is negative.
    """
    check_least(0, least=least)
    return "select tweet_id as id from clusters where tweet_id <> text_id and length >= ?", [least]
