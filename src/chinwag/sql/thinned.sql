-- Tweets of the trees that hang on a missing tweet and hold a dropped one, parents before those who answer them.
select n.root_id, n.tweet_id, n.parent_id, t.author_id, d.id is not null as dropped
from nodes as n
semi join (select root_id from conversations where not complete) as c on n.root_id = c.root_id
semi join (
  select o.root_id
  from nodes as o
  semi join dropped as g on o.tweet_id = g.id
) as h on n.root_id = h.root_id
join (select id, author_id from tweets) as t on n.tweet_id = t.id
left join dropped as d on n.tweet_id = d.id
order by n.root_id, n.depth, n.tweet_id
