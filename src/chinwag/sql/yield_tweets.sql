-- Tweets by language and sources, and by whether they say what they answer or, if quotes are joined, what they quote.
select lang, sources, answers, count(*) as number
from (
  select
    coalesce(lang, 'und') as lang,
    sources,
    reply_to_id is not null
      or reply_to_rounded is not null
      or (quoted_id is not null and cast(? as boolean))
      or coalesce(conversation_id <> id, false) as answers
  from tweets
) as told
group by lang, sources, answers
