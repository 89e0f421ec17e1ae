"""Replace a folder as a whole, or not at all, by one run at a time."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chinwag.errors import ExportError

# What lies in the hidden folder; the first tells that it is ours, and the one who holds it.
LOCK = "chinwag.lock"
NEW = "new"
OLD = "old"


@contextmanager
def replacing(place: Path) -> Iterator[Path]:
    """Give an empty folder, hidden beside `place`; what is then in its folder `new` takes that place at the end.

    Where the end is not reached `place` stays as it was, and of what a killed run left no more is there afterwards.
    Raises ExportError where another run is at it, or where the hidden folder's name is taken by what is none of ours;
    OSError where it cannot be written.
    """
    place = place.resolve()
    hidden = place.with_name(f".{place.name}.partial")
    lock = _lock(hidden, place)
    try:
        _restore(hidden, place)
        _clear(hidden)
        (hidden / NEW).mkdir()
        try:
            yield hidden
            if place.exists():
                place.replace(hidden / OLD)
            (hidden / NEW).replace(place)
        finally:
            _restore(hidden, place)
            _remove(hidden)
    finally:
        os.close(lock)


def _lock(hidden: Path, place: Path) -> int:
    """Make the hidden folder, and hold it until what is given is closed."""
    while True:
        hidden.mkdir(parents=True, exist_ok=True)
        names = {entry.name for entry in hidden.iterdir()}
        if names and LOCK not in names:
            raise ExportError(f"{hidden}: is in the way, and not of ours; move it to another place")
        try:
            lock = os.open(hidden / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except FileNotFoundError:  # whoever was at it has just removed the folder
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(lock), (hidden / LOCK).stat()):
                return lock
        except FileNotFoundError:  # it has just ended, and its lock with it
            pass
        except BlockingIOError as error:
            os.close(lock)
            raise ExportError(f"{place}: another export is being written there; wait for it to end") from error
        os.close(lock)


def _restore(hidden: Path, place: Path) -> None:
    """Put back what was there, where a run ended between the two renames."""
    if not place.exists() and (hidden / OLD).exists():
        (hidden / OLD).replace(place)


def _remove(hidden: Path) -> None:
    """Remove the folder, its lock last: whoever makes one anew finds an empty folder, or none."""
    with suppress(OSError):
        _clear(hidden)
        (hidden / LOCK).unlink()
        hidden.rmdir()


def _clear(hidden: Path) -> None:
    """Remove all but the lock."""
    for entry in hidden.iterdir():
        if entry.name != LOCK:
            shutil.rmtree(entry, ignore_errors=True)
