-- What those tweets say of the missing one they answer that may be wanted in another way now.
select t.id, t.author_id, t.lang, t.conversation_id, t.reply_to_id, t.reply_to_rounded, t.reply_to_author_id
from tweets as t
semi join (select tweet_id from reconsidered) as r
  on coalesce(t.reply_to_id, case when t.reply_to_rounded is null then t.conversation_id end) = r.tweet_id
