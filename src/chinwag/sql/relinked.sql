-- Tweets whose links are joined anew: those that changed, and those that name or may mean one that did.
select id
from changed
union
select t.id
from tweets as t
semi join changed as c on t.reply_to_id = c.id
union
select t.id
from tweets as t
semi join changed as c on t.quoted_id = c.id
union
select t.id
from tweets as t
semi join changed as c on t.conversation_id = c.id
union
select t.id
from (select id, cast(reply_to_rounded as double) as rounded from tweets where reply_to_rounded is not null) as t
semi join (select cast(id as double) as rounded from changed) as c on t.rounded = c.rounded
