import contextlib
import os
import random
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chinwag.errors import ChinwagError, WorkspaceBusy, WorkspaceError
from chinwag.workspace import Workspace
from tests.archives import (
    LINES,
    command,
    expected,
    files,
    folder,
    ingest,
    minutes,
    rows,
    snapshot,
    tar,
    text,
    write,
)

# The world ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def common_place() -> Iterator[Path]:
    """Give a folder that others may enter, and leave root's powers behind."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o777)
        ingest_one()  # imports all that a run needs while Python's own files may still be read
        was = os.geteuid()
        if was == 0:
            os.seteuid(65534)
        yield place
        os.seteuid(was)


def ingest_one() -> None:
    with tempfile.TemporaryDirectory() as apart:
        ingest(Path(apart, "ws"), write(Path(apart, "in.json"), LINES[0]))
        rows(Path(apart, "ws"))


def test_a_file_that_may_not_be_read_is_named_and_tried_again(common_place: Path) -> None:
    path = folder(common_place / "in", files())
    locked = next(path.rglob("*.bz2"))
    locked.chmod(0)
    (path / "secret").mkdir(0)
    summary = ingest(common_place / "ws", path)
    assert sorted(summary.errors) == sorted([f"{locked}: Permission denied", f"{path}/secret: Permission denied"])
    assert summary.files == 2
    locked.chmod(0o600)
    (path / "secret").chmod(0o700)
    assert ingest(common_place / "ws", path).files == 1
    assert rows(common_place / "ws") == expected()


def test_a_place_that_may_not_be_written_is_named(common_place: Path) -> None:
    path = folder(common_place / "in", files())
    ingest(common_place / "ws", path)
    (common_place / "ws").chmod(0o500)
    (common_place / "ws" / "lock").chmod(0o400)
    with pytest.raises(WorkspaceError, match=r"ws: cannot write here: Permission denied$"):
        ingest(common_place / "ws", path)
    path.chmod(0o500)
    with pytest.raises(WorkspaceError, match=r"new: cannot make a workspace: Permission denied$"):
        ingest(path / "new", path)
    for place in (common_place / "ws", path):
        place.chmod(0o700)


def test_a_file_in_the_place_of_a_workspace_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"file: cannot make a workspace: Not a directory$"):
        ingest(write(tmp_path / "file", b""), tmp_path)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_vanishes_is_an_error_and_is_read_when_it_is_back(tmp_path: Path, workers: int) -> None:
    """A pipe that comes first holds the run up between listing and reading."""
    path = folder(tmp_path / "in", files())
    lost = sorted(path.rglob("*.bz2"))[1]
    os.mkfifo(tmp_path / "a-pipe")
    data = lost.read_bytes()

    def take() -> None:
        with (tmp_path / "a-pipe").open("wb") as pipe:
            lost.unlink()
            pipe.write(b"\n".join(LINES[:3]))

    thread = threading.Thread(target=take)
    thread.start()
    summary = ingest(tmp_path / "ws", tmp_path / "a-pipe", path, workers=workers)
    thread.join()
    assert summary.errors == [f"{lost}: No such file or directory"]
    write(lost, data)
    assert ingest(tmp_path / "ws", path, workers=workers).errors == []
    assert set(expected()) == set(rows(tmp_path / "ws"))


# Processes ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Give an archive of several jobs, and the workspace of an undisturbed run."""
    place = tmp_path_factory.mktemp("large")
    for number, (name, lines) in enumerate(minutes(count=6, statuses=350)):
        write(place / "in" / f"{number}.tar", tar({name: text([*lines, lines[0][:99], lines[1][:99]])}))
    ingest(place / "ws", place / "in")
    assert Workspace(place / "ws").state.number == 6
    return place / "in", snapshot(place / "ws")


@pytest.mark.parametrize("workers", [2, 3])
def test_any_number_of_workers_gives_the_same_bytes(
    tmp_path: Path, large: tuple[Path, dict[str, Any]], workers: int
) -> None:
    ingest(tmp_path / "ws", large[0], workers=workers)
    assert snapshot(tmp_path / "ws") == large[1]


def size(workspace: Path) -> int:
    """Measure how far a run has come, in bytes and commits."""
    total = 0
    with contextlib.suppress(OSError):
        for path in workspace.glob("*/*"):
            total += 1 + path.stat().st_size
    return total


def ended(process: "subprocess.Popen[bytes]") -> bool:
    """Tell whether a process ends within a moment; who looks without a pause takes its time away."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(0.002)
    return process.returncode is not None


@pytest.mark.parametrize("number", range(10))
def test_a_killed_run_goes_on_to_the_same_bytes(
    tmp_path: Path, large: tuple[Path, dict[str, Any]], number: int
) -> None:
    source, undisturbed = large
    workspace, workers = tmp_path / "ws", 1 + number % 3
    whole = sum(len(content) if isinstance(content, bytes) else 700 for content in undisturbed.values())
    seed = random.SystemRandom().randrange(1 << 32)
    moment = random.Random(seed).randrange(whole)
    print(f"seed {seed}: killed behind {moment} of {whole} bytes")  # noqa: T201
    with subprocess.Popen(command(source, workspace, workers), stdout=subprocess.PIPE) as process:
        assert process.stdout
        while size(workspace) < moment and not ended(process):
            pass
        process.kill()
        assert process.stdout.read() == b""  # it ends with the last of the workers, too
    result = subprocess.run(command(source, workspace, workers), capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b"")
    assert snapshot(workspace) == undisturbed


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_run_ends_cleanly_and_goes_on(
    tmp_path: Path, large: tuple[Path, dict[str, Any]], workers: int
) -> None:
    source, undisturbed = large
    workspace = tmp_path / "ws"
    with subprocess.Popen(
        command(source, workspace, workers), start_new_session=True, stderr=subprocess.PIPE
    ) as process:
        while not (workspace / "log" / "00000002.json").exists() and not ended(process):
            pass
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate()  # which ends with the last of the workers, too
    assert said.rstrip().endswith(b"KeyboardInterrupt")
    assert said.count(b"Traceback") == 1
    assert set(snapshot(workspace)) <= set(undisturbed)
    assert Workspace(workspace).state.number >= 2
    ingest(workspace, source)
    assert snapshot(workspace) == undisturbed


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("share", [0.001, 0.3, 0.99])
def test_a_full_disk_ends_with_one_line_and_keeps_what_was_committed(
    tmp_path: Path, large: tuple[Path, dict[str, Any]], workers: int, share: float
) -> None:
    source, undisturbed = large
    workspace = tmp_path / "ws"
    limit = int(share * max(len(content) for content in undisturbed.values() if isinstance(content, bytes)))
    result = subprocess.run(command(source, workspace, workers, limit), capture_output=True, text=True, check=False)
    assert result.returncode == 1
    [line] = result.stderr.splitlines()
    assert f"{workspace}: " in line
    assert "File too large" in line
    assert line.endswith("run it again to go on")
    assert all(undisturbed[name] == content for name, content in snapshot(workspace).items())
    ingest(workspace, source)
    assert snapshot(workspace) == undisturbed


def test_two_runs_at_once_do_not_meet(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    workspace = tmp_path / "ws"
    with subprocess.Popen(command(tmp_path / "pipe", workspace, 1)) as process:
        while not list(workspace.glob("scratch-*")):
            assert process.poll() is None
        with pytest.raises(WorkspaceBusy, match=r"another run is writing here; wait for it to end$"):
            ingest(workspace, write(tmp_path / "in.json", LINES[0]))
        write(tmp_path / "pipe", b"\n".join(LINES))
    assert process.returncode == 0
    assert rows(workspace) == expected()


def test_a_killed_worker_ends_the_run_with_one_line(tmp_path: Path) -> None:
    if not Path("/proc/self/task").is_dir():
        pytest.skip("finds the worker in /proc")
    os.mkfifo(tmp_path / "second.pipe")
    source = write(tmp_path / "first.tar", tar({"a.json": b"\n".join(LINES * 100)}))
    failed: list[str] = []

    def go() -> None:
        try:
            ingest(tmp_path / "ws", source, tmp_path / "second.pipe", workers=2)
        except ChinwagError as error:
            failed.append(str(error))

    thread = threading.Thread(target=go)
    thread.start()
    children: list[int] = []
    while not children:  # a worker is known by what it writes
        children = [
            int(stat.parent.name)
            for stat in Path("/proc").glob("[0-9]*/stat")
            if any(link.startswith(f"{tmp_path}/ws/scratch-") for link in links(stat.parent / "fd"))
        ]
    [child] = children
    os.kill(child, signal.SIGKILL)
    write(tmp_path / "second.pipe", b"\n".join(LINES))
    thread.join()
    assert failed == ["a worker was killed, most likely for want of memory; run it again with fewer --workers to go on"]


def links(path: Path) -> list[str]:
    found: list[str] = []
    with contextlib.suppress(OSError):
        for link in path.iterdir():
            found.append(str(link.readlink()))
    return found
