"""Drop the conversations that somebody marked drop; those marked keep stay, whatever other filters say."""

from chinwag.filters import Drop

LEVEL = "conversation"
AFTER = ("marks",)
# A mark stands at the tweet that was the root then, and holds for the tree that tweet is in now. Where trees with marks
# that contradict each other were joined by an older tweet since, `drop` holds, the first in the order of letters: what
# was left out can still be brought in, but what was published cannot be taken back.
MARKED = """
    select n.root_id, min(m.mark) as mark
    from nodes as n
    join marks as m on n.tweet_id = m.tweet_id
    group by n.root_id
"""
SPARED = f"select root_id from ({MARKED}) as r where mark = 'keep'"  # noqa: S608 - a constant


def drop(*, only: bool = False) -> Drop:
    """Select those marked `drop`; if `only` what is marked `keep` is to stay, all others too."""
    select = f"select root_id as id from ({MARKED}) as r where mark = 'drop'"  # noqa: S608
    if only:
        select = f"select n.root_id as id from nodes as n anti join ({SPARED}) as k on n.root_id = k.root_id"  # noqa: S608
    return select, []
