-- One row a tweet: the fullest text, the newest known counts, what is known of it anywhere; deleted ones are gone.
-- A link to a later version of a tweet is one to its first, and one to another version of the tweet itself is none. Of a
-- parent whose id is known the rounded one says nothing.
select
  t.id, t.created_at, t.author_id, t.author_handle, t.author_followers, t.author_verified, t.text, t.reply_prefix,
  t.lang,
  nullif(coalesce(a.initial_id, t.reply_to_id), t.id) as reply_to_id,
  case when t.reply_to_id is null then t.reply_to_rounded end as reply_to_rounded,
  t.reply_to_author_id,
  nullif(coalesce(q.initial_id, t.quoted_id), t.id) as quoted_id,
  coalesce(c.initial_id, t.conversation_id) as conversation_id,
  t.reply_count, t.retweet_count, t.like_count, t.quote_count, t.possibly_sensitive, t.client, t.urls, t.hashtags,
  t.media, t.sightings, t.sources, t.terms, t.seen_own
from (
  select
    s.id, s.created_at, s.author_id, s.author_handle, s.author_followers, s.author_verified, s.text, s.reply_prefix,
    s.lang, s.reply_to_id, s.reply_to_rounded, s.reply_to_author_id, s.quoted_id, s.conversation_id, s.reply_count,
    s.retweet_count, s.like_count, s.quote_count, s.possibly_sensitive, s.client, s.urls, s.hashtags, s.media,
    cast(1 as bigint) as sightings,
    split(s.source, ',') as sources,
    split(s.terms, ',') as terms,
    s.seen_as = 'own' as seen_own
  from sightings as s
  anti join repeated as r on s.id = r.id
  union all
  select
    k.id, k.created_at, k.author_id, coalesce(f.author_handle, k.author_handle), k.author_followers,
    coalesce(f.author_verified, k.author_verified), f.text, f.reply_prefix, coalesce(f.lang, k.lang), k.reply_to_id,
    k.reply_to_rounded, k.reply_to_author_id, k.quoted_id, k.conversation_id, k.reply_count, k.retweet_count,
    k.like_count, k.quote_count, k.possibly_sensitive, coalesce(f.client, k.client), f.urls, f.hashtags, f.media,
    k.sightings, k.sources, k.terms, k.seen_own
  from fullest as f
  join known as k on f.id = k.id
) as t
left join versions as a on t.reply_to_id = a.tweet_id
left join versions as q on t.quoted_id = q.tweet_id
left join versions as c on t.conversation_id = c.tweet_id
anti join deleted as d on t.id = d.tweet_id
anti join withheld as w on t.author_id = w.author_id
order by t.id
