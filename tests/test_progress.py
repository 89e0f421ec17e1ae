"""Bars are looked at where people look at them: on a terminal."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag import assemble, comply, curate, export, progress, rehydrate, report, wanted
from chinwag.recipe import Recipe
from chinwag.web import index
from chinwag.workspace import Workspace
from tests.workspaces import assembled, status

# Each line of stdin is what a step does next, so that who looks decides how long it takes.
PROGRAM = """
import sys, threading
from chinwag.progress import steps
with steps("assemble", 3, quiet={quiet}) as show:
    show("tweets", total=1000)
    for line in sys.stdin:
        show.more(int(line))
    show("edges", lambda: 37.5)
assert threading.active_count() == 1
"""
# The thread that draws ends only when it is waited for: who does not wait ends before it.
LAST = """
import sys, threading
from pathlib import Path
from chinwag.engines.duckdb import DuckDB
from chinwag.progress import steps

waited = threading.Event()

def drawing(frame, event, argument):
    if event == "return" and frame.f_code.co_name == "run":
        waited.wait()

def main(frame, event, argument):
    if event == "call" and frame.f_code is threading.Thread.join.__code__:
        waited.set()

threading.setprofile(drawing)
with DuckDB(Path.cwd()) as engine, steps("assemble", 1) as show:
    show("tweets", engine.percent)
    sys.setprofile(main)
"""
HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"


class Screen:
    """Hold a terminal, and what was written to it."""

    def __init__(self, width: int) -> None:
        self._own, self.end = pty.openpty()
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        self.raw = ""

    def until(self, text: str) -> str:
        """Read on until a text is there."""
        while text not in self.plain():
            self._read()
        return self.plain()

    def to_end(self) -> str:
        """Read on until nobody writes any more."""
        os.close(self.end)
        while self._read():
            pass
        os.close(self._own)
        return self.plain()

    def plain(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.raw)

    def _read(self) -> bool:
        try:
            data = os.read(self._own, 65536)
        except OSError:  # so Linux says that the other end is closed
            data = b""
        self.raw += data.decode(errors="replace")
        return bool(data)


def begin(screen: Screen, program: str = PROGRAM.format(quiet=False)) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program]
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=screen.end, text=True,
        env={**environment, "TERM": "xterm"},
    )  # fmt: skip


def say(program: subprocess.Popen[str], rows: int) -> None:
    assert program.stdin
    program.stdin.write(f"{rows}\n")
    program.stdin.flush()


@pytest.mark.parametrize(("width", "frames"), [
    (80, ["assemble 1/3 tweets ━", "0/1,000", "250/1,000", "750/1,000", "assemble 2/3 edges ━", "38 %"]),
    (40, ["assemble 1/3 tweets ━", "0 %", "25 %", "75 %", "assemble 2/3 edges ━", "38 %"]),
    (16, ["0 %", "25 %", "75 %", "38 %"]),
])  # fmt: skip
def test_a_bar_moves_on_a_terminal_and_is_gone_at_the_end(width: int, frames: list[str]) -> None:
    screen = Screen(width)
    with begin(screen) as program:
        first = 1 if width == 16 else 2
        screen.until(frames[first - 1])
        for rows, frame in zip((250, 500), frames[first:], strict=False):
            say(program, rows)
            screen.until(f" {frame}")
        told, _ = program.communicate(timeout=30)
    text = screen.to_end()
    assert program.returncode == 0, text
    assert told == ""
    assert all(frame in text for frame in frames)
    assert all(len(line) <= width for line in re.split(r"[\r\n]+", text))
    assert screen.raw.rindex(SHOWN) > screen.raw.rindex(HIDDEN)
    assert screen.raw.endswith("\x1b[2K")  # the line is empty again


def test_an_interrupt_leaves_the_cursor_to_be_seen() -> None:
    screen = Screen(80)
    with begin(screen) as program:
        screen.until("0/1,000")
        assert HIDDEN in screen.raw
        program.send_signal(signal.SIGINT)
        told, _ = program.communicate(timeout=30)
    assert "KeyboardInterrupt" in screen.to_end()
    assert program.returncode == -signal.SIGINT
    assert told == ""
    assert screen.raw.rindex(SHOWN) > screen.raw.rindex(HIDDEN)


def test_python_does_not_end_before_the_thread_that_draws() -> None:
    screen = Screen(80)
    with begin(screen, LAST) as program:
        told, _ = program.communicate(timeout=30)
    text = screen.to_end()
    assert program.returncode == 0, text
    assert told == ""
    assert "assemble 1/1 tweets" in text
    assert "leaked" not in text


def test_nothing_is_shown_to_who_wants_quiet() -> None:
    screen = Screen(80)
    with begin(screen, PROGRAM.format(quiet=True)) as program:
        told, _ = program.communicate("250\n", timeout=30)
    assert told == ""
    assert screen.to_end() == ""


def test_nothing_is_shown_on_a_pipe() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(quiet=False)], input="250\n", capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")


labels = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=30)


@given(
    width=st.integers(20, 200), name=labels, done=st.integers(0, 10**12), total=st.integers(0, 10**12),
    percent=st.none() | st.floats(-1, 101), number=st.integers(0, 20), size=st.booleans(),
)  # fmt: skip
def test_what_is_drawn_is_one_line_that_fits(
    width: int, name: str, done: int, total: int, percent: float | None, number: int, size: bool
) -> None:
    from rich.console import Console

    steps = progress.Steps("curate", number)
    steps(name, lambda: percent, total=total, size=size)
    console = Console(file=StringIO(), width=width, force_terminal=True, color_system=None)
    line = progress.Line(steps, console)
    for more in (0, done):
        steps.more(more)
        shown = console.render_lines(line.draw(), pad=False)
        assert len(shown) == 1
        assert sum(segment.cell_length for segment in shown[0]) <= width


@given(st.lists(st.integers(0, 100)), st.integers(1, 40))
def test_a_walk_gives_all_rows_in_their_order_and_counts_them(sizes: list[int], every: int) -> None:
    batches = [pa.record_batch({"n": list(range(sum(sizes[:at]), sum(sizes[: at + 1])))}) for at in range(len(sizes))]
    steps = progress.Steps()
    parts = list(steps.walk(iter(batches), every))
    assert [n for part in parts for n in part["n"].to_pylist()] == list(range(sum(sizes)))
    assert all(0 < part.num_rows <= every for part in parts)
    assert steps.step.done == sum(sizes)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    statuses = [status(1, "first", author=1), status(2, "second", to=1, author=2), status(3, "more", to=9, author=3)]
    folder = assembled(tmp_path_factory.mktemp("seen"), statuses)
    curate.run(folder, Recipe(filters={"bots": {}}), quiet=True)
    export.run("ids", folder, folder.parent / "ids", quiet=True)
    (folder.parent / "gone.txt").write_text("77\n")
    return folder


# What is run, in this order, and the last that is seen of each stage: its last step.
STAGES: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "assemble": (assemble.run, ["assemble 16/16 wanted"]),
    "exclude": (lambda place: assemble.run(place, exclude=["v2"]), ["assemble 17/17 wanted"]),
    "curate": (
        lambda place: curate.run(place, Recipe(filters={"bots": {}, "length": {}})),
        ["clusters 21/21 clusters", "curate 5/5 account"],
    ),
    "export": (lambda place: export.run("text", place, place.parent / "text"), ["export text 2/2 card"]),
    "database": (
        lambda place: export.run("sqlite", place, place.parent / "turns.sqlite"), ["export sqlite 1/1 turns"]
    ),
    "wanted": (lambda place: wanted.run(place, Recipe(filters={"bots": {}}), price=0.0), ["wanted 6/6 ranking"]),
    "wanted of no filters": (lambda place: wanted.run(place, Recipe(), price=0.0), ["wanted 1/1 ranking"]),
    "report": (lambda place: report.run(place, place.parent / "report.html"), ["report 3/3 conversations"]),
    "browse": (lambda place: index.make(Workspace(place)), ["browse"]),
    "rehydrate": (lambda place: rehydrate.run(place.parent / "ids", place), ["rehydrate 3/3 turns"]),
    "comply": (lambda place: comply.from_files([place.parent / "gone.txt"], place), ["comply 2/2", "ingest"]),
}  # fmt: skip


@pytest.mark.parametrize("name", STAGES)
def test_every_long_stage_tells_its_steps_up_to_the_last(
    name: str, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, seen = STAGES[name]
    screen = Screen(80)
    reading = threading.Thread(target=lambda: screen.until("the end"))
    reading.start()
    with os.fdopen(os.dup(screen.end), "w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        try:
            run(workspace)
        finally:
            monkeypatch.undo()
            stderr.write("the end")
            stderr.flush()
            reading.join()
    text = screen.to_end()
    assert [word for word in seen if word not in text] == []
    numbers: dict[tuple[str, int], int] = {}
    for stage, number, steps in re.findall(r"(\w+) (\d+)/(\d+) \w", text):
        numbers[stage, int(steps)] = int(number)
    assert all(number == steps for (_, steps), number in numbers.items()), numbers
