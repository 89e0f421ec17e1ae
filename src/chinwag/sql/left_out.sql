-- What is in no turn, and the rule that took it: what the filters drop, what is cut in making turns, what would leak.
select id, level, filter
from (
  select id, level, filter from drops
  union all
  select tweet_id as id, 'tweet' as level, filter from shaped where filter is not null
  union all
  select id, 'conversation' as level, 'split_leak' as filter from leaks
) as o
order by id, level nulls last, filter nulls last
