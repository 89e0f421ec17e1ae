"""Write the parts of a table, cut where its rows say: the same rows are the same bytes, whoever writes them.

A part ends before a row whose key is a multiple of `CUT`, so where parts are cut follows from the rows on both sides of
a cut and from nothing else: rows that are added or taken away change the part they are in and no other.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chinwag.tables import KEYS, schema

if TYPE_CHECKING:
    import pyarrow as pa

# Keys between two cuts, in the mean: a part holds about a million rows, which is 100 to 200 MB of tweets. It is the
# largest prime below 2^20, for the low bits of ids have patterns.
CUT = 1_048_573
ROW_GROUP = 122_880  # rows, as DuckDB has them by itself
SHORT = ("lang", "client", "kind", "role", "split", "filter", "level")  # columns of few values gain by a dictionary


@dataclass(frozen=True)
class Part:
    """Describe a part that was written: its rows, and the key of its first and its last; None where there are none."""

    path: Path
    rows: int
    first: int | None = None
    last: int | None = None


def write_parts(
    table: str, batches: "Iterable[pa.RecordBatch]", folder: Path, name: str, cut: int | None = None
) -> list[Part]:
    """Write rows that come in their order as parts of a table: files in `folder` that begin with `name`, at least one.

    Raises OSError where they cannot be written.
    """
    cut = cut or CUT
    made: list[_File] = []
    # One thread writes a row group while the caller's engine makes the next.
    with ThreadPoolExecutor(1) as pool:
        try:
            for piece, begins in _pieces(batches, table, cut):
                if begins or not made:
                    if made:
                        made[-1].finish()
                    made.append(_File(table, folder / f"{name}-{len(made):05}.parquet", pool))
                made[-1].add(piece)
            if not made:
                made.append(_File(table, folder / f"{name}-00000.parquet", pool))
            made[-1].finish()
        except BaseException:
            if made:
                made[-1].abandon()
            raise
    return [file.part() for file in made]


def _pieces(batches: "Iterable[pa.RecordBatch]", table: str, cut: int) -> "Iterator[tuple[pa.Table, bool]]":
    """Give rows in the columns of the table, cut to pieces, each with whether a part begins with it."""
    import numpy as np
    import pyarrow as pa

    wanted, key = schema(table), KEYS.get(table)
    before: int | None = None
    for batch in batches:
        if not batch.num_rows:
            continue
        rows = pa.Table.from_batches([batch]).cast(wanted)
        if key is None:
            yield rows, False
            continue
        keys = rows[key].to_numpy()
        new = np.empty(len(keys), dtype=bool)
        new[0] = keys[0] != before
        new[1:] = keys[1:] != keys[:-1]
        cuts = np.flatnonzero(new & (keys % cut == 0)).tolist()
        before = int(keys[-1])
        ends = [*cuts, len(keys)]
        if ends[0] > 0:
            yield rows.slice(0, ends[0]), False
        for start, end in zip(cuts, ends[1:], strict=True):
            yield rows.slice(start, end - start), True


class _File:
    """Write one part in row groups that are full, but for the last."""

    def __init__(self, table: str, path: Path, pool: ThreadPoolExecutor) -> None:
        import pyarrow.parquet as pq

        wanted = schema(table)
        short = [name for name in SHORT if name in wanted.names]
        self._writer = pq.ParquetWriter(path, wanted, compression="zstd", compression_level=3, use_dictionary=short)
        self._path, self._key, self._pool = path, KEYS.get(table), pool
        self._waiting: list[pa.Table] = []
        self._held = self._rows = 0
        self._first: int | None = None
        self._last: int | None = None
        self._writing: Future[None] | None = None

    def add(self, rows: "pa.Table") -> None:
        if self._key is not None:
            if self._first is None:
                self._first = rows[self._key][0].as_py()
            self._last = rows[self._key][-1].as_py()
        self._rows += rows.num_rows
        self._waiting.append(rows)
        self._held += rows.num_rows
        while self._held >= ROW_GROUP:
            self._write(ROW_GROUP)

    def _write(self, number: int) -> None:
        import pyarrow as pa

        if self._writing:
            self._writing.result()
        # One array a column: pages end where arrays do.
        rows = pa.concat_tables(self._waiting).combine_chunks()
        self._writing = self._pool.submit(self._writer.write_table, rows.slice(0, number), number)
        self._held -= number
        self._waiting = [rows.slice(number)] if self._held else []

    def finish(self) -> None:
        if self._held:
            self._write(self._held)
        if self._writing:
            self._writing.result()
        self._writer.close()

    def abandon(self) -> None:
        """Close what cannot be finished; the error that led to it is the one that counts."""
        with suppress(OSError):
            self._writer.close()

    def part(self) -> Part:
        return Part(self._path, self._rows, self._first, self._last)
