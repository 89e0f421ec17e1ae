-- Tweets whose longest leap has this power: it lands on the root or on a shallower tweet, whose root is known by then.
select l.tweet_id, r.root_id, r.depth + cast(? as bigint) as depth
from leaps as l
anti join (select tweet_id from leaps where power = cast(? as int)) as longer on l.tweet_id = longer.tweet_id
join rooted as r on l.ancestor_id = r.tweet_id
where l.power = cast(? as int)
