-- Tweets that are known to be gone, however late the notice came; a notice of one version is one of the whole tweet.
select distinct coalesce(v.initial_id, d.tweet_id) as tweet_id
from deletes as d
left join versions as v on d.tweet_id = v.tweet_id
where d.kind in ('delete', 'protected', 'status_withheld')
  and d.tweet_id is not null
