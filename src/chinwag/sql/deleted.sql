-- Tweets that are known to be gone, however late the notice came; a notice of one version is one of the whole tweet. With
-- them those of which only the author's screen name is known, if a notice names an author by it.
select distinct coalesce(v.initial_id, d.tweet_id) as tweet_id
from (
  select tweet_id
  from deletes
  where kind in ('delete', 'protected', 'status_withheld')
    and tweet_id is not null
  union all
  select s.id as tweet_id
  from sightings as s
  semi join (
    select lower(author_handle) as handle
    from deletes
    where kind in ('user_withheld', 'user_delete', 'user_protect', 'user_suspend')
      and author_handle is not null
  ) as n on lower(s.author_handle) = n.handle
  where s.author_id is null
) as d
left join versions as v on d.tweet_id = v.tweet_id
