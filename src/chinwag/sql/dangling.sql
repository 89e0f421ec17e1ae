-- The trees whose roots wait for a missing tweet that may be wanted in another way now.
select n.tweet_id, n.root_id, n.parent_id, n.depth, n.kind
from nodes as n
semi join waiting as w on n.root_id = w.id
