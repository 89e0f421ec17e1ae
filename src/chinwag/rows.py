"""Collect what sources read, row by row, and give it as Arrow tables.

This is where a source meets the tables: it says what it saw, and the rules that hold for every source are kept here.
"""

from collections import Counter
from collections.abc import Iterable
from math import isnan
from typing import TYPE_CHECKING, Any

from chinwag.places import Place
from chinwag.tables import TABLES, schema
from chinwag.values import EXACT, FIRST_SNOWFLAKE, LARGEST_TIME, float_id, to_id

if TYPE_CHECKING:
    import pyarrow as pa

NO_ID = "no id, or an id out of range"
LOST_ID = "id went through a float"
NO_ORIGINAL = "retweet without its original"
OLD_LANGUAGES = {"in": "id", "iw": "he", "ji": "yi"}  # codes that ISO 639 has replaced and Twitter still gave


class Rows:
    """Hold the rows of one job until they are written, and count per file what became of every record."""

    def __init__(self) -> None:
        self._sightings: list[tuple[Any, ...]] = []
        self._deletes: list[tuple[Any, ...]] = []
        self._rejects: list[tuple[Any, ...]] = []
        self._edits: list[tuple[Any, ...]] = []
        self.place = Place()
        self.source = ""
        self.terms: str | None = None
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
        text: str,
        author_id: int | None = None,
        author_handle: str | None = None,
        author_followers: int | None = None,
        author_verified: bool | None = None,
        reply_prefix: str | None = None,
        lang: str | None = None,
        reply_to_id: int | None = None,
        reply_to_rounded: int | None = None,
        reply_to_author_id: int | None = None,
        quoted_id: int | None = None,
        conversation_id: int | None = None,
        counts: tuple[int | None, int | None, int | None, int | None] = (None, None, None, None),
        possibly_sensitive: bool | None = None,
        client: str | None = None,
        urls: list[str] | None = None,
        hashtags: list[str] | None = None,
        media: list[tuple[str | None, str | None, str | None]] | None = None,
        seen_as: str = "own",
        seen_at: int | None = None,
        terms: str | None = None,
    ) -> None:
        """Add one sighting; `counts` are replies, retweets, likes, quotes; `terms` are the source's, if not given.

        A parent is older than its child, and so is a quoted tweet: a link that says otherwise is left out and counted.
        Ids below the first snowflake need not be in the order of time: `assemble` holds their times against each other.
        """
        if reply_to_id is not None and reply_to_id >= id and (reply_to_id >= FIRST_SNOWFLAKE or reply_to_id == id):
            self.field(line, "reply_to_id is not older than the tweet")
            reply_to_id = None
        if quoted_id is not None and quoted_id >= id and (quoted_id >= FIRST_SNOWFLAKE or quoted_id == id):
            self.field(line, "quoted_id is not older than the tweet")
            quoted_id = None
        self.counts["sightings"] += 1
        self.counts["embedded"] += seen_as != "own"
        self._sightings.append(
            (id, created_at, author_id, author_handle, author_followers, author_verified, text, reply_prefix,
             OLD_LANGUAGES.get(lang, lang) if lang else None, reply_to_id, reply_to_rounded, reply_to_author_id,
             quoted_id, conversation_id, *counts, possibly_sensitive, client, urls, hashtags, media, seen_as, seen_at,
             self.source, terms or self.terms, self.file_id)
        )  # fmt: skip

    def link(self, line: int, column: str, value: object) -> tuple[int | None, int | None]:
        """Take an id that may have gone through a float: the id, or, of one that was lost, the float's whole number.

        A lost id is counted. `assemble` may find a tweet whose id becomes just this float.
        """
        exact = to_id(value)
        if exact is not None or value is None or value == "":
            return exact, None
        rounded = float_id(value)
        if rounded is not None and rounded < EXACT:
            return rounded, None
        if isinstance(value, float) and isnan(value):  # how pandas writes nothing
            return None, None
        self.field(line, f"{column} went through a float" if _is_number(value) else f"{column} is no id")
        return None, rounded

    def edit(self, tweet_id: int, initial_id: int) -> None:
        """Say that a tweet is a later version of another, the first one."""
        if initial_id < tweet_id:
            self._edits.append((tweet_id, initial_id, self.file_id))

    def delete(
        self,
        kind: str,
        tweet_id: int | None,
        author_id: int | None,
        *,
        author_handle: str | None = None,
        up_to_id: int | None = None,
        at: int | None,
    ) -> None:
        """Add a notice that a tweet, or what an author wrote, is gone; a time that no clock can show is left out."""
        self.counts["deletes"] += 1
        at = at if at is not None and at <= LARGEST_TIME else None
        self._deletes.append((tweet_id, author_id, author_handle, kind, up_to_id, at, self.file_id))

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
        return len(self._sightings) + len(self._deletes) + len(self._rejects) + len(self._edits)

    def take(self) -> "dict[str, pa.RecordBatch]":
        """Give the rows collected so far by table, and forget them."""
        batches = {
            "sightings": _batch("sightings", self._sightings),
            "deletes": _batch("deletes", self._deletes),
            "rejects": _batch("rejects", self._rejects),
            "edits": _batch("edits", self._edits),
        }
        self._sightings, self._deletes, self._rejects, self._edits = [], [], [], []
        return {table: batch for table, batch in batches.items() if batch.num_rows}


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True


def _batch(table: str, rows: list[tuple[Any, ...]]) -> "pa.RecordBatch":
    import pyarrow as pa

    wanted = schema(table)
    columns: Iterable[Any] = zip(*rows, strict=True) if rows else ([] for _ in TABLES[table])
    arrays = [
        _media(column) if field.name == "media" else _array(column, field.type)
        for column, field in zip(columns, wanted, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=wanted)


def _array(column: Iterable[Any], kind: Any) -> "pa.Array":
    """Make an array, with a replacement character for each half of a surrogate pair, which no UTF-8 can hold."""
    import pyarrow as pa

    try:
        return pa.array(column, kind)
    except UnicodeEncodeError:
        return pa.array(map(_whole, column), kind)


def _whole(value: Any) -> Any:
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value


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
    structs = pa.StructArray.from_arrays([_array(values, pa.string()) for values in (kinds, urls, alts)], names)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), structs, mask=pa.array(missing, pa.bool_()))
