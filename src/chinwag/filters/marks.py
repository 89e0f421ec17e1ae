"""Drop the conversations that somebody marked `drop` by hand; those marked `keep` stay, whatever other filters say."""

from chinwag.filters import Drop

LEVEL = "conversation"
# A mark is set on a root; where an older root was found since, it holds for the larger tree. Of two that contradict
# each other there, drop is the safer one.
SPARED = """
    select distinct n.root_id
    from nodes as n
    join marks as m on n.tweet_id = m.tweet_id
    anti join (
      select d.root_id as dropped_id
      from nodes as d
      join marks as b on d.tweet_id = b.tweet_id
      where b.mark = 'drop'
    ) as u on n.root_id = dropped_id
    where m.mark = 'keep'
"""


def drop(*, only: bool = False) -> Drop:
    """Select those marked `drop`; if `only` what is marked `keep` is to stay, all others too."""
    select = """
        select distinct n.root_id as id
        from nodes as n
        join marks as m on n.tweet_id = m.tweet_id
        where m.mark = 'drop'
        union
        select root_id as id
        from conversations
        anti join (
          select k.root_id as kept_id
          from nodes as k
          join marks as p on k.tweet_id = p.tweet_id
          where p.mark = 'keep'
        ) as u on root_id = kept_id
        where cast(? as boolean)
    """
    return select, [only]
