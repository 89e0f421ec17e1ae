-- Roots of the trees that are made anew.
select distinct n.root_id
from old_nodes as n
semi join moved as m on n.tweet_id = m.tweet_id
