-- What is known of a repeated tweet over all its sightings: each count as it was last seen, and what any of them says.
-- The time of a later version is that in the id of the first one: 29700000000 is the first snowflake id, 4194304 its ids
-- a millisecond, 2010-11-04 01:42:54.657 its epoch.
select
  id,
  min(created_at) as created_at,
  min(author_id) as author_id,
  min(author_handle) as author_handle,
  max(case when seen_at = followers_at or followers_at is null then author_followers end) as author_followers,
  max(case when author_verified then 1 when not author_verified then 0 end) = 1 as author_verified,
  min(lang) as lang,
  min(reply_to_id) as reply_to_id,
  min(reply_to_rounded) as reply_to_rounded,
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
  case when max(terms) is not null then array_sort(array_agg(distinct terms) filter (where terms is not null)) end as terms,
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
      r.initial_id as id,
      case
        when o.id = r.initial_id or r.initial_id < 29700000000 then o.created_at
        else timestamp '2010-11-04 01:42:54.657'
          + (r.initial_id - r.initial_id % 4194304) / 4194304 * interval '1' millisecond
      end as created_at,
      o.author_id, o.author_handle, o.author_followers, o.author_verified, o.lang, o.reply_to_id, o.reply_to_rounded,
      o.reply_to_author_id, o.quoted_id, o.conversation_id, o.reply_count, o.retweet_count, o.like_count,
      o.quote_count, o.possibly_sensitive, o.client, o.seen_as, o.seen_at, o.source, o.terms
    from sightings as o
    join repeated as r on o.id = r.id
  ) as s
) as dated
group by id
