"""Ask a workspace in SQL: every table is there under its public name."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import msgspec

from chinwag.errors import EngineError, UsageError
from chinwag.tables import TABLES, schema
from chinwag.texts import harmless
from chinwag.workspace import Workspace

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BATCH = 10_000
SHOWN = 1_000  # rows of a table that are laid out at once


def run(workspace: Path, select: str) -> "tuple[list[str], Iterator[pa.RecordBatch]]":
    """Give the column names and the rows of one SELECT; nothing else is taken, so that a query changes nothing.

    Raises UsageError where it is something else, EngineError, in one line, where the database refuses it.
    """
    import duckdb

    target = Workspace(workspace)
    try:
        connection = duckdb.connect(config={"autoinstall_known_extensions": False})
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_progress_bar = false")  # it would go to stdout, among the data
        if [statement.type for statement in connection.extract_statements(select)] != [duckdb.StatementType.SELECT]:
            raise UsageError("a query is one SELECT: it asks, and changes nothing")
        for table in TABLES:
            if table == "files":
                connection.register(table, target.files())
            elif parts := target.parts(table):
                connection.from_parquet([str(part) for part in parts]).create_view(table)
            else:
                connection.register(table, schema(table).empty_table())
        relation = connection.sql(select)
        reader = relation.to_arrow_reader if hasattr(relation, "to_arrow_reader") else relation.fetch_record_batch
        return _unique(relation.columns), _batches(reader(BATCH), connection)
    except duckdb.Error as error:
        raise EngineError(" ".join(str(error).split())) from error


def _unique(columns: list[str]) -> list[str]:
    """Give each column a name of its own, by numbering: `id`, `id_1`."""
    names: list[str] = []
    for column in columns:
        name, number = column, 0
        while name in names:
            number += 1
            name = f"{column}_{number}"
        names.append(name)
    return names


def _batches(reader: "pa.RecordBatchReader", connection: "duckdb.DuckDBPyConnection") -> "Iterator[pa.RecordBatch]":
    import duckdb

    try:
        yield from reader
    except (duckdb.Error, OSError) as error:
        raise EngineError(" ".join(str(error).split())) from error
    finally:
        connection.close()


def rows(batches: "Iterable[pa.RecordBatch]") -> Iterator[tuple[Any, ...]]:
    """Give batches row by row."""
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def print_as(format: str, columns: list[str], batches: "Iterable[pa.RecordBatch]", out: IO[str]) -> None:
    """Print rows as `table`, `csv`, `jsonl`, or only the first column, as `ids`."""
    if format == "table":
        print_table(columns, batches)
    elif format == "csv":
        print_csv(columns, batches, out)
    else:
        encoder = msgspec.json.Encoder(enc_hook=str, decimal_format="number")
        for row in rows(batches):
            line = str(row[0]) if format == "ids" else encoder.encode(dict(zip(columns, row, strict=True))).decode()
            out.write(f"{line}\n")


def print_json(columns: list[str], batches: "Iterable[pa.RecordBatch]", out: IO[str]) -> None:
    """Print one array of objects, a line each."""
    encoder = msgspec.json.Encoder(enc_hook=str, decimal_format="number")
    separator = "["
    for row in rows(batches):
        out.write(f"{separator}{encoder.encode(dict(zip(columns, row, strict=True))).decode()}")
        separator = ",\n "
    out.write("[]\n" if separator == "[" else "]\n")


def print_csv(columns: list[str], batches: "Iterable[pa.RecordBatch]", out: IO[str]) -> None:
    """Print a header and a line a row; lists are JSON, an unknown value is empty."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_flat(value) for value in row] for row in rows(batches))


def print_table(columns: list[str], batches: "Iterable[pa.RecordBatch]") -> None:
    """Print a table for people; a long one has its columns named and measured anew every 1,000 rows."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False)
    waiting = rows(batches)
    some = list(islice(waiting, SHOWN))
    while True:
        table = Table(box=None, pad_edge=False)
        for column in columns:
            table.add_column(Text(harmless(column)), overflow="fold")
        for row in some:
            table.add_row(*(Text(harmless(str(_flat(value)))) for value in row))
        console.print(table)
        if not (some := list(islice(waiting, SHOWN))):
            break


def _flat(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value
