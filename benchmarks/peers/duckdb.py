"""DuckDB alone: `read_json` with the wanted columns, and a recursive CTE."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peers import COUNTS, EPOCH, GONE_AUTHORS, GONE_TWEETS
from benchmarks.peers.unpacking import extract

if TYPE_CHECKING:
    import duckdb

NEEDS = ("duckdb",)
HOW = {
    "read": "`read_json` with types for the wanted fields; bz2 unpacked into files before, a thread a core",
    "assemble": "`arg_max` of whole rows, trees by a recursive CTE from the roots down",
}

FIELDS = {
    "id_str": "varchar",
    "text": "varchar",
    "truncated": "boolean",
    "lang": "varchar",
    "extended_tweet": "struct(full_text varchar)",
    "user": "struct(id_str varchar, screen_name varchar, followers_count bigint)",
    "in_reply_to_status_id_str": "varchar",
    "in_reply_to_user_id_str": "varchar",
    "quoted_status_id_str": "varchar",
    "reply_count": "bigint",
    "retweet_count": "bigint",
    "favorite_count": "bigint",
    "quote_count": "bigint",
}

READ = f"""
copy (
  select
    id_str::bigint as id,
    make_timestamp_ms((id_str::bigint >> 22) + {EPOCH})::timestamptz as created_at,
    "user".id_str::bigint as author_id,
    "user".screen_name as author_handle,
    "user".followers_count as author_followers,
    case when truncated then coalesce(extended_tweet.full_text, text) else text end as text,
    lang,
    in_reply_to_status_id_str::bigint as reply_to_id,
    in_reply_to_user_id_str::bigint as reply_to_author_id,
    quoted_status_id_str::bigint as quoted_id,
    reply_count,
    retweet_count,
    favorite_count as like_count,
    quote_count
  from (
    select unnest([
      case when retweeted_status is null then {{own}} else {{retweeted}} end,
      {{quoted}},
      case when retweeted_status.quoted_status.id_str is distinct from quoted_status.id_str then {{inner}} end
    ]) as one
    from read_json(?, format = 'newline_delimited', columns = {{columns}})
    where "user" is not null and text is not null
  ), lateral (select unnest(one))
  where id_str is not null and text is not null
) to '{{path}}' (format parquet, compression zstd)
"""

ASSEMBLE = f"""
create table kept as
select id, count(*) as sightings,
  arg_max(s, (length(text) + coalesce(length(reply_prefix) + 1, 0), seen_at)) as one,
  {", ".join(f"max({count}) as most_{count}" for count in COUNTS)}
from sightings as s
where id not in (select tweet_id from deletes where kind in {GONE_TWEETS} and tweet_id is not null)
  and author_id not in (select author_id from deletes where kind in {GONE_AUTHORS} and author_id is not null)
group by id;

copy (
  select one.* replace ({", ".join(f"most_{count} as {count}" for count in COUNTS)}), sightings
  from kept order by id
) to '{{out}}/tweets.parquet' (format parquet, compression zstd);

create table parents as
select t.id, coalesce(r.id, q.id) as parent_id
from (select id, one.reply_to_id, one.quoted_id from kept) as t
left join kept as r on t.reply_to_id = r.id and r.id < t.id
left join kept as q on t.quoted_id = q.id and q.id < t.id
where coalesce(r.id, q.id) is not null;

copy (
  with recursive nodes(tweet_id, root_id, parent_id, depth) as (
    select distinct parent_id, parent_id, null::bigint, 0 from parents where parent_id not in (select id from parents)
    union all
    select p.id, n.root_id, p.parent_id, n.depth + 1 from nodes as n join parents as p on n.tweet_id = p.parent_id
  )
  select * from nodes order by root_id, depth, tweet_id
) to '{{out}}/nodes.parquet' (format parquet, compression zstd);

copy (
  select one.reply_to_id as tweet_id, min(one.reply_to_author_id) as author_id, count(*) as replies
  from kept
  where one.reply_to_id < id and one.reply_to_id not in (select id from kept)
    and one.reply_to_id not in (select tweet_id from deletes where kind in {GONE_TWEETS} and tweet_id is not null)
  group by 1
  having author_id is null
    or author_id not in (select author_id from deletes where kind in {GONE_AUTHORS} and author_id is not null)
  order by replies desc, tweet_id
) to '{{out}}/wanted.parquet' (format parquet, compression zstd);
"""


def _session(out: Path, cores: int) -> "duckdb.DuckDBPyConnection":
    import duckdb

    session = duckdb.connect()
    session.execute(f"set threads = {cores}; set TimeZone = 'UTC'; set temp_directory = '{out / 'spill'}'")
    session.execute("set preserve_insertion_order = false")
    return session


def read(tar: Path, out: Path, cores: int) -> None:
    """Read a tar into Parquet."""
    files = extract(tar, out / "members", cores, undo=(".bz2",))
    status = ", ".join(f'"{name}" {kind}' for name, kind in FIELDS.items())
    nested = f"struct({status}, quoted_status struct({status}))"
    columns = FIELDS | {"quoted_status": f"struct({status})", "retweeted_status": nested}

    def fields(of: str) -> str:
        return "{" + ", ".join(f"""'{name}': {of}"{name}\"""" for name in FIELDS) + "}"

    def given(of: str) -> str:
        return f"case when {of} is not null then {fields(of + '.')} end"

    select = READ.format(
        own=fields(""),
        retweeted=fields("retweeted_status."),
        quoted=given("quoted_status"),
        inner=given("retweeted_status.quoted_status"),
        columns="{" + ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items()) + "}",
        path=out / "tweets.parquet",
    )
    with _session(out, cores) as session:
        session.execute(select, [[str(file) for file in files]])
    shutil.rmtree(out / "members")


def assemble(workspace: Path, out: Path, cores: int) -> None:
    """Make tweets, nodes and wanted."""
    with _session(out, cores) as session:
        for table in ("sightings", "deletes"):
            session.execute(f"create view {table} as select * from '{workspace}/{table}/*.parquet'")
        session.execute(ASSEMBLE.format(out=out))
