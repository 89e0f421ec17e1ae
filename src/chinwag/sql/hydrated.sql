-- The tweets of a dehydrated set with their places in it; of those that are missing only the ids. A tweet that is known
-- to be a later version stands under its first one.
select
  d.root_id, d.place, d.split, d.turn_id, d.parent_id, d.text_sha256, d.mentions, d.tweet_id, t.author_id, t.lang, t.text,
  t.reply_prefix, t.media, t.like_count, t.author_followers as followers, t.created_at, t.sources, t.terms,
  q.id as quoted_id, q.text as quoted, q.sources as quoted_sources, q.terms as quoted_terms, t.id is null as dropped
from dehydrated as d
left join versions as v on d.tweet_id = v.tweet_id
left join (
  select
    id, author_id, lang, text, reply_prefix, media, like_count, author_followers, created_at, sources, terms, quoted_id
  from tweets
) as t on coalesce(v.initial_id, d.tweet_id) = t.id
left join nodes as n on t.id = n.tweet_id
left join quotable as q
  on t.quoted_id = q.id and t.quoted_id <> coalesce(n.parent_id, 0)
