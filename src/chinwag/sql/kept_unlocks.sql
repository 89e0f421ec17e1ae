-- Turns that are kept in each tree that hangs on a missing tweet: where it holds a dropped one, those counted anew.
-- A dropped reply that is no such tree's root brings nothing, whatever it is in.
select u.root_id, u.turns
from unlocks as u
anti join recounted as r on u.root_id = r.root_id
union all
select root_id, turns
from recounted
union all
select d.id as root_id, cast(0 as bigint) as turns
from dropped as d
anti join recounted as r on d.id = r.root_id
