"""Send requests over HTTP: within the quotas the answers tell, again where that may help, and never for ever."""

import ipaddress
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import httpx
import msgspec

from chinwag import __version__
from chinwag.errors import ProviderError, Unanswered, UsageError
from chinwag.mending import objects
from chinwag.providers import Stopped
from chinwag.providers._clock import Clock

TRIES = 7  # of a request that is not answered: with waits of 1, 2, 4 … 32 seconds between them
LIMITED = 12  # answers that say "too many requests": waits of 1, 2, 4 … seconds, in all more than a window
LONGEST = 901.0  # seconds: no window is longer than 15 minutes
LARGEST = 64 << 20  # bytes of a body; the largest page X gives is about a megabyte
SLOWEST = 120.0  # seconds in which a body must have come, however steadily it drips
TIMES = httpx.Timeout(30.0, connect=10.0, pool=SLOWEST)
BROKEN: dict[type[httpx.RequestError], str] = {
    httpx.ConnectTimeout: "no connection in time",
    httpx.ConnectError: "no connection",
    httpx.TimeoutException: "no answer in time",
    httpx.ProxyError: "the proxy refuses",
    httpx.DecodingError: "a damaged answer",
}


class Time(Protocol):
    """Tell the time, and let it pass: what tests put in place of the clock."""

    def time(self) -> float:
        """Give the seconds since 1970."""

    def wait(self, seconds: float) -> None:
        """Let so many seconds pass."""


class Quota:
    """Hold what may still be asked of one endpoint, for all threads: a window's rest, and the time between requests."""

    def __init__(self, spacing: float = 0.0) -> None:
        self._lock = threading.Lock()
        self._spacing = spacing
        self._next = 0.0  # no request before
        self._left: int | None = None  # None: not known, so one may try
        self._reset = self._until = 0.0  # when the window ends, as it was told and as it is believed

    def take(self, now: float) -> float:
        """Take one request out of the quota and give 0; or give the seconds after which to try again."""
        with self._lock:
            if self._left == 0 and now >= self._until:
                self._left = None
            ready = max(self._next, self._until) if self._left == 0 else self._next
            if now < ready:
                return ready - now
            if self._left is not None:
                self._left -= 1
            self._next = now + self._spacing
            return 0.0

    def note(self, headers: Mapping[str, str], now: float) -> None:
        """Note what an answer says of the window; answers overtake one another, so the least counts."""
        left, reset = (_number(headers.get(f"x-rate-limit-{name}")) for name in ("remaining", "reset"))
        if left is None or reset is None:
            return
        with self._lock:
            same = self._left is not None and reset == self._reset
            self._left = min(left, self._left) if same and self._left is not None else left
            self._reset, self._until = reset, min(reset, now + LONGEST)

    def hold(self, until: float) -> None:
        """Let nobody ask before a time."""
        with self._lock:
            self._next = max(self._next, until)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and text.isascii() and len(text) < 16 else None


@dataclass(frozen=True)
class Answer:
    """Hold an answer as it came."""

    url: str
    status: int
    body: bytes
    at: float


class Broken(NamedTuple):
    """Say in a few words what came instead of an answer, and whether one had begun: that is billed."""

    words: str
    billed: bool = False


class Sender:
    """Send GET requests to one service, from several threads; `refuse` raises where an answer is a final no.

    `secret` goes with every request as a Bearer token and is in nothing that comes out.
    """

    def __init__(
        self,
        base_url: str,
        secret: str,
        refuse: Callable[[Answer], None],
        *,
        spacing: Mapping[str, float] | None = None,
        clock: Time | None = None,
    ) -> None:
        self._ending = Clock()
        self._clock: Time = clock or self._ending
        self._refuse = refuse
        self._secret = secret.encode("ascii")
        self._quotas = {path: Quota(seconds) for path, seconds in (spacing or {}).items()}
        self._host, loopback = _checked(base_url)
        try:
            self._client = httpx.Client(
                base_url=base_url,
                headers={"Authorization": f"Bearer {secret}", "User-Agent": f"chinwag/{__version__}"},
                timeout=TIMES,
                follow_redirects=False,
                trust_env=not loopback,  # a proxy would get the token in the clear
            )
        except (ValueError, ImportError, OSError, httpx.InvalidURL):  # their words may hold a proxy's password
            raise ProviderError(f"no way to {self._host}: see HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE") from None

    def get(self, path: str, params: Mapping[str, str]) -> Answer:
        """Give an answer that is 200 and one JSON object.

        Raises Unanswered where that does not come, however often it is asked for, what `refuse` raises, and Stopped.
        """
        billed = [False]
        try:
            return self._get(path, params, billed)
        except Unanswered as error:
            raise Unanswered(str(error), billed=billed[0]) from None
        except Stopped:
            if billed[0]:
                raise Unanswered("stopped before the answer came again", billed=True) from None
            raise

    def _get(self, path: str, params: Mapping[str, str], billed: list[bool]) -> Answer:
        quota, faults, limits = self._quotas.setdefault(path, Quota()), 0, 0
        while True:
            while seconds := self._unless_stopped(quota.take(self._clock.time())):
                self._clock.wait(seconds)
            found = self._send(path, params, quota)
            if isinstance(found, Answer):
                if found.status == 200 and parsed(found.body) is not None:
                    return found
                if found.status != 200:
                    self._refuse(found)
                if found.status == 429:
                    # What is left is told by the headers; where they do not tell, or clocks differ, this bounds it.
                    quota.hold(found.at + min(2.0**limits, LONGEST))
                    limits += 1
                    if limits == LIMITED:
                        raise Unanswered(f"{self._host} answers {limits} times that there are too many requests")
                    continue
                no_json = found.status == 200
                found = Broken("an answer that is no JSON object" if no_json else f"HTTP {found.status}", no_json)
            faults, billed[0] = faults + 1, billed[0] or found.billed
            if faults == TRIES:
                raise Unanswered(f"{self._host} gives no answer in {faults} tries; the last time: {found.words}")
            self._clock.wait(self._unless_stopped(2.0 ** (faults - 1)))

    def tell(self, say: Callable[[str], None]) -> None:
        """Say where a long wait begins."""
        self._ending.say = say

    def stop(self) -> None:
        """End all waiting, and begin no request."""
        self._ending.stop()

    def close(self) -> None:
        """Let go of the connections."""
        self._ending.stop()
        self._client.close()

    def _unless_stopped(self, seconds: float) -> float:
        if self._ending.stopped:
            raise Stopped
        return seconds

    def _send(self, path: str, params: Mapping[str, str], quota: Quota) -> Answer | Broken:
        """Send a request once; where no whole answer comes, say why."""
        deadline = time.monotonic() + SLOWEST
        body, begun = bytearray(), False
        try:
            with self._client.stream("GET", path, params=params) as response:
                begun = response.status_code == 200
                quota.note(response.headers, self._clock.time())
                for block in response.iter_bytes():
                    body += block
                    if len(body) > LARGEST:
                        raise ProviderError(f"{self._host} sends more than {LARGEST >> 20} MiB in one answer")
                    if time.monotonic() > deadline:
                        return Broken(f"an answer that takes longer than {SLOWEST:.0f} seconds", begun)
                whole = bytes(body).replace(self._secret, b"[token]")
                return Answer(str(response.url), response.status_code, whole, self._clock.time())
        except httpx.RequestError as error:  # its own words are left out: they are not ours to vouch for
            known = (words for kind, words in BROKEN.items() if isinstance(error, kind))
            return Broken(next(known, "a broken connection"), begun)


def _checked(base_url: str) -> tuple[str, bool]:
    """Give the host of an address, and whether it is this machine; raises UsageError where no token may be sent to."""
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise UsageError("the base URL is no address; write it as https://api.x.com") from None
    if not host or parts.username is not None or parts.query or parts.fragment or parts.scheme not in ("http", "https"):
        raise UsageError("the base URL must be https://HOST, without a name, a password or a query in it")
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if parts.scheme == "http" and not loopback:
        raise UsageError(f"http://{host} would send the token in the clear; write https://{host}")
    return host, loopback


def parsed(body: bytes) -> dict[str, Any] | None:
    """Give the one JSON object of a body, with faults in its text mended; None where it is something else, or cut."""
    try:
        found = [msgspec.json.decode(body)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = list(objects(body))
    return found[0] if len(found) == 1 and isinstance(found[0], dict) else None
