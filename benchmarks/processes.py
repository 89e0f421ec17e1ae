"""Run work in a process of its own, and tell what it took."""

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


@dataclass(frozen=True)
class Run:
    """Hold what a process took, with all it started: seconds, those of all cores together, and bytes.

    The peak is that of the largest of the processes, not of all together.
    """

    wall: float
    cpu: float
    peak: int


@contextmanager
def _adopting() -> Iterator[None]:
    """Become the parent of processes whose own parent has ended.

    chinwag's workers are started by a server that nobody waits for, as is Spark's Java. Without this their time would
    count for nothing. Linux alone can do it: elsewhere the CPU time of such processes is not known.
    """
    if sys.platform != "linux":
        yield
        return
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise SystemExit("the time of all processes cannot be told here")
    try:
        yield
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def run(command: Sequence[str], limit: float) -> Run | None:
    """Run a command to its end; None where it took longer than `limit` seconds and was ended, with all it started.

    Raises SystemExit with the end of what it said where it failed.
    """
    late = threading.Event()
    with tempfile.TemporaryFile() as said, _adopting():
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, start_new_session=True)

        def end() -> None:
            late.set()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

        timer = threading.Timer(limit, end)
        timer.start()
        try:
            took = _waited(process, started)
        except BaseException:  # as by Ctrl-C: the command has a session of its own and would go on
            end()
            raise
        finally:
            timer.cancel()
        if late.is_set():
            return None
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)} failed: {said.read().decode(errors='replace')[-2000:]}")
    return took


def _waited(process: "subprocess.Popen[bytes]", started: float) -> Run:
    """Wait for all processes of a command's session; the time is that until the command itself has ended."""
    wall = cpu = 0.0
    peak = 0
    while True:
        try:
            ended, status, used = os.wait4(-process.pid, 0)
        except ChildProcessError:
            return Run(wall, cpu, peak)
        if ended == process.pid:
            wall = time.perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
        cpu += used.ru_utime + used.ru_stime
        peak = max(peak, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
