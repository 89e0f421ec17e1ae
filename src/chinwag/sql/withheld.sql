-- Authors whose tweets are all withheld.
select distinct author_id
from deletes
where kind = 'user_withheld'
  and author_id is not null
