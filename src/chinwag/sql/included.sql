-- Sightings to assemble: those whose source and terms are both not named. Terms that are not told are never named.
select *
from sightings
where not array_contains(split(?, ','), source)
  and not array_contains(split(?, ','), coalesce(terms, ''))
