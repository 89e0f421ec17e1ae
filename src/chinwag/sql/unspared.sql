-- What the filters drop, but for conversations that are to stay whatever they say.
select id, level, filter
from drops
anti join (
  select n.tweet_id
  from nodes as n
  join spared as s on n.root_id = s.root_id
) as k on id = tweet_id
order by id, level nulls last, filter nulls last
