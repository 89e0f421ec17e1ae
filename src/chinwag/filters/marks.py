"""Drop the conversations that somebody marked `drop` by hand; those marked `keep` stay, whatever other filters say."""

from chinwag.filters import Drop

LEVEL = "conversation"
# What no filter drops: the roots of conversations that are marked so.
SPARED = """
    select distinct n.root_id
    from marks as m
    join nodes as n on m.tweet_id = n.tweet_id
    where m.mark = 'keep'
"""


def drop(*, only: bool = False) -> Drop:
    """Select what is marked `drop`, or, where `only` the marked ones are to stay, all that is not marked `keep`."""
    select = """
        select distinct n.root_id as id
        from nodes as n
        join marks as m on m.tweet_id = n.tweet_id
        where m.mark = 'drop'
        union
        select root_id as id
        from conversations
        anti join (
          select distinct n.root_id as spared_id
          from nodes as n
          join marks as m on m.tweet_id = n.tweet_id
          where m.mark = 'keep'
        ) as k on root_id = spared_id
        where cast(? as boolean)
    """
    return select, [only]
