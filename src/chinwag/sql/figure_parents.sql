-- Replies by where the tweet they answer came from: of the places below the first that holds, by its number.
-- What a source that showed the reply showed in a file of its own: a record of the tweet (0), the tweet inside another
-- record (1) or sent along with one (2); only other sources showed it (3); only what was fetched did (4); nothing (5).
-- Sightings that were left out of the trees do not count: the two values name their sources and terms.
select place, count(*) as number
from (
  select
    r.id,
    min(case
      when s.id is null then 5
      when s.fetched then 4
      when array_contains(r.sources, s.source) then s.way
      else 3
    end) as place
  from (select id, reply_to_id, sources from tweets where reply_to_id is not null) as r
  left join (
    select o.id, o.source, o.fetched, min(o.way) as way
    from (
      select
        coalesce(v.initial_id, s.id) as id,
        s.source,
        f.file_id is not null as fetched,
        case s.seen_as when 'own' then 0 when 'included' then 2 else 1 end as way
      from (select id, source, terms, seen_as, file_id from sightings) as s
      left join versions as v on s.id = v.tweet_id
      left join fetched as f on s.file_id = f.file_id
      where not array_contains(split(?, ','), s.source)
        and not coalesce(array_contains(split(?, ','), s.terms), false)
    ) as o
    semi join (select reply_to_id from tweets) as a on o.id = a.reply_to_id
    semi join (select id from tweets) as t on o.id = t.id
    group by o.id, o.source, o.fetched
  ) as s on r.reply_to_id = s.id
  group by r.id
) as told
group by place
