-- Notices about the tweets that are due, and those about authors.
select n.*
from deletes as n
semi join due as d on n.tweet_id = d.id
union all
select *
from deletes
where kind in ('user_withheld', 'user_delete', 'user_protect', 'user_suspend')
