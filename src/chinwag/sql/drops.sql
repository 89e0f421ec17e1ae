-- What one filter drops of the tweets that are in trees.
select d.id, ? as level, ? as filter
from (select distinct id from dropped) as d
semi join nodes as n on d.id = n.tweet_id
