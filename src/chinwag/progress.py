"""Show how far a long step has come: one line on a terminal, nothing on a pipe.

A stage only says which step it is at and what is done of it; a thread asks four times a second and draws, so saying so
costs next to nothing. What goes to stdout is left alone.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console, RenderableType
    from rich.live import Live

EVERY = 4_096  # rows that are walked between two words of it
SHORTEST, LONGEST = 8, 40  # columns of a bar; where there is no room for the shortest, fewer words stand beside it
SOON = 1.0  # seconds before a rate is worth telling
AGAIN = 0.25  # seconds from one drawing to the next

Percent = Callable[[], float | None]


class Bar(Protocol):
    """Take word of what is done."""

    def __call__(self, done: int) -> None:
        """Say how many bytes or things are done in all."""


@dataclass(slots=True)
class Step:
    """Hold one step: its name and number, who knows how much of its statement is done, and what was walked of it.

    With `size` that is bytes, else rows or things. What becomes known only on the way may be set.
    """

    name: str = ""
    number: int = 0
    percent: Percent | None = None
    total: int = 0
    done: int = 0
    size: bool = False


class Steps:
    """Take word of how far a stage has come; who shows it, if anybody, asks for it."""

    def __init__(self, label: str = "", steps: int = 0) -> None:
        self.label, self.steps, self.step = label, steps, Step()

    def __call__(self, name: str, percent: Percent | None = None, *, total: int = 0, size: bool = False) -> None:
        """Begin the next step: `percent` tells how much of a statement is done, `total` how many rows will be walked.

        Once rows are walked they count, for a statement whose rows flow is mostly done. With `size` it is bytes.
        """
        self.step = Step(name, self.step.number + 1, percent, total, size=size)

    def more(self, rows: int) -> None:
        """Say that so many rows more are walked."""
        self.step.done += rows

    def at(self, done: int) -> None:
        """Say how many bytes or things are done in all."""
        self.step.done = done

    def walk(self, batches: "Iterable[pa.RecordBatch]", every: int = EVERY) -> "Iterator[pa.RecordBatch]":
        """Give batches in parts of no more than so many rows, and count the rows of those that are done with."""
        for batch in batches:
            for start in range(0, batch.num_rows, every):
                part = batch.slice(start, every)
                yield part
                self.more(part.num_rows)


@contextmanager
def steps(label: str, number: int, *, quiet: bool = False) -> Iterator[Steps]:
    """Show the steps of a stage, so many in all, on stderr, if that is a terminal and `quiet` is not asked for."""
    taken = Steps(label, number)
    if quiet or not sys.stderr.isatty():
        yield taken
        return
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True)
    line = Line(taken, console)
    live = Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False, get_renderable=line.draw)
    try:  # an interrupt while it starts must not leave the cursor hidden either
        live.start(refresh=True)
        with _redrawn(live):
            yield taken
    finally:
        live.stop()


@contextmanager
def _redrawn(live: "Live") -> Iterator[None]:
    """Draw again and again in a thread that is gone at the end.

    Rich does not wait for its own. Where Python ends before that, it still holds a database: DuckDB tells of a leak.
    """
    ended = threading.Event()

    def draw() -> None:
        while not ended.wait(AGAIN):
            live.refresh()

    thread = threading.Thread(target=draw)  # no daemon: Python waits for it where an interrupt ends the waiting here
    try:
        thread.start()
        yield
    finally:
        ended.set()
        if thread.is_alive():  # an interrupt may come before it is
            thread.join()


@contextmanager
def bar(label: str, total: int, *, quiet: bool = False) -> Iterator[Bar]:
    """Show a bar of bytes with rate and time left, as `steps` does."""
    with steps(label, 0, quiet=quiet) as taken:
        taken("", total=total, size=True)
        yield taken.at


@contextmanager
def count(label: str, total: int, *, quiet: bool = False) -> Iterator[Bar]:
    """Show a bar of things that are counted, as `steps` does."""
    with steps(label, 0, quiet=quiet) as taken:
        taken("", total=total)
        yield taken.at


class Line:
    """Draw how far a stage has come, with the rate since that last began to grow, and the time that leaves."""

    def __init__(self, taken: Steps, console: "Console") -> None:
        self._taken, self._console = taken, console
        self._step, self._part, self._begun = taken.step, 0.0, (time.monotonic(), 0.0, 0)
        self._last = self._begun

    def draw(self) -> "RenderableType":
        """Give the line of this moment: as much of it as there is room for."""
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        part, rate, left = self._grown()
        step, steps = self._step, self._taken.steps
        place = f"{step.number}/{steps}" if steps and step.number else ""
        label = " ".join(filter(None, [self._taken.label, place, step.name]))
        share = "" if part is None else f"{100 * part:.0f} %"
        done = _amounts(step) if step.done or (step.total and not step.percent) else share
        for beside in ([done, rate, left], [done, left], [share, left], [share]):
            words = [word for word in beside if word]
            room = self._console.width - 1 - len(label) - sum(len(word) + 1 for word in words)
            if room > SHORTEST:
                break
        width = min(room - 1, LONGEST)
        shown: list[RenderableType] = [Text(label, no_wrap=True, overflow="ellipsis")]
        if width >= SHORTEST:
            shown.append(ProgressBar(1.0, part or 0.0, width=width, pulse=part is None))
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_row(*shown, *(Text(word, no_wrap=True) for word in words))
        return grid

    def _grown(self) -> tuple[float | None, str, str]:
        """Give the part that is done, None where nobody knows, the rate of what is counted, and the time left."""
        now, step = time.monotonic(), self._taken.step
        part, done = _part(step), step.done
        grows = step is self._step and (part or 0.0) >= self._part and (not done or self._begun[2])
        self._step, self._part = step, part or 0.0
        if not grows:  # another step or statement; or it is now walked what was waited for
            self._begun = self._last = now, self._part, done
        if (self._part, done) != self._last[1:]:
            self._last = now, self._part, done
        seconds, gained, more = (last - first for last, first in zip(self._last, self._begun, strict=True))
        if seconds < SOON:
            return part, "", "-:--:--"
        rate = f"{_amount(round(more / seconds), step)}/s" if more else ""
        left = _clock((1 - self._part) * seconds / gained) if gained > 0 and self._part < 1 else "-:--:--"
        return part, rate, left


def _amounts(step: Step) -> str:
    """Tell what is done and, if that is known, of how much."""
    done = _amount(step.done, step)
    return f"{done}/{_amount(step.total, step)}" if step.total else done


def _amount(amount: int, step: Step) -> str:
    from rich.filesize import decimal

    return decimal(amount) if step.size else f"{amount:,}"


def _part(step: Step) -> float | None:
    """Give the part of a step that is done: of what is walked, else of a statement; None where nobody knows."""
    if step.total and (step.done or not step.percent):
        return min(step.done / step.total, 1.0)
    percent = step.percent() if step.percent else None
    return None if percent is None else min(max(percent / 100, 0.0), 1.0)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
