-- Tweets in no tree that answer something that is missing, as nodes: each as if it were a root.
select
  t.id as tweet_id, t.id as root_id, cast(null as bigint) as parent_id, cast(0 as bigint) as depth,
  cast(null as varchar(9)) as kind
from tweets as t
anti join nodes as n on t.id = n.tweet_id
where t.reply_to_id is not null or t.reply_to_rounded is not null or t.quoted_id is not null
  or t.conversation_id <> t.id
