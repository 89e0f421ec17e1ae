-- Authors all of whose tweets are gone. A notice names an author by id or, where it has none, by screen name: that is
-- whoever was seen under it. Ids from 4611686018427387904 up stand for names: such an author is gone too if one that is
-- gone by id was seen under the same name.
select author_id
from deletes
where kind in ('user_withheld', 'user_delete', 'user_protect', 'user_suspend')
  and author_id is not null
union
select s.author_id
from sightings as s
semi join (
  select lower(author_handle) as handle
  from deletes
  where kind in ('user_withheld', 'user_delete', 'user_protect', 'user_suspend')
    and author_handle is not null
) as d on lower(s.author_handle) = d.handle
where s.author_id is not null
union
select s.author_id
from (select author_id, lower(author_handle) as handle from sightings where author_id >= 4611686018427387904) as s
semi join (
  select lower(g.author_handle) as handle
  from sightings as g
  semi join (
    select author_id
    from deletes
    where kind in ('user_withheld', 'user_delete', 'user_protect', 'user_suspend')
  ) as d on g.author_id = d.author_id
) as n on s.handle = n.handle
