-- What is dropped of the trees whose roots lie in a range, by tree: first and last root, given twice, are the values.
select n.root_id, d.id, d.level, d.filter
from drops as d
join (select root_id, tweet_id from nodes where root_id >= ? and root_id <= ?) as n on d.id = n.tweet_id
where d.level = 'tweet'
union all
select id as root_id, id, level, filter
from drops
where level = 'conversation' and id >= ? and id <= ?
