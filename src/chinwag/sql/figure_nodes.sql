-- Tweets in trees by language, sources and the day on which they were written.
select lang, sources, day, count(*) as number
from (
  select coalesce(t.lang, 'und') as lang, t.sources, cast(cast(t.created_at as date) as varchar(10)) as day
  from nodes as n
  join (select id, lang, sources, created_at from tweets) as t on n.tweet_id = t.id
) as told
group by lang, sources, day
