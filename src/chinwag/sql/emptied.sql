-- Splits of which every conversation leaks.
select k.split
from (select distinct root_id, split from shaped where filter is null) as k
left join leaks as l on k.root_id = l.id
group by k.split
having count(*) = count(l.id)
order by k.split nulls last
