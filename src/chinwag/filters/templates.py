"""Drop tweets that their author has written again and again, such as the set replies of a support desk."""

from chinwag.filters import Drop
from chinwag.filters._limits import check_least

LEVEL = "tweet"


def drop(*, most: int = 3) -> Drop:
    """Choose all tweets of an author of which there are more than `most` in one cluster of near-duplicates.

    None of them stays, for they are a form and no answer. Texts shorter than 30 characters are in no cluster. Raises
    UsageError where `most` is less than 1.
    """
    check_least(1, most=most)
    select = """
        select c.tweet_id as id
        from clusters as c
        join (select id, author_id from tweets) as t on c.tweet_id = t.id
        join (
          select t.author_id, c.cluster_id
          from clusters as c
          join (select id, author_id from tweets) as t on c.tweet_id = t.id
          group by t.author_id, c.cluster_id
          having count(*) > ?
        ) as often on t.author_id = often.author_id and c.cluster_id = often.cluster_id
    """
    return select, [most]
