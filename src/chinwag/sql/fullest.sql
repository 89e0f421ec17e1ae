-- The fullest text of a repeated tweet, with what belongs to it; on a tie the newest, then whatever orders them for good.
-- Of an edited tweet it is a text of the newest version that was seen. A text whose reply prefix was cut off is as full
-- as the same text with it. The two engines order nulls inside `media` differently: they may choose another one of
-- sightings that differ in nothing else.
select
  r.initial_id as id, s.author_handle, s.author_verified, s.text, s.reply_prefix, s.lang, s.client, s.urls, s.hashtags,
  s.media
from sightings as s
join repeated as r on s.id = r.id
qualify row_number() over (
  partition by r.initial_id
  order by
    s.id desc,
    length(s.text) + coalesce(length(s.reply_prefix) + 1, 0) desc,
    case when s.reply_prefix is null then 1 else 0 end,
    s.seen_at desc nulls last,
    s.text,
    s.reply_prefix nulls last,
    s.author_handle nulls last,
    s.author_verified desc nulls last,
    s.lang nulls last,
    s.client nulls last,
    s.urls nulls last,
    s.hashtags nulls last,
    s.media nulls last
) = 1
