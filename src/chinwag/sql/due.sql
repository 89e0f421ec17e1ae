-- All that the rows that are made anew are made of: the tweets themselves, and the versions of those that were edited. A
-- version that others are told to be versions of goes into the row of its own first version, and into no other.
select c.id
from changed as c
anti join versions as v on c.id = v.tweet_id
union all
select v.tweet_id as id
from versions as v
semi join changed as c on v.initial_id = c.id
