"""Read files by position, and list folders, on a disk or in a store: S3, Google's, Azure's, or a cluster's HDFS.

What lies in a store is named by a URI, `s3://bucket/folder/file`. Who may read it is settled by the environment or the
machine's role, as the store's own tools have it. Nothing but the URI without its query is ever shown or kept.
"""

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from chinwag.errors import UsageError

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

# As Spark spells them, and as PyArrow does.
HADOOP = {"hdfs": "hdfs", "viewfs": "viewfs"}
SCHEMES = {"s3": "s3", "s3a": "s3", "gs": "gs", "gcs": "gs", "abfs": "abfs", "abfss": "abfss", **HADOOP}
URI = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+)://([^/?]*)([^?]*)(?:\?(.*))?", re.DOTALL)
AHEAD = 4 * 1024 * 1024  # bytes asked for at once of what is read onwards; each worker holds no more
LEAST = 64 * 1024  # bytes asked for at once elsewhere; a gap of no more is read through
PAUSES = (5, 25)  # seconds before a read is tried again beyond what PyArrow tries: what is given up counts as damage
HASHED = 256 * 1024  # bytes hashed at once
LONGEST = 300  # characters of what a store says of an error
GOOGLE = "retry_limit_seconds=60"  # where nothing else is said: of itself PyArrow tries for minutes
LIBHDFS = "Hadoop's own library reads HDFS: set JAVA_HOME, CLASSPATH and ARROW_LIBHDFS_DIR"


@dataclass(frozen=True, order=True)
class Uri:
    """Name a file or folder of a store: `text` is what is shown, `query` the settings that PyArrow takes behind a `?`.

    The path is taken as it is, without percent signs' meaning, as S3's and Hadoop's own commands take it.
    """

    text: str
    query: str = field(default="", repr=False)

    def __str__(self) -> str:
        """Give the URI without its query."""
        return self.text

    @property
    def name(self) -> str:
        """Give the last part of the path."""
        return self.text.rpartition("/")[2]

    @property
    def parent(self) -> "Uri":
        """Give the folder it is in."""
        return Uri(self.text.rpartition("/")[0], self.query)

    def with_name(self, name: str) -> "Uri":
        """Name another file of the same folder."""
        return Uri(f"{self.parent}/{name}", self.query)


Input = Path | Uri


@dataclass(frozen=True, slots=True)
class Opened:
    """Read an open file: `pread` gives bytes as `os.pread` does, of a size and an offset, without moving anything."""

    pread: Callable[[int, int], bytes]
    size: Callable[[], int]
    close: Callable[[], None]


NO_FILE = Opened(lambda size, offset: b"", lambda: 0, lambda: None)


def parse(text: str) -> Input:
    """Take what a user names for a path or a URI; `file://` is a path.

    Raises UsageError for a store of no known kind, and for a URI that holds a password: it would be in every log.
    """
    found = URI.fullmatch(text)
    if found is None:
        return Path(text)
    scheme, authority, path, query = found[1].lower(), found[2], found[3], found[4] or ""
    if scheme == "file":
        return Path(path or "/")
    who, _, host = authority.rpartition("@")
    if ":" in who:
        raise UsageError(f"{scheme}://{host}{path}: holds a password; leave it to the environment")
    if scheme not in SCHEMES:
        known = ", ".join([*SCHEMES, "file"])
        raise UsageError(f"{scheme}://{host}{path}: no files are read by {scheme}; there are: {known}")
    if not authority and scheme not in HADOOP:
        raise UsageError(f"{text}: names no bucket")
    return Uri(f"{SCHEMES[scheme]}://{authority}{path.rstrip('/')}", query)


def opened(path: Input) -> Opened:
    """Open a file; raises OSError, of one line."""
    if isinstance(path, Uri):
        stored = _Stored(path)
        return Opened(stored.pread, lambda: stored.size, stored.close)
    fd = os.open(path, os.O_RDONLY)
    return Opened(partial(os.pread, fd), lambda: os.fstat(fd).st_size, partial(os.close, fd))


def sha256(path: Input) -> str:
    """Hash a file; raises OSError, of one line."""
    hashing, at = hashlib.sha256(), 0
    with closing(opened(path)) as file:
        while data := file.pread(HASHED, at):
            hashing.update(data)
            at += len(data)
    return hashing.hexdigest()


def files(uri: Uri) -> Iterator[tuple[Uri, int, int]]:
    """List a file, or the files under a folder without hidden ones: each with its size and time, in ns.

    Times are of whole seconds, for a store tells more of them in some answers than in others. Raises OSError, of one
    line.
    """
    from pyarrow.fs import FileSelector, FileType

    with _in_one_line(uri):
        system, root = _system(uri)
        found = [system.get_file_info(root)]
        if found[0].type == FileType.NotFound:
            raise FileNotFoundError
        if found[0].type == FileType.Directory:
            found = system.get_file_info(FileSelector(root, recursive=True))
    for one in found:
        inside = one.path[len(root.rstrip("/")) :]
        if one.type == FileType.File and "/." not in inside:
            yield Uri(uri.text + inside, uri.query), one.size, (one.mtime_ns or 0) // 10**9 * 10**9


@lru_cache(maxsize=8)
def _connected(place: str) -> "tuple[FileSystem, str]":
    """Connect to a store, once a process: a connection is shared by all of its files."""
    from pyarrow.fs import FileSystem

    system, root = FileSystem.from_uri(place)
    return system, root


def _system(uri: Uri) -> "tuple[FileSystem, str]":
    """Give the file system that has a file, and the file's path there."""
    found = URI.fullmatch(uri.text)
    assert found is not None  # noqa: S101 - for so `parse` made it
    scheme, authority, path, _ = found.groups()
    query = uri.query
    if scheme == "gs" and "retry_limit_seconds" not in query:
        query = f"{query}&{GOOGLE}" if query else GOOGLE
    system, root = _connected(f"{scheme}://{authority}/{'?' if query else ''}{query}")
    whole = root.rstrip("/") + path
    return system, whole or "/" if scheme in HADOOP else whole.lstrip("/")


class _Stored:
    """Read a file of a store, in pieces that are large where it is read onwards and small where it is not."""

    def __init__(self, uri: Uri) -> None:
        with _in_one_line(uri):
            system, path = _system(uri)
            self._file = system.open_input_file(path)
            self.size: int = self._file.size()
        self._uri = uri
        self._start, self._held = -LEAST - 1, b""

    def pread(self, size: int, offset: int) -> bytes:
        """Give `size` bytes, fewer only at the file's end."""
        at = offset - self._start
        data = self._held[at : at + size] if at >= 0 else b""
        first = offset + len(data)
        missing = min(size, self.size - offset) - len(data)
        if missing <= 0:
            return data
        end = self._start + len(self._held)
        wanted = max(missing, AHEAD if self._start <= first <= end + LEAST else LEAST)
        more = self._read(min(wanted, self.size - first), first)
        # Who walks through a tar goes back a little: from behind a header to what it is of.
        self._held = self._held[-LEAST:] + more if first == end else more
        self._start = first + len(more) - len(self._held)
        return data + more[:missing]

    def _read(self, size: int, offset: int) -> bytes:
        for pause in PAUSES:
            try:
                return self._read_once(size, offset)
            except OSError:
                time.sleep(pause)
        return self._read_once(size, offset)

    def _read_once(self, size: int, offset: int) -> bytes:
        with _in_one_line(self._uri):
            data: bytes = self._file.read_at(size, offset)
        if len(data) < size:
            raise OSError("the store gave less than was asked for")
        return data

    def close(self) -> None:
        """Leave the file."""
        self._file.close()


@contextmanager
def _in_one_line(uri: Uri) -> Iterator[None]:
    """Say of an error what a store says, in one line, as an OSError."""
    import pyarrow as pa

    try:
        yield
    except FileNotFoundError as error:
        raise OSError("No such file or directory") from error
    except (OSError, pa.ArrowException) as error:
        lines = str(error).splitlines() or [type(error).__name__]
        told = f"{lines[0]}; {LIBHDFS}" if "libhdfs" in lines[0] or "libjvm" in lines[0] else lines[0]
        raise OSError(told.replace(uri.query or "?", "…")[:LONGEST]) from error
