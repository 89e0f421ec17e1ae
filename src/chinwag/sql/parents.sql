-- The one parent a tweet has in a tree: what it replies to, before what it quotes.
select child_id as tweet_id, parent_id, kind
from joined
qualify row_number() over (
  partition by child_id
  order by case kind when 'reply' then 0 when 'inferred' then 1 else 2 end, parent_id
) = 1
