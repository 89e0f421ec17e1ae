"""Write conversations and turns into a DuckDB database; what is in it is brought up to date."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chinwag.errors import ExportError
from chinwag.exports import _databases as databases
from chinwag.turns import Turn

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

MEMORY = "500MB"  # 300 do for 2 million turns (measured); its own limit is most of the machine's memory


def write(
    conversations: Iterator[tuple[str, list[Turn]]],
    name: Callable[[int], str],
    place: str,
    manifest: dict[str, Any],
    *,
    dataset: str = "chinwag",
) -> dict[str, int]:
    """Bring the data set `dataset` in the file up to date, which is made where it is not there.

    Gives its conversations by split. Raises as `_databases.write` does.
    """
    with _open(place) as database:
        return databases.write(database, conversations, name, manifest, dataset)


def check_database(place: str) -> Iterator[str]:
    """Say what breaks the rules of these exports; raises ExportError where no database can be read."""
    with _open(place, read_only=True) as database:
        yield from databases.check(database)


class _DuckDB:
    """Hold a connection; `shown` is how errors name the database."""

    needs_index = False

    def __init__(self, connection: "duckdb.DuckDBPyConnection", shown: str) -> None:
        self._connection, self._shown = connection, shown
        self.run("begin")

    def run(self, statement: str, values: Sequence[int | str] = ()) -> None:
        with _told(self._shown):
            self._connection.execute(statement, list(values))

    def rows(self, select: str, values: Sequence[int | str] = ()) -> list[tuple[Any, ...]]:
        with _told(self._shown):
            return self._connection.execute(select, list(values)).fetchall()

    def stage(self, table: str, batch: "pa.RecordBatch") -> None:
        """Let the database read the batch where it is, under the name of a table."""
        import pyarrow as pa

        with _told(self._shown):
            self._connection.register(table, pa.Table.from_batches([batch]))

    def commit(self) -> None:
        self.run("commit")
        self.run("begin")

    def rollback(self) -> None:
        self.run("rollback")
        self.run("begin")


@contextmanager
def _open(place: str, *, read_only: bool = False) -> Iterator[_DuckDB]:
    """Open the file; by its whole path, so that no name has a meaning of its own. Nothing is fetched for it."""
    import duckdb

    config: dict[str, Any] = {
        "memory_limit": MEMORY,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with _told(place):
        connection = duckdb.connect(str(Path(place).resolve()), read_only=read_only, config=config)
    with connection:
        connection.execute("set enable_progress_bar = false")  # it goes to stdout
        yield _DuckDB(connection, place)


@contextmanager
def _told(shown: str) -> Iterator[None]:
    """Make an ExportError of what DuckDB raises."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise ExportError(f"{shown}: {str(error).partition(chr(10))[0]}") from None
    except RuntimeError as error:
        if "interrupted" in str(error).lower():  # by the user
            raise KeyboardInterrupt from error
        raise
