-- Each reply to its parent and, if wanted, each quote to what it quotes, where both are known; parents are older.
select child_id, parent_id, kind
from (
  select r.id as child_id, p.id as parent_id, 'reply' as kind
  from tweets as r
  join tweets as p on r.reply_to_id = p.id
  where p.id < r.id
  union all
  select q.id as child_id, p.id as parent_id, 'quote' as kind
  from tweets as q
  join tweets as p on q.quoted_id = p.id
  where p.id < q.id
    and cast(? as boolean)
) as e
order by child_id, kind, parent_id
