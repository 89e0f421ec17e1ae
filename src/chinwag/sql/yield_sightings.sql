-- Sightings by language and sources, those of their tweet where it is known, and by what became of them: left out because
-- of where they are from, of tweets that are gone, or kept.
select lang, sources, embedded, fate, count(*) as number
from (
  select
    coalesce(t.lang, s.lang, 'und') as lang,
    coalesce(t.sources, split(s.source, ',')) as sources,
    s.seen_as <> 'own' as embedded,
    case when s.excluded then 'excluded' when t.id is null then 'gone' else 'kept' end as fate
  from (
    select
      id, lang, source, seen_as,
      array_contains(split(?, ','), source) or coalesce(array_contains(split(?, ','), terms), false) as excluded
    from sightings
  ) as s
  left join versions as v on s.id = v.tweet_id
  left join (select id, lang, sources from tweets) as t on coalesce(v.initial_id, s.id) = t.id and not s.excluded
) as told
group by lang, sources, embedded, fate
