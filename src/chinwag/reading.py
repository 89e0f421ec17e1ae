"""Read one job, a few members of one or more files, into Parquet parts. This is what a worker of `ingest` does."""

import gc
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

import msgspec

from chinwag import shelves
from chinwag.containers import Member, read_member
from chinwag.errors import WorkspaceError, printable
from chinwag.rows import Rows

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

CHUNK = 512 * 1024  # bytes decoded at once; more spoils the cache (a whole member at once is slower)
BOM = b"\xef\xbb\xbf"
NOT_JSON = "not JSON"
LONGEST_LINE = 16 * 1024 * 1024  # a record of Twitter's has some KB
SEARCHED = 16  # chunks of a member that are searched for a record before it is given up as junk
LARGEST_DOCUMENT = 64 * 1024 * 1024  # a member that is one JSON value has to fit in memory
BATCH = 20_000  # rows turned into Arrow at once
ROW_GROUP = 122_880  # rows a Parquet row group: as DuckDB writes them, and 7 % smaller than one group a member
DICTIONARIES = ["lang", "client", "seen_as", "source", "kind", "reason", "member"]

SAFE = "what was committed is safe: make room or mend it, and run it again to go on"

Progress = Callable[[int], None]


@dataclass
class FileTask:
    """Say which members of one file a job reads, and what the index of the file had to say."""

    path: Path
    entry: dict[str, Any]
    members: list[Member] = field(default_factory=list)
    damages: list[tuple[str, str]] = field(default_factory=list)
    junk: int = 0


@dataclass
class Result:
    """Say what came of a job: finished parts by table, the log's entries by file, and lines for the user."""

    parts: dict[str, Path]
    entries: list[dict[str, Any]]
    damages: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read_job(tasks: list[FileTask], scratch: Path, key: str, progress: Progress) -> Result:
    """Read the members of a job, write its rows as one part a table, and count what became of every record.

    A member or file that cannot be read is counted and named; the others are read all the same.
    """
    sources = [shelves.load("sources", name) for name in shelves.names("sources")]
    rows = Rows()
    with Parts(scratch, key) as parts, _no_collecting():
        result = Result(parts.paths, [])
        for task in tasks:
            started = time.perf_counter()
            fd = -1
            try:
                if any(member.data is None for member in task.members):
                    fd = os.open(task.path, os.O_RDONLY)
            except OSError as error:  # the log does not hear of it: the next run tries again
                result.errors.append(f"{task.entry['name']}: {error.strerror}")
                continue
            rows.at(task.entry["file_id"], "")
            for member, reason in task.damages:
                rows.member = member
                _damage(task, rows, result, reason)
            rows.counts["junk"] += task.junk
            _read_file(fd, task, sources, rows, parts, result, progress)
            entry = {name: count for name, count in rows.counts.items() if count}
            seconds = round(time.perf_counter() - started, 3)
            result.entries.append({**task.entry, **entry, "source": sorted(rows.sources), "seconds": seconds})
        parts.add(rows.take())
    return result


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Keep the garbage collector from walking through all rows time and again: there are no cycles among them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read_file(
    fd: int,
    task: FileTask,
    sources: list[ModuleType],
    rows: Rows,
    parts: "Parts",
    result: Result,
    progress: Progress,
) -> None:
    try:
        for member in task.members:
            rows.member = member.name
            try:
                blocks = read_member(fd, member, lambda reason: _damage(task, rows, result, reason))
                if other := _read_lines(blocks, sources, rows, parts):
                    rows.counts["junk"] += bool(member.name)
                    task.entry["other"] = None if member.name else other
            except OSError as error:  # a bad sector takes one member, not all that follow
                _damage(task, rows, result, f"read error: {error.strerror}")
            progress(member.size)
    finally:
        if fd >= 0:
            os.close(fd)


def _damage(task: FileTask, rows: Rows, result: Result, reason: str) -> None:
    rows.damage(reason)
    result.damages.append(f"{task.entry['name']}{'!' if rows.member else ''}{rows.member}: {reason}")


def _read_lines(blocks: Iterator[bytes], sources: list[ModuleType], rows: Rows, parts: "Parts") -> str | None:
    """Give the lines of a member to the source that claims them; say what it holds where none does."""
    source, other = None, ""
    held: list[tuple[range, bytes]] = []
    for numbers, lines in _chunks(_documents(blocks), rows):
        held.append((numbers, lines))
        if source is None:
            source, other = _claimed(lines, sources)
            if source is None:
                if other == NOT_JSON and len(held) < SEARCHED:
                    continue
                return other
            rows.source = source.__name__.rpartition(".")[2]
            rows.sources.add(rows.source)
        for held_numbers, chunk in held:
            source.read(chunk, held_numbers, rows)
        held = []
        if len(rows) >= BATCH:
            parts.add(rows.take())
    return other or None


def _claimed(lines: bytes, sources: list[ModuleType]) -> tuple[ModuleType | None, str]:
    """Find the source that claims the first record of a known shape; else describe the first object there is."""
    other = NOT_JSON
    for line in lines.splitlines():
        try:
            record = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if not isinstance(record, dict):
            continue
        for source in sources:
            if source.claims(record):
                return source, ""
        if other == NOT_JSON:
            keys = ", ".join(printable(key[:40]) for key in sorted(record)[:6])
            other = f"JSON of an unknown shape, with the keys {keys}"
    return None, other


def _documents(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Make lines of a member that is one JSON value over many lines: a list of records, a page, or a single record."""
    head = b""
    while len(head) < 16 and (block := next(blocks, b"")):
        head += block
    held = [head.removeprefix(BOM)]
    start = held[0].lstrip()
    goes_on = _goes_on(start) if b"\n" in start or start[:1] not in (b"[", b"{") else None
    size = len(held[0])
    while goes_on is not False and size <= LARGEST_DOCUMENT and (block := next(blocks, b"")):
        held.append(block)
        size += len(block)
        if goes_on is None and b"\n" in block:  # the first line is whole
            goes_on = _goes_on(b"".join(held).lstrip())
    head = b"".join(held)
    if goes_on is not False and size <= LARGEST_DOCUMENT:
        head = _as_lines(head)
    if head:
        yield head
    yield from blocks


def _goes_on(head: bytes) -> bool:
    """Tell whether the first line is no record: a JSON value goes on behind it, or it is a list or page of records."""
    line = head.partition(b"\n")[0]
    if line[:1] in (b"[", b"{"):
        try:
            value = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return line[:1] == b"[" or "truncated" in str(error)
        return isinstance(value, list) or isinstance(value.get("statuses"), list)
    return False


def _as_lines(document: bytes) -> bytes:
    """Give each record of a document as a line; the document itself where it is none."""
    try:
        return b"".join(_items(msgspec.json.decode(document, type=msgspec.Raw)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # one bad character is no reason to lose all records
    try:
        value = json.loads(document.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return document
    page = value.get("statuses") if isinstance(value, dict) else value
    return b"".join(json.dumps(item).encode() + b"\n" for item in (page if isinstance(page, list) else [value]))


def _items(value: msgspec.Raw) -> Iterator[bytes]:
    """Give the records of a list or a page as lines; else the one there is."""
    if bytes(value)[:1] == b"{":
        page = msgspec.json.decode(value, type=dict[str, msgspec.Raw]).get("statuses")
        value = page if page is not None and bytes(page)[:1] == b"[" else value
    for item in msgspec.json.decode(value, type=list[msgspec.Raw]) if bytes(value)[:1] == b"[" else [value]:
        # A line feed inside JSON is only ever white space: within strings it has to be escaped.
        yield bytes(item).strip().replace(b"\n", b" ") + b"\n"


def _chunks(blocks: Iterable[bytes], rows: Rows) -> Iterator[tuple[range, bytes]]:
    """Cut blocks into chunks of whole lines, each with the numbers of its lines; memory is bounded."""
    rest: list[bytes] = []  # pieces of a line whose end has not come yet
    number, skipping = 1, False
    for piece in _pieces(blocks):
        begin = piece.find(b"\n") + 1 if skipping else 0
        if skipping and not begin:
            continue
        skipping = False
        end = piece.rfind(b"\n", begin) + 1
        if end:
            numbers = range(number, number + _count_lines(piece, begin))
            yield numbers, b"".join((*rest, memoryview(piece)[begin:end]))
            number, rest, begin = numbers.stop, [], end
        if begin < len(piece):
            rest.append(piece[begin:])
        if sum(map(len, rest)) > LONGEST_LINE:
            rows.counts["lines"] += 1
            rows.reject(number, f"line longer than {LONGEST_LINE >> 20} MiB")
            number, rest, skipping = number + 1, [], True
    if rest:
        yield range(number, number + 1), b"".join(rest)


def _count_lines(piece: bytes, begin: int) -> int:
    """Count line feeds by leaping from one to the next, which `bytes.count` does not: it looks at each byte."""
    count = 0
    while begin := piece.find(b"\n", begin) + 1:
        count += 1
    return count


def _pieces(blocks: Iterable[bytes]) -> Iterator[bytes]:
    for block in blocks:
        for start in range(0, len(block), CHUNK):
            yield block[start : start + CHUNK]


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
        """Take rows; they are written once a row group is full."""
        for table, batch in batches.items():
            waiting = self._waiting.setdefault(table, [])
            waiting.append(batch)
            if sum(batch.num_rows for batch in waiting) >= ROW_GROUP:
                with self._writing():
                    self._write(table)

    def _write(self, table: str) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        rows = pa.Table.from_batches(self._waiting.pop(table))
        if table not in self._writers:
            self.paths[table] = self._scratch / f"{self._key}.{table}.parquet"
            dictionaries = [name for name in DICTIONARIES if name in rows.schema.names]
            writer = pq.ParquetWriter(
                self.paths[table], rows.schema, compression="zstd", compression_level=3, use_dictionary=dictionaries
            )
            self._writers[table] = writer
        self._writers[table].write_table(rows, row_group_size=ROW_GROUP)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else error
            raise WorkspaceError(f"{self._scratch.parent}: cannot write here: {why}; {SAFE}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        try:
            with self._writing():
                for table in [] if error else list(self._waiting):
                    self._write(table)
                for writer in [] if error else self._writers.values():
                    writer.close()
        finally:
            for writer in self._writers.values():
                with suppress(OSError):  # the first error counts
                    writer.close()
