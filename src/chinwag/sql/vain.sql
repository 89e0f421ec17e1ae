-- Tweets that were asked for in vain: whoever knows said why it is not to be had. Of what is unknown to one, another may
-- know more.
select id as tweet_id
from asked
where level = 'tweet'
group by id
having max(case when outcome = 'found' then 1 else 0 end) = 0
  and max(case when outcome <> 'unknown' then 1 else 0 end) = 1
