"""Run real programs, good ones and bad ones: what comes of them, and that nothing of them stays."""

import fcntl
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from chinwag.errors import ProviderError, Unanswered, UsageError
from chinwag.providers import RETRY, Request, Stopped, _programs, command
from chinwag.providers._clock import Clock
from chinwag.providers._programs import Program
from chinwag.providers.command import PRESETS, Command, Preset
from tests.providers.programs import Programs, Waits, runs, writing

IDS = (1_500_000_123_456_789_012, 1_500_000_123_456_789_013, 1_500_000_123_456_789_014)
ECHO = """
    for line in sys.stdin:
        print(json.dumps({"id": int(line)}))
"""
FAILING = "print('first', file=sys.stderr); sys.exit('no way in')"
# Lives on unless it is ended, and holds a lock until then, whoever its parent is.
CHILD = """
    lock = open(here / "lock", "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"], pass_fds=[lock.fileno()])
    print(child.pid, flush=True)
"""
# Tells the test that it is under way.
READY = """
    with open(here / "ready", "w"):
        pass
"""
SLEEP = """
    time.sleep(100)
"""


@pytest.fixture
def program(tmp_path: Path) -> Programs:
    return writing(tmp_path)


def made(line: str, batch: int = 100, **settings: Any) -> tuple[Command, Waits]:
    clock = Waits()
    return Command(Preset(line), batch, clock=clock, **settings), clock


def test_ids_go_in_and_lines_come_out(program: Programs) -> None:
    asker = command.open(run=program(ECHO))
    request = Request(IDS)
    answer = asker.ask(request)
    assert [json.loads(line)["id"] for line in answer.splitlines()] == list(IDS)
    for _ in range(2):  # it is judged as it comes, and again when it is read
        verdict = asker.verdict(request, answer)
        assert (verdict.posts, verdict.outcomes) == (3, {})
    asker.close()


def test_nothing_printed_is_an_answer(program: Programs, tmp_path: Path) -> None:
    asker, _ = made(program(), retries=3)
    assert asker.ask(Request(IDS)) == b""
    assert asker.verdict(Request(IDS), b"").outcomes == {}
    assert runs(tmp_path) == 1


@pytest.mark.parametrize("as_arguments", [False, True])
def test_ids_reach_a_program_on_stdin_or_as_arguments(program: Programs, as_arguments: bool) -> None:
    line = program("print(json.dumps([sys.argv[1:], sys.stdin.read().split()]))")
    asker, clock = made(f"{line} --ids {{}} end" if as_arguments else line, pause=7.0)
    for given in (IDS, IDS[:1]):
        ids = [str(id) for id in given]
        expected = [["--ids", *ids, "end"], []] if as_arguments else [[], ids]
        assert json.loads(asker.ask(Request(given))) == expected
    assert clock.waits == [0, 7.0]


def test_a_failing_program_is_run_again_with_growing_waits(program: Programs, tmp_path: Path) -> None:
    asker, clock = made(program(FAILING), retries=3, pause=15.0)
    with pytest.raises(Unanswered, match=r"^\S+: exit code 1: no way in$"):
        asker.ask(Request(IDS))
    assert clock.waits == [0, 15, 20, 40]
    assert runs(tmp_path) == 4


def test_waits_end_growing(program: Programs) -> None:
    asker, clock = made(program(FAILING), retries=9)
    with pytest.raises(Unanswered):
        asker.ask(Request(IDS))
    assert clock.waits[-3:] == [600, 600, 600]


def test_a_later_try_may_do(program: Programs) -> None:
    asker, _ = made(program("if len((here / 'runs').read_text()) < 8: sys.exit(1)", ECHO), retries=1)
    assert len(asker.ask(Request(IDS)).splitlines()) == 3
    assert asker.verdict(Request(IDS), b"").outcomes == {}


BROKEN = {
    "exit code": ("sys.exit(3)", "exit code 3"),
    "signal": ("os.kill(os.getpid(), signal.SIGKILL)", "ended by signal 9"),
    "half a line": ("sys.stdout.write('half')", "its last line has no line feed"),
    "slow": (SLEEP, "took longer than 0.5 s"),
    "deaf": ("signal.signal(signal.SIGTERM, signal.SIG_IGN)", SLEEP, "took longer than 0.5 s"),
    "silent": ("os.close(1); os.close(2)", SLEEP, "took longer than 0.5 s"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_lines_before_a_failure_are_the_answer(
    program: Programs, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_programs, "GRACE", 0.2)
    *bodies, reason = BROKEN[kind]
    asker, _ = made(program("print('{}', flush=True)", *bodies), retries=2, timeout=0.5)
    request = Request(IDS)
    assert asker.ask(request) == b"{}\n"
    assert runs(tmp_path) == 1
    assert asker.verdict(request, b"{}\n").outcomes == dict.fromkeys(IDS, RETRY)
    asker, _ = made(program(*bodies), timeout=0.5)
    with pytest.raises(Unanswered, match=reason):
        asker.ask(request)


def test_an_answer_read_by_another_run_is_not_taken_for_whole(program: Programs) -> None:
    asker, _ = made(program(ECHO))
    assert asker.verdict(Request(IDS[:1]), b"{}\n").outcomes == {IDS[0]: RETRY}


COMPLAINTS = {
    "many": ("print('x' * 70 * 10**6, 'last', sep='\\n', file=sys.stderr); sys.exit(1)", ": last"),
    "without end": ("print('x' * 10**6, end='', file=sys.stderr); sys.exit(1)", ": " + "x" * 300),
    "coloured": ("print('\\x1b[31mred\\x07', file=sys.stderr); sys.exit(1)", r": \x1b[31mred\x07"),
    "rewritten": ("print('10 %\\r20 %\\r  ', file=sys.stderr); sys.exit(1)", ": 20 %"),
    "no text": ("sys.stderr.buffer.write(b'caf\\xe9'); sys.exit(1)", r": caf\xe9"),
    "none": ("sys.exit(1)", "exit code 1"),
}


@pytest.mark.parametrize("kind", COMPLAINTS)
def test_the_last_thing_said_is_the_reason(program: Programs, kind: str) -> None:
    body, end = COMPLAINTS[kind]
    asker, _ = made(program(body))
    with pytest.raises(Unanswered) as caught:
        asker.ask(Request(IDS))
    assert str(caught.value).endswith(end)
    assert str(caught.value).isprintable()


def test_output_without_end(program: Programs) -> None:
    program("while True: print('{}')")
    with pytest.raises(ProviderError, match="printed more than 100,000 bytes") as caught:
        Program([sys.executable, program("while True: print('{}')").split("'")[3]], most=100_000).finish(100)
    assert not isinstance(caught.value, Unanswered)


def test_output_up_to_the_bound_is_whole(program: Programs) -> None:
    line = program("sys.stdout.write('x' * 99_999 + '\\n')")
    assert len(Program([sys.executable, line.split("'")[3]], most=100_000).finish(100).lines) == 100_000


@pytest.mark.parametrize("line", ["no-such-program-anywhere", "/", "/etc/hostname {}"])
def test_no_program(line: str) -> None:
    asker, _ = made(line, retries=3)
    with pytest.raises(ProviderError, match=r"cannot be run: .*; is it installed") as caught:
        asker.ask(Request(IDS))
    assert not isinstance(caught.value, Unanswered)


def test_the_token_is_not_handed_on(program: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_BEARER_TOKEN", "secret")
    monkeypatch.setenv("OTHER", "kept")
    asker, _ = made(program("print(os.environ.get('X_BEARER_TOKEN'), os.environ.get('OTHER'))"))
    assert asker.ask(Request(IDS)) == b"None kept\n"


def is_free(lock: Path) -> bool:
    """Tell whether nobody holds a lock any more: that nobody lives who did."""
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@pytest.mark.parametrize("end", ["", "sys.exit(1)", SLEEP])
def test_no_child_outlives_the_program(program: Programs, tmp_path: Path, end: str) -> None:
    asker, _ = made(program(CHILD, end), timeout=1.0)
    assert len(asker.ask(Request(IDS)).splitlines()) == 1
    assert is_free(tmp_path / "lock")


def test_a_child_that_left_the_group_holds_nothing_up(program: Programs, tmp_path: Path) -> None:
    asker, _ = made(program(CHILD.replace("pass_fds", "start_new_session=True, pass_fds")))
    answer = asker.ask(Request(IDS))
    assert not is_free(tmp_path / "lock")  # it is out of reach
    os.kill(int(answer), signal.SIGKILL)


def asked(asker: Command) -> tuple[threading.Thread, list[Any]]:
    """Ask in a thread; the list gets what comes of it."""
    came: list[Any] = []

    def work() -> None:
        try:
            came.append(asker.ask(Request(IDS)))
        except (Stopped, ProviderError) as error:
            came.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    return thread, came


@pytest.mark.parametrize("printed", [False, True])
def test_stop_ends_the_program(program: Programs, tmp_path: Path, printed: bool) -> None:
    os.mkfifo(tmp_path / "ready")
    asker, _ = made(program(CHILD if printed else "", READY, SLEEP))
    thread, came = asked(asker)
    (tmp_path / "ready").read_bytes()  # until it is under way
    asker.stop()
    thread.join(30)
    if printed:
        assert came[0].count(b"\n") == 1
        assert is_free(tmp_path / "lock")
        assert asker.verdict(Request(IDS), came[0]).outcomes == dict.fromkeys(IDS, RETRY)
    else:
        assert isinstance(came[0], Stopped)
    assert runs(tmp_path) == 1


def test_stop_gives_a_moment_to_say_what_is_known(program: Programs, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ready")
    leave = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('{}')))"
    asker, _ = made(program(leave, READY, SLEEP))
    thread, came = asked(asker)
    (tmp_path / "ready").read_bytes()
    asker.stop()
    thread.join(30)
    assert came == [b"{}\n"]


def test_stop_ends_waiting(program: Programs, tmp_path: Path) -> None:
    waiting = threading.Event()

    class Told(Clock):
        def wait(self, seconds: float) -> None:
            if seconds:
                waiting.set()
            super().wait(seconds)

    asker = Command(Preset(program(FAILING)), retries=5, clock=Told())
    thread, came = asked(asker)
    assert waiting.wait(30)
    asker.stop()
    thread.join(5)
    assert isinstance(came[0], Stopped)
    assert runs(tmp_path) == 1
    with pytest.raises(Stopped):
        asker.ask(Request(IDS))
    assert runs(tmp_path) == 1


WRONG: dict[str, dict[str, Any]] = {
    "neither": {},
    "both": {"run": "a", "preset": "twscrape"},
    "unknown preset": {"preset": "twscrap"},
    "open quote": {"run": "a 'b"},
    "blank": {"run": " "},
    "NUL": {"run": "a\0b"},
    "batch 0": {"run": "a", "batch": 0},
    "batch too big": {"run": "a", "batch": 10_001},
    "batch no number": {"run": "a", "batch": "7"},
    "batch no whole number": {"run": "a", "batch": 1.5},
    "batch true": {"run": "a", "batch": True},
    "pause below 0": {"run": "a", "pause": -1},
    "pause no number": {"run": "a", "pause": float("nan")},
    "pause for ever": {"run": "a", "pause": float("inf")},
    "retries below 0": {"run": "a", "retries": -1},
    "too many retries": {"run": "a", "retries": 101},
    "no time": {"run": "a", "timeout": 0},
}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_options(kind: str) -> None:
    with pytest.raises(UsageError, match=r"^command: ") as caught:
        command.open(**WRONG[kind])
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_takes_one_id_a_process(preset: str) -> None:
    assert command.open(preset=preset, batch=100).batch == 1
    assert command.open(run="program", batch=7).batch == 7
