-- Conversations that share a cluster or an answer, or if it is wanted an author, with more conversations of another split: each belongs
-- to the split that most of its conversations are in, on a tie to the rarest one.
select distinct g.root_id as id
from groups as g
join (
  select kind, id, split
  from (
    select kind, id, split, count(*) as conversations
    from groups
    where kind <> 'author' or cast(? as boolean)
    group by kind, id, split
  ) as counted
  qualify row_number() over (
    partition by kind, id
    order by conversations desc nulls last, case split when 'test' then 0 when 'validation' then 1 else 2 end nulls last
  ) = 1
) as h on g.kind = h.kind and g.id = h.id
where g.split <> h.split
