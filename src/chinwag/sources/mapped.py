"""Tables and JSON of other shapes, read by a map of their columns; "Customer Support on Twitter" is known without one.

A table that people publish holds what its maker kept: ids that were counted anew, names in place of ids, floats.
"""

import re
from collections.abc import Mapping
from math import isnan
from typing import Any

from chinwag import columns
from chinwag.rows import LOST_ID, NO_ID, Rows
from chinwag.texts import LEADING_MENTION, client_name, cut_at, prefix_length, unescaped
from chinwag.values import EXACT, any_time, float_id, id_time, name_id, to_id

Record = dict[str, Any]

INDEX = frozenset({"", "Unnamed: 0"})  # a column that pandas adds, as it writes it and as it reads it again
HANDLE = re.compile(r"[A-Za-z0-9_]{1,20}")
NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
NOTHING = frozenset({"", "nan", "none", "null", "na", "n/a", "\\n"})  # what programs write where there is nothing
NO_LINK = frozenset({"0", "0.0", "-1", "-1.0"})
BOOLS = {"true": True, "t": True, "yes": True, "1": True, "1.0": True,
         "false": False, "f": False, "no": False, "0": False, "0.0": False}  # fmt: skip
COUNTS = ("reply_count", "retweet_count", "like_count", "quote_count")


def claims(record: dict[str, Any]) -> bool:
    """Tell what has the columns of the map in use, or without one of the table that is known.

    A record need only have what a tweet needs: JSON leaves out what is empty.
    """
    mapping = columns.in_use()
    if mapping is None:
        return record.keys() - INDEX == columns.TWCS_HEADER
    is_table = all(value is None for value in record.values())
    return all(_has(record, mapping[target]) for target in (mapping if is_table else columns.NEEDED))


def _has(record: dict[str, Any], column: str) -> bool:
    """Tell whether a column is there; what is inside of a null cannot be known."""
    if column in record:
        return True
    outer, dot, inner = column.partition(".")
    if not dot or outer not in record:
        return False
    value = record[outer]
    return value is None or (isinstance(value, dict) and _has(value, inner))


def read(record: Record, number: int, rows: Rows) -> bool:
    """Add the tweet in a row."""
    mapping = columns.in_use() or columns.TWCS
    cells = Cells({target: _value(record, column) for target, column in mapping.items()}, number, rows)
    given, text = cells.given("id"), cells.values.get("text")
    if given is None and not text:
        return False
    tweet_id = _id(given)
    if tweet_id is None:
        rows.reject(number, LOST_ID if float_id(given) else NO_ID)
    elif not isinstance(text, str) or not text:
        rows.reject(number, "no text")
    else:
        rows.counts["tweets"] += 1
        _sighting(cells, tweet_id, _whole(text))
    return True


def _value(record: dict[str, Any], column: str) -> object:
    """Give the value of a column; a name with dots that is none leads into what is nested."""
    if column in record:
        return record[column]
    outer, dot, inner = column.partition(".")
    value = record.get(outer) if dot else None
    return _value(value, inner) if isinstance(value, dict) else None


def _id(value: object) -> int | None:
    """Take a tweet's own id; one that was lost in a float is None."""
    exact = to_id(value)
    if exact is None and (rounded := float_id(value)) is not None and rounded < EXACT:
        return rounded
    return exact


def _sighting(cells: "Cells", tweet_id: int, text: str) -> None:
    """Add the tweet.

    Text is unescaped once: what comes from Twitter's interfaces is escaped, as the known table is (42 entities in 947
    rows; its maker took `text` as it came), and a text that holds `&amp;` of its own is hardly ever written.
    """
    author_id, name = cells.author("author_id")
    handle = cells.handle("author_handle", name)
    if author_id is None and handle:
        author_id = name_id(handle)
    answered, answered_name = cells.author("reply_to_author_id")
    reply_to_id, rounded = cells.link("reply_to_id")
    is_reply = reply_to_id is not None or rounded is not None
    prefix, text = cut_at(text, prefix_length(text, _named(text, answered_name) if is_reply else []))
    replies, retweets, likes, quotes = map(cells.count, COUNTS)
    cells.rows.sighting(
        cells.number,
        id=tweet_id,
        created_at=cells.time("created_at", tweet_id),
        author_id=author_id,
        author_handle=handle,
        author_followers=cells.count("author_followers"),
        author_verified=cells.flag("author_verified"),
        text=unescaped(text),
        reply_prefix=prefix,
        lang=cells.text("lang"),
        reply_to_id=reply_to_id,
        reply_to_rounded=rounded,
        reply_to_author_id=answered,
        quoted_id=cells.link("quoted_id")[0],
        conversation_id=cells.link("conversation_id")[0],
        counts=(replies, retweets, likes, quotes),
        possibly_sensitive=cells.flag("possibly_sensitive"),
        client=client_name(cells.text("client")),
    )


def _named(text: str, answered: str | None) -> list[str]:
    """Give the names that explain the leading mentions of a reply.

    The known table does not say whom a reply answers, but its texts are as Twitter sent them, and so the first mention
    does: it names the parent's author in 676 of 677 replies to others whose parent is there. Of another table's texts
    nothing is known.
    """
    if answered is None and columns.in_use() in (None, columns.TWCS):
        return [found[1]] if (found := LEADING_MENTION.match(text)) else []
    return [answered] if answered else []


class Cells:
    """Hold what a row tells by columns of `sightings`; a value that cannot be read is counted and left out."""

    def __init__(self, values: Mapping[str, object], number: int, rows: Rows) -> None:
        self.values, self.number, self.rows = values, number, rows

    def given(self, target: str) -> object:
        """Give a value as it is; None for all the ways of writing nothing."""
        value = self.values.get(target)
        if isinstance(value, str):
            value = _whole(value.strip())
            return None if value.lower() in NOTHING else value
        return None if isinstance(value, float) and isnan(value) else value

    def _wrong(self, target: str, what: str) -> None:
        self.rows.field(self.number, f"{target} is no {what}")

    def text(self, target: str) -> str | None:
        """Give a text."""
        value = self.given(target)
        if value is None or isinstance(value, str):
            return value
        self._wrong(target, "text")
        return None

    def time(self, target: str, tweet_id: int) -> int | None:
        """Give the time in the id, else the one that is told."""
        value = self.given(target)
        when = id_time(tweet_id)
        if when is None and value is not None and (when := any_time(value)) is None:
            self._wrong(target, "time")
        return when

    def count(self, target: str) -> int | None:
        """Give a whole number, 0 or above."""
        value = self.given(target)
        number = float(value) if isinstance(value, str) and NUMBER.fullmatch(value) else value
        if (
            isinstance(number, int | float)
            and not isinstance(number, bool)
            and 0 <= number <= EXACT
            and number % 1 == 0
        ):
            return int(number)
        if value is not None:
            self._wrong(target, "count")
        return None

    def flag(self, target: str) -> bool | None:
        """Give yes or no."""
        value = self.given(target)
        found = BOOLS.get(str(value).lower())
        if found is None and value is not None:
            self._wrong(target, "yes or no")
        return found

    def link(self, target: str) -> tuple[int | None, int | None]:
        """Give the id of another tweet, or of one that was lost the float it became."""
        value = self.given(target)
        return (None, None) if str(value) in NO_LINK else self.rows.link(self.number, target, value)

    def author(self, target: str) -> tuple[int | None, str | None]:
        """Give an account's id; where it is no number, an id that stands for it, and if it can be one the handle."""
        value = self.given(target)
        if isinstance(value, str) and not NUMBER.fullmatch(value):
            name = value.removeprefix("@")
            return name_id(name), name if HANDLE.fullmatch(name) else None
        return self.link(target)[0], None

    def handle(self, target: str, name: str | None) -> str | None:
        """Give a handle; `name` where none is told."""
        value = self.given(target)
        handle = str(value).removeprefix("@")
        if value is not None and not HANDLE.fullmatch(handle):
            self._wrong(target, "handle")
            return name
        return name if value is None else handle


def _whole(text: str) -> str:
    """Put a replacement character for each half of a surrogate pair, which JSON can hold and UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
