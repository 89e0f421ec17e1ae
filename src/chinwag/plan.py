"""Plan an ingest: which files there are, which the log knows already, and how the rest is cut into jobs.

A file is told by its content (sha256), so that one that was moved, renamed or given twice is read once. Jobs follow the
order of the files' names and of the members' bytes and nothing else: whatever number of workers reads them, and
wherever a run was killed, the same files give the same jobs.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from chinwag import records, shelves, stores
from chinwag.containers import Damage, Found, Junk, Member, members
from chinwag.errors import printable
from chinwag.forms import BOM, SCRIPT
from chinwag.reading import Choice, FileTask
from chinwag.sniffing import script_source
from chinwag.stores import Input, Uri, opened
from chinwag.workspace import Workspace

JOB = 32 * 1024 * 1024  # compressed bytes a job: about 90,000 rows of a bz2 dump, 8 s of work
SMALLEST_JOB, FEWEST_JOBS = 4 * 1024 * 1024, 16  # the last 512 MiB are cut ever finer, so that all workers end together
OWN_JOB = 1024 * 1024  # a container of this size ends its job, so that its parts do not depend on its neighbours


@dataclass(frozen=True, order=True)
class File:
    """Name one input file."""

    name: str
    path: Input
    size: int
    mtime_ns: int
    is_stream: bool


def list_files(paths: Iterable[Input], errors: list[str], *, leave_out: Path | None = None) -> dict[Input, list[File]]:
    """List for each path the files under it in the order of their names; hidden ones are left out.

    Links to files are followed and links to folders are not, so that none leads in a circle.
    """
    outside = "" if leave_out is None else os.path.realpath(leave_out)
    return {path: sorted(_inside(path, outside, errors)) for path in paths}


def _inside(path: Input, outside: str, errors: list[str]) -> Iterator[File]:
    if isinstance(path, Uri):
        yield from _stored(path, errors)
        return
    if not path.is_dir():
        yield from _file(path, errors, given=True)
        return
    for folder, folders, names in os.walk(path, onerror=lambda error: _failed(error, errors)):
        shown = [name for name in folders if not name.startswith(".")]
        folders[:] = [name for name in shown if os.path.realpath(Path(folder, name)) != outside]
        for name in names:
            if not name.startswith("."):
                yield from _file(Path(folder, name), errors, given=False)


def _stored(uri: Uri, errors: list[str]) -> Iterator[File]:
    try:
        for path, size, mtime_ns in stores.files(uri):
            yield File(printable(path), path, size, mtime_ns, False)
    except OSError as error:
        errors.append(f"{printable(uri)}: {error}")


def _file(path: Path, errors: list[str], *, given: bool) -> Iterator[File]:
    try:
        about = path.stat()
    except OSError as error:
        _failed(error, errors)
        return
    if stat.S_ISREG(about.st_mode):
        yield File(printable(path), path.resolve(), about.st_size, about.st_mtime_ns, False)
    elif given:  # a pipe has no path but the one it is given by
        yield File(printable(path), path.absolute(), about.st_size, about.st_mtime_ns, True)


def _failed(error: OSError, errors: list[str]) -> None:
    errors.append(f"{printable(error.filename)}: {error.strerror}")


class Plan:
    """Cut files into jobs, leaving out what the log has; `file_ids` tells which file has which id."""

    def __init__(self, files: Iterable[File], target: Workspace, errors: list[str], choice: Choice) -> None:
        unique: dict[Input, File] = {}
        for file in sorted(files):
            unique.setdefault(file.path, file)
        # A large file may be a single job: it is not left to the end, when the other workers have nothing to do.
        self.files = sorted(unique.values(), key=lambda file: -file.size if file.size > JOB else 0)
        self._errors = errors
        # Bytes that are not planned yet, and that the job may still take.
        self._left, self._room = sum(map(_weight, self.files)), 0
        self.choice = choice
        self._shelf = [*shelves.names("sources"), *filter(None, [str(choice)])]
        self._known = {
            file_id: entry
            for file_id, entry in target.state.files.items()
            # A new source, or map, may know what the old ones did not.
            if entry["shelf"] == self._shelf or (entry["source"] and (entry.get("tweets") or entry.get("notices")))
        }
        self._by_path = {(entry["path"], entry["size"], entry["mtime_ns"]): entry for entry in self._known.values()}
        self._planned: set[int] = set()
        self._digests: dict[Input, str] = {}
        self.file_ids: dict[Input, int] = {}
        self.passed: list[File] = []
        self.unread: list[File] = []

    def hash_with(self, run: Callable[[Callable[[Input], str | None], list[Input]], list[str | None]]) -> None:
        """Have new files hashed by other machines: `run` calls a function with each of them."""
        new = [file for file in self.files if not file.is_stream and self._seen(file) is None]
        paths = [file.path for file in new if self._may_be_hashed(file)]
        found = zip(paths, run(_digest, paths), strict=True)
        self._digests.update((path, digest) for path, digest in found if digest)

    def _may_be_hashed(self, file: File) -> bool:
        try:
            return not self._is_private(file)
        except OSError:  # it is told when its turn comes
            return False

    def bytes_passed(self) -> int:
        """Give the size of the files that the log has already."""
        return sum(file.size for file in self.passed)

    def jobs(self) -> Iterator[list[FileTask]]:
        """Give jobs, each of a share of the bytes that are left: of about the same size, and smaller at the end."""
        job: list[FileTask] = []
        for file in self.files:
            left = self._left - _weight(file)
            if not job:
                self._begin_job()
            try:
                for task in self._tasks(file):
                    job.append(task)
                    if task.entry["done"]:
                        self._left = left
                    if self._room <= 0 or (task.entry["done"] and task.entry["container"] and file.size >= OWN_JOB):
                        yield job
                        job = []
                        self._begin_job()
            except OSError as error:
                self._failed(file, error)
            self._left = left
        if job:
            yield job

    def _begin_job(self) -> None:
        self._room = min(JOB, max(SMALLEST_JOB, self._left // FEWEST_JOBS))

    def _failed(self, file: File, error: OSError) -> None:
        self._errors.append(f"{file.name}: {error.strerror or error}")

    def _tasks(self, file: File) -> Iterator[FileTask]:
        """Cut a file into tasks, each of the bytes there is room for in the job; none where the log has all of it."""
        if self._is_private(file):
            self.unread.append(file)
            return
        entry, found = self._identify(file)
        if self._is_done(entry["file_id"]):
            if again := self._again(file, entry, found):
                yield again
            else:
                self.passed.append(file)
                self._hold_against_choice(file)
            return
        self._planned.add(entry["file_id"])
        skip = self._known.get(entry["file_id"], {}).get("members", 0)
        task, left, done = FileTask(file.path, {**entry, "members": skip}), self._left, False
        try:
            for ordinal, item in enumerate(found, 1):
                self._come_to(item, left)
                if ordinal <= skip:
                    continue
                if ordinal == skip + 1 > 1:  # a run that ended here had ended a job
                    self._begin_job()
                if self._room <= 0:
                    yield task
                    task = FileTask(file.path, {**entry})
                task.entry["members"] = ordinal
                self._room -= _put(task, item)
            done = True
        except OSError as error:  # what was listed until now is read, and the next run goes on from there
            self._failed(file, error)
        task.entry["done"] = done
        if done or task.entry["members"] > skip:
            yield task

    def _seen(self, file: File) -> dict[str, Any] | None:
        """Give what the log says of a file that is unchanged since."""
        return self._by_path.get((str(file.path), file.size, file.mtime_ns))

    def _come_to(self, item: Found, left: int) -> None:
        if isinstance(item, Member):
            self._left = left - item.offset

    def _is_private(self, file: File) -> bool:
        """Tell a script that no source claims: in a personal archive these hold messages, contacts, devices, ads.

        Not even its hash is taken; what has one in the log was none.
        """
        if file.is_stream or self._seen(file):
            return False
        with closing(opened(file.path)) as data:
            script = SCRIPT.match(data.pread(512, 0).removeprefix(BOM))
        return script is not None and script_source(script[1].decode(), self._sources) is None

    @cached_property
    def _sources(self) -> list[records.Source]:
        return records.load(self.choice.source, self.choice.columns)

    def _hold_against_choice(self, file: File) -> None:
        """Say where a file was read in another way than is asked for now."""
        known = self._known.get(self.file_ids[file.path], {"source": [], "shelf": []})
        forced = self.choice.source
        if (forced and forced not in known["source"]) or (
            self.choice.columns and records.LAST in known["source"] and _map_of(known["shelf"]) != _map_of(self._shelf)
        ):
            how = ", ".join(known["source"])
            self._errors.append(f"{file.name}: was read as {how} before; to read it otherwise, use a new workspace")

    def _is_done(self, file_id: int) -> bool:
        return file_id in self._planned or bool(self._known.get(file_id, {}).get("done"))

    def _again(self, file: File, entry: dict[str, Any], found: Iterator[Found]) -> FileTask | None:
        """Give the members of a container that were of an unknown shape, if the sources or the map are others now."""
        known = self._known.get(entry["file_id"], {})
        others = known.get("others") or {}
        if not others or known["shelf"] == self._shelf or file.is_stream or entry["file_id"] in self._planned:
            return None
        self._planned.add(entry["file_id"])
        there = [one for one in found if isinstance(one, Member) and one.name in others]
        entry |= {"members": known["members"], "done": True, "container": True, "others": {}}
        return FileTask(file.path, entry, there, again=True)

    def _identify(self, file: File) -> tuple[dict[str, Any], Iterator[Found]]:
        """Tell which file this is, by the log if it is unchanged since, else by its content; and list its members."""
        entry: dict[str, Any] = {
            "name": file.name,
            "path": str(file.path),
            "size": file.size,
            "mtime_ns": file.mtime_ns,
        }
        entry |= {"shelf": self._shelf, "done": False, "container": False}
        seen = self._seen(file)
        found = members(file.path)
        if file.is_stream:
            found, entry["file_id"] = _first_of(found)
            entry["sha256"] = None
        elif seen is not None:
            entry |= {"file_id": seen["file_id"], "sha256": seen["sha256"]}
        else:
            digest = self._digests.get(file.path) or stores.sha256(file.path)
            entry |= {"file_id": file_id(digest), "sha256": digest}
        self.file_ids[file.path] = entry["file_id"]
        return entry, found


def _digest(path: Input) -> str | None:
    """Give the sha256 of a file; None where it cannot be read, which is told when its turn comes."""
    try:
        return stores.sha256(path)
    except OSError:
        return None


def _weight(file: File) -> int:
    """Give how many bytes a file is taken for; how many a pipe will give is not known."""
    return JOB * FEWEST_JOBS if file.is_stream else file.size


def _put(task: FileTask, item: Found) -> int:
    """Add to a task what was found, and give the bytes it has to read for it."""
    if isinstance(item, Member):
        task.members.append(item)
        task.entry["container"] = bool(item.name)
        return item.size
    if isinstance(item, Damage):
        task.damages.append((item.name, item.reason))
    else:
        task.junk += 1
    return 0


def _map_of(shelf: list[str]) -> str:
    return shelf[-1].partition(":")[2]


def file_id(digest: str) -> int:
    """Give the id of a file whose sha256 is known."""
    return int(digest[:16], 16) >> 1


def _first_of(found: Iterator[Found]) -> tuple[Iterator[Found], int]:
    """Name a stream by its first member: it cannot be read twice."""
    first = next(found, Junk(""))
    data = first.data if isinstance(first, Member) else None

    def again() -> Iterator[Found]:
        yield first
        yield from found

    return again(), file_id(hashlib.sha256(data or b"").hexdigest())
