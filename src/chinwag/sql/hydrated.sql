-- The tweets of a dehydrated set, conversation by conversation, in its order; of those that are missing only the ids. A
-- tweet that is known to be a later version stands under its first one.
select
  d.root_id, d.split, d.turn_id, d.parent_id, d.text_sha256, d.mentions, d.tweet_id, t.author_id, t.lang, t.text,
  t.reply_prefix, t.media, t.like_count, t.created_at, t.id is null as dropped
from dehydrated as d
left join versions as v on d.tweet_id = v.tweet_id
left join (select id, author_id, lang, text, reply_prefix, media, like_count, created_at from tweets) as t
  on coalesce(v.initial_id, d.tweet_id) = t.id
order by d.root_id, d.place nulls last
