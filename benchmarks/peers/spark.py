"""Spark alone, on one machine: `read.json` with a schema, and joins that double their steps."""

import shutil
from pathlib import Path
from typing import Any

from benchmarks.peers import COUNTS, EPOCH, GONE_AUTHORS, GONE_TWEETS
from benchmarks.peers.unpacking import extract

NEEDS = ("pyspark", "java")
HOW = {
    "read": "`read.json` of the members, packed as they are, with a schema of the wanted fields; `local[cores]`",
    "assemble": "windows and joins; trees by joins that double their steps, of tweets that still move; `local[cores]`",
}

FIELDS = {
    "id_str": "string",
    "text": "string",
    "truncated": "boolean",
    "lang": "string",
    "extended_tweet": "struct<full_text: string>",
    "user": "struct<id_str: string, screen_name: string, followers_count: bigint>",
    "in_reply_to_status_id_str": "string",
    "in_reply_to_user_id_str": "string",
    "quoted_status_id_str": "string",
    "reply_count": "bigint",
    "retweet_count": "bigint",
    "favorite_count": "bigint",
    "quote_count": "bigint",
}

READ = f"""
select
  bigint(one.id_str) as id,
  timestamp_millis(shiftright(bigint(one.id_str), 22) + {EPOCH}) as created_at,
  bigint(one.user.id_str) as author_id,
  one.user.screen_name as author_handle,
  one.user.followers_count as author_followers,
  case when one.truncated then coalesce(one.extended_tweet.full_text, one.text) else one.text end as text,
  one.lang,
  bigint(one.in_reply_to_status_id_str) as reply_to_id,
  bigint(one.in_reply_to_user_id_str) as reply_to_author_id,
  bigint(one.quoted_status_id_str) as quoted_id,
  one.reply_count, one.retweet_count, one.favorite_count as like_count, one.quote_count
from (
  select explode(array(
    case when retweeted_status is null then {{own}} else {{retweeted}} end,
    quoted_status,
    case when not retweeted_status.quoted_status.id_str <=> quoted_status.id_str then retweeted_status.quoted_status end
  )) as one
  from records
  where user is not null and text is not null
)
where one.id_str is not null and one.text is not null
"""

KEPT = f"""
select s.* except ({", ".join(COUNTS)}, nth, sightings, {", ".join(f"most_{count}" for count in COUNTS)}),
  {", ".join(f"most_{count} as {count}" for count in COUNTS)}, sightings
from (
  select s.*, {", ".join(f"max({count}) over (partition by id) as most_{count}" for count in COUNTS)},
    count(*) over (partition by id) as sightings,
    row_number() over (partition by id
      order by length(text) + coalesce(length(reply_prefix) + 1, 0) desc, seen_at desc nulls last) as nth
  from sightings as s
  left anti join (select tweet_id from deletes where kind in {GONE_TWEETS}) as d on s.id = d.tweet_id
  left anti join (select author_id from deletes where kind in {GONE_AUTHORS}) as w on s.author_id = w.author_id
) as s
where nth = 1
order by id
"""

PARENTS = """
select t.id, coalesce(r.id, q.id) as parent_id
from tweets as t
left join tweets as r on t.reply_to_id = r.id and r.id < t.id
left join tweets as q on t.quoted_id = q.id and q.id < t.id
where coalesce(r.id, q.id) is not null
"""

WANTED = f"""
select t.reply_to_id as tweet_id, min(t.reply_to_author_id) as author_id, count(*) as replies
from tweets as t
left anti join tweets as k on t.reply_to_id = k.id
left anti join (select tweet_id from deletes where kind in {GONE_TWEETS}) as d on t.reply_to_id = d.tweet_id
left anti join (select author_id from deletes where kind in {GONE_AUTHORS}) as w on t.reply_to_author_id = w.author_id
where t.reply_to_id < t.id
group by t.reply_to_id
order by replies desc, tweet_id
"""


def _session(cores: int, scratch: Path) -> Any:
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "6g",
        "spark.local.dir": str(scratch),
        "spark.log.level": "ERROR",
        "spark.sql.parquet.compression.codec": "zstd",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(2 * cores),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master(f"local[{cores}]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def end() -> None:
    """End Spark and wait for its Java, so that what that took is counted."""
    from pyspark import SparkContext

    gateway, context = SparkContext._gateway, SparkContext._active_spark_context
    if context is not None:
        context.stop()
    if gateway is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait()


def read(tar: Path, out: Path, cores: int) -> None:
    """Read a tar into Parquet."""
    extract(tar, out / "members", cores)
    spark = _session(cores, out / "spill")
    status = ", ".join(f"{name} {kind}" for name, kind in FIELDS.items())
    nested = f"quoted_status struct<{status}>"
    schema = f"{status}, {nested}, retweeted_status struct<{status}, {nested}>"
    spark.read.schema(schema).json(str(out / "members")).createOrReplaceTempView("records")
    own = ", ".join(f"'{name}', {name}" for name in FIELDS)
    retweeted = ", ".join(f"'{name}', retweeted_status.{name}" for name in FIELDS)
    select = READ.format(own=f"named_struct({own})", retweeted=f"named_struct({retweeted})")
    spark.sql(select).write.parquet(str(out / "tweets"))
    end()
    shutil.rmtree(out / "members")


def assemble(workspace: Path, out: Path, cores: int) -> None:
    """Make tweets, nodes and wanted."""
    spark = _session(cores, out / "spill")
    for table in ("sightings", "deletes"):
        spark.read.parquet(str(workspace / table)).createOrReplaceTempView(table)
    spark.sql(KEPT).write.parquet(str(out / "tweets"))
    links = spark.read.parquet(str(out / "tweets")).select("id", "reply_to_id", "reply_to_author_id", "quoted_id")
    links.cache().createOrReplaceTempView("tweets")
    parents = spark.sql(PARENTS).cache()
    parents.createOrReplaceTempView("parents")
    moving = parents.selectExpr("id", "parent_id as root_id", "1L as depth")
    steps = moving
    while not moving.isEmpty():  # what is in `steps` and moves no more has its root
        up = steps.selectExpr("id as root_id", "root_id as above", "depth as further")
        moving = moving.join(up, "root_id").selectExpr("id", "above as root_id", "depth + further as depth")
        moving = moving.localCheckpoint()
        steps = steps.join(moving.select("id"), "id", "left_anti").union(moving).localCheckpoint()
    tops = spark.sql("select distinct parent_id as id, parent_id as root_id, 0L as depth from parents").join(
        parents.select("id"), "id", "left_anti"
    )
    nodes = tops.union(steps).join(parents, "id", "left").selectExpr("id as tweet_id", "root_id", "parent_id", "depth")
    nodes.sort("root_id", "depth", "tweet_id").write.parquet(str(out / "nodes"))
    spark.sql(WANTED).write.parquet(str(out / "wanted"))
    end()
