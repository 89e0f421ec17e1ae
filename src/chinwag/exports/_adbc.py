"""Speak to a database over ADBC."""

import importlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chinwag.errors import ExportError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa


class Adbc:
    """Hold a connection; `shown` is how errors name the database."""

    needs_index = True

    def __init__(self, connection: Any, shown: str) -> None:
        self._connection, self._shown = connection, shown
        self._cursor = connection.cursor()

    def run(self, statement: str, values: Sequence[int | str] = ()) -> None:
        """Run a statement."""
        with _told(self._shown):
            self._cursor.execute(statement, values or None)

    def rows(self, select: str, values: Sequence[int | str] = ()) -> list[tuple[Any, ...]]:
        """Give the few rows of a SELECT."""
        with _told(self._shown):
            self._cursor.execute(select, values or None)
            found: list[tuple[Any, ...]] = self._cursor.fetchall()
            return found

    def stage(self, table: str, batch: "pa.RecordBatch") -> None:
        """Put a batch into a temporary table, in bulk."""
        with _told(self._shown):
            self._cursor.adbc_ingest(table, batch, mode="replace", temporary=True)

    def commit(self) -> None:
        """End the transaction."""
        with _told(self._shown):
            self._connection.commit()

    def rollback(self) -> None:
        """Undo the transaction."""
        with _told(self._shown):
            self._connection.rollback()


@contextmanager
def opened(driver: str, uri: str, shown: str) -> Iterator[Adbc]:
    """Connect by a driver; what was not committed is undone in the end.

    Raises UsageError where the driver is not installed, ExportError where there is no connection.
    """
    try:
        module = importlib.import_module(f"adbc_driver_{driver}.dbapi")
    except ImportError as error:
        raise UsageError(f"{driver}: its ADBC driver is missing; run: pip install 'chinwag[databases]'") from error
    with _told(shown):
        connection = module.connect(uri)
    with connection:
        yield Adbc(connection, shown)


@contextmanager
def _told(shown: str) -> Iterator[None]:
    """Make an ExportError of what the driver raises.

    Of what a server says only the first line is told: details can hold values, and what follows is the statement.
    """
    from adbc_driver_manager.dbapi import Error

    try:
        yield
    except Error as error:
        line = str(error).partition("\n")[0]
        raise ExportError(f"{shown}: {(line.rpartition('ERROR: ')[2] or line).strip()}") from None
