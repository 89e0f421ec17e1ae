-- Tweets to merge, and the first version of each: those seen more than once, and all versions of edited ones.
select r.id, coalesce(v.initial_id, r.id) as initial_id
from (
  select id
  from sightings
  group by id
  having count(*) > 1
  union
  select tweet_id from versions
  union
  select initial_id from versions
) as r
left join versions as v on r.id = v.tweet_id
