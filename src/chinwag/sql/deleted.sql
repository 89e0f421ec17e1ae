-- Tweets that are known to be gone, however late the notice came.
select distinct tweet_id
from deletes
where kind in ('delete', 'status_withheld')
  and tweet_id is not null
