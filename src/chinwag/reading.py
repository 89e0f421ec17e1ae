"""Read one job, a few members of one or more files, into Parquet parts. This is what a worker of `ingest` does."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

import msgspec

from chinwag import shelves
from chinwag.containers import Member, read_member
from chinwag.rows import Rows

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

CHUNK = 512 * 1024  # bytes decoded at once; more spoils the cache (a whole member at once is slower)
LONGEST_LINE = 16 * 1024 * 1024  # a record of Twitter's has some KB
LARGEST_DOCUMENT = 64 * 1024 * 1024  # a member that is one JSON value has to fit in memory
BATCH = 20_000  # rows turned into Arrow at once
ROW_GROUP = 122_880  # rows a Parquet row group: as DuckDB writes them, and 7 % smaller than one group a member
DICTIONARIES = ["lang", "client", "seen_as", "source", "kind", "reason", "member"]

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
    with Parts(scratch, key) as parts:
        result = Result(parts.paths, [])
        for task in tasks:
            started = time.perf_counter()
            rows.at(task.entry["file_id"], "")
            for member, reason in task.damages:
                rows.member = member
                _damage(task, rows, result, reason)
            rows.counts["junk"] += task.junk
            _read_file(task, sources, rows, parts, result, progress)
            entry = {name: count for name, count in rows.counts.items() if count}
            seconds = round(time.perf_counter() - started, 3)
            result.entries.append({**task.entry, **entry, "source": sorted(rows.sources), "seconds": seconds})
        parts.add(rows.take())
    return result


def _read_file(
    task: FileTask, sources: list[ModuleType], rows: Rows, parts: "Parts", result: Result, progress: Progress
) -> None:
    fd = -1
    try:
        if any(member.data is None for member in task.members):
            fd = os.open(task.path, os.O_RDONLY)
        for member in task.members:
            rows.member = member.name
            blocks = read_member(fd, member, lambda reason: _damage(task, rows, result, reason))
            if other := _read_lines(blocks, sources, rows, parts):
                rows.counts["junk"] += bool(member.name)
                task.entry["other"] = None if member.name else other
            progress(member.size)
    except OSError as error:
        rows.damage(f"read error: {error.strerror}")
        result.errors.append(f"{task.entry['name']}: {error.strerror}")
    finally:
        if fd >= 0:
            os.close(fd)


def _damage(task: FileTask, rows: Rows, result: Result, reason: str) -> None:
    rows.damage(reason)
    result.damages.append(f"{task.entry['name']}{'!' if rows.member else ''}{rows.member}: {reason}")


def _read_lines(blocks: Iterator[bytes], sources: list[ModuleType], rows: Rows, parts: "Parts") -> str | None:
    """Give the lines of a member to the source that claims them; say what it holds where none does."""
    source = None
    for first, lines in _chunks(_documents(blocks), rows):
        if source is None:
            source, other = _claimed(lines, sources)
            if source is None:
                return other
            rows.source = source.__name__.rpartition(".")[2]
            rows.sources.add(rows.source)
        source.read(lines, first, rows)
        if len(rows) >= BATCH:
            parts.add(rows.take())
    return None


def _claimed(lines: bytes, sources: list[ModuleType]) -> tuple[ModuleType | None, str]:
    """Find the source that claims the first record of a known shape; else describe the first object there is."""
    other = "not JSON"
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
        if other == "not JSON":
            other = f"JSON of an unknown shape, with the keys {', '.join(sorted(record)[:6])}"
    return None, other


def _documents(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Make lines of a member that is one JSON value over many lines: a list of records, a page, or a single record."""
    head = b""
    for block in blocks:
        head += block
        if head.lstrip()[:1] not in (b"", b"[", b"{") or (b"\n" in head.lstrip() and not _goes_on(head)):
            break  # lines: the usual case
        if len(head) > LARGEST_DOCUMENT:
            break
    else:
        yield _as_lines(head)
        return
    yield head
    yield from blocks


def _goes_on(head: bytes) -> bool:
    """Tell whether a JSON value goes on behind the first line."""
    line = head.lstrip().partition(b"\n")[0]
    if line[:1] == b"[":
        return True
    try:
        msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return "truncated" in str(error)
    return False


def _as_lines(document: bytes) -> bytes:
    try:
        value = msgspec.json.decode(document, type=msgspec.Raw)
        if bytes(value)[:1] == b"{":
            page = msgspec.json.decode(value, type=dict[str, msgspec.Raw]).get("statuses")
            value = page if page is not None and bytes(page)[:1] == b"[" else value
        items = msgspec.json.decode(value, type=list[msgspec.Raw]) if bytes(value)[:1] == b"[" else [value]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return document
    # A line feed inside JSON is only ever white space: within strings it has to be escaped.
    return b"".join(bytes(item).strip().replace(b"\n", b" ") + b"\n" for item in items)


def _chunks(blocks: Iterable[bytes], rows: Rows) -> Iterator[tuple[int, bytes]]:
    """Cut blocks into chunks of whole lines, each with the number of its first line; memory is bounded."""
    rest, number, skipping = b"", 1, False
    for block in blocks:
        data = rest + block
        if skipping:
            skipping = b"\n" not in data
            rest, data = (b"", b"") if skipping else (b"", data.partition(b"\n")[2])
            number += not skipping
        start = 0
        while len(data) - start > CHUNK:
            end = data.rfind(b"\n", start, start + CHUNK) + 1 or data.find(b"\n", start + CHUNK) + 1
            if not end:
                break
            yield number, data[start:end]
            number += data.count(b"\n", start, end)
            start = end
        rest = data[start:]
        if len(rest) > LONGEST_LINE:
            rows.counts["lines"] += 1
            rows.reject(number, f"line longer than {LONGEST_LINE >> 20} MiB")
            rest, skipping = b"", True
    if rest:
        yield number, rest


class Parts:
    """Write the rows of a job as one Parquet file a table, row group by row group."""

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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        for table in [] if error else list(self._waiting):
            self._write(table)
        for writer in self._writers.values():
            writer.close()
