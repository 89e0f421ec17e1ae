-- Turns in each tree that hangs on a missing tweet: its tweets whose author is not that of the tweet they answer.
select n.root_id, count(*) as turns
from dangling as n
semi join (select root_id from conversations where not complete) as c on n.root_id = c.root_id
join (select id, author_id from tweets) as t on n.tweet_id = t.id
left join (select id, author_id from tweets) as p on n.parent_id = p.id
where p.id is null
   or t.author_id is null
   or p.author_id is null
   or t.author_id <> p.author_id
group by n.root_id
