"""Stand in for the X API on this machine, over sockets, with synthetic tweets: a server that tests may aim at.

It does what is known of the API, in both dialects, and on demand what goes wrong with it: see `Fault` and `Settings`.
"""

import gzip
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Self

import msgspec

from tests.stand_in import problems
from tests.stand_in.accounts import Bill
from tests.stand_in.faults import Asked, Clock, Fault, Settings
from tests.stand_in.service import Service, understood
from tests.stand_in.tweets import Tweet, World

__all__ = ["Asked", "Bill", "Clock", "Fault", "Settings", "StandIn"]
TOKEN = "stand-in-token"
NONE: Mapping[int, str] = {}


class StandIn:
    """Serve synthetic tweets as the X API does, while the context lasts.

    `requests` are those that came, in that order; `faults` spoil the next answers, one each; `gone`, `settings` and
    `bill` may be looked at and changed between requests. What the stand-in itself does wrong is raised at its end.
    """

    def __init__(
        self,
        tweets: Iterable[Tweet],
        *,
        gone: Mapping[int, str] = NONE,
        clock: Callable[[], float] = time.time,
        token: str = TOKEN,
        user_token: str = "token-of-a-user",
        faults: Iterable[Fault] = (),
        **settings: Any,
    ) -> None:
        self.world = World(list(tweets), dict(gone))
        self.gone, self.token, self.clock = self.world.gone, token, clock
        self.settings = Settings(**settings)
        self.service = Service(self.world, self.settings, clock, token, user_token)
        self.requests: list[Asked] = []
        self.faults: deque[Fault] = deque(faults)
        self.errors: list[BaseException] = []
        self.changed = threading.Condition()  # guards requests, faults, accounts and connections
        self.ending = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def billed(self) -> Bill:
        return self.service.bill

    @property
    def kinds(self) -> list[str]:
        return [one.kind for one in self.requests]

    def asked_again(self) -> set[int]:
        """Give the ids that were asked for after an answer about them was taken whole, though nothing failed with them.

        A client that is killed has one answer or so for each of its connections that it took but did not keep.
        """
        answered: set[int] = set()
        again: set[int] = set()
        for one in self.requests:
            again |= answered & {*one.ids}
            answered |= (
                {*one.ids} if one.whole and one.status == 200 and not (one.fault and one.fault.spoils) else set()
            )
        return {one for one in again if self.gone.get(one) != "internal-error"}

    def wait_for(self, count: int, within: float = 30.0) -> None:
        """Wait until so many requests have come."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.requests) >= count, within):
                raise TimeoutError(f"{len(self.requests)} requests have come, not {count}")

    def settle(self, within: float = 10.0) -> None:
        """Wait until no client is connected any more: only then is it known what answers were taken whole."""
        with self.changed:
            if not self.changed.wait_for(lambda: not self._server.connected, within):
                raise TimeoutError(f"{len(self._server.connected)} connections are still open")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if self.errors and error is None:
            raise self.errors[0]

    def close(self) -> None:
        """End all connections and threads."""
        self.ending.set()
        self._server.shutdown()
        self._thread.join()
        self._server.end()
        self._server.server_close()

    def begin(self, target: str, headers: dict[str, str], connection: int) -> Asked:
        """Record a request, and take the fault that is meant for it."""
        kind, path, parameters, ids = understood(target)
        with self.changed:
            made = Asked(len(self.requests), connection, kind, path, parameters, headers, self.clock(), ids)
            made.query = parameters.get("query")
            made.fault = self.faults.popleft() if self.faults else None
            self.requests.append(made)
            self.changed.notify_all()
        return made

    def answer(self, asked: Asked, authorization: str | None) -> tuple[int, bytes, dict[str, str]]:
        """Give status, body and headers of an answer."""
        fault = asked.fault
        if fault and fault.answers:
            return _faulty(fault, asked.time, self.settings.hosts[0])
        status = 200
        try:
            with self.changed:
                body, headers = self.service.answer(asked, authorization)
        except problems.Refused as refused:
            status, body, headers = refused.status, refused.body, refused.headers
        data = msgspec.json.encode(body)
        return status, data[: fault.short] if fault and fault.short is not None else data, headers


def _faulty(fault: Fault, now: float, host: str) -> tuple[int, bytes, dict[str, str]]:
    status = fault.status or 200
    headers = dict(fault.headers)
    body = problems.too_many() if status == 429 and not fault.problem else problems.refusal(status, host, fault.problem)
    if status == 429:
        told = {"x-rate-limit-limit": "450", "x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(now) + 900)}
        headers = told | headers
    return status, msgspec.json.encode(body) if fault.body is None else fault.body, headers


class _Handler(BaseHTTPRequestHandler):
    """Answer the requests of one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together
    server: "_Server"
    last: Asked | None = None

    def handle(self) -> None:
        """Answer until the client ends; a connection that it resets had an answer in it that it did not take."""
        try:
            super().handle()
        except OSError:
            if self.last:
                self.last.whole = False

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()

    def do_GET(self) -> None:
        stand_in = self.server.stand_in
        headers = {name.lower(): value for name, value in self.headers.items()}
        authorization = headers.pop("authorization", None)
        asked = self.last = stand_in.begin(self.path, headers, self.client_address[1])
        fault = asked.fault or Fault()
        slow = fault.slow or stand_in.settings.slow
        if (slow and stand_in.ending.wait(slow)) or fault.close:
            self.close_connection = True
            return
        status, body, more = stand_in.answer(asked, authorization)
        self.send_response(status)
        kind = "application/problem+json" if status >= 400 else "application/json"
        if stand_in.settings.compressed and "gzip" in headers.get("accept-encoding", ""):
            body, more = gzip.compress(body, 1, mtime=0), {**more, "Content-Encoding": "gzip"}
        for name, value in ({"Content-Type": f"{kind}; charset=utf-8"} | more).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        # Said before it is so, for the client may look as soon as it has the answer; `handle` takes it back.
        asked.status, asked.whole = status, fault.cut is None
        self.close_connection = self.close_connection or not asked.whole
        self.wfile.write(body[: fault.cut])
        self.wfile.flush()

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Give the time of the stand-in."""
        return super().date_time_string(timestamp or self.server.stand_in.clock())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(TCPServer):
    """Give each connection a thread, and end them all."""

    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, stand_in: StandIn) -> None:
        self.stand_in = stand_in
        self.connected: dict[socket.socket, threading.Thread] = {}
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(target=self._serve, args=(request, client_address), daemon=True)
        with self.stand_in.changed:
            self.connected[request] = thread
        thread.start()

    def _serve(self, request: socket.socket, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        except Exception as error:  # told to the test, by the stand-in's end
            self.stand_in.errors.append(error)
        finally:
            self.shutdown_request(request)
            with self.stand_in.changed:
                self.connected.pop(request, None)
                self.stand_in.changed.notify_all()

    def end(self) -> None:
        """Let no connection outlive the server."""
        with self.stand_in.changed:
            connected = dict(self.connected)
        for request, thread in connected.items():
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)
            thread.join()
