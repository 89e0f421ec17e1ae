-- The first version of each tweet that was edited: it stands for all of them. Where two are told, the older.
select tweet_id, min(initial_id) as initial_id
from edits
group by tweet_id
