"""Give the rows of tables, CSV, Parquet and SQLite, as records, and say of what cannot be read what is wrong with it.

A row is a dict of its cells by column; empty cells and nulls are left out. CSV cells are text, others native values.
"""

import csv
import re
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing
from decimal import Decimal
from itertools import chain
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

Item = tuple[int, dict[str, Any] | str]  # the row's number from 1, and the row, or what is wrong with it

BOM = b"\xef\xbb\xbf"
LONGEST = 16 * 1024 * 1024  # bytes of a CSV line, characters of a row; bytes of a value in a database
LONGEST_HEADER = 1024 * 1024
DELIMITERS = ",\t;|"
LINE_END = re.compile(rb"[\r\n]+")
# A line end inside a line is none of its own: to the csv module it is shown as a half surrogate, which no UTF-8 gives.
HIDE, SHOW = {0x0D: "\udc0d", 0x0A: "\udc0a"}, {0xDC0D: "\r", 0xDC0A: "\n"}
# A length that damage made up (10 of 800 damaged databases), or a name of a column that is no UTF-8 any more.
DAMAGE = (sqlite3.Error, MemoryError, UnicodeDecodeError)
BATCH = 1000  # rows of Parquet that are Python objects at once

BROKEN = "broken quoting"
TOO_LONG = f"row longer than {LONGEST >> 20} MiB"
UNEVEN = "row of another number of cells"
REPEATED = "header repeated"
NO_PARQUET, NO_SQLITE = "damaged Parquet file", "damaged SQLite database"
CUT_GROUP = "damaged row group: the rest of it is not read"
CUT_TABLE = "damaged table: the rest of it is not read"
CUT_VALUE = f"value larger than {LONGEST >> 20} MiB: the rest of the table is not read"
PENDING = "changes in a {} file beside the database are not read"
UNREADABLE = "a value that cannot be read"


def csv_columns(line: bytes) -> list[str] | None:
    """Give the names in a line that is the header of a table; None where it is none.

    The first may be empty: so pandas writes its index. What follows the line's end is not looked at.
    """
    line = LINE_END.split(line.removeprefix(BOM), maxsplit=1)[0]
    try:
        text = line.decode()
        names = [name.strip() for name in next(csv.reader([text], delimiter=_delimiter(text), strict=True))]
    except (UnicodeDecodeError, csv.Error, StopIteration):
        return None
    return names if len(names) > 1 and all(map(_is_name, names[not names[0] :])) else None


def _delimiter(header: str) -> str:
    return max(DELIMITERS, key=header.count)  # the first of those that are equally frequent


def _is_name(name: str) -> bool:
    """Tell a column's name from data, JSON and markup."""
    if not name or len(name) > 100 or not name.isprintable() or name[0] in "{[<":
        return False
    try:
        float(name)
    except ValueError:
        return True
    return False


def csv_rows(blocks: Iterable[bytes]) -> Iterator[Item]:
    """Give the rows behind the header; a blank one is an empty dict. Memory is bounded by the longest row.

    Where quoting is broken, one stray quote would swallow all up to the next: the line it is on is told, and reading
    goes on at the line behind it. A bare CR within a row is text, as pandas leaves it there without quotes.
    """
    whole = _lines(blocks)
    header = next(whole, None) or ""
    columns = csv_columns(header.encode())
    if columns is None:
        return
    lines = Lines(whole)
    csv.field_size_limit(LONGEST)  # of its own accord the module refuses a cell of more than 128 KiB
    reader = csv.reader(lines, delimiter=_delimiter(header), strict=True)
    number = 0
    while True:
        number += 1
        lines.begin()
        try:
            cells = next(reader, None)
        except csv.Error:
            yield number, TOO_LONG if lines.too_long else BROKEN
            lines.back()
            continue
        if cells is None:
            return
        row = _row(columns, cells, lines)
        if row == UNEVEN:
            lines.back()  # if it is of more than one line, a stray quote may have joined them
        yield number, row


def _row(columns: list[str], cells: list[str], lines: "Lines") -> dict[str, Any] | str:
    if lines.hidden:
        cells = [cell.translate(SHOW) for cell in cells]
    if len(cells) < 2 and not "".join(cells).strip(" \t\0\x1a"):  # zeros where a machine broke down, DOS' end of file
        return {}
    if len(cells) != len(columns):
        return UNEVEN
    if cells[-1] == columns[-1] and [cells[0].removeprefix("\ufeff"), *cells[1:]] == columns:
        return REPEATED  # files were joined
    return {column: cell for column, cell in zip(columns, cells, strict=True) if cell}


class Lines:
    """Give lines to the csv module, and hold those of the row that it is reading, so that they can be read again."""

    def __init__(self, lines: Iterator[str | None]) -> None:
        self._lines = lines
        self._again: deque[str | None] = deque()
        self.begin()

    def begin(self) -> None:
        """Begin a row."""
        self._row: list[str | None] = []
        self._size = 0
        self.hidden = self.too_long = False

    def back(self) -> None:
        """Put back what was read of the row, but for its first line."""
        self._again.extendleft(reversed(self._row[1:]))

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self._row.append(line)
        self._size += len(line or "")
        if line is None or self._size > LONGEST:
            self.too_long = True
            raise csv.Error
        content = line.rstrip("\r\n")
        if "\r" in content or "\n" in content:
            self.hidden = True
            return content.translate(HIDE) + line[len(content) :]
        return line


def _lines(blocks: Iterable[bytes]) -> Iterator[str | None]:
    """Give whole lines with their ends; None for one that is too long. They end as the first one does: LF, else CR."""
    blocks = iter(blocks)
    head = b""
    while (found := LINE_END.search(head)) is None or (found.end() == len(head) <= LONGEST_HEADER):
        if len(head) > LONGEST_HEADER or not (block := next(blocks, b"")):
            break
        head += block
    end = b"\r" if found and b"\n" not in found[0] else b"\n"
    rest: list[bytes] = []
    size = 0
    for block in chain([head.removeprefix(BOM)], blocks):
        if end not in block:
            size += len(block)
            if size <= LONGEST:
                rest.append(block)
            else:
                rest.clear()
            continue
        first, *more = block.split(end)
        for line in (b"".join((*rest, first)) if size <= LONGEST else None, *more[:-1]):
            yield _text(line, end)
        rest, size = [more[-1]], len(more[-1])
    if size:
        yield _text(b"".join(rest), b"") if size <= LONGEST else None


def _text(line: bytes | None, end: bytes) -> str | None:
    return (line + end).decode("utf-8", "replace") if line is not None and len(line) <= LONGEST else None


def parquet_columns(path: Path) -> list[str] | str:
    """Give the names of the columns, or say why there are none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError, ValueError):
        return NO_PARQUET


def parquet_rows(path: Path) -> Iterator[Item]:
    """Give the rows of a Parquet file, a few pages of it in memory; a damaged row group is left at the damage."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path, buffer_size=1 << 20)
    except (pa.ArrowException, OSError, ValueError):
        yield 1, NO_PARQUET
        return
    with file:
        start = 0
        for group in range(file.num_row_groups):
            number = start
            try:
                for batch in file.iter_batches(BATCH, row_groups=[group], use_threads=False):
                    for row in _records(batch):
                        number += 1
                        yield number, row
            except (pa.ArrowException, OSError, ValueError):
                yield number + 1, CUT_GROUP
            start += file.metadata.row_group(group).num_rows


def _records(batch: "pa.RecordBatch") -> Iterator[dict[str, Any]]:
    columns = [_values(column) for column in batch.columns]
    for cells in zip(*columns, strict=True):
        yield {name: cell for name, cell in zip(batch.schema.names, cells, strict=True) if cell is not None}


def _values(column: "pa.Array") -> list[Any]:
    """Give a column's values as sources take them; a float that is no number is how pandas writes nothing."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_timestamp(kind):  # what it counts is UTC, whatever zone it is to be shown in
        column = column.cast(pa.int64()).cast(pa.timestamp(kind.unit))
        if kind.unit == "ns":  # as pandas writes it, and no datetime holds it
            column = column.cast(pa.timestamp("us"), safe=False)
    try:
        values = column.to_pylist()
    except (ValueError, OverflowError, KeyError):  # bad UTF-8, a time outside the calendar
        values = [_value(scalar) for scalar in column]
    if pa.types.is_floating(kind):
        return [None if isinstance(value, float) and isnan(value) else value for value in values]
    if pa.types.is_decimal(kind):
        return [
            int(value) if isinstance(value, Decimal) and value == value.to_integral() else value for value in values
        ]
    return [_as_text(value) for value in values]


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError, KeyError):
        return bytes(scalar.as_buffer()) if hasattr(scalar, "as_buffer") else getattr(scalar, "value", UNREADABLE)


def _as_text(value: object) -> object:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def sqlite_tables(path: Path) -> Iterator[tuple[str, list[str] | str, Iterator[Item]]]:
    """Give the name, columns and rows of each real table; text in place of the columns says why there are none.

    The file is only read, and nothing is written beside it: what a program that was killed left in its log is not
    read, and told. The rows of a table have to be read before the next is asked for.
    """
    pending = [suffix for suffix in ("-wal", "-journal") if _holds_something(path.with_name(path.name + suffix))]
    note = PENDING.format(" and a ".join(pending)) if pending else None
    found = False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            connection.text_factory = lambda data: data.decode("utf-8", "replace")
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
            for name, columns in _schema(connection):
                found = True
                yield name, columns, _table(connection, name, columns, note)
    except DAMAGE:
        yield "", NO_SQLITE, iter(())
    if note and not found:
        yield "", note, iter(())


def _holds_something(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def _schema(connection: sqlite3.Connection) -> list[tuple[str, list[str]]]:
    """List the tables with their columns; views and virtual tables have no page, and what is computed is left out."""
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0").fetchall()
    return [
        (name, [column[1] for column in connection.execute(f"PRAGMA table_info({_quoted(name)})")])
        for (name,) in tables
        if not name.startswith("sqlite_")
    ]


def _table(connection: sqlite3.Connection, name: str, columns: list[str], note: str | None) -> Iterator[Item]:
    table, number = _quoted(name), 0
    # With the table's name before it, a name in quotes that is no column's cannot be taken for text.
    chosen = ", ".join(f"{table}.{_quoted(column)}" for column in columns)
    try:
        for number, cells in enumerate(connection.execute(f"SELECT {chosen} FROM {table} NOT INDEXED"), 1):  # noqa: S608
            row = zip(columns, map(_as_text, cells), strict=True)
            yield number, {column: cell for column, cell in row if cell is not None}
    except sqlite3.DataError:
        number += 1  # the row before it too: the module always reads one ahead
        yield number, CUT_VALUE
    except DAMAGE:
        number += 1
        yield number, CUT_TABLE
    if note:
        yield number + 1, note


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
