-- Tweets whose first version may be another one now, and the first versions that they had.
select tweet_id
from new_edits
union
select o.initial_id as tweet_id
from old_versions as o
semi join new_edits as e on o.tweet_id = e.tweet_id
