-- What one band says may be alike: each text with the oldest one of its bucket, and with the one before it there.
select b.place, case when w.way = 0 then b.oldest else b.previous end as older_place
from (
  select
    place,
    min(place) over (partition by bucket) as oldest,
    lag(place) over (partition by bucket order by place nulls last) as previous
  from band
) as b
cross join (select 0 as way union all select 1 as way) as w
where (w.way = 0 and b.oldest < b.place)
  or (w.way = 1 and b.previous > b.oldest)
