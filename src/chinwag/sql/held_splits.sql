-- The splits of the conversations that stay.
select distinct k.split
from kept as k
anti join leaks as l on k.root_id = l.id
