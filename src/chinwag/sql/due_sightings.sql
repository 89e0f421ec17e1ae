-- All sightings of the tweets that are due.
select s.*
from sightings as s
semi join due as d on s.id = d.id
