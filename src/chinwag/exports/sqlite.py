"""Write conversations and turns into an SQLite database, over ADBC; what is in it is brought up to date."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from chinwag.errors import ExportError
from chinwag.exports import _databases as databases
from chinwag.exports._adbc import Adbc, opened
from chinwag.turns import Turn


def write(
    conversations: Iterator[tuple[str, list[Turn]]],
    name: Callable[[int], str],
    place: str,
    manifest: dict[str, Any],
    *,
    dataset: str = "chinwag",
) -> dict[str, int]:
    """Bring the data set `dataset` in the file up to date, which is made where it is not there.

    Gives its conversations by split; times are texts, in UTC. Raises as `_databases.write` does.
    """
    with _open(place, "rwc") as database:
        return databases.write(database, conversations, name, manifest, dataset)


def check_database(place: str) -> Iterator[str]:
    """Say what breaks the rules of these exports; raises ExportError where no database can be read."""
    with _open(place, "ro") as database:
        yield from databases.check(database)


def _open(place: str, mode: str) -> AbstractContextManager[Adbc]:
    """Open the file; as an address, so that no name has a meaning of its own."""
    path = Path(place).resolve()
    if not (path if mode == "ro" else path.parent).exists():  # SQLite would say that memory is short
        raise ExportError(f"{place}: is not there" if mode == "ro" else f"{path.parent}: there is no such folder")
    if path.is_dir():
        raise ExportError(f"{place}: is a folder")
    return opened("sqlite", f"{path.as_uri()}?mode={mode}", place)
