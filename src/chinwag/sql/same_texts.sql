-- Each tweet in a tree with the oldest one whose normalised text is the same; where nothing is left of it, with itself.
select
  tweet_id,
  case
    when length = 0 then tweet_id
    else first_value(tweet_id) over (
      partition by text
      order by coalesce(created_at, timestamp '1970-01-01 00:00:00') nulls last, tweet_id
    )
  end as text_id,
  length
from normal_texts
