-- What may be shown below a tweet that quotes it, if that is wanted: tweets in trees, for the filters have seen no others,
-- of which nothing is dropped.
select t.id, t.text, t.sources, t.terms
from (select id, text, sources, terms from tweets where cast(? as boolean)) as t
join nodes as n on t.id = n.tweet_id
anti join (select distinct id from drops where level = 'tweet') as d on t.id = d.id
anti join (select distinct id from drops where level = 'conversation') as c on n.root_id = c.id
