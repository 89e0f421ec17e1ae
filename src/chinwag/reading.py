"""Read one job, a few members of one or more files, into Parquet parts. This is what a worker of `ingest` does."""

import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from chinwag import records
from chinwag.containers import Member, read_member
from chinwag.neighbours import place_of
from chinwag.parts import Parts, writing
from chinwag.rows import Rows
from chinwag.sniffing import UNKNOWN, Shape, shapes
from chinwag.stores import NO_FILE, Input, Opened, opened

BATCH = 20_000  # rows turned into Arrow at once: about 85 MB of a dump
LARGEST_BATCH = 192 * 1024 * 1024  # decompressed bytes whose rows are: a tweet of some MB is held by no rule but this
NAMED = 1000  # members of an unknown shape that are remembered by name
LARGEST_ON_DISK = 16 * 1024**3  # a table inside a container is written to scratch to be read

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Choice:
    """Say what the user chose: the source that reads everything, and the columns of tables no source knows."""

    source: str | None = None
    columns: Mapping[str, str] | None = None

    def __str__(self) -> str:
        """Say it in one word, for the log."""
        columns = ",".join(f"{target}={column}" for target, column in sorted((self.columns or {}).items()))
        return f"{self.source or ''}:{columns}" if self.source or columns else ""


@dataclass
class FileTask:
    """Say which members of one file a job reads, and what the index of the file had to say."""

    path: Input
    entry: dict[str, Any]
    members: list[Member] = field(default_factory=list)
    damages: list[tuple[str, str]] = field(default_factory=list)
    junk: int = 0
    again: bool = False  # its members were of an unknown shape before


@dataclass
class Result:
    """Say what came of a job: finished parts by table, the log's entries by file, lines for the user, its seconds."""

    parts: dict[str, Path]
    entries: list[dict[str, Any]]
    damages: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0


def read_job(tasks: list[FileTask], scratch: Path, key: str, progress: Progress, choice: Choice = Choice()) -> Result:
    """Read the members of a job, write its rows as one part a table, and count what became of every record.

    A member or file that cannot be read is counted and named; the others are read all the same.
    """
    started = time.perf_counter()
    with Parts(scratch, key) as parts, _no_collecting():
        result = Result(parts.paths, [])
        job = Job(scratch, parts, result, progress, choice)
        for task in tasks:
            job.read(task)
        parts.add(job.rows.take())
    result.seconds = time.perf_counter() - started
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


class Job:
    """Read files one after another into the same rows."""

    def __init__(self, scratch: Path, parts: Parts, result: Result, progress: Progress, choice: Choice) -> None:
        self.rows = Rows()
        self._scratch, self._parts, self._result, self._progress = scratch, parts, result, progress
        self._forced = choice.source is not None
        self._sources = records.load(choice.source, choice.columns)
        self._given = 0  # decompressed bytes since rows were last turned into Arrow

    def read(self, task: FileTask) -> None:
        """Read the members of one file that the task names."""
        started = time.perf_counter()
        rows, file = self.rows, NO_FILE
        try:
            if any(member.data is None for member in task.members):
                file = opened(task.path)
        except OSError as error:  # the log does not hear of it: the next run tries again
            self._result.errors.append(f"{task.entry['name']}: {error.strerror or error}")
            return
        with closing(file):
            rows.at(task.entry["file_id"], "")
            for member, reason in task.damages:
                rows.member = member
                self._damage(task, reason)
            rows.counts["junk"] += task.junk - len(task.members) * task.again
            for one in task.members:
                self._read_member(file, task, one)
                self._progress(one.size)
        entry = {name: count for name, count in rows.counts.items() if count}
        seconds = round(time.perf_counter() - started, 3)
        self._result.entries.append({**task.entry, **entry, "source": sorted(rows.sources), "seconds": seconds})

    def _read_member(self, file: Opened, task: FileTask, member: Member) -> None:
        rows = self.rows
        rows.member, rows.place = member.name, place_of(file, task.path, member)
        try:
            blocks = self._counted(read_member(file, member, lambda reason: self._damage(task, reason)))
            with on_disk(task.path, member, self._scratch) as disk:
                for shape in shapes(blocks, self._sources, on_disk=disk, reject=self._too_long, forced=self._forced):
                    self._read_shape(shape)
                    if shape.source is None:
                        rows.counts["junk"] += bool(member.name)
                        _name(shape.other, task, member)
        except OSError as error:  # a bad sector takes one member, not all that follow
            self._damage(task, f"read error: {error.strerror or error}")

    def _read_shape(self, shape: Shape) -> None:
        """Read all records of a member, or of one table of it."""
        if shape.source is None:
            return
        reader = records.Records(shape.source, self._sources, self.rows)
        for numbers, lines in shape.lines or ():
            reader.lines(numbers, lines)
            self._write_if_many()
        for number, item in shape.items or ():
            reader.item(number, item)
            self._write_if_many()

    def _counted(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self._given += len(block)
            yield block

    def _write_if_many(self) -> None:
        if len(self.rows) >= BATCH or self._given >= LARGEST_BATCH:
            self._parts.add(self.rows.take())
            self._given = 0

    def _too_long(self, number: int, reason: str) -> None:
        self.rows.counts["lines"] += 1
        self.rows.reject(number, reason)

    def _damage(self, task: FileTask, reason: str) -> None:
        self.rows.damage(reason)
        member = self.rows.member
        self._result.damages.append(f"{task.entry['name']}{'!' if member else ''}{member}: {reason}")


def _name(other: str, task: FileTask, member: Member) -> None:
    """Remember a file that no source knows, or a member that might hold tweets all the same."""
    others = task.entry.setdefault("others", {})
    if not member.name or (other.startswith(UNKNOWN) and len(others) < NAMED):
        others[member.name] = other


@contextmanager
def on_disk(path: Input, member: Member, scratch: Path) -> Iterator[Callable[[Iterator[bytes]], Path]]:
    """Give what makes a file of a member: the file it is in, or a copy in the scratch folder, removed at the end.

    A file of a store is copied too: SQLite reads none but a disk's.
    """
    copies: list[Path] = []

    def make(blocks: Iterator[bytes]) -> Path:
        first = next(blocks, b"")
        if isinstance(path, Path) and not member.name and member.data is None and _begins_with(path, first):
            return path
        with writing(scratch):
            handle, name = tempfile.mkstemp(dir=scratch, prefix="member-")
        copies.append(Path(name))
        copy = open(handle, "wb")  # noqa: PTH123, SIM115 - it is open, and an error in closing it is one in writing
        try:
            for block in chain([first], blocks):
                if copy.tell() > LARGEST_ON_DISK:
                    raise OSError(f"larger than {LARGEST_ON_DISK >> 30} GiB: unpack it, or copy it to a disk")
                with writing(scratch):
                    copy.write(block)
        finally:
            with writing(scratch):
                copy.close()
        return copies[-1]

    try:
        yield make
    finally:
        for copy in copies:
            copy.unlink(missing_ok=True)


def _begins_with(path: Path, data: bytes) -> bool:
    """Tell a file that is as it is from one that is compressed."""
    with path.open("rb") as file:
        return file.read(64) == data[:64]
