-- Tweets whose place in a tree may be another one now: those whose links were joined anew, and what these answer.
select id as tweet_id
from relinked
union
select parent_id as tweet_id
from fresh_edges
