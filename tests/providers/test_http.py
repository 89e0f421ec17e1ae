import gzip
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.errors import ProviderError, Unanswered, UsageError
from chinwag.providers import Stopped, _http
from chinwag.providers._http import LIMITED, LONGEST, TRIES, Answer, Quota, Sender, parsed
from tests.stand_in.accounts import WINDOW, Windows
from tests.stand_in.server import Clock, Fault, StandIn
from tests.stand_in.tweets import world

SECRET = "stand-in-token"
TWEETS = world(1, 20)
ASKED = {"ids": str(TWEETS[0].id)}
PATH = "/2/tweets"
Made = tuple[StandIn, Sender, Clock]


class Refusal(Exception):
    """Stand for what a provider raises."""


def refuse(answer: Answer) -> None:
    if answer.status not in (204, 429, 500, 503):
        raise Refusal(answer.status)


@pytest.fixture
def made() -> Iterator[Made]:
    clock = Clock()
    with StandIn(TWEETS, clock=clock.time) as server:
        sender = Sender(server.url, SECRET, refuse, clock=clock)
        try:
            yield server, sender, clock
        finally:
            sender.close()


def told(left: int, reset: float) -> dict[str, str]:
    return {"x-rate-limit-limit": "450", "x-rate-limit-remaining": str(left), "x-rate-limit-reset": str(int(reset))}


def body_of(sender: Sender) -> str:
    return sender.get(PATH, ASKED).body.decode()


# What may help is sent again.

PASSING = {
    "500": (Fault(status=500), "HTTP 500"),
    "503": (Fault(status=503, body=b"<html>"), "HTTP 503"),
    "204": (Fault(status=204, body=b""), "HTTP 204"),
    "no answer at all": (Fault(close=True), "a broken connection"),
    "a cut connection": (Fault(cut=20), "a broken connection"),
    "a cut body, sent as if whole": (Fault(short=20), "an answer that is no JSON object"),
    "a page for people": (Fault(body=b"<html>"), "an answer that is no JSON object"),
    "an empty body": (Fault(body=b""), "an answer that is no JSON object"),
    "a list": (Fault(body=b"[]"), "an answer that is no JSON object"),
    "two objects": (Fault(body=b"{}{}"), "an answer that is no JSON object"),
    "a body that is not packed as it says": (
        Fault(body=b'{"data":[]}', headers={"Content-Encoding": "gzip"}),
        "a damaged answer",
    ),
}


@pytest.mark.parametrize(("fault", "words"), PASSING.values(), ids=PASSING)
def test_what_passes_is_waited_for_longer_and_longer(made: Made, fault: Fault, words: str) -> None:
    server, sender, clock = made
    server.faults.extend([fault] * 3)
    assert "data" in body_of(sender)
    assert clock.waits == [1.0, 2.0, 4.0]
    server.faults.extend([fault] * TRIES)
    with pytest.raises(Unanswered, match=rf"^127\.0\.0\.1 gives no answer in {TRIES} tries; the last time: {words}$"):
        body_of(sender)
    assert len(server.requests) == 4 + TRIES
    assert not server.faults
    assert "data" in body_of(sender)


def test_slow_answers_are_not_waited_for(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    server, _, clock = made
    monkeypatch.setattr(_http, "TIMES", httpx.Timeout(0.05))
    sender = Sender(server.url, SECRET, refuse, clock=clock)
    server.faults.append(Fault(slow=100))
    assert "data" in body_of(sender)
    assert clock.waits == [1.0]
    server.faults.extend([Fault(slow=100)] * TRIES)
    with pytest.raises(Unanswered, match="no answer in time"):
        body_of(sender)
    sender.close()


def test_answers_that_drip_are_not_waited_for(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http, "SLOWEST", -1.0)
    with pytest.raises(Unanswered, match="an answer that takes longer than -1 seconds"):
        body_of(made[1])


def test_nobody_there_is_no_answer() -> None:
    with StandIn([]) as server:
        url = server.url
    clock = Clock()
    sender = Sender(url, SECRET, refuse, clock=clock)
    with pytest.raises(Unanswered, match=r"the last time: no connection$"):
        body_of(sender)
    assert clock.waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]
    sender.close()


@pytest.mark.parametrize("packed", [False, True])
def test_a_body_without_end_is_refused_at_once(made: Made, monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    server, sender, _ = made
    monkeypatch.setattr(_http, "LARGEST", 1 << 20)
    bomb = b'{"data":"' + bytes(3 << 20)
    fault = Fault(body=gzip.compress(bomb), headers={"Content-Encoding": "gzip"}) if packed else Fault(body=bomb)
    server.faults.append(fault)
    with pytest.raises(ProviderError, match="sends more than 1 MiB in one answer") as caught:
        body_of(sender)
    assert not isinstance(caught.value, Unanswered)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(made: Made, status: int) -> None:
    server, sender, _ = made
    server.faults.append(Fault(status=status, headers={"Location": server.url + "/2/elsewhere"}))
    with pytest.raises(Refusal, match=str(status)):
        body_of(sender)
    assert len(server.requests) == 1


def test_text_with_faults_is_no_broken_answer(made: Made) -> None:
    server, sender, clock = made
    for body in (b'{"data":"\\ud83d"}', b'{"data":"\xff"}', b'\xef\xbb\xbf{"data":"tea\n"}', b' {"data":1}\n'):
        server.faults.append(Fault(body=body))
        assert sender.get(PATH, ASKED).body == body
    assert not clock.waits


# Quotas.


def test_a_spent_window_is_waited_for_before_anything_is_asked(made: Made) -> None:
    server, sender, clock = made
    server.settings.limits = {"lookup": 2}
    for _ in range(5):
        body_of(sender)
    assert [one.status for one in server.requests] == [200] * 5
    assert clock.waits == [WINDOW, WINDOW]


def test_each_endpoint_has_a_window_of_its_own(made: Made) -> None:
    server, sender, clock = made
    server.settings.limits = {"lookup": 1, "recent": 1}
    body_of(sender)
    sender.get("/2/tweets/search/recent", {"query": "tea"})
    assert not clock.waits


def test_too_many_requests_wait_for_the_window(made: Made) -> None:
    server, sender, clock = made
    server.faults.append(Fault(status=429))
    assert "data" in body_of(sender)
    assert clock.waits == [900.0]


def test_no_wait_is_longer_than_a_window(made: Made) -> None:
    server, sender, clock = made
    server.faults.append(Fault(status=429, headers=told(0, clock.now + 100_000)))
    assert "data" in body_of(sender)
    assert clock.waits == [LONGEST]


@pytest.mark.parametrize(
    "headers",
    [
        told(0, 1_000),  # the clocks differ
        told(7, 2e9),  # only too fast
        {"x-rate-limit-remaining": "", "x-rate-limit-reset": ""},
        {"x-rate-limit-remaining": "-1", "x-rate-limit-reset": "soon"},
    ],
)
def test_too_many_requests_without_a_window_wait_longer_and_longer_but_not_for_ever(
    made: Made, headers: dict[str, str]
) -> None:
    server, sender, clock = made
    server.faults.extend([Fault(status=429, headers=headers)] * 3)
    assert "data" in body_of(sender)
    assert clock.waits == [1.0, 2.0, 4.0]
    server.faults.extend([Fault(status=429, headers=headers)] * LIMITED)
    with pytest.raises(Unanswered, match=f"answers {LIMITED} times that there are too many requests"):
        body_of(sender)
    assert sum(clock.waits) > WINDOW
    assert max(clock.waits) == LONGEST


def test_threads_share_a_window(made: Made) -> None:
    server, sender, clock = made
    server.settings.limits = {"lookup": 10}
    body_of(sender)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: body_of(sender), range(9)))
    assert not clock.waits
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: body_of(sender), range(4)))
    assert [one.status for one in server.requests] == [200] * 14
    assert max(clock.waits) == WINDOW


STEPS = st.lists(st.floats(0, 2000, allow_nan=False), max_size=60)


@given(st.integers(1, 4), st.floats(0, 2e9), STEPS)
def test_who_asks_within_the_quota_is_never_refused(limit: int, start: float, steps: list[float]) -> None:
    windows, quota, now = Windows(), Quota(), start
    for step in steps:
        now += step
        while wait := quota.take(now):
            assert wait <= LONGEST
            now += wait
        quota.note(windows.count("lookup", limit, now, one_a_second=False), now)


@given(st.floats(0, 2e9), st.lists(st.floats(0, 3, allow_nan=False), max_size=60))
def test_who_keeps_the_spacing_is_never_refused(start: float, steps: list[float]) -> None:
    windows, quota, now = Windows(), Quota(1.1), start
    for step in steps:
        now += step
        while wait := quota.take(now):
            now += wait
        windows.count("all", 10**6, now, one_a_second=True)


def test_answers_that_overtake_one_another_do_not_give_a_window_more() -> None:
    quota = Quota()
    quota.note(told(1, 900), 0.0)
    quota.note(told(3, 900), 0.0)
    assert [quota.take(1.0), quota.take(1.0)] == [0.0, 899.0]
    quota.note(told(3, 1800), 2.0)
    assert quota.take(2.0) == 0.0


# The end of a run.


def begun(server: StandIn, work: Callable[[], object]) -> threading.Thread:
    """Do something in a thread, and go on once it has sent a request."""
    thread = threading.Thread(target=work)
    thread.start()
    with server.changed:
        assert server.changed.wait_for(lambda: server.requests, 10)
    return thread


@pytest.mark.parametrize("fault", [Fault(status=429), Fault(status=503), Fault(close=True)])
def test_stopping_ends_all_waiting(fault: Fault) -> None:
    with StandIn(TWEETS, faults=[fault] * 20) as server:
        sender = Sender(server.url, SECRET, refuse)  # with the clock of the machine
        ends: list[BaseException] = []

        def ask() -> None:
            try:
                body_of(sender)
            except Stopped as stopped:
                ends.append(stopped)

        threads = [begun(server, ask) for _ in range(3)]
        sender.stop()
        for thread in threads:
            thread.join(10)
        assert len(ends) == 3
        with pytest.raises(Stopped):
            body_of(sender)
        assert len(server.requests) <= 3
        sender.close()


def test_what_is_under_way_is_still_answered() -> None:
    with StandIn(TWEETS, slow=0.2) as server:
        sender = Sender(server.url, SECRET, refuse)
        answers: list[str] = []
        thread = begun(server, lambda: answers.append(body_of(sender)))
        sender.stop()
        thread.join(10)
        assert "data" in answers[0]
        sender.close()


# Whom the token is sent to, and where it is never seen.


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://api.x.com", "http://api.x.com would send the token in the clear; write https://api.x.com"),
        ("http://127.0.0.1.example.org", "in the clear"),
        ("http://10.0.0.1", "in the clear"),
        ("http://localhost.example.org:80", "in the clear"),
        ("ftp://127.0.0.1", "must be https"),
        ("api.x.com", "must be https"),
        ("https://", "must be https"),
        ("https://me:word@api.x.com", "must be https"),
        ("https://api.x.com/?key=word", "must be https"),
        ("https://api.x.com:port", "no address"),
        ("https://[", "no address"),
        ("", "must be https"),
    ],
)
def test_the_token_is_sent_to_nobody_in_the_clear(url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        Sender(url, SECRET, refuse)
    assert "word" not in str(caught.value).replace("a password", "")


@pytest.mark.parametrize("url", ["https://api.x.com", "https://gate.example.org/x/", "http://[::1]:8000"])
def test_addresses_that_do(url: str) -> None:
    Sender(url, SECRET, refuse).close()


def test_a_proxy_gets_nothing_that_is_meant_for_this_machine(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    sender = Sender(made[0].url, SECRET, refuse, clock=made[2])
    assert "data" in body_of(sender)
    sender.close()


@pytest.mark.parametrize("proxy", ["http://me:pass-word@127.0.0.1:1", "gopher://me:pass-word@127.0.0.1", "socks5://["])
def test_what_a_proxy_is_asked_with_is_in_no_error(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ProviderError) as caught:
        body_of(Sender("https://api.example.org", SECRET, refuse, clock=Clock()))
    assert "pass-word" not in "".join(traceback.format_exception(caught.value))


def test_the_token_is_in_nothing_that_comes_out(made: Made, caplog: pytest.LogCaptureFixture) -> None:
    server, sender, _ = made
    caplog.set_level(logging.DEBUG)
    echo = b'{"detail":"' + SECRET.encode() + b'"}'
    found = [repr(sender), repr(vars(sender)["_client"]), body_of(sender)]
    server.faults.append(Fault(body=echo))
    found.append(repr(sender.get(PATH, ASKED)))
    assert "[token]" in found[-1]
    for fault in (Fault(status=401, body=echo), *[Fault(close=True)] * TRIES, *[Fault(body=b"")] * TRIES):
        server.faults.append(fault)
    for _ in range(3):
        with pytest.raises((ProviderError, Refusal)) as caught:
            body_of(sender)
        found += traceback.format_exception(caught.value)
    assert caplog.records
    found += [str(record.__dict__) + record.getMessage() for record in caplog.records]
    assert not [words for words in found if SECRET in words]


def test_a_service_is_told_who_asks(made: Made) -> None:
    server, sender, _ = made
    asked = {"query": "is:reply OR lang:en", "tweet.fields": "id,lang"}
    answer = sender.get("/2/tweets/search/recent", asked)
    assert server.requests[0].headers["user-agent"].startswith("chinwag/")
    assert server.requests[0].parameters == asked
    assert answer.url.startswith(f"{server.url}/2/tweets/search/recent?query=is")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"a":1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a":1}\r\n', {"a": 1}),
        (b'{"a":"\xff"}', {"a": "\N{REPLACEMENT CHARACTER}"}),
        (b"", None),
        (b"{", None),
        (b"null", None),
        (b'{"a":1}{"b":2}', None),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", None),
    ],
)
def test_only_one_object_is_an_answer(body: bytes, found: object) -> None:
    assert parsed(body) == found


@given(st.binary(max_size=300))
def test_no_bytes_break_it(body: bytes) -> None:
    parsed(body)
