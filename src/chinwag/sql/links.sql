-- Each link to a known tweet of those whose links are joined, and whether that one is older: by time, then by id; unknown
-- times are the oldest.
-- Where no parent is told but a conversation is, it links to the root. A rounded parent is the only tweet whose id is
-- that number as a float, if no other author is named: ids of authors from 4611686018427387904 up stand for names, and a
-- name and a number do not contradict each other.
select
  l.child_id,
  l.parent_id,
  l.kind,
  p.time < l.time or (p.time = l.time and p.id < l.child_id) as older
from (
  select child_id, parent_id, kind, coalesce(created_at, timestamp '1970-01-01 00:00:00') as time
  from (
    select id as child_id, reply_to_id as parent_id, 'reply' as kind, created_at
    from linking
    where reply_to_id is not null
    union all
    select id as child_id, quoted_id as parent_id, 'quote' as kind, created_at
    from linking
    where quoted_id is not null
      and cast(? as boolean)
    union all
    select id as child_id, conversation_id as parent_id, 'conversation' as kind, created_at
    from linking
    where reply_to_id is null
      and reply_to_rounded is null
      and conversation_id <> id
    union all
    select r.id as child_id, min(c.id) as parent_id, 'rounded' as kind, r.created_at
    from (select id, reply_to_rounded, reply_to_author_id, created_at from linking where reply_to_rounded is not null) as r
    join (select id, author_id from tweets) as c on cast(r.reply_to_rounded as double) = cast(c.id as double)
    group by r.id, r.reply_to_author_id, r.created_at
    having count(*) = 1
      and coalesce(
        min(c.author_id) = r.reply_to_author_id
          or (min(c.author_id) < 4611686018427387904) <> (r.reply_to_author_id < 4611686018427387904),
        true
      )
  ) as known
) as l
join (select id, coalesce(created_at, timestamp '1970-01-01 00:00:00') as time from tweets) as p on l.parent_id = p.id
