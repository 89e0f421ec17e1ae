-- The tweets of all conversations that are not dropped as a whole; if it is wanted with the text of what they quote,
-- unless that is what they answer.
select
  n.root_id, n.depth, n.tweet_id, n.parent_id, t.author_id, t.lang, t.text, t.reply_prefix, t.media, t.like_count,
  t.author_followers as followers, t.created_at, t.sources, t.terms, q.id as quoted_id, q.text as quoted,
  q.sources as quoted_sources, q.terms as quoted_terms, d.id is not null as dropped
from nodes as n
join (
  select
    id, author_id, lang, text, reply_prefix, media, like_count, author_followers, created_at, sources, terms, quoted_id
  from tweets
) as t on n.tweet_id = t.id
left join quotable as q
  on t.quoted_id = q.id and t.quoted_id <> coalesce(n.parent_id, 0)
left join (select distinct id from drops where level = 'tweet') as d on n.tweet_id = d.id
anti join (select distinct id from drops where level = 'conversation') as c on n.root_id = c.id
