-- What is known of a repeated tweet over all its sightings: each count as it was last seen, and what any of them says.
select
  id,
  min(created_at) as created_at,
  min(author_id) as author_id,
  min(author_handle) as author_handle,
  max(case when seen_at = followers_at or followers_at is null then author_followers end) as author_followers,
  max(case when author_verified then 1 when not author_verified then 0 end) = 1 as author_verified,
  min(lang) as lang,
  min(reply_to_id) as reply_to_id,
  min(reply_to_author_id) as reply_to_author_id,
  min(quoted_id) as quoted_id,
  min(conversation_id) as conversation_id,
  max(case when seen_at = replies_at or replies_at is null then reply_count end) as reply_count,
  max(case when seen_at = retweets_at or retweets_at is null then retweet_count end) as retweet_count,
  max(case when seen_at = likes_at or likes_at is null then like_count end) as like_count,
  max(case when seen_at = quotes_at or quotes_at is null then quote_count end) as quote_count,
  max(case when possibly_sensitive then 1 when not possibly_sensitive then 0 end) = 1 as possibly_sensitive,
  min(client) as client,
  count(*) as sightings,
  array_sort(array_agg(distinct source)) as sources,
  max(case when seen_as = 'own' then 1 else 0 end) = 1 as seen_own
from (
  select
    s.*,
    max(case when s.author_followers is not null then s.seen_at end) over (partition by s.id) as followers_at,
    max(case when s.reply_count is not null then s.seen_at end) over (partition by s.id) as replies_at,
    max(case when s.retweet_count is not null then s.seen_at end) over (partition by s.id) as retweets_at,
    max(case when s.like_count is not null then s.seen_at end) over (partition by s.id) as likes_at,
    max(case when s.quote_count is not null then s.seen_at end) over (partition by s.id) as quotes_at
  from (
    select
      id, created_at, author_id, author_handle, author_followers, author_verified, lang, reply_to_id,
      reply_to_author_id, quoted_id, conversation_id, reply_count, retweet_count, like_count, quote_count,
      possibly_sensitive, client, seen_as, seen_at, source
    from sightings
  ) as s
  semi join repeated as r on s.id = r.id
) as dated
group by id
