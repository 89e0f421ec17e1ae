-- The turns of all conversations that do not leak, conversation by conversation, parents first.
select
  s.tweet_id as turn_id, s.root_id, s.parent_turn_id, s.depth, s.role, s.author, s.lang, s.text, s.like_count, s.followers,
  s.created_at, s.split, s.tweet_ids, s.sources, s.terms
from shaped as s
anti join leaks as l on s.root_id = l.id
where s.place is not null
order by s.root_id, s.place nulls last
