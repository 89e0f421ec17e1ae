"""Tell which source reads a member: by its first records, by its columns, or by the name a script gives its value.

What is looked at here is read again by nobody: the iterators that are given begin where the member does.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from chinwag import columns, forms, tabular
from chinwag.errors import printable
from chinwag.forms import Item
from chinwag.mending import objects
from chinwag.records import LAST, REFUSED, Source, claimant

SEARCHED = 16  # chunks of a member that are searched for a record before it is given up as junk
TABLES = 5  # tables of a database that are named where no source claims any
LOOKED_AT = 100  # items of a document that are searched for a record of a known shape
NOTHING = "neither JSON nor a table"
UNKNOWN = "unknown shape"
OFFICE = f"{UNKNOWN}, a file of Excel or the like: save its tables as CSV"
OFFICE_MARKS = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"openxmlformats.org/package/2006/content-types")
HINT = "if it holds tweets, name its columns: --map id=COLUMN,text=COLUMN,..."

Chunks = Iterator[tuple[range, bytes]]


@dataclass
class Shape:
    """Say what a member, or a table of it, was taken for: `form`, the keys or columns seen first, and the source.

    `lines` or `items` give all of it, from the beginning. `other` says what it is where no source claims it.
    """

    form: str
    source: Source | None
    keys: list[str] = field(default_factory=list)
    lines: Chunks | None = None
    items: Iterator[Item] | None = None
    other: str = ""

    def why(self) -> str:
        """Say in some words what the source was chosen by."""
        keys = ", ".join(printable(key[:40]) for key in self.keys[:6])
        return f"{self.form}: {keys}{', …' if len(self.keys) > 6 else ''}" if keys else self.form


def shapes(
    blocks: Iterator[bytes],
    sources: Sequence[Source],
    *,
    on_disk: Callable[[Iterator[bytes]], Path],
    reject: Callable[[int, str], None],
    forced: bool = False,
) -> Iterator[Shape]:
    """Tell what a member holds: one shape, or of a database one for each table that a source claims.

    `on_disk` gives the path of a file that holds the blocks: Parquet and SQLite are not read from front to back. With
    `forced` the only source there is takes everything.
    """
    form, first, blocks = forms.tell(blocks)
    if any(mark in first for mark in OFFICE_MARKS):
        yield Shape("office file", None, other=OFFICE)
        return
    choose = _forced if forced else claimant
    if form == "sqlite":
        yield from _database(on_disk(blocks), sources, choose)
    elif form == "parquet":
        path = on_disk(blocks)
        yield _table("Parquet", tabular.parquet_columns(path), tabular.parquet_rows(path), sources, choose)
    elif form == "script":
        yield _script(first.decode(), blocks, sources)
    elif form == "document":
        yield _document(forms.items(blocks), sources, choose)
    else:
        yield _text(first, blocks, sources, choose, reject)


Choose = Callable[[dict[str, Any], Sequence[Source]], Source | None]


def _forced(_: dict[str, Any], sources: Sequence[Source]) -> Source | None:
    return sources[0]


def _of_table(names: list[str], sources: Sequence[Source], choose: Choose) -> Source | None:
    """Find the source of a table; where the user told its columns, that is asked first."""
    in_order = sorted(sources, key=lambda source: source.name != LAST) if columns.in_use() else sources
    return choose(dict.fromkeys(names), in_order)


def _table(form: str, names: list[str] | str, rows: Iterator[Item], sources: Sequence[Source], choose: Choose) -> Shape:
    """Tell a table by its columns; text in their place says why they cannot be read."""
    if isinstance(names, str):
        return Shape(form, None, other=names)
    source = _of_table(names, sources, choose)
    shape = Shape(form, source, names, items=rows)
    if source is None:
        shape.other = _unknown(shape)
    return shape


def _database(path: Path, sources: Sequence[Source], choose: Choose) -> Iterator[Shape]:
    others = list[str]()
    found = False
    for name, names, rows in tabular.sqlite_tables(path):
        shape = _table(f"SQLite table {printable(name)}" if name else "SQLite", names, rows, sources, choose)
        if shape.source is None:
            others.append(shape.other.removeprefix(f"{UNKNOWN}, "))
        else:
            found = True
            yield shape
    if not found:
        more = f"; and {len(others) - TABLES:,} more" if len(others) > TABLES else ""
        told = f"{UNKNOWN}, {'; '.join(others[:TABLES])}{more}" if others else "SQLite database without tables"
        yield Shape("SQLite", None, other=told)


def script_source(name: str, sources: Sequence[Source]) -> Source | None:
    """Find the source of a script by its name alone, even where a source is forced: what none claims may be private."""
    return claimant({name: None}, sources)


def _script(name: str, blocks: Iterator[bytes], sources: Sequence[Source]) -> Shape:
    if source := script_source(name, sources):
        return Shape("script", source, [name], items=forms.items(blocks))
    return Shape("script", None, [name], other=f"script {printable(name)}: none of tweets, left alone")


def _document(items: Iterator[Item], sources: Sequence[Source], choose: Choose) -> Shape:
    """Tell a document by its first item of a known shape."""
    held: list[Item] = []
    shape = Shape("JSON document", None, items=chain(held, items))
    for item in items:
        held.append(item)
        record = item[1]
        if isinstance(record, dict):
            source = choose(record, sources)
            if source is not None or not shape.keys:
                shape.source, shape.keys = source, list(record)
        if shape.source is not None or len(held) == LOOKED_AT:
            break
    if shape.source is None:
        shape.other = _unknown(shape) if shape.keys else NOTHING
    return shape


def _text(
    first: bytes, blocks: Iterator[bytes], sources: Sequence[Source], choose: Choose, reject: Callable[[int, str], None]
) -> Shape:
    """Tell lines of JSON, or else a table of CSV."""
    if not first:
        return Shape("text", None, other="empty")
    names = tabular.csv_columns(first)
    if names and (source := _of_table(names, sources, choose)):
        return Shape("CSV", source, names, items=tabular.csv_rows(blocks))
    shape = _lines(forms.chunks(blocks, reject), sources, choose)
    if shape.source is None and shape.other == NOTHING and names:
        shape.other = _unknown(Shape("CSV", None, names))
    return shape


def _lines(chunks: Chunks, sources: Sequence[Source], choose: Choose) -> Shape:
    """Tell lines by the first record of a known shape; else describe the first object there is."""
    held: list[tuple[range, bytes]] = []
    shape = Shape("JSON lines", None, lines=chain(held, chunks), other=NOTHING)
    for chunk in chunks:
        held.append(chunk)
        for record in _records(chunk[1]):
            source = choose(record, sources)
            if source is not None or not shape.keys:
                shape.source, shape.keys = source, list(record)
            if source is not None:
                shape.other = ""
                return shape
        if shape.keys or len(held) == SEARCHED:
            break
    if shape.keys:
        shape.other = _unknown(shape)
    return shape


def _records(lines: bytes) -> Iterator[dict[str, Any]]:
    """Give the JSON objects on lines, those too that a strict decoder refuses."""
    for line in lines.split(b"\n"):
        try:
            found: Iterable[Any] = [msgspec.json.decode(line)]
        except REFUSED:
            found = objects(line)
        yield from (record for record in found if isinstance(record, dict))


def _unknown(shape: Shape) -> str:
    """Describe what no source claims; where the user gave a map, say what it names in vain."""
    named = (columns.in_use() or {}).values()
    missing = [column for column in named if column not in shape.keys and column.partition(".")[0] not in shape.keys]
    lacks = f" (without {', '.join(missing)}, which the map names)" if missing else ""
    return f"{UNKNOWN}, {shape.why()}{lacks}"
