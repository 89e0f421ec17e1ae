-- Some conversations of each size, those whose hash is least: the most tweets a tree may have, and how many of a size, are
-- the values.
select size, place, root_id
from (
  select size, root_id, row_number() over (partition by size order by hash nulls last, root_id nulls last) as place
  from (
    select
      t.root_id,
      case when t.turns <= 2 then 2 when t.turns <= 4 then 4 when t.turns <= 8 then 8 when t.turns <= 16 then 16 else 17 end
        as size,
      md5('conversation ' || cast(t.root_id as varchar(20))) as hash
    from (select root_id, count(*) as turns from turns group by root_id) as t
    left join conversations as c on t.root_id = c.root_id
    where coalesce(c.tweets, t.turns) <= ?
  ) as sized
) as ranked
where place <= ?
