-- What the links of some tweets are made of.
select
  t.id, t.created_at, t.reply_to_id, t.reply_to_rounded, t.reply_to_author_id, t.quoted_id, t.conversation_id
from tweets as t
semi join relinked as r on t.id = r.id
