-- Each tweet in a tree with the oldest that says the same, and the oldest of those that say nearly the same.
select
  s.tweet_id,
  s.text_id,
  case when s.length >= ? then coalesce(m.cluster_id, s.text_id) end as cluster_id,
  s.length
from same_texts as s
left join (
  select n.text_id, o.text_id as cluster_id
  from members as m
  join (select place, text_id from long_texts) as n on m.place = n.place
  join (select place, text_id from long_texts) as o on m.older_place = o.place
) as m on s.text_id = m.text_id
order by s.tweet_id
