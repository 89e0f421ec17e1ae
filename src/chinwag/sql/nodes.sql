-- Every tweet that is in a tree of two or more.
select r.tweet_id, r.root_id, p.parent_id, r.depth, p.kind
from rooted as r
left join parents as p on r.tweet_id = p.tweet_id
order by r.root_id, r.depth, r.tweet_id
