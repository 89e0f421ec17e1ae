-- How many clusters, answers or authors are in more than one split after the conversations that leak are gone.
select count(*) as shared
from (
  select g.id
  from groups as g
  anti join leaks as l on g.root_id = l.id
  where g.kind = ?
  group by g.id
  having count(distinct g.split) > 1
) as spread
