-- Tweets not to be asked for: whoever knows said why they are not to be had, or this provider was asked before, with
-- another outcome than one. Of what is unknown to one provider, another may know more.
select id as tweet_id
from asked
where level = 'tweet'
group by id
having max(case when provider = ? and outcome <> ? then 1 else 0 end) = 1
  or (
    max(case when outcome = 'found' then 1 else 0 end) = 0
    and max(case when outcome <> 'unknown' then 1 else 0 end) = 1
  )
