-- Of some ids those of tweets that are neither known, nor known to be gone, nor asked of a provider before with another
-- outcome than one.
select distinct c.id
from candidates as c
anti join (select id from tweets) as t on c.id = t.id
anti join (select id from asked where level = 'tweet' and provider = ? and outcome <> ?) as a on c.id = a.id
anti join (
  select tweet_id from deletes where kind in ('delete', 'protected', 'status_withheld')
) as d on c.id = d.tweet_id
