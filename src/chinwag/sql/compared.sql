-- The pairs of all bands, each once, with both texts.
select p.place, p.older_place, n.text, o.text as older_text
from (select distinct place, older_place from pairs) as p
join long_texts as n on p.place = n.place
join long_texts as o on p.older_place = o.place
