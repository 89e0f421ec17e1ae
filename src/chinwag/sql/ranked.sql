-- Wanted tweets of a range of ids, with enough replies, in one of some languages, and not asked for in vain.
select
  w.tweet_id, w.created_at, w.author_id, w.lang, w.replies, w.unlocks, w.conversation_id, w.obtainable
from wanted as w
anti join vain as v on w.tweet_id = v.tweet_id
where w.tweet_id between ? and ?
  and w.replies >= ?
  and (? = '' or array_contains(split(?, ','), w.lang))
order by w.unlocks desc, w.replies desc, w.tweet_id
