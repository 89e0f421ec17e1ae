"""Any program that takes ids on stdin and prints tweets as JSON lines; snscrape and twscrape have presets.

A process is given a batch of ids, one a line; where its command line has the word `{}`, they stand there as arguments
instead. It prints tweets in any shape that a source reads. Exit code 0 says that it is done with all its ids. With any
other, or where it has to be ended, the whole lines that came are the answer, and the ids that are not in it are asked
for again by the next run; where none came, it is run again after a while.
"""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from chinwag.errors import Unanswered, UsageError, check_known, printable
from chinwag.providers import RETRY, Request, Stopped, Verdict
from chinwag.providers._clock import Clock
from chinwag.providers._programs import Program

BATCH = 100  # an asker's own is its `batch`
MOST = 1
PRICE = 0.0
RATE = None  # `pause` says it
PARALLEL = 1
SEARCHES = False
PROVES_ABSENCE = False

IDS = "{}"  # the word of a command line in whose place the ids stand
FIRST_WAIT, LONGEST_WAIT = 10.0, 600.0  # seconds before a batch is tried again: each wait is twice the one before


def _as_printed(lines: bytes) -> tuple[bytes, str]:
    return lines, ""


def _twscrape_pages(lines: bytes) -> tuple[bytes, str]:
    """Give the lines that are pages, and why others are none.

    twscrape ends with exit code 0 and the words `Not Found` where it could not ask: no account, or X turned it away. An
    answer of X without data is a refusal as well, unless it says that there is no such tweet.
    """
    pages, fault = [], ""
    for line in lines.splitlines(keepends=True):
        try:
            page = msgspec.json.decode(line)
        except msgspec.DecodeError:
            fault = "got no answer"
            continue
        data = page.get("data") if isinstance(page, dict) else None
        if isinstance(data, dict) and any(value is not None for value in data.values()):
            pages.append(line)
        elif b"No status found with that ID" not in line:
            fault = "got an answer without data"
    return b"".join(pages), fault


@dataclass(frozen=True)
class Preset:
    """Say how a program is run.

    `environment` is what the user's own may overrule; `pages` gives the lines that are an answer, and what is wrong.
    """

    run: str
    environment: Mapping[str, str] = field(default_factory=dict)
    pages: Callable[[bytes], tuple[bytes, str]] = _as_printed


# Both take one id a process, as an argument, and read no stdin.
PRESETS = {
    "snscrape": Preset(f"snscrape --jsonl twitter-tweet {IDS}"),
    # Raw pages: parents come along, and a failure can be told from a tweet that is gone, which parsed it cannot be.
    "twscrape": Preset(f"twscrape tweet_details --raw {IDS}", {"TWS_TELEMETRY": "0"}, _twscrape_pages),
}


def open(
    *,
    run: str = "",
    preset: str = "",
    batch: int = BATCH,
    pause: float = 1.0,
    retries: int = 2,
    timeout: float = 1200.0,
) -> "Command":
    """Give an asker that runs `run`, or the program of `preset`, for `batch` ids at a time; a preset's takes one.

    `pause` are the seconds between one process and the next, `timeout` those that a process may take. Raises UsageError
    where an option is missing or out of range.
    """
    if bool(run) == bool(preset):
        raise UsageError("command: give either run, the command line of a program, or preset, the name of a known one")
    check_known([preset] if preset else [], PRESETS, "command", "preset")
    whole, number = (int,), (int, float)
    _check("batch", batch, whole, 1, 1000)
    _check("pause", pause, number, 0, 86_400)
    _check("retries", retries, whole, 0, 100)
    _check("timeout", timeout, number, 0.1, 86_400)
    chosen = PRESETS[preset] if preset else Preset(run)
    return Command(chosen, 1 if preset else batch, pause=pause, retries=retries, timeout=timeout)


def _check(name: str, value: Any, kinds: tuple[type, ...], low: float, high: float) -> None:
    if type(value) not in kinds or not low <= value <= high:
        kind = "a number" if float in kinds else "a whole number"
        raise UsageError(f"command: {name} has to be {kind} from {low:g} to {high:g}, not {value!r}")


def _words(line: str) -> list[str]:
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"command: {line!r} is no command line: {error}") from error
    if not words or "\0" in line:
        raise UsageError(f"command: {line!r} names no program")
    return words


class Command:
    """Run a program, batch by batch."""

    def __init__(
        self,
        program: Preset,
        batch: int = 1,
        *,
        pause: float = 0.0,
        retries: int = 0,
        timeout: float = 1200.0,
        clock: Clock | None = None,
    ) -> None:
        """Run nothing yet. Raises UsageError where there is no program to run."""
        self.batch = batch
        self._program, self._words = program, _words(program.run)
        self._pause, self._retries, self._timeout = pause, retries, timeout
        self._clock = clock or Clock()
        self._begun = False
        self._whole: set[tuple[int, ...]] = set()  # the requests whose ids were all looked for

    def ask(self, request: Request) -> bytes:
        """Give the lines that one process, or the last of several tries, printed for the ids of a request."""
        for attempt in range(self._retries + 1):
            self._wait(attempt)
            lines, reason = self._run(request.ids)
            if not reason:
                self._whole.add(request.ids)
            if lines or not reason:
                return lines
            if self._clock.stopped:
                raise Stopped
        raise Unanswered(reason)

    def verdict(self, request: Request, answer: bytes) -> Verdict:
        """Count the lines. What an answer leaves out is asked for again, unless it is one of this run's, and whole."""
        outcomes = {} if request.ids in self._whole else dict.fromkeys(request.ids, RETRY)
        return Verdict(answer.count(b"\n"), outcomes)

    def tell(self, say: Callable[[str], None]) -> None:
        """Say where a long wait begins."""
        self._clock.say = say

    def stop(self) -> None:
        """End all waiting, and the program: it is asked to end, and killed if it does not."""
        self._clock.stop()

    def close(self) -> None:
        """Do as `stop`: no program outlives the answer it was run for."""
        self.stop()

    def _wait(self, attempt: int) -> None:
        """Wait between two processes; the longer, the more often the batch was tried."""
        seconds = self._pause if self._begun else 0.0
        if attempt:
            seconds = max(seconds, min(FIRST_WAIT * 2.0 ** (attempt - 1), LONGEST_WAIT))
        self._clock.wait(seconds)
        self._begun = True

    def _run(self, ids: tuple[int, ...]) -> tuple[bytes, str]:
        """Run a process; give its lines, and in a line why they are not all."""
        names = [str(number) for number in ids]
        given = b"" if IDS in self._words else "".join(f"{name}\n" for name in names).encode()
        words = [part for word in self._words for part in (names if word == IDS else [word])]
        printed = Program(words, given, self._program.environment).finish(self._timeout, lambda: self._clock.stopped)
        lines, refused = self._program.pages(printed.lines)
        reason = printed.fault or refused
        if reason:
            reason = ": ".join(part for part in (printable(self._words[0]), reason, printed.complaint) if part)
        return lines, reason
