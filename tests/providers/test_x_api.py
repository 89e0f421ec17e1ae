import json
import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chinwag.errors import ProviderError, Unanswered
from chinwag.providers import FOUND, RETRY, Request, Verdict, x_api
from chinwag.providers._http import LONGEST, TRIES
from chinwag.providers.x_api import XApi
from tests.providers.asking_x import (
    ANSWERS,
    ROOT,
    SECRET,
    THREAD,
    Made,
    answered,
    lookup,
    opened,
)
from tests.sources.reading_back import read_back
from tests.stand_in.accounts import WINDOW
from tests.stand_in.server import Clock, Fault, StandIn
from tests.stand_in.tweets import DAY, START, Tweet, snowflake


@pytest.fixture
def made() -> Iterator[Made]:
    with opened() as found:
        yield found


# What is asked, and what comes.


def test_a_lookup_gives_the_tweets_and_what_they_answer(made: Made) -> None:
    server, api, clock = made
    page, verdict = answered(api, lookup(*ANSWERS[:10]))
    asked = server.requests[0].parameters
    assert asked["ids"] == ",".join(str(one.id) for one in ANSWERS[:10])
    assert asked["expansions"] == "referenced_tweets.id"
    assert asked["tweet.fields"] == x_api.FIELDS
    assert {one["id"] for one in page["data"]} == {str(one.id) for one in ANSWERS[:10]}
    assert page["includes"].keys() == {"tweets"}
    assert verdict.posts == server.billed.posts < len(page["data"]) + len(page["includes"]["tweets"])
    assert verdict.outcomes == {one.id: FOUND for one in ANSWERS[:10]}
    assert (verdict.token, verdict.oldest_id) == (None, None)
    assert server.billed.users == 0
    assert not clock.waits


def test_an_answer_is_one_line_as_it_came_with_the_note_of_twarc(made: Made) -> None:
    server, api, _ = made
    raw = b'\xef\xbb\xbf{"data": [],\r\n "title":"t\xc3\xa4\\u00e4 \xff"\n} \r\n'
    server.faults.append(Fault(body=raw))
    answer = api.ask(lookup(ROOT))
    kept, note = answer.split(b',"__twarc":')
    assert kept == b'{"data": [],   "title":"t\xc3\xa4\\u00e4 \xff" '
    assert answer.count(b"\n") == 1
    told = json.loads(note[:-2])
    assert told["url"].startswith(f"{server.url}/2/tweets?ids={ROOT.id}")
    assert told["version"].startswith("chinwag ")
    assert told["retrieved_at"] == "2026-11-02T00:00:00+00:00"


def test_an_empty_answer_is_a_line_too(made: Made) -> None:
    server, api, _ = made
    server.faults.append(Fault(body=b"{ }"))
    answer = api.ask(lookup(ROOT))
    assert json.loads(answer).keys() == {"__twarc"}
    assert api.verdict(lookup(ROOT), answer) == Verdict(outcomes={ROOT.id: RETRY})  # it says nothing of what was asked


def test_answers_are_read_as_any_file_of_twarc_is(made: Made) -> None:
    server, api, _ = made
    page = Request((ROOT.id,), archive="all", limit=500)
    lines = api.ask(lookup(*THREAD[:20])) + api.ask(page)
    found = read_back({"0.jsonl": lines})
    assert {row["source"] for row in found.sightings} == {"v2"}
    assert {row["id"] for row in found.sightings} >= {one.id for one in ANSWERS}
    assert not found.rejects
    assert {row["seen_at"].timestamp() for row in found.sightings} == {START + DAY, server.requests[1].time}


def test_an_edited_tweet_is_found_under_each_of_its_ids(made: Made) -> None:
    first = snowflake(START)
    versions = (first, first + (60_000 << 22), first + (120_000 << 22))
    with StandIn([Tweet(versions[-1], 11, "tea", versions=versions)]) as server:
        api = XApi(server.url, SECRET, made[2])
        request = Request((versions[1],))
        page, verdict = answered(api, request)
        api.close()
    assert page["data"][0]["id"] == str(versions[-1])
    assert verdict.outcomes == {versions[1]: FOUND}


# Pages of conversations.


@pytest.mark.parametrize(("archive", "count", "longest"), [("recent", 13, 512), ("all", 26, 1024)])
def test_so_many_conversations_as_fit_are_asked_for_at_once(made: Made, archive: str, count: int, longest: int) -> None:
    server, api, _ = made
    assert x_api.packed(archive) == count
    roots = tuple(range(10**18, 10**18 + count))
    api.ask(Request((ROOT.id, *roots[1:]), archive=archive, limit=100))
    query = server.requests[0].query or ""
    assert query.startswith(f"conversation_id:{ROOT.id} OR conversation_id:{roots[1]} OR ")
    assert longest - 40 < len(query) <= longest
    with pytest.raises(ProviderError, match=f"`query` is .* characters long, the most is {longest}"):
        api.ask(Request((*roots, 10**18), archive=archive, limit=100))


@pytest.mark.parametrize("archive", ["recent", "all"])
def test_pages_go_on_to_the_end_of_the_conversation(made: Made, archive: str) -> None:
    server, api, _ = made
    server.settings.short_pages = True
    request = Request((ROOT.id,), archive=archive, limit=10)
    found: list[str] = []
    posts = 0
    while True:
        page, verdict = answered(api, request)
        found += [one["id"] for one in page.get("data", ())]
        posts += verdict.posts
        assert "includes" not in page
        assert not verdict.outcomes
        if verdict.token is None:
            break
        request = replace(request, token=verdict.token, until_id=verdict.oldest_id or request.until_id)
    assert found == [str(one.id) for one in reversed(ANSWERS)]
    assert posts == len(found) == server.billed.posts
    assert ["until_id" in one.parameters for one in server.requests] == [False] * len(server.requests)


@pytest.mark.parametrize(
    ("archive", "limit", "size"),
    [("recent", 0, "10"), ("recent", 37, "37"), ("recent", 101, "100"), ("all", 9, "10"), ("all", 501, "500")],
)
def test_pages_are_as_large_as_may_be_and_as_x_allows(made: Made, archive: str, limit: int, size: str) -> None:
    server, api, _ = made
    api.ask(Request((ROOT.id,), archive=archive, limit=limit))
    assert server.requests[0].parameters["max_results"] == size


def test_the_full_archive_is_searched_from_its_beginning() -> None:
    clock = Clock(START + 400 * DAY)
    with StandIn(THREAD, clock=clock.time) as server:
        api = XApi(server.url, SECRET, clock)
        page, verdict = answered(api, Request((ROOT.id,), archive="all", limit=500))
        api.close()
    assert len(page["data"]) == len(ANSWERS)
    assert verdict.oldest_id == ANSWERS[0].id


@pytest.mark.parametrize("archive", ["recent", "all"])
def test_where_a_token_is_refused_it_goes_on_by_the_oldest_id(made: Made, archive: str) -> None:
    server, api, clock = made
    request = Request((ROOT.id,), archive=archive, limit=10)
    first, verdict = answered(api, request)
    server.settings.refuse_tokens = True
    request = replace(request, token=verdict.token, until_id=verdict.oldest_id)
    second, _ = answered(api, request)
    assert [one.status for one in server.requests] == [200, 400, 200]
    assert server.requests[2].parameters["until_id"] == str(verdict.oldest_id)
    assert "next_token" not in server.requests[2].parameters
    ids = [one["id"] for page in (first, second) for one in page["data"]]
    assert ids == [str(one.id) for one in reversed(ANSWERS)][:20]
    assert max(clock.waits, default=0) < 2
    again, _ = answered(api, replace(request, until_id=None))  # nothing was found before: it begins anew
    assert again["data"] == first["data"]


def test_only_the_oldest_id_does_too(made: Made) -> None:
    server, api, _ = made
    page, _ = answered(api, Request((ROOT.id,), archive="all", limit=100, until_id=ANSWERS[3].id))
    assert [one["id"] for one in page["data"]] == [str(one.id) for one in reversed(ANSWERS[:3])]
    assert "next_token" not in server.requests[0].parameters


# Refusals of whole requests.


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(status=401), r"^X refuses the token; see whether X_BEARER_TOKEN .* \(HTTP 401\): Unauthorized$"),
        (
            Fault(status=402),
            r"^the credit at X is spent; buy more .*: the same command goes on then where .*\(HTTP 402",
        ),
        (Fault(status=402, body=b"<html>"), r"^the credit at X is spent.* \(HTTP 402\)$"),
        (Fault(status=403, problem="x"), r"^X does not allow this; see .* \(HTTP 403\): Forbidden: x\.$"),
        (Fault(status=403, body=b"<html>"), r"^X does not allow this; see .* \(HTTP 403\)$"),
        (Fault(status=403, problem="client-forbidden"), "^X does not serve this app; see .*: Forbidden: client-forb"),
        (Fault(status=403), "^X does not serve this app; see .*: This client is not enrolled"),
        (Fault(status=429, problem="usage-capped"), "^the app's cap is used up; .* goes on then where this one stops"),
        (Fault(status=403, problem="usage-capped"), "^the app's cap is used up"),
        (Fault(status=400, problem="invalid-request"), r"^X takes the request for invalid \(HTTP 400\): Invalid Req"),
        (Fault(status=400), r"^X takes the request for invalid \(HTTP 400\): Invalid Request$"),
        (Fault(status=404), r"^X refuses; see whether the base URL is right \(HTTP 404\): Not Found$"),
        (Fault(status=307), r"^the base URL leads elsewhere \(HTTP 307\), and the token is not sent there$"),
    ],
)
def test_a_refusal_stops_the_run_at_once_with_one_line(made: Made, fault: Fault, words: str) -> None:
    server, api, clock = made
    server.faults.append(fault)
    with pytest.raises(ProviderError, match=words) as caught:
        api.ask(lookup(ROOT))
    assert not isinstance(caught.value, Unanswered)
    assert "\n" not in str(caught.value)
    assert len(server.requests) == 1
    assert not clock.waits
    assert answered(api, lookup(ROOT))[1].outcomes == {ROOT.id: FOUND}  # the asker is as good as before


def test_a_spent_credit_stops_the_run(made: Made) -> None:
    server, api, _ = made
    server.settings.credit = 1
    api.ask(lookup(ROOT))
    with pytest.raises(ProviderError, match=r"credit .* \(HTTP 402\): Your enrolled account \[1\] does not have"):
        api.ask(lookup(ROOT))


def test_a_wrong_token_is_refused_and_not_shown(made: Made, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api = XApi(made[0].url, "made-up-token", made[2])
    with pytest.raises(ProviderError, match="HTTP 401") as caught:
        api.ask(lookup(ROOT))
    api.close()
    said = [str(caught.value), repr(api), *traceback.format_exception(caught.value), caplog.text]
    assert not [words for words in said if "made-up-token" in words]


def test_what_x_says_is_one_printable_line_of_some_length(made: Made) -> None:
    server, api, _ = made
    said = {"detail": "tea\n\x1b[31m" + "x" * 1000, "title": 5, "errors": [{"message": ["a"]}, 7]}
    server.faults.append(Fault(status=400, body=json.dumps(said).encode()))
    with pytest.raises(ProviderError, match=r": tea \\x1b\[31mxxx") as caught:
        api.ask(lookup(ROOT))
    assert len(str(caught.value)) < 500


# Quotas and faults, as X tells them; how long what is waited for is tested with the sender.


def test_nothing_is_asked_of_a_spent_window(made: Made) -> None:
    server, api, clock = made
    server.settings.limits = {"lookup": 1, "recent": 1, "all": 300}
    for _ in range(2):
        api.ask(lookup(ROOT))
        api.ask(Request((ROOT.id,), archive="recent"))
    assert [one.status for one in server.requests] == [200] * 4
    assert clock.waits == [WINDOW]


def test_a_429_with_nothing_left_waits_for_the_window(made: Made) -> None:
    server, api, clock = made
    reset = {"x-rate-limit-reset": str(int(clock.now) + 10**6)}
    server.faults.extend([Fault(status=429), Fault(status=429, headers=reset)])
    api.ask(lookup(ROOT))
    assert clock.waits == [900.0, LONGEST]


def test_the_full_archive_is_asked_once_a_second(made: Made) -> None:
    server, api, clock = made
    for _ in range(3):
        api.ask(Request((ROOT.id,), archive="all"))
    assert [one.status for one in server.requests] == [200] * 3
    assert len(clock.waits) == 2
    assert all(1 <= seconds < 1.5 for seconds in clock.waits)


def test_a_429_of_the_full_archive_with_something_left_waits_a_second(made: Made) -> None:
    server, api, clock = made
    other = XApi(server.url, SECRET, clock)
    other.ask(Request((ROOT.id,), archive="all"))
    api.ask(Request((ROOT.id,), archive="all"))
    other.close()
    assert [one.status for one in server.requests] == [200, 429, 200]
    assert sum(clock.waits) < 2


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(close=True), Fault(cut=50), Fault(body=b"<html>")])
def test_a_request_that_is_not_answered_does_not_end_the_others(made: Made, fault: Fault) -> None:
    server, api, clock = made
    server.faults.extend([fault] * TRIES)
    with pytest.raises(Unanswered):
        api.ask(lookup(ROOT))
    assert clock.waits == [2.0**number for number in range(TRIES - 1)]
    assert answered(api, lookup(ROOT))[1].outcomes == {ROOT.id: FOUND}


# The token.


@pytest.mark.parametrize("token", [None, "", "  "])
def test_without_a_token_nothing_is_opened(token: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if token is None:
        monkeypatch.delenv("X_BEARER_TOKEN", raising=False)
    else:
        monkeypatch.setenv("X_BEARER_TOKEN", token)
    with pytest.raises(ProviderError, match=r"^X_BEARER_TOKEN is not set; put the app's Bearer token"):
        x_api.open()


@pytest.mark.parametrize("token", ["Bearer abc", "abc\ndef", "abc\u00e9", "\N{ZERO WIDTH SPACE}abc"])
def test_what_is_no_token_is_not_shown(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_BEARER_TOKEN", token)
    with pytest.raises(ProviderError, match=r"^X_BEARER_TOKEN holds no token") as caught:
        x_api.open()
    assert "abc" not in str(caught.value)


def test_the_token_is_read_from_the_environment(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_BEARER_TOKEN", f" {SECRET}\n")
    api = x_api.open(base_url=made[0].url)
    answer = api.ask(lookup(ROOT))
    assert api.verdict(lookup(ROOT), answer).outcomes == {ROOT.id: FOUND}
    assert SECRET.encode() not in answer
    api.stop()
    api.close()
    x_api.open().close()
