-- Each reply to its parent and, if wanted, each quote to what it quotes, where both are known; parents are older.
select child_id, parent_id, case when kind in ('reply', 'quote') then kind else 'inferred' end as kind
from links
where older
order by child_id, kind, parent_id
