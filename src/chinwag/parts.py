"""Write the rows of a job as Parquet parts, one a table."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from chinwag.errors import WorkspaceError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

ROW_GROUP = 122_880  # rows a Parquet row group: as DuckDB writes them, and 7 % smaller than one group a member
LARGEST_GROUP = 128 * 1024 * 1024  # bytes of a row group that is written before it is full: rows are 0.5 KB as a rule
DICTIONARIES = ["lang", "client", "seen_as", "source", "kind", "reason", "member"]

SAFE = "what was committed is safe: make room or mend it, and run it again to go on"


@contextmanager
def writing(scratch: Path) -> Iterator[None]:
    """Take an error in writing for what it is: the end of the run, and not of one file."""
    try:
        yield
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else error
        raise WorkspaceError(f"{scratch.parent}: cannot write here: {why}; {SAFE}") from error


class Parts:
    """Write the rows of a job as one Parquet file a table, row group by row group.

    Raises WorkspaceError where they cannot be written, so that it is not taken for an error in reading.
    """

    def __init__(self, scratch: Path, key: str) -> None:
        self.paths: dict[str, Path] = {}
        self._scratch, self._key = scratch, key
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._waiting: dict[str, list[pa.RecordBatch]] = {}

    def add(self, batches: "dict[str, pa.RecordBatch]") -> None:
        """Take rows; they are written once a row group is full, the same bytes however many came at once."""
        for table, batch in batches.items():
            waiting = self._waiting.setdefault(table, [])
            at = 0
            while at < batch.num_rows:
                room = ROW_GROUP - sum(one.num_rows for one in waiting)
                waiting.append(batch.slice(at, room))
                at += room
                if at <= batch.num_rows or sum(one.nbytes for one in waiting) >= LARGEST_GROUP:
                    with writing(self._scratch):
                        self._write(table)
                    waiting.clear()

    def _write(self, table: str) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        rows = pa.Table.from_batches(self._waiting[table]).combine_chunks()
        if table not in self._writers:
            self.paths[table] = self._scratch / f"{self._key}.{table}.parquet"
            dictionaries = [name for name in DICTIONARIES if name in rows.schema.names]
            writer = pq.ParquetWriter(
                self.paths[table], rows.schema, compression="zstd", compression_level=3, use_dictionary=dictionaries
            )
            self._writers[table] = writer
        self._writers[table].write_table(rows, row_group_size=ROW_GROUP)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        try:
            with writing(self._scratch):
                for table in [] if error else [table for table, waiting in self._waiting.items() if waiting]:
                    self._write(table)
                for writer in [] if error else self._writers.values():
                    writer.close()
        finally:
            for writer in self._writers.values():
                with suppress(OSError):  # the first error counts
                    writer.close()
