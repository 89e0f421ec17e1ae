"""Tell the time and wait, until the run ends: what the providers share, and what tests put fake time in place of."""

import threading
import time

from chinwag.providers import Stopped


class Clock:
    """Tell the time of the day in seconds since 1970, and wait; `stop` ends all waiting, in every thread, for good."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    @property
    def stopped(self) -> bool:
        """Tell whether `stop` was called."""
        return self._stopped.is_set()

    def time(self) -> float:
        """Give the seconds since 1970."""
        return time.time()

    def wait(self, seconds: float) -> None:
        """Wait so long, or not at all where there is nothing to wait for. Raises Stopped once `stop` was called."""
        if self._stopped.wait(max(0.0, min(seconds, threading.TIMEOUT_MAX))):
            raise Stopped

    def stop(self) -> None:
        """End all waiting."""
        self._stopped.set()
