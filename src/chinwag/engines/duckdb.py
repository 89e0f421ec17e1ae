"""DuckDB, embedded: one machine, out of core under a memory limit."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import duckdb

from chinwag.engines import Value
from chinwag.errors import EngineError
from chinwag.tables import schema

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 50_000
ROW_GROUP = 122_880


class DuckDB:
    """Hold a database in a scratch folder, which takes what does not fit in `memory` (as `4GB`)."""

    def __init__(self, scratch: Path, *, memory: str | None = None, threads: int | None = None) -> None:
        self._scratch = scratch
        settings: dict[str, str | int | bool] = {
            "temp_directory": str(scratch / "spill"),
            "autoinstall_known_extensions": False,
        }
        if memory:
            settings["memory_limit"] = memory
        if threads:
            settings["threads"] = threads
        try:
            self._connection = duckdb.connect(scratch / "scratch.duckdb", config=settings)
            self._connection.execute("set TimeZone = 'UTC'")
        except duckdb.Error as error:
            raise EngineError(_in_one_line(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def read(self, table: str, parts: Sequence[Path]) -> None:
        if parts:
            relation = self._connection.from_parquet([str(part) for part in parts])
            relation.create_view(table)
        else:
            self._connection.from_arrow(schema(table).empty_table()).create(table)

    def make(self, name: str, select: str, values: Sequence[Value] = ()) -> None:
        self._run(f"create or replace table {name} as {select}", values)

    def append(self, name: str, select: str, values: Sequence[Value] = ()) -> None:
        self._run(f"insert into {name} {select}", values)

    def value(self, select: str, values: Sequence[Value] = ()) -> Value | None:
        row = self._run(select, values).fetchone()
        return row[0] if row else None

    def rows(self, select: str, values: Sequence[Value] = ()) -> "Iterator[pa.RecordBatch]":
        try:
            relation = self._connection.sql(select, params=list(values))
            # DuckDB 2 renamed this; 1.5 knows only the old name.
            reader = relation.to_arrow_reader if hasattr(relation, "to_arrow_reader") else relation.fetch_record_batch
            yield from reader(BATCH)
        except duckdb.Error as error:
            raise EngineError(_in_one_line(error)) from error

    def write(self, table: str, select: str, path: Path, values: Sequence[Value] = ()) -> int:
        import pyarrow.parquet as pq

        wanted = schema(table)
        written, waiting, size = 0, [], 0
        with pq.ParquetWriter(
            path, wanted, compression="zstd", compression_level=3, use_dictionary=_short(wanted)
        ) as writer:
            for batch in self.rows(select, values):
                waiting.append(batch)
                size += batch.num_rows
                if size >= ROW_GROUP:
                    written += _write(writer, waiting, wanted)
                    waiting, size = [], 0
            written += _write(writer, waiting, wanted)
        return written

    def _run(self, statement: str, values: Sequence[Value]) -> duckdb.DuckDBPyConnection:
        try:
            return self._connection.execute(statement, list(values))
        except duckdb.Error as error:
            raise EngineError(_in_one_line(error)) from error


def _write(writer: "pq.ParquetWriter", batches: "list[pa.RecordBatch]", wanted: "pa.Schema") -> int:
    import pyarrow as pa

    if not batches:
        return 0
    rows = pa.Table.from_batches(batches).cast(wanted)
    writer.write_table(rows, row_group_size=ROW_GROUP)
    return int(rows.num_rows)


def _short(wanted: "pa.Schema") -> list[str]:
    """Name the columns of few values, which gain by a dictionary."""
    return [name for name in ("lang", "client", "kind", "role", "split", "filter", "level") if name in wanted.names]


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())
