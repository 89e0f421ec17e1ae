-- Tweets in trees by what others say: the first to say it (0), exactly what an older one says (1), nearly that (2), too
-- short to tell (3).
select step, count(*) as number
from (
  select
    case when text_id <> tweet_id then 1 when cluster_id is null then 3 when cluster_id <> tweet_id then 2 else 0 end as step
  from clusters
) as told
group by step
