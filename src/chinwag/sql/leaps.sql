-- Leaps of one step: each tweet to its parent.
select 0 as power, tweet_id, parent_id as ancestor_id
from parents
