-- Leaps twice as long as those of a power of two: a leap, and one from where it lands.
select near.power + 1 as power, near.tweet_id, far.ancestor_id
from leaps as near
join leaps as far on near.ancestor_id = far.tweet_id
where near.power = cast(? as int)
  and far.power = cast(? as int)
