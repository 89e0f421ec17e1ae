"""Say what the stand-in is to do wrong, and how it is set."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.stand_in import accounts, problems
from tests.stand_in.tweets import DAY, START


@dataclass
class Clock:
    """Be a time that only waiting moves on; it may be read and moved from several threads."""

    now: float = START + DAY
    waits: list[float] = field(default_factory=list)
    _moved: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def time(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        with self._moved:
            self.waits.append(seconds)
            self.now += seconds


@dataclass(frozen=True)
class Fault:
    """Spoil one answer.

    With a `status`, or a `body`, that is the answer, and nothing is looked up, counted or billed; `problem` names the
    type of what is wrong, and 429 says that the window is used up until `headers` say otherwise. The others spoil a
    true answer, which is counted and billed: `cut` closes the connection after so many bytes of the body, `short` sends
    only so many as if they were all, `slow` waits before it, `drop_fields` leaves out fields, `lost_fields` leaves them
    out and says so, `forget` leaves out ids and says nothing of them. `close` ends the connection without any answer,
    and `refuse_token` refuses the token of a page.
    """

    status: int | None = None
    problem: str | None = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    short: int | None = None
    slow: float = 0.0
    close: bool = False
    drop_fields: frozenset[str] | set[str] = frozenset()
    lost_fields: frozenset[str] | set[str] = frozenset()
    forget: frozenset[int] | set[int] = frozenset()
    refuse_token: bool = False

    @property
    def answers(self) -> bool:
        """Tell whether the fault is the whole answer."""
        return self.close or self.status is not None or self.body is not None

    @property
    def spoils(self) -> bool:
        """Tell whether a client may ask again for what it was asked."""
        return self.answers or self.cut is not None or self.short is not None


@dataclass
class Settings:
    """Set what holds for all requests; may be changed between them.

    `credit` is the posts that may still be given. `limits` are requests a window of 15 minutes, by kind (lookup,
    single, recent, all, quotes); with None there are none, nor the one request a second of `all`. `short_pages` lets
    pages hold all, half or none of what they might, in turn. Tokens of pages are refused with `refuse_tokens`, or once
    they are older than `token_life` seconds.
    """

    credit: int | None = None
    limits: Mapping[str, int] | None = field(default_factory=lambda: dict(accounts.LIMITS))
    one_a_second: bool = True
    short_pages: bool = False
    refuse_tokens: bool = False
    token_life: float | None = None
    drop_fields: frozenset[str] | set[str] = frozenset()
    bills_includes: bool = True
    hosts: Sequence[str] = problems.HOSTS
    slow: float = 0.0  # seconds before every answer
    compressed: bool = False  # where the client takes gzip


@dataclass
class Asked:
    """Record a request and what became of it.

    `kind` is lookup, single, recent, all, quotes, or empty. `status` is None where no answer was sent. `whole` says
    that an answer was sent whole and, as far as its connection tells, that the client took all of it.
    """

    number: int
    connection: int
    kind: str
    path: str
    parameters: dict[str, str]
    headers: dict[str, str]
    time: float
    ids: tuple[int, ...] = ()
    query: str | None = None
    fault: Fault | None = None
    status: int | None = None
    whole: bool = False
    posts: tuple[int, ...] = ()  # billed for it
