-- The edges of trees that are made anew.
select e.child_id, e.parent_id, e.kind
from edges as e
semi join (
  select n.tweet_id
  from old_nodes as n
  semi join felled as f on n.root_id = f.root_id
  union
  select tweet_id
  from moved
) as m on e.child_id = m.tweet_id
