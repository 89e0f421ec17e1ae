-- Turns by language, sources and terms, by split, and by whether they begin a conversation.
select lang, sources, terms, split, begins, count(*) as number
from (
  select coalesce(lang, 'und') as lang, sources, terms, split, parent_turn_id is null as begins
  from turns
) as told
group by lang, sources, terms, split, begins
