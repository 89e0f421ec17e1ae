"""Run SELECTs: an engine makes named tables, adds to them, reads values and rows, and writes Parquet."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from chinwag.progress import Steps

if TYPE_CHECKING:
    import pyarrow as pa

Value: TypeAlias = int | float | str | bool
Function: TypeAlias = "Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]"


class Engine(Protocol):
    """Stand for the database that the steps run on. `?` in a SELECT takes the next of `values`."""

    def read(self, name: str, parts: Sequence[Path], table: str = "") -> None:
        """Make Parquet files known under a name; without any it is empty, with the columns of `table`, or its own."""

    def make(self, name: str, select: str, values: Sequence[Value] = ()) -> None:
        """Make a table of a SELECT's rows, replacing one of that name."""

    def append(self, name: str, select: str, values: Sequence[Value] = ()) -> None:
        """Add a SELECT's rows to a table."""

    def value(self, select: str, values: Sequence[Value] = ()) -> Value | None:
        """Give the one value of a SELECT."""

    def rows(self, select: str, values: Sequence[Value] = ()) -> "Iterator[pa.RecordBatch]":
        """Give a SELECT's rows in its order, batch by batch."""

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
        """Make a table of what a function makes of a SELECT's rows: it takes and gives batches, these with `columns`.

        With `order` rows come in it, and all that share a value of its first column come to one call; without it, any
        call may see any share of the rows. The function may run in other processes, so it is pickled, and no state
        comes back. `show` is told of rows that are walked, where they are walked here.
        """

    def write(self, table: str, select: str, folder: Path, values: Sequence[Value] = ()) -> list[Path]:
        """Write a SELECT's rows, in its order, as parts of a table, new files in a folder; gives at least one.

        `writing` says where parts are cut: whatever the engine, the same rows are the same bytes.
        """

    def percent(self) -> float | None:
        """Tell, to any thread, how much of the statement that runs is done; None where that is not known."""


@runtime_checkable
class Spread(Protocol):
    """Stand for an engine that has work done on other machines; all that goes there and back is pickled."""

    def run(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """Call a function with each item in a task of its own, and give what comes of them in their order."""

    def results(
        self,
        function: Callable[[Any, Callable[[int], None]], Any],
        tasks: Iterable[Any],
        workers: int | None,
        tell: Callable[[int], None],
    ) -> Iterator[Any]:
        """Do tasks, `workers` at once, and give what comes of them in their order, as `pool.results` does."""
