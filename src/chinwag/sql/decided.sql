-- Tweets that are dropped when people have had their say: with those of conversations that are ruled out, without those
-- of conversations that are spared.
select d.id
from (
  select id
  from dropped
  union
  select n.tweet_id as id
  from nodes as n
  semi join ruled as r on n.root_id = r.id
) as d
anti join (
  select k.tweet_id
  from nodes as k
  semi join spared as s on k.root_id = s.root_id
) as o on d.id = o.tweet_id
