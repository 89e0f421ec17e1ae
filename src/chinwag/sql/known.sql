-- What is known of a repeated tweet over all its sightings: each count as it was last seen, and what any of them says.
select
  id,
  max(case when reply_rank = 1 then reply_count end) as reply_count,
  max(case when retweet_rank = 1 then retweet_count end) as retweet_count,
  max(case when like_rank = 1 then like_count end) as like_count,
  max(case when quote_rank = 1 then quote_count end) as quote_count,
  min(created_at) as created_at,
  min(author_id) as author_id,
  min(author_handle) as author_handle,
  min(reply_to_id) as reply_to_id,
  min(reply_to_author_id) as reply_to_author_id,
  min(quoted_id) as quoted_id,
  min(conversation_id) as conversation_id,
  max(case when possibly_sensitive then 1 when not possibly_sensitive then 0 end) as sensitive,
  max(case when seen_as = 'own' then 1 else 0 end) as seen_own,
  array_sort(array_agg(distinct source)) as sources
from (
  select
    s.*,
    row_number() over (
      partition by s.id
      order by case when s.reply_count is null then 1 else 0 end, s.seen_at desc nulls last, s.reply_count desc nulls last
    ) as reply_rank,
    row_number() over (
      partition by s.id
      order by case when s.retweet_count is null then 1 else 0 end, s.seen_at desc nulls last, s.retweet_count desc nulls last
    ) as retweet_rank,
    row_number() over (
      partition by s.id
      order by case when s.like_count is null then 1 else 0 end, s.seen_at desc nulls last, s.like_count desc nulls last
    ) as like_rank,
    row_number() over (
      partition by s.id
      order by case when s.quote_count is null then 1 else 0 end, s.seen_at desc nulls last, s.quote_count desc nulls last
    ) as quote_rank
  from (
    select
      id, created_at, author_id, author_handle, reply_to_id, reply_to_author_id, quoted_id, conversation_id,
      reply_count, retweet_count, like_count, quote_count, possibly_sensitive, seen_as, seen_at, source
    from sightings
  ) as s
  semi join repeated as r on s.id = r.id
) as ranked
group by id
