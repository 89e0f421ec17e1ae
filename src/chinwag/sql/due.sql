-- Tweets of which something was told, with all versions of those that were edited.
select id
from told
union
select v.initial_id as id
from versions as v
semi join told as t on v.tweet_id = t.id
union
select v.tweet_id as id
from versions as v
semi join (
  select id
  from told
  union
  select a.initial_id as id
  from versions as a
  semi join told as t on a.tweet_id = t.id
) as g on v.initial_id = g.id
