-- The texts that are long enough to be told from others, one of each, numbered from the oldest one on.
select
  row_number() over (order by coalesce(n.created_at, timestamp '1970-01-01 00:00:00') nulls last, n.tweet_id) - 1 as place,
  n.tweet_id as text_id,
  n.text
from normal_texts as n
semi join (select tweet_id from same_texts where tweet_id = text_id and length >= ?) as s on n.tweet_id = s.tweet_id
