"""DuckDB, embedded: one machine, out of core under a memory limit."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Self

import duckdb

from chinwag.engines import Function, Value
from chinwag.engines.writing import ROW_GROUP, write_parts
from chinwag.errors import EngineError
from chinwag.progress import Steps
from chinwag.tables import schema

if TYPE_CHECKING:
    import pyarrow as pa

APPLIED = 65_536  # rows a function is given at once: in parts of 4,096, a list of 4,000 words takes 1.7 times as long
# Bytes: Python, Arrow's row groups, and what DuckDB takes beyond its limit. Measured: with half as much, curating five
# million tweets in 4 GB came to 4.27 GB; with 0.9 GB, assembling 96 million sightings to 4.13 GB.
BESIDES = 1_100_000_000


class DuckDB:
    """Hold a database; what does not fit in `memory` (bytes, for the whole process) goes to the scratch folder."""

    def __init__(self, scratch: Path, *, memory: int | None = None, threads: int | None = None) -> None:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(scratch / "spill"),
            "autoinstall_known_extensions": False,
        }
        if memory:
            settings["memory_limit"] = f"{max(memory - BESIDES, memory // 2)}B"
        if threads:
            settings["threads"] = threads
        try:
            self._connection = duckdb.connect(config=settings)
            self._connection.execute("set TimeZone = 'UTC'")
            # DuckDB's own bar goes to stdout; without it, it still counts how far it is.
            self._connection.execute("set enable_progress_bar_print = false")
            self._connection.execute("set enable_progress_bar = true")
        except duckdb.Error as error:
            raise EngineError(_in_one_line(error)) from error
        self._closing = threading.Lock()
        self._scratch = scratch

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._closing:
            self._connection.close()

    def percent(self) -> float | None:
        with self._closing:  # whoever asks runs in another thread
            try:
                percent = self._connection.query_progress()
            except duckdb.Error:  # it is closed
                return None
        return percent if percent >= 0 else None

    def read(self, name: str, parts: Sequence[Path], table: str = "") -> None:
        import pyarrow.parquet as pq

        if not parts:
            parts = [self._new(name)]
            pq.write_table(schema(table or name).empty_table(), parts[0])
        try:
            self._connection.from_parquet([str(part) for part in parts]).create_view(name)
        except duckdb.Error as error:
            raise EngineError(_in_one_line(error)) from error

    def make(self, name: str, select: str, values: Sequence[Value] = ()) -> None:
        self._run(f"create or replace table {name} as {select}", values)

    def append(self, name: str, select: str, values: Sequence[Value] = ()) -> None:
        self._run(f"insert into {name} {select}", values)

    def value(self, select: str, values: Sequence[Value] = ()) -> Value | None:
        rows = self._run(select, values).fetchall()  # DuckDB 2 wants a result read to its end before the next
        return rows[0][0] if rows else None

    def rows(self, select: str, values: Sequence[Value] = ()) -> "Iterator[pa.RecordBatch]":
        import pyarrow as pa

        try:
            relation = self._connection.sql(select, params=list(values))
            # DuckDB 2 renamed this; 1.5 knows only the old name.
            reader = relation.to_arrow_reader if hasattr(relation, "to_arrow_reader") else relation.fetch_record_batch
            yield from reader(ROW_GROUP)
        except (duckdb.Error, OSError, pa.ArrowException) as error:  # once rows flow, Arrow wraps DuckDB's errors
            raise EngineError(_in_one_line(error)) from error
        except RuntimeError as error:
            raise _interruption(error) from error

    def apply(
        self,
        name: str,
        select: str,
        function: Function,
        columns: "pa.Schema",
        values: Sequence[Value] = (),
        *,
        order: Sequence[str] = (),
        show: Steps | None = None,
    ) -> None:
        import pyarrow.parquet as pq

        if order:
            select = f"select * from ({select}) as r order by {', '.join(order)}"  # noqa: S608 - names of columns
        rows = (show or Steps()).walk(self.rows(select, values), APPLIED)
        path = self._new(name)
        try:
            with pq.ParquetWriter(path, columns, compression="zstd", compression_level=1) as writer:
                for batch in function(rows):
                    writer.write_batch(batch)
        except OSError as error:
            raise EngineError(f"{path}: cannot write: {_in_one_line(error)}") from error
        self.read(name, [path])

    def write(self, table: str, select: str, folder: Path, values: Sequence[Value] = ()) -> list[Path]:
        name = self._new(table).stem
        try:
            return [part.path for part in write_parts(table, self.rows(select, values), folder, name)]
        except OSError as error:
            raise EngineError(f"{folder}: cannot write: {_in_one_line(error)}") from error

    def _new(self, name: str) -> Path:
        """Give a path in the scratch folder that no other call was given, of any engine."""
        return self._scratch / f"{name}-{token_hex(8)}.parquet"

    def _run(self, statement: str, values: Sequence[Value]) -> duckdb.DuckDBPyConnection:
        try:
            return self._connection.execute(statement, list(values))
        except duckdb.Error as error:
            raise EngineError(_in_one_line(error)) from error
        except RuntimeError as error:
            raise _interruption(error) from error


def _interruption(error: RuntimeError) -> BaseException:
    """Give what DuckDB makes a RuntimeError of: that the user wants the run to end."""
    return KeyboardInterrupt() if "interrupted" in str(error).lower() else error


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())
