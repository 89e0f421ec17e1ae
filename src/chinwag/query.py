"""Ask a workspace in SQL: every table is there under its public name."""

import csv
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import msgspec

from chinwag.errors import EngineError
from chinwag.tables import TABLES, schema
from chinwag.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 10_000


def run(workspace: Path, select: str) -> "tuple[list[str], Iterator[pa.RecordBatch]]":
    """Give the column names and the rows of a query; the workspace itself cannot be changed by it.

    Raises EngineError, in one line, where the database refuses it.
    """
    import duckdb

    target = Workspace(workspace)
    try:
        connection = duckdb.connect()
        connection.execute("set TimeZone = 'UTC'")
        for table in TABLES:
            if table == "files":
                connection.register(table, target.files())
            elif parts := target.parts(table):
                connection.from_parquet([str(part) for part in parts]).create_view(table)
            else:
                connection.register(table, schema(table).empty_table())
        relation = connection.sql(select)
        if relation is None:
            return [], iter(())
        reader = relation.to_arrow_reader if hasattr(relation, "to_arrow_reader") else relation.fetch_record_batch
        return relation.columns, _batches(reader(BATCH), connection)
    except duckdb.Error as error:
        raise EngineError(" ".join(str(error).split())) from error


def _batches(reader: "pa.RecordBatchReader", connection: Any) -> "Iterator[pa.RecordBatch]":
    import duckdb

    try:
        yield from reader
    except (duckdb.Error, OSError) as error:
        raise EngineError(" ".join(str(error).split())) from error
    finally:
        connection.close()


def print_json(batches: "Iterator[pa.RecordBatch]", out: IO[str]) -> None:
    """Print one array of objects, a line each."""
    separator = "["
    for batch in batches:
        for row in batch.to_pylist():
            out.write(f"{separator}{msgspec.json.encode(row, enc_hook=str).decode()}")
            separator = ",\n "
    out.write("[]\n" if separator == "[" else "]\n")


def print_csv(columns: list[str], batches: "Iterator[pa.RecordBatch]", out: IO[str]) -> None:
    """Print a header and a line a row; lists are JSON, an unknown value is empty."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for batch in batches:
        for row in batch.to_pylist():
            writer.writerow([_flat(value) for value in row.values()])


def print_table(columns: list[str], batches: "Iterator[pa.RecordBatch]") -> None:
    """Print a table for people."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for batch in batches:
        for row in batch.to_pylist():
            table.add_row(*(Text(printable(str(_flat(value)))) for value in row.values()))
    width = None if sys.stdout.isatty() else 200
    Console(width=width, highlight=False).print(table)


def _flat(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value


def printable(text: str) -> str:
    """Take from a text what could steer a terminal: control characters, marks that reverse its direction."""
    return "".join(char if char.isprintable() else " " if char in "\n\t" else "\ufffd" for char in text)
