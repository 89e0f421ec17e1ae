"""Do the same two pieces of work with other tools, each as one who knows it would: one file a peer.

A peer has `NEEDS`, the programs and libraries it cannot do without; `HOW`, a sentence for each piece of work it does;
and a function for each of them:

- `read(tar, out, cores)` reads a tar of the v1.1 stream into Parquet files in `out` with `COLUMNS`: one row for each
  tweet in a status, which are those inside it (retweeted, quoted, quoted in a retweeted one) and, unless it is a
  retweet, the status itself. Texts are the full ones, as they came. Notices are left out. Their names begin with
  `tweets`.
- `assemble(workspace, out, cores)` makes of all sightings and deletes in a workspace that has nothing else `tweets`,
  `nodes` and `wanted`, each one or more Parquet files in `out` whose names begin so: one row a tweet (all columns of
  the fullest text's newest sighting, and the most of each count) without those that are gone, in the order of ids; the
  tree of each tweet that answers or is answered, in the order of roots, depths and ids; and the missing tweets that are
  answered, the most wanted first. A tweet's parent is what it replies to, if that is there, or what it quotes.

chinwag does more in both, and is measured with it: it cuts reply prefixes, undoes escaping, expands links, tells
languages, media, links and hashtags apart, keeps notices, counts what it could not read, checks every id, merges names
and counts by time, and works out edges, conversations and what each missing tweet would unlock.
"""

import shutil
from importlib.util import find_spec

NAMES = ("chinwag", "chinwag_spark", "open_assistant", "pandas", "polars", "duckdb", "spark")
GONE_TWEETS = ("delete", "status_withheld", "protected")
GONE_AUTHORS = ("user_withheld", "user_delete", "user_protect", "user_suspend")
COUNTS = ("reply_count", "retweet_count", "like_count", "quote_count")
COLUMNS = (
    "id", "created_at", "author_id", "author_handle", "author_followers", "text", "lang", "reply_to_id",
    "reply_to_author_id", "quoted_id", *COUNTS,
)  # fmt: skip
EPOCH = 1_288_834_974_657  # of snowflake ids, in ms; the time of a tweet is in its id


def lacking(needs: tuple[str, ...]) -> str:
    """Name what is not installed of the libraries a peer needs."""
    return ", ".join(name for name in needs if not (shutil.which(name) if name == "java" else find_spec(name)))
