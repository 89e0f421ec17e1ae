-- Tweets that were seen more than once; all others need no merging.
select id
from sightings
group by id
having count(*) > 1
