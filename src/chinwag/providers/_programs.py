"""Run a program with all that it starts: what it prints is bounded in time and size, and it is ended as a whole."""

import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from chinwag.errors import ProviderError, printable

MOST_BYTES = 256 * 2**20  # of what a process may print
GRACE = 5.0  # seconds that a program has to end by itself once it is asked to
TICK = 0.05  # seconds after which it is seen that a run is stopped
SECRETS = frozenset(("X_BEARER_TOKEN", "CHINWAG_KEY"))  # chinwag's own: no business of other programs
TAIL = 4096  # bytes kept of what a program complains of
LONGEST_REASON = 300


@dataclass(frozen=True)
class Printed:
    """Hold the whole lines that a process printed, the last thing it complained of, and why its work is not done."""

    lines: bytes
    complaint: str = ""
    fault: str = ""


class Program:
    """Run one process, which leads a group of its own: a signal to the group reaches what it started, too.

    A group of its own is also what keeps Ctrl-C from it: whether it goes on is ours to say.
    """

    def __init__(
        self,
        words: Sequence[str],
        given: bytes = b"",
        environment: Mapping[str, str] | None = None,
        most: int = MOST_BYTES,
    ) -> None:
        """Start it, `given` on its stdin; what `environment` has holds where the user's own does not say otherwise.

        Raises ProviderError where it cannot be run.
        """
        self._name, self._most = printable(words[0]), most
        self._out, self._err = bytearray(), b""
        everything = {**(environment or {}), **os.environ}
        with tempfile.TemporaryFile() as stdin:
            stdin.write(given)
            stdin.seek(0)
            try:
                self._process = subprocess.Popen(  # noqa: S603 - the user's own program, and no shell
                    words,
                    stdin=stdin,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env={name: value for name, value in everything.items() if name not in SECRETS},
                    start_new_session=True,
                )
            except OSError as error:
                reason = f"{error.strerror}; is it installed, and on PATH?"
                raise ProviderError(f"{self._name}: cannot be run: {reason}") from error
        self._selector = selectors.DefaultSelector()
        for pipe in (self._process.stdout, self._process.stderr):
            self._selector.register(pipe or 0, selectors.EVENT_READ)

    def finish(self, timeout: float, stopped: Callable[[], bool] = lambda: False) -> Printed:
        """Give what it prints until it ends, the time is up, or `stopped` says so. Nothing of it runs on after that.

        Raises ProviderError where it prints more than may be.
        """
        fault, until = "", time.monotonic() + timeout
        try:
            while not fault and self._process.poll() is None:
                self._read(TICK)
                if stopped():
                    fault = "was stopped"
                elif time.monotonic() > until:
                    fault = f"took longer than {timeout:g} s"
                elif len(self._out) > self._most:
                    fault = "prints without end"
        finally:
            self._end()
        if len(self._out) > self._most:
            raise ProviderError(
                f"{self._name}: printed more than {self._most:,} bytes in one process; is its batch too big?"
            )
        return self._printed(fault)

    def _printed(self, fault: str) -> Printed:
        whole = self._out.rfind(b"\n") + 1
        code = self._process.returncode
        if not fault and code:
            fault = f"exit code {code}" if code > 0 else f"ended by signal {-code}"
        elif not fault and whole < len(self._out):
            fault = "its last line has no line feed"
        del self._out[whole:]
        said = self._err.decode(errors="backslashreplace").strip().splitlines()
        return Printed(bytes(self._out), printable(said[-1].strip())[:LONGEST_REASON] if said else "", fault)

    def _read(self, seconds: float) -> bool:
        """Take what was printed, waiting for it as long as that; tell whether there was anything."""
        if not self._selector.get_map() and self._process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
            return False
        events = self._selector.select(seconds)
        for key, _ in events:
            data = os.read(key.fd, 65536)
            if not data:
                self._selector.unregister(key.fileobj)
            elif key.fileobj is self._process.stderr:
                self._err = (self._err + data)[-TAIL:]
            elif len(self._out) <= self._most:
                self._out += data
        return bool(events)

    def _end(self) -> None:
        """End what is left of it: ask, then kill. What it prints on its way out is read: it could hang on that."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            until = time.monotonic() + GRACE
            if not self._signal(number):
                break
            while self._signal(0) and time.monotonic() < until:
                self._read(TICK)
        # Nobody of the group can write any more; a process that left the group may hold the pipe open for ever.
        until = time.monotonic() + GRACE
        while self._read(0) and time.monotonic() < until:
            pass
        self._selector.close()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe:
                pipe.close()

    def _signal(self, number: int) -> bool:
        """Send a signal to the group; tell whether there is anybody in it. Signal 0 only asks."""
        self._process.poll()  # or it would be there as a zombie
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):  # macOS gives the second where there are but zombies
            return False
        return True
