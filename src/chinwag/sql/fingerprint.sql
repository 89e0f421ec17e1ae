-- Numbers that nobody can tell who does not hold the tweets; they do not depend on how the tweets were packed.
select
  cast(count(*) as varchar(20)) || '-' || cast(coalesce(bit_xor(id), 0) as varchar(20)) || '-'
    || cast(coalesce(bit_xor(author_id), 0) as varchar(20)) || '-'
    || cast(coalesce(sum(cast(length(text) as bigint)), 0) as varchar(20)) as fingerprint
from tweets
