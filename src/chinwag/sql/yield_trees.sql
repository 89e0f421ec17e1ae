-- Tweets in trees by language and sources, by whether they answer a known one, and by the rules that mark them: each rule,
-- of at most 63, has a place in a binary number.
select lang, sources, answers, marks, count(*) as number
from (
  select
    coalesce(t.lang, 'und') as lang, t.sources, n.parent_id is not null as answers, coalesce(m.marks, 0) as marks
  from nodes as n
  join (select id, lang, sources from tweets) as t on n.tweet_id = t.id
  left join (
    select marked.tweet_id, cast(sum(r.place) as bigint) as marks
    from (
      select id as tweet_id, filter as kind
      from drops
      where level = 'tweet'
      union all
      select c.tweet_id, d.filter as kind
      from nodes as c
      join drops as d on c.root_id = d.id
      where d.level = 'conversation'
    ) as marked
    join rules as r on marked.kind = r.kind
    group by marked.tweet_id
  ) as m on n.tweet_id = m.tweet_id
) as told
group by lang, sources, answers, marks
