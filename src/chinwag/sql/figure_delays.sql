-- Replies in trees by the time from the tweet they answer, as the number of a step; 7 where one of the times is unknown.
select step, count(*) as number
from (
  select
    case
      when delay is null then 7
      when delay < interval '10' second then 0
      when delay < interval '1' minute then 1
      when delay < interval '10' minute then 2
      when delay < interval '1' hour then 3
      when delay < interval '1' day then 4
      when delay < interval '7' day then 5
      else 6
    end as step
  from (
    select cast(c.created_at as timestamp) - cast(p.created_at as timestamp) as delay
    from (select child_id, parent_id from edges where kind = 'reply') as e
    join (select id, created_at from tweets) as c on e.child_id = c.id
    join (select id, created_at from tweets) as p on e.parent_id = p.id
  ) as waited
) as told
group by step
