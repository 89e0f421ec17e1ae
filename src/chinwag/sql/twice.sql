-- The tweets that stand in a dehydrated set more than once.
select tweet_id
from dehydrated
group by tweet_id
having count(*) > 1
order by tweet_id
