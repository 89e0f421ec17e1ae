-- The tweets of a dehydrated set that no version was seen of, and that are not known to be gone.
select m.tweet_id
from (
  select distinct d.tweet_id, coalesce(v.initial_id, d.tweet_id) as id
  from dehydrated as d
  left join versions as v on d.tweet_id = v.tweet_id
) as m
anti join (
  select coalesce(v.initial_id, s.id) as id
  from sightings as s
  left join versions as v on s.id = v.tweet_id
) as k on m.id = k.id
anti join deleted as g on m.id = g.tweet_id
order by m.tweet_id
