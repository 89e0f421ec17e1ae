"""Tell the time and wait, until the run ends: what the providers share, and what tests put fake time in place of."""

import threading
import time
from collections.abc import Callable

from chinwag.providers import Stopped

LONG = 5.0  # seconds: what is waited for longer is said


class Clock:
    """Tell the time of the day in seconds since 1970, and wait; `stop` ends all waiting, in every thread, for good."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._said = 0.0  # until when the user knows that there is a wait
        self.say: Callable[[str], None] = lambda line: None

    @property
    def stopped(self) -> bool:
        """Tell whether `stop` was called."""
        return self._stopped.is_set()

    def time(self) -> float:
        """Give the seconds since 1970."""
        return time.time()

    def wait(self, seconds: float) -> None:
        """Wait so long, or not at all where there is nothing to wait for; say so where it is long.

        Raises Stopped once `stop` was called.
        """
        until = time.monotonic() + seconds
        if seconds > LONG and until > self._said + LONG:
            self._said = until
            self.say(f"waiting {seconds:,.0f} s before asking again")
        if self._stopped.wait(max(0.0, min(seconds, threading.TIMEOUT_MAX))):
            raise Stopped

    def stop(self) -> None:
        """End all waiting."""
        self._stopped.set()
