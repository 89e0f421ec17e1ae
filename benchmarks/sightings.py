"""Make a workspace of synthetic sightings, of any size, without reading any files.

What is in it follows from the number of sightings and the shares alone. Tweets are numbered by age; tweet `i` gets a
snowflake id in the milliseconds of the 1 % stream, so a parent, which has a smaller number, is always older. Every
tenth sighting shows a tweet again, mostly within minutes, at most a day and a half later. The rows are written in no
order at all, which is the worst case for a sort; or in that of time, as dumps are: then the first parts of a world are
its first days.
"""

import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from chinwag.tables import schema
from chinwag.values import TWITTER_EPOCH
from chinwag.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

PART = 1_000_000
REPEATS = 10  # one sighting in so many shows a tweet that was seen before
CHAINS = 4
CHAIN_DEPTH = 6_000
START = 1_609_459_200_000  # 2021-01-01, in ms
SEED = 1

# One row of `tweet` an own sighting or a repeat, with what both share; `roll` gives 0..999 for a number and a purpose.
MACROS = f"""
create macro roll(i, purpose) as (hash(i, purpose, getvariable('seed')) % 1000)::bigint;
create macro share(i, purpose) as hash(i, purpose, getvariable('seed')) / 18446744073709551616.0;
create macro made(i) as {START} + (i // 40) * 1000 + 657 + (i % 40) // 4;
create macro tweet_id(i) as
  ((made(i) - {TWITTER_EPOCH}) << 22) + ((i % 4) << 20) + (hash(i, 'id', getvariable('seed')) % 1000000)::bigint;
create macro in_chain(i) as i % getvariable('stride') < {CHAINS};
create macro author(i) as case
  when in_chain(i) then 2000000 + i // getvariable('stride') % 2
  else (hash(i, 'author', getvariable('seed')) % 1000000)::bigint + 1
end;
-- Where the parent is missing its id is one that no tweet has; every other one could not be in the sample.
create macro link(i, missing) as case
  when roll(i, 'missing') >= missing or in_chain(i) then tweet_id(i)
  when i % 2 = 0 then xor(tweet_id(i), 1)
  else tweet_id(i) - (100 << 22)
end;
-- A place in the block of `reach` tweets that holds the i-th or in one of four before it: the nth place has chance 1/n.
create macro place(i, reach, purpose) as
  i - i % reach - (roll(i, purpose) % 5) * reach + (floor(pow(reach, share(i, purpose)))::bigint * 7919) % reach;
create macro older(i, reach, place) as case when place < 0 then i // 2 when place < i then place
  when place >= reach then place - reach else i // 2 end;
create macro target(i, purpose) as case
  when roll(i, purpose) < 30 then older(i, 1000003, place(i, 1000003, purpose))
  else older(i, 1009, place(i, 1009, purpose))
end;
"""

ROWS = """
with numbered as (
  select (n * getvariable('step')) % getvariable('total') as s
  from range(?::bigint, ?::bigint) as numbers(n)
), placed as (
  select s, s % {repeats} = {repeats} - 1 as again, s - s // {repeats} as next
  from numbered
), chosen as (
  select s, again, case when again then target(next, 'again') else next end as i
  from placed
), tweet as (
  select s, again, i,
    in_chain(i) and i >= getvariable('stride') as chained,
    chained or roll(i, 'reply') < 350 as replies,
    case when chained then i - getvariable('stride') else target(i, 'parent') end as parent,
    roll(i, 'quote') < 50 as quotes,
    target(i, 'quoted') as quoted,
    author(i) as author,
    again or roll(s, 'seen') < 300 as embedded
  from chosen
)
select
  tweet_id(i) as id,
  make_timestamp_ms(made(i)) as created_at,
  author as author_id,
  'user_' || author as author_handle,
  case when embedded then (author * 31 + s) % 5000 end as author_followers,
  author % 100 = 0 as author_verified,
  case when not embedded and roll(i, 'cut') < 50 then left(words, greatest(1, length(words) // 2)) || '…' else words end
    as text,
  case when replies and roll(i, 'prefix') < 900 then '@user_' || (author + 1) % 1000000 end as reply_prefix,
  (['en', 'ja', 'es', 'pt', 'ar', 'und'])[roll(i, 'lang') % 6 + 1] as lang,
  case when replies and parent < i then link(parent, getvariable('missing')) end as reply_to_id,
  null as reply_to_rounded,
  case when replies and parent < i then author(parent) end as reply_to_author_id,
  case when quotes and quoted < i then link(quoted, getvariable('missing')) end as quoted_id,
  null as conversation_id,
  case when embedded then roll(s, 'replies') % 20 end as reply_count,
  case when embedded then roll(s, 'retweets') end as retweet_count,
  case when embedded then roll(s, 'likes') end as like_count,
  case when embedded then roll(s, 'quotes') % 10 end as quote_count,
  case when roll(i, 'media') < 200 then roll(i, 'sensitive') < 20 end as possibly_sensitive,
  (['Twitter for iPhone', 'Twitter for Android', 'Twitter Web App', 'TweetDeck'])[roll(i, 'client') % 4 + 1] as client,
  case when roll(i, 'url') < 150 then ['https://example.com/' || i] else [] end as urls,
  case when roll(i, 'tag') < 150 then ['tag' || roll(i, 'tags')] else [] end as hashtags,
  case when roll(i, 'media') < 200 then [{{'kind': 'photo', 'url': 'https://example.com/' || i || '.jpg', 'alt': null}}]
    else [] end as media,
  case when not embedded then 'own' when roll(s, 'as') < 700 then 'retweeted' else 'quoted' end as seen_as,
  make_timestamp_ms(made(i) + case when embedded then roll(s, 'later') * 60000 else 0 end) as seen_at,
  'v1' as source,
  'stream' as terms,
  1 + s % 3 as file_id
from (
  select *, array_to_string(list_transform(
    range(getvariable('shortest') + roll(i, 'length') % 6),
    lambda k: getvariable('phrases')[1 + ((hash(i, k, 'words') >> 32) % len(getvariable('phrases')))::bigint]
  ), ' ') as words
  from tweet
)
"""

DELETES = """
select
  case when kind in ('delete', 'status_withheld') then link(i, getvariable('missing')) end as tweet_id,
  author(i) as author_id,
  null as author_handle,
  kind,
  case when kind = 'scrub_geo' then tweet_id(i) end as up_to_id,
  make_timestamp_ms(made(i) + 3600000) as at,
  1::bigint as file_id
from (
  select i, case when roll(i, 'kind') < 2 then 'user_withheld' when roll(i, 'kind') < 5 then 'status_withheld'
    when roll(i, 'kind') < 100 then 'scrub_geo' else 'delete' end as kind
  from range(?::bigint, ?::bigint) as numbers(i)
  where roll(i, 'deleted') < 10 and not in_chain(i)
)
"""


@dataclass(frozen=True)
class World:
    """Describe a set of synthetic sightings; `missing` is the share of parents that are missing.

    The shortest texts are of so many phrases, of which there are 65,536: those of one are often the same.
    """

    sightings: int
    missing: float = 0.15
    seed: int = SEED
    shortest: int = 1
    by_time: bool = False

    @property
    def tweets(self) -> int:
        """Give the number of different tweets."""
        return self.sightings - self.sightings // REPEATS


def fill(folder: Path, world: World, size: int = PART) -> Path:
    """Make a workspace that holds the sightings and deletes of a world, so many sightings a part."""
    workspace = Workspace(folder, create=True)
    connection = _prepare(world)
    add: dict[str, list[str]] = {"sightings": [], "deletes": []}
    with workspace.writing() as scratch:
        for start in range(0, world.sightings, size):
            end = min(start + size, world.sightings)
            sql = ROWS.format(repeats=REPEATS)
            part = _write(scratch, "sightings", connection, sql, [start, end])
            add["sightings"].append(workspace.adopt("sightings", part, f"{start // size:08}"))
            tweets = [place - place // REPEATS for place in (start, end)]
            part = _write(scratch, "deletes", connection, DELETES, tweets)
            add["deletes"].append(workspace.adopt("deletes", part, f"{start // size:08}"))
        workspace.commit("ingest", add=add)
    return folder


def _prepare(world: World) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    chain = min(CHAIN_DEPTH, world.tweets // 20)
    scattered = range(int(world.sightings * 0.618), 2 * world.sightings)
    step = 1 if world.by_time else next(n for n in scattered if math.gcd(n, world.sightings) == 1)
    variables = {
        "seed": world.seed,
        "total": world.sightings,
        "missing": round(world.missing * 1000),
        "stride": world.tweets // max(chain, 1) if chain else 1,
        "step": step,
        "shortest": world.shortest,
    }
    for name, value in variables.items():
        connection.execute(f"set variable {name} = {value}::bigint")
    connection.execute("set variable phrases = ?::json::varchar[]", [json.dumps(list(_phrases(world.seed)))])
    connection.execute(MACROS)
    return connection


def _phrases(seed: int) -> Iterator[str]:
    """Give 65,536 phrases of made-up words, 20 to 46 characters each."""
    source = random.Random(seed)
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiouéö"] + ["こん", "にち", "は", "😀"]
    words = ["".join(source.choices(syllables, k=source.randint(1, 4))) for _ in range(5000)]
    for _ in range(65536):
        length = source.randint(20, 46)
        phrase = ""
        while len(phrase) < length:
            phrase += " " + words[source.randrange(5000)]
        yield phrase.strip()


def _write(scratch: Path, table: str, connection: duckdb.DuckDBPyConnection, sql: str, values: list[int]) -> Path:
    import pyarrow.parquet as pq

    path = scratch / f"{table}.parquet"
    wanted: pa.Schema = schema(table)
    rows = connection.sql(sql, params=values).to_arrow_table().cast(wanted)
    pq.write_table(rows, path, compression="zstd", compression_level=3, use_dictionary=["lang", "client", "kind"])
    return path
