-- One row a tweet: the fullest text, the newest known counts, what is known of it anywhere; deleted ones are gone.
select t.*
from (
  select
    s.id, s.created_at, s.author_id, s.author_handle, s.author_followers, s.author_verified, s.text, s.reply_prefix,
    s.lang, s.reply_to_id, s.reply_to_author_id, s.quoted_id, s.conversation_id, s.reply_count, s.retweet_count,
    s.like_count, s.quote_count, s.possibly_sensitive, s.client, s.urls, s.hashtags, s.media,
    cast(1 as bigint) as sightings,
    split(s.source, ',') as sources,
    s.seen_as = 'own' as seen_own
  from sightings as s
  anti join repeated as r on s.id = r.id
  union all
  select
    f.id, coalesce(f.created_at, k.created_at), coalesce(f.author_id, k.author_id),
    coalesce(f.author_handle, k.author_handle), f.author_followers, f.author_verified, f.text, f.reply_prefix,
    f.lang, coalesce(f.reply_to_id, k.reply_to_id), coalesce(f.reply_to_author_id, k.reply_to_author_id),
    coalesce(f.quoted_id, k.quoted_id), coalesce(f.conversation_id, k.conversation_id), k.reply_count, k.retweet_count,
    k.like_count, k.quote_count, coalesce(f.possibly_sensitive, k.sensitive = 1), f.client, f.urls, f.hashtags, f.media,
    r.sightings,
    k.sources,
    k.seen_own = 1
  from fullest as f
  join known as k on f.id = k.id
  join repeated as r on f.id = r.id
) as t
anti join deleted as d on t.id = d.tweet_id
anti join withheld as w on t.author_id = w.author_id
order by t.id
