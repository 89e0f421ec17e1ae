-- Tweets that may be wanted in another way now: those that changed, those that changed ones answer or answered, those that
-- trees hang on that were made anew, and those of authors that are gone.
select id as tweet_id
from changed
union
select w.tweet_id
from (
  select t.id, coalesce(t.reply_to_id, case when t.reply_to_rounded is null then t.conversation_id end) as tweet_id
  from old_tweets as t
) as w
semi join (select id from changed union select root_id as id from felled) as c on w.id = c.id
where w.tweet_id is not null
union
select w.tweet_id
from (
  select t.id, coalesce(t.reply_to_id, case when t.reply_to_rounded is null then t.conversation_id end) as tweet_id
  from tweets as t
) as w
semi join (select id from changed union select root_id as id from grown) as c on w.id = c.id
where w.tweet_id is not null
union
select o.tweet_id
from old_wanted as o
semi join withheld as w on o.author_id = w.author_id
