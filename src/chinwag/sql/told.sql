-- Tweets of which something was told since the tables were made: they were seen, were edited or are gone, by themselves or
-- with their authors. With them those whose links may lead to another version now.
select id
from new_sightings
union
select tweet_id as id
from new_deletes
where tweet_id is not null
union
select tweet_id as id
from remapped
union
select initial_id as id
from new_edits
union
select s.id
from sightings as s
semi join (
  select lower(author_handle) as handle
  from new_deletes
  where kind in ('user_withheld', 'user_delete', 'user_protect', 'user_suspend')
    and author_handle is not null
) as n on lower(s.author_handle) = n.handle
where s.author_id is null
union
select t.id
from old_tweets as t
semi join withheld as w on t.author_id = w.author_id
union
select t.id
from old_tweets as t
semi join remapped as r on t.reply_to_id = r.tweet_id
union
select t.id
from old_tweets as t
semi join remapped as r on t.quoted_id = r.tweet_id
union
select t.id
from old_tweets as t
semi join remapped as r on t.conversation_id = r.tweet_id
