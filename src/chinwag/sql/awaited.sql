-- Nodes of the trees that hang on a missing tweet as they will be when it is there: it is the root of all that do.
select
  n.tweet_id, r.missing_id as root_id, coalesce(n.parent_id, r.missing_id) as parent_id, n.depth + 1 as depth, n.kind
from nodes as n
join (
  select t.root_id, w.tweet_id as missing_id
  from (
    select id as root_id, coalesce(reply_to_id, case when reply_to_rounded is null then conversation_id end) as parent_id
    from tweets
  ) as t
  join (select tweet_id from wanted) as w on t.parent_id = w.tweet_id
) as r on n.root_id = r.root_id
