-- What the conversations of different splits must not share: clusters of near-duplicates, what was said and answered word
-- for word, and if it is wanted authors.
select distinct k.root_id, k.split, 'cluster' as kind, c.cluster_id as id
from shaped as k
join (select tweet_id, cluster_id from clusters where cluster_id is not null) as c on k.tweet_id = c.tweet_id
where k.filter is null
union all
select distinct k.root_id, k.split, 'answer' as kind, k.answer_id as id
from shaped as k
where k.answer_id is not null
union all
select distinct k.root_id, k.split, 'author' as kind, t.author_id as id
from shaped as k
join (select id, author_id from tweets where author_id is not null) as t on k.tweet_id = t.id
where k.filter is null
