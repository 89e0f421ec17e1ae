-- Conversations of which a provider was not asked for all, by their roots: those of which most is known first. A root is
-- told by its tweets, or it is that of a tree which hangs on nothing. One that was got from the recent archive alone may
-- be asked for again from all of it.
select r.id, r.tweets
from (
  select k.id, count(*) as tweets
  from (
    select coalesce(t.conversation_id, case when c.complete then c.root_id end) as id
    from (select id, conversation_id from tweets) as t
    join nodes as n on t.id = n.tweet_id
    join conversations as c on n.root_id = c.root_id
  ) as k
  where k.id is not null
  group by k.id
) as r
anti join (
  select id from asked where level = 'conversation' and provider = ? and outcome in ('all', ?)
) as a on r.id = a.id
order by r.tweets desc nulls last, r.id
