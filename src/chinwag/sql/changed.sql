-- Tweets whose rows are made anew: those of which something was told, and the first versions of these.
select id
from told
union
select v.initial_id as id
from versions as v
semi join told as t on v.tweet_id = t.id
