"""Keep a workspace: a folder of Parquet tables, and a log that says which files are in force.

A part is written under a hidden name, synced and renamed; then one small JSON, the commit, is put into `log/` the same
way. Readers go by the log and never by what lies in a folder, so a killed run leaves nothing half-made in sight. One
run writes at a time (a lock on the folder); anyone may read meanwhile.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from chinwag.errors import WorkspaceBusy, WorkspaceError
from chinwag.tables import TABLES, schema

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 4  # 1 had no ids that went through a float, and no edits; 2 no terms, and turns without their tweets' ids
SUMMED = {name for name, (kind, _) in TABLES["files"].items() if kind in ("int64", "float64")} - {"size"}


@dataclass
class State:
    """Sum up the log: the parts of each table, what is known of each file, and the last commit of each step.

    `read` says for each step how many parts of each table there were when it was last done.
    """

    number: int = 0
    parts: dict[str, list[str]] = field(default_factory=dict)
    files: dict[int, dict[str, Any]] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    read: dict[str, dict[str, int]] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


def sync_write(path: Path, data: bytes) -> None:
    """Write a file so that it appears whole or not at all, and is on the disk when this returns."""
    hidden = path.with_name(f".{path.name}.partial")
    try:
        with hidden.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        hidden.replace(path)
    except OSError:
        hidden.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make sure that the names in a folder are on the disk."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


class Workspace:
    """Open a workspace, making it where `create` says so.

    Raises WorkspaceError where there is none, where a newer chinwag wrote it, or where one is to be made in a folder
    that holds something else: what lies in a workspace and is in no commit is swept away.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self.log = path / "log"
        if create:
            try:
                if path.is_dir() and not _may_be_workspace(path):
                    raise WorkspaceError(
                        f"{path}: holds other files and is no workspace; name a new or an empty folder"
                    )
                self.log.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise WorkspaceError(f"{path}: cannot make a workspace: {error.strerror}") from error
        elif not self.log.is_dir():
            if (path / "workspace" / "log").is_dir():  # what `build` makes
                raise WorkspaceError(f"{path}: no workspace here; it is {path / 'workspace'}")
            raise WorkspaceError(f"{path}: no workspace here; make one with: chinwag ingest PATH -w {path}")
        self.state = State()
        self.refresh()

    def refresh(self) -> None:
        """Read what was committed since the state was last read."""
        while new := [number for number in self._numbers() if number > self.state.number]:
            for number in new:
                try:
                    commit = self._read(number)
                except WorkspaceError:
                    if number in self._numbers():
                        raise
                    break  # a later commit has just taken its place
                self._apply(number, commit)

    def _numbers(self) -> list[int]:
        """List the commits in the log, the oldest first."""
        return sorted(int(entry.stem) for entry in self.log.glob("*.json") if entry.stem.isdecimal())

    def _read(self, number: int) -> dict[str, Any]:
        path = self._entry(number)
        try:
            commit: dict[str, Any] = json.loads(path.read_bytes())
            version = int(commit["format"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WorkspaceError(f"{path}: damaged log entry: {error}") from error
        if version > FORMAT:
            raise WorkspaceError(f"{self.path}: written by a newer chinwag (format {version}); update chinwag")
        if version < FORMAT:
            raise WorkspaceError(f"{self.path}: written by an older chinwag (format {version}); read its files anew")
        return commit

    def _entry(self, number: int) -> Path:
        return self.log / f"{number:08}.json"

    def _apply(self, number: int, commit: dict[str, Any]) -> None:
        state = self.state
        for table, names in commit["replace"].items():
            state.parts[table] = list(names)
        for table, names in commit["add"].items():
            state.parts.setdefault(table, []).extend(names)
        for entry in commit["files"]:
            known = state.files.setdefault(entry["file_id"], {})
            if not known.get("source") and known.get("shelf") != entry.get("shelf"):
                known.clear()  # no source knew the file, and there are new ones: it is read from its beginning
            _merge(known, entry)
        state.steps[commit["step"]] = number
        state.read[commit["step"]] = {table: len(names) for table, names in state.parts.items()}
        state.options[commit["step"]] = commit["options"]
        state.number = number

    def parts(self, table: str) -> list[Path]:
        """List the Parquet files a table consists of."""
        return [self.path / name for name in self.state.parts.get(table, [])]

    def fresh(self, step: str, after: str) -> bool:
        """Tell whether a step was done since another one was last done."""
        return self.state.steps.get(step, 0) > self.state.steps.get(after, 0)

    def files(self) -> "pa.Table":
        """Give the table `files`, which is read from the log."""
        import pyarrow as pa

        wanted = schema("files")
        rows = [
            {name: entry.get(name, 0 if name in SUMMED else None) for name in wanted.names}
            | {"source": ",".join(entry["source"]) or None}
            for _, entry in sorted(self.state.files.items())
        ]
        return pa.Table.from_pylist(rows, schema=wanted)

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Hold the workspace for writing, and give a scratch folder that is removed at the end.

        Raises WorkspaceBusy while another run holds it. What this run or a killed one leaves behind is removed.
        """
        try:
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise WorkspaceError(f"{self.path}: cannot write here: {error.strerror}") from error
        try:
            self._lock(lock)
            self.refresh()
            try:
                self._sweep()
                # A name of its own: workers of a run that was killed a moment ago may still write to theirs.
                scratch = mkdtemp(prefix="scratch-", dir=self.path)
            except OSError as error:
                raise WorkspaceError(f"{self.path}: cannot write here: {error.strerror}") from error
            try:
                yield Path(scratch)
            finally:
                with suppress(OSError, WorkspaceError):
                    self.refresh()  # a commit that was interrupted may be in force
                    self._sweep()
        finally:
            os.close(lock)

    def _lock(self, lock: int) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WorkspaceBusy(f"{self.path}: another run is writing here; wait for it to end") from error
        except OSError as error:
            raise WorkspaceError(f"{self.path}: cannot be locked: {error.strerror}; keep it on a local disk") from error

    def _sweep(self) -> None:
        """Remove what no commit names: scratch, half-written files, parts of a run that was killed."""
        for scratch in self.path.glob("scratch-*"):
            shutil.rmtree(scratch, ignore_errors=True)
        named = {name for names in self.state.parts.values() for name in names}
        for hidden in self.log.glob(".*.partial"):
            hidden.unlink()
        for table in TABLES:
            for part in (self.path / table).glob("*.parquet"):
                if f"{table}/{part.name}" not in named:
                    part.unlink()

    def adopt(self, table: str, part: Path, name: str) -> str:
        """Move a finished part from scratch to its table; it counts once it is committed. Gives its name there."""
        folder = self.path / table
        folder.mkdir(exist_ok=True)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(folder / f"{name}.parquet")
        sync_folder(folder)
        return f"{table}/{name}.parquet"

    def adopt_all(self, table: str, parts: Sequence[Path]) -> list[str]:
        """Adopt parts in their order, under names that begin with the number of the next commit; gives the names.

        Parts that the table has already keep theirs.
        """
        number = f"{self.state.number + 1:08}"
        return [
            f"{table}/{part.name}" if part.parent == self.path / table else self.adopt(table, part, f"{number}-{n:05}")
            for n, part in enumerate(parts)
        ]

    def commit(
        self,
        step: str,
        *,
        add: dict[str, list[str]] | None = None,
        replace: dict[str, list[str]] | None = None,
        files: list[dict[str, Any]] | None = None,
        options: dict[str, Any] | None = None,
        instead: bool = False,
    ) -> None:
        """Put adopted parts in force, all at once; parts that are replaced are removed afterwards.

        With `instead` commits just before that did no more than replace the same tables by the same step leave the log:
        what they said is said anew. A reader that is at one of them goes on to this.
        """
        number = self.state.number + 1
        replace = replace or {}
        commit = {
            "format": FORMAT,
            "step": step,
            "add": add or {},
            "replace": replace,
            "files": files or [],
            "options": options or {},
        }
        sync_write(self._entry(number), json.dumps(commit, separators=(",", ":")).encode())
        if instead:
            self._forget(commit)
        old = {name for table in replace for name in self.state.parts.get(table, [])}
        self._apply(number, commit)
        for name in old - {name for names in self.state.parts.values() for name in names}:
            (self.path / name).unlink(missing_ok=True)

    def _forget(self, commit: dict[str, Any]) -> None:
        """Remove the commits before the last one that say nothing but what this one says anew."""
        for number in reversed(self._numbers()[:-1]):
            before = self._read(number)
            if {**before, "replace": {*before["replace"]}} != {**commit, "replace": {*commit["replace"]}}:
                break
            self._entry(number).unlink()


def _may_be_workspace(path: Path) -> bool:
    """Tell a workspace, one whose making was interrupted, and an empty folder from all others."""
    names = {entry.name for entry in path.iterdir() if not entry.name.startswith(".")}
    return names <= {"log", "answers"} or {"log", "lock"} <= names


def _merge(known: dict[str, Any], entry: dict[str, Any]) -> None:
    """Add what a commit says of a file to what earlier commits said: a large file is read in several jobs."""
    same_shelf = known.get("shelf") == entry.get("shelf")
    for name, value in entry.items():
        if name in SUMMED:
            known[name] = known.get(name, 0) + value
        elif name == "source":
            known[name] = sorted({*known.get(name, ()), *value})
        elif name == "others" and same_shelf:
            known[name] = {**known.get(name, {}), **value}
        else:
            known[name] = value
