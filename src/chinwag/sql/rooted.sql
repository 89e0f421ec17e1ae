-- Roots: tweets that are answered and answer nothing known.
select distinct p.parent_id as tweet_id, p.parent_id as root_id, cast(0 as bigint) as depth
from parents as p
anti join parents as c on p.parent_id = c.tweet_id
