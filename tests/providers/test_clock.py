"""Wait until the run ends."""

from collections.abc import Callable

import pytest

from chinwag.providers import Stopped
from chinwag.providers._clock import Clock


def told(clock: Clock, *, stopping: bool) -> list[str]:
    """Collect what a clock says; the first word ends all waiting."""
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if stopping:
            clock.stop()

    clock.say = say
    return said


def test_a_long_wait_is_said_and_ends_when_the_run_does() -> None:
    clock = Clock()
    said = told(clock, stopping=True)
    with pytest.raises(Stopped):
        clock.wait(900)
    with pytest.raises(Stopped):  # another thread, which waits for the same
        clock.wait(901)
    assert said == ["waiting 900 s before asking again"]


@pytest.mark.parametrize("wait", [lambda clock: clock.wait(0), lambda clock: clock.wait(-1)])
def test_no_wait_is_no_word(wait: Callable[[Clock], None]) -> None:
    clock = Clock()
    said = told(clock, stopping=False)
    wait(clock)
    assert said == []
    assert not clock.stopped
