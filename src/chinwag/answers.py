"""Keep what a provider answers: each answer is on disk, as it came, before anything in it is read.

`answers/PROVIDER/` in the workspace has one file a wave: lines of JSON, packed with gzip. The wave under way is a
folder `open-N`, with what was asked (`.ask`, written before it is sent) and what was answered (`.jsonl`), so that a
killed run knows both. Answers that are not to be trusted are kept apart, as `.refused.jsonl.gz`. `state.json` holds
what a run that did not end has spent, and the pages still to be asked for.
"""

import fcntl
import gzip
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec

from chinwag.errors import WorkspaceBusy, WorkspaceError
from chinwag.providers import Request
from chinwag.workspace import sync_folder, sync_write

ROOM = 64 * 1024 * 1024  # bytes that have to be free before anything is asked


@dataclass
class State:
    """Say how far runs have come: up to wave `wave`, with the `pages` to go on with.

    `spent` are the posts of a run for some `purpose` that did not end.
    """

    purpose: str = ""
    wave: int = 0
    spent: int = 0
    pages: list[Request] = field(default_factory=list)


class Asked(NamedTuple):
    """Hold a request of the wave under way, and where its answer lies, if it has come, since `at` (ms since 1970).

    One that was `lost` on its way may have been billed all the same.
    """

    request: Request
    path: Path | None = None
    at: int = 0
    lost: bool = False

    def answer(self) -> bytes:
        """Read the answer; one that has not come is empty."""
        return self.path.read_bytes() if self.path else b""


class Answers:
    """Hold the answers of one provider; one run at a time.

    Raises WorkspaceError where the folder cannot be written.
    """

    def __init__(self, workspace: Path, provider: str) -> None:
        self.path = workspace / "answers" / provider
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkspaceError(f"{self.path}: cannot write here: {error.strerror}") from error
        self.number = 0
        self.state = State()
        self._count = 0

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the folder; raises WorkspaceBusy while another run does."""
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise WorkspaceBusy(f"{self.path}: another run is asking; wait for it to end") from error
            self._load()
            yield
        finally:
            os.close(lock)

    def _load(self) -> None:
        for left in self.path.glob("done-*"):
            shutil.rmtree(left, ignore_errors=True)
        for half in (*self.path.glob(".*.partial"), *self.path.glob("open-*/.*.partial")):
            half.unlink()
        path = self.path / "state.json"
        try:
            self.state = msgspec.json.decode(path.read_bytes(), type=State) if path.exists() else State()
        except (OSError, msgspec.DecodeError) as error:
            raise WorkspaceError(f"{path}: cannot be read: {error}") from error
        under_way = [int(folder.name.removeprefix("open-")) for folder in self.path.glob("open-*")]
        sealed = [int(file.name.partition(".")[0]) for file in self.path.glob("[0-9]*.jsonl.gz")]
        self.number = under_way[0] if under_way else max([self.state.wave, *sealed]) + 1
        self._count = len(list(self._open.glob("*.ask")))

    @property
    def _open(self) -> Path:
        return self.path / f"open-{self.number:08}"

    def is_open(self) -> bool:
        """Tell whether a wave is under way, or was when the last run ended."""
        return self._open.exists()

    def begin(self, request: Request) -> int:
        """Note what is about to be asked, and give the number to keep its answer by.

        Raises WorkspaceError where little room is left: an answer that cannot be kept is paid for all the same.
        """
        self._open.mkdir(exist_ok=True)
        if (free := shutil.disk_usage(self._open).free) < ROOM:
            raise WorkspaceError(f"{self.path}: only {free >> 20} MiB are left on the disk; {ROOM >> 20} are needed")
        number, self._count = self._count, self._count + 1
        sync_write(self._open / f"{number:06}.ask", msgspec.json.encode(request))
        return number

    def keep(self, number: int, answer: bytes) -> None:
        """Put an answer on the disk; called by several threads at once."""
        sync_write(self._open / f"{number:06}.jsonl", answer)

    def lose(self, number: int) -> None:
        """Note that an answer began and did not come whole."""
        (self._open / f"{number:06}.lost").touch()

    def asked(self) -> Iterator[Asked]:
        """Give what was asked in the wave, in order, and what was answered."""
        for path in sorted(self._open.glob("*.ask")):
            request = msgspec.json.decode(path.read_bytes(), type=Request)
            answer = path.with_suffix(".jsonl")
            if answer.exists():
                yield Asked(request, answer, answer.stat().st_mtime_ns // 1_000_000)
            else:
                yield Asked(request, lost=path.with_suffix(".lost").exists())

    def seal(self, answers: Iterable[bytes], kind: str = "") -> Path | None:
        """Write answers of the wave as one file; None where nothing was said. Doing it again gives the same bytes."""
        path = self.path / f"{self.number:08}{kind}.jsonl.gz"
        hidden = self.path / f".{path.name}.partial"
        with hidden.open("wb") as file:
            size = 0
            with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                for answer in answers:
                    size += packed.write(answer)
            file.flush()
            os.fsync(file.fileno())
        if not size:
            hidden.unlink()
            return None
        hidden.replace(path)
        sync_folder(self.path)
        return path

    def close_wave(self, state: State) -> None:
        """Note where things stand, and forget the wave: what it gave is sealed and committed."""
        self.save(state)
        done = self.path / f"done-{self.number:08}"
        if self._open.exists():
            self._open.replace(done)
            sync_folder(self.path)
            shutil.rmtree(done, ignore_errors=True)
        self.number, self._count = self.number + 1, 0

    def save(self, state: State) -> None:
        """Note where things stand."""
        self.state = state
        sync_write(self.path / "state.json", msgspec.json.encode(state))
