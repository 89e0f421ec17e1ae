-- The tweets of the trees whose roots lie in a range, with their place in the tree: first and last root are the values.
select
  n.root_id, n.depth, n.tweet_id, n.parent_id, n.kind, t.created_at, t.author_id, t.author_handle, t.text, t.reply_prefix,
  t.lang, t.quoted_id, t.reply_count, t.retweet_count, t.like_count, t.quote_count, t.author_followers,
  t.possibly_sensitive, t.client, t.urls, t.hashtags, t.media, t.sightings, t.sources, t.terms, t.seen_own
from (select root_id, depth, tweet_id, parent_id, kind from nodes where root_id >= ? and root_id <= ?) as n
join tweets as t on n.tweet_id = t.id
