"""Collect what sources read, row by row, and give it as Arrow tables.

This is where a source meets the tables: it says what it saw, and the rules that hold for every source are kept here.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chinwag.tables import TABLES, schema

if TYPE_CHECKING:
    import pyarrow as pa

TWITTER_EPOCH = 1_288_834_974_657  # ms; a snowflake id counts from here (Twitter's announcement of snowflake)
FIRST_SNOWFLAKE = 29_700_000_000  # ids below were given in sequence and carry no time
LARGEST_ID = (1 << 63) - 1
LARGEST_TIME = 253_402_300_799_999  # ms; the end of the year 9999
MONTHS = {"Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
          "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12}  # fmt: skip
OLD_LANGUAGES = {"in": "id", "iw": "he", "ji": "yi"}  # codes that ISO 639 has replaced and Twitter still gave


def to_id(value: object, other: object = None) -> int | None:
    """Take an id from a number or its digits, else from `other`; None where neither is in the range of ids."""
    if value is None:  # the usual case first: this runs six times a tweet
        return None if other is None else to_id(other)
    if type(value) is str:
        if len(value) < 20 and value.isdigit() and value.isascii():
            number = int(value)
            if 0 < number <= LARGEST_ID:
                return number
    elif isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_ID:
        return value
    return None if other is None else to_id(other)


def id_time(tweet_id: int) -> int | None:
    """Give the time in a snowflake id, in ms since 1970; None for ids older than snowflake."""
    return (tweet_id >> 22) + TWITTER_EPOCH if tweet_id >= FIRST_SNOWFLAKE else None


def classic_time(text: str | None) -> int | None:
    """Read a time as API v1.1 writes it, `Fri Jan 01 17:29:00 +0000 2021`, in ms since 1970; None where it is not."""
    try:
        _, month, day, clock, zone, year = (text or "").split()
        hour, minute, second = clock.split(":")
        when = datetime(int(year), MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except (ValueError, KeyError, OverflowError):
        return None
    return int(when.timestamp()) * 1000 if zone == "+0000" else None


class Rows:
    """Hold the rows of one job until they are written, and count per file what became of every record."""

    def __init__(self) -> None:
        self._sightings: list[tuple[Any, ...]] = []
        self._deletes: list[tuple[Any, ...]] = []
        self._rejects: list[tuple[Any, ...]] = []
        self.source = ""
        self.file_id = 0
        self.member = ""
        self.counts: Counter[str] = Counter()
        self.sources: set[str] = set()

    def at(self, file_id: int, member: str) -> None:
        """Say where the rows to come are from; counts begin anew with each file."""
        if file_id != self.file_id:
            self.file_id, self.counts, self.sources = file_id, Counter(), set()
        self.member = member

    def sighting(  # noqa: PLR0913 - one argument a column of the table
        self,
        line: int,
        *,
        id: int,
        created_at: int | None,
        author_id: int | None,
        author_handle: str | None,
        author_followers: int | None,
        author_verified: bool | None,
        text: str,
        reply_prefix: str | None,
        lang: str | None,
        reply_to_id: int | None,
        reply_to_author_id: int | None,
        quoted_id: int | None,
        conversation_id: int | None,
        counts: tuple[int | None, int | None, int | None, int | None],
        possibly_sensitive: bool | None,
        client: str | None,
        urls: list[str] | None,
        hashtags: list[str] | None,
        media: list[tuple[str | None, str | None, str | None]] | None,
        seen_as: str,
        seen_at: int | None,
    ) -> None:
        """Add one sighting; `counts` are replies, retweets, likes, quotes.

        A parent is older than its child, and so is a quoted tweet: a link that says otherwise is left out and counted.
        """
        if reply_to_id is not None and reply_to_id >= id:
            self.field(line, "reply_to_id is not older than the tweet")
            reply_to_id = None
        if quoted_id is not None and quoted_id >= id:
            self.field(line, "quoted_id is not older than the tweet")
            quoted_id = None
        self.counts["sightings"] += 1
        self.counts["embedded"] += seen_as != "own"
        self._sightings.append(
            (id, created_at, author_id, author_handle, author_followers, author_verified, text, reply_prefix,
             OLD_LANGUAGES.get(lang, lang) if lang else None, reply_to_id, reply_to_author_id, quoted_id,
             conversation_id, *counts, possibly_sensitive, client, urls, hashtags, media, seen_as, seen_at,
             self.source, self.file_id)
        )  # fmt: skip

    def delete(
        self, kind: str, tweet_id: int | None, author_id: int | None, *, up_to_id: int | None = None, at: int | None
    ) -> None:
        """Add a notice that a tweet, or what an author wrote, is gone; a time that no clock can show is left out."""
        self.counts["deletes"] += 1
        at = at if at is not None and at <= LARGEST_TIME else None
        self._deletes.append((tweet_id, author_id, kind, up_to_id, at, self.file_id))

    def reject(self, line: int, reason: str) -> None:
        """Count a record of which nothing is in the tables."""
        self._count("rejects", line, "record", reason)

    def field(self, line: int, reason: str) -> None:
        """Count a value that is left out of a record that is otherwise used."""
        self._count("fields", line, "field", reason)

    def damage(self, reason: str) -> None:
        """Count a place where bytes could not be read."""
        self._count("damages", None, "bytes", reason)

    def _count(self, what: str, line: int | None, scope: str, reason: str) -> None:
        self.counts[what] += 1
        self._rejects.append((self.file_id, self.member, line, scope, reason))

    def __len__(self) -> int:
        return len(self._sightings) + len(self._deletes) + len(self._rejects)

    def take(self) -> "dict[str, pa.RecordBatch]":
        """Give the rows collected so far by table, and forget them."""
        batches = {
            "sightings": _batch("sightings", self._sightings),
            "deletes": _batch("deletes", self._deletes),
            "rejects": _batch("rejects", self._rejects),
        }
        self._sightings, self._deletes, self._rejects = [], [], []
        return {table: batch for table, batch in batches.items() if batch.num_rows}


def _batch(table: str, rows: list[tuple[Any, ...]]) -> "pa.RecordBatch":
    import pyarrow as pa

    wanted = schema(table)
    columns: Iterable[Any] = zip(*rows, strict=True) if rows else ([] for _ in TABLES[table])
    arrays = [
        _media(column) if field.name == "media" else pa.array(column, field.type)
        for column, field in zip(columns, wanted, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=wanted)


def _media(column: Iterable[list[tuple[str | None, str | None, str | None]] | None]) -> "pa.Array":
    """Build the lists of structs from flat columns: as dicts they took a third of all the time spent on Arrow."""
    import pyarrow as pa

    offsets, missing = [0], []
    items: list[tuple[str | None, str | None, str | None]] = []
    for media in column:
        missing.append(media is None)
        items.extend(media or ())
        offsets.append(len(items))
    kinds, urls, alts = zip(*items, strict=True) if items else ((), (), ())
    names = ["kind", "url", "alt"]
    structs = pa.StructArray.from_arrays([pa.array(values, pa.string()) for values in (kinds, urls, alts)], names)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), structs, mask=pa.array(missing, pa.bool_()))
