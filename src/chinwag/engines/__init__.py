"""Run SELECTs: an engine makes named tables, adds to them, reads values and rows, and writes Parquet."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

Value = int | float | str | bool


class Engine(Protocol):
    """Stand for the database that the steps run on. `?` in a SELECT takes the next of `values`."""

    def read(self, table: str, parts: Sequence[Path]) -> None:
        """Make a workspace's table known under its name; without parts it is empty."""

    def make(self, name: str, select: str, values: Sequence[Value] = ()) -> None:
        """Make a table of a SELECT's rows, replacing one of that name."""

    def append(self, name: str, select: str, values: Sequence[Value] = ()) -> None:
        """Add a SELECT's rows to a table."""

    def value(self, select: str, values: Sequence[Value] = ()) -> Value | None:
        """Give the one value of a SELECT."""

    def rows(self, select: str, values: Sequence[Value] = ()) -> "Iterator[pa.RecordBatch]":
        """Give a SELECT's rows in its order, batch by batch."""

    def write(self, table: str, select: str, path: Path, values: Sequence[Value] = ()) -> int:
        """Write a SELECT's rows as one Parquet file with the schema of `table`; gives their number."""

    def percent(self) -> float | None:
        """Tell, to any thread, how much of the statement that runs is done; None where that is not known."""
