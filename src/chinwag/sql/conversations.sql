-- One row a tree; it is complete where its root answers nothing, and if quotes are joined, quotes nothing.
select
  n.root_id,
  count(*) as tweets,
  count(distinct t.author_id) as authors,
  max(n.depth) as depth,
  min(t.created_at) as started_at,
  max(t.created_at) as ended_at,
  max(case when n.depth = 0 then t.lang end) as lang,
  max(case
    when n.depth > 0 then 0
    when t.reply_to_id is not null or t.reply_to_rounded is not null then 1
    when t.conversation_id <> t.id then 1
    when t.quoted_id is not null and cast(? as boolean) then 1
    else 0
  end) = 0 as complete
from grown as n
join (
  select id, author_id, created_at, lang, reply_to_id, reply_to_rounded, quoted_id, conversation_id from tweets
) as t on n.tweet_id = t.id
group by n.root_id
order by n.root_id
