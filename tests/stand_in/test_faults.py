"""Hold the stand-in to its limits, its bill, and to what it is told to do wrong."""

import gzip
import http.client
import socket

import httpx
import pytest

from tests.stand_in.asking import ANSWER, BEARER, LONG, PARENT, QUOTE, ROOT, SMALL, WORLD, asking, found
from tests.stand_in.server import TOKEN, Clock, Fault, StandIn
from tests.stand_in.tweets import DAY, START, thread, world


def test_windows_hold_so_many_requests_and_say_so() -> None:
    clock = Clock()
    with asking(clock=clock, limits={"lookup": 2}) as ask:
        left = [ask.get("/2/tweets", ids=1).headers["x-rate-limit-remaining"] for _ in range(2)]
        assert left == ["1", "0"]
        assert ask.get("/2/tweets/1").headers["x-rate-limit-limit"] == "450"
        refused = ask.get("/2/tweets", ids=1)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (429, 88)
        assert refused.headers["x-rate-limit-remaining"] == "0"
        clock.wait(int(refused.headers["x-rate-limit-reset"]) - clock.now)
        assert ask.get("/2/tweets", ids=1).status_code == 200
        assert ask.stand_in.billed.requests == 4


def test_the_archive_is_searched_once_a_second() -> None:
    clock = Clock()
    with asking(clock=clock, one_a_second=True) as ask:
        statuses = []
        for wait in (0, 0.5, 0.5, 0.9):
            clock.wait(wait)
            answer = ask.get("/2/tweets/search/all", query="x")
            statuses.append(answer.status_code)
            assert int(answer.headers["x-rate-limit-remaining"]) > 0
        assert statuses == [200, 429, 200, 429]
        assert ask.get("/2/tweets/search/recent", query="x").status_code == 200


def test_a_credit_runs_out() -> None:
    with asking(credit=3) as ask:
        assert ask.get("/2/tweets", ids=f"{ROOT},{PARENT}").status_code == 200
        assert ask.get("/2/tweets", ids=f"{ROOT},{PARENT},{LONG}").status_code == 200
        refused = ask.get("/2/tweets", ids=QUOTE)
        assert (refused.status_code, refused.json()["title"]) == (402, "CreditsDepleted")
        assert (ask.stand_in.billed.requests, ask.stand_in.billed.posts_unique_per_day) == (2, 3)


def test_a_post_is_paid_once_a_day() -> None:
    clock = Clock(START + DAY / 2)
    with asking(clock=clock) as ask:
        for wait in (0, DAY / 2 - 1, 1):
            clock.wait(wait)
            ask.tweets([ANSWER], expansions="referenced_tweets.id,author_id")
        bill = ask.stand_in.billed
        assert (bill.requests, bill.posts, bill.posts_unique_per_day) == (3, 6, 4)
        assert (bill.users, bill.users_unique_per_day) == (3, 2)
        ask.stand_in.settings.bills_includes = False
        ask.tweets([QUOTE], expansions="referenced_tweets.id")
        assert bill.posts == 7
        assert ask.stand_in.requests[-1].posts == (QUOTE,)


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (Fault(status=500), 500, b'"Internal Server Error"'),
        (Fault(status=503, headers={"Retry-After": "5"}), 503, b'"Service Unavailable"'),
        (Fault(status=429), 429, b'{"errors":[{"code":88,'),
        (Fault(status=402), 402, b'"CreditsDepleted"'),
        (Fault(status=403), 403, b"client-forbidden"),
        (Fault(status=429, problem="usage-capped"), 429, b"problems/usage-capped"),
        (Fault(status=401, body=b""), 401, b""),
        (Fault(body=b"<html>busy"), 200, b"<html>busy"),
    ],
)
def test_a_fault_is_one_answer_and_no_more(fault: Fault, status: int, body: bytes) -> None:
    with asking(faults=[fault]) as ask:
        answer = ask.get("/2/tweets", ids=ROOT)
        assert answer.status_code == status
        assert body in answer.content
        assert fault.headers.items() <= {name.title(): value for name, value in answer.headers.items()}.items()
        assert ask.stand_in.billed.requests == 0
        assert found(ask.tweets([ROOT])) == [ROOT]
        assert ask.stand_in.asked_again() == set()


@pytest.mark.parametrize("fault", [Fault(cut=0), Fault(cut=30), Fault(close=True)], ids=repr)
def test_connections_break(fault: Fault) -> None:
    with asking(faults=[fault]) as ask:
        with pytest.raises(httpx.RemoteProtocolError):
            ask.tweets([ROOT])
        assert found(ask.tweets([ROOT])) == [ROOT]
        broken, whole = ask.stand_in.requests
        assert (broken.whole, broken.status) == (False, None if fault.close else 200)
        assert whole.whole
        assert whole.connection != broken.connection
        assert ask.stand_in.billed.requests == (1 if fault.close else 2)


def test_a_body_may_end_too_soon_and_fields_and_ids_be_lost() -> None:
    with asking() as ask:
        whole = ask.get("/2/tweets", ids=ROOT, **{"tweet.fields": "author_id"}).content
        ask.stand_in.faults.extend([
            Fault(short=30), Fault(drop_fields={"author_id"}), Fault(lost_fields={"author_id"}), Fault(forget={ROOT}),
        ])  # fmt: skip
        asked = {"ids": f"{ROOT},{QUOTE}", "tweet.fields": "author_id"}
        assert ask.get("/2/tweets", **asked).content == whole[:30]
        dropped, lost, forgotten = (ask.get("/2/tweets", **asked).json() for _ in range(3))
        assert "errors" not in dropped
        assert [one.keys() for one in dropped["data"]] == [{"id", "text"}] * 2
        assert lost["data"] == dropped["data"]
        assert lost["errors"][0]["type"].endswith("/field-hydration-failure")
        assert found(forgotten) == [QUOTE]
        assert "errors" not in forgotten
        ask.stand_in.settings.drop_fields = {"lang", "author_id"}
        assert ask.get("/2/tweets", **asked).json() == dropped


def test_a_slow_answer_comes_too_late_and_holds_nothing_up() -> None:
    with asking(faults=[Fault(slow=60)]) as ask:
        with pytest.raises(httpx.ReadTimeout):
            ask.client.get("/2/tweets", params={"ids": ROOT}, timeout=0.05)
        assert found(ask.tweets([ROOT])) == [ROOT]
        assert ask.stand_in.requests[0].whole is False


def test_answers_are_compressed_for_those_who_take_it() -> None:
    with asking(WORLD, compressed=True) as ask:
        host, port = ask.stand_in.url.removeprefix("http://").split(":")
        raw = http.client.HTTPConnection(host, int(port))
        raw.request("GET", f"/2/tweets?ids={WORLD[0].id}", headers={**BEARER, "Accept-Encoding": "gzip"})
        packed = raw.getresponse().read()
        raw.close()
        assert gzip.decompress(packed) == ask.get("/2/tweets", ids=WORLD[0].id).content


def test_an_answer_that_the_client_did_not_take_is_not_whole() -> None:
    ids = ",".join(str(one.id) for one in WORLD[:100])
    line = f"GET /2/tweets?ids={ids} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode()
    with StandIn(WORLD) as stand_in:
        address = stand_in.url.removeprefix("http://").split(":")
        for taken in (1, 1 << 20):
            with socket.create_connection((address[0], int(address[1]))) as raw:
                raw.sendall(line)
                held = raw.recv(1)
                while len(held) < taken and b"]}" not in held[-4:]:
                    held += raw.recv(1 << 16)
                stand_in.wait_for(1 if taken == 1 else 2)
        stand_in.settle()
        assert [one.whole for one in stand_in.requests] == [False, True]
        assert stand_in.asked_again() == set()


def test_ids_that_are_asked_again_are_told() -> None:
    with asking(gone={5: "internal-error"}) as ask:
        for ids in ([ROOT, 5], [PARENT, 5], [ROOT]):
            ask.tweets(ids)
        assert ask.stand_in.asked_again() == {ROOT}
        assert ask.stand_in.requests[1].ids == (PARENT, 5)
        assert len({one.connection for one in ask.stand_in.requests}) == 1


def test_worlds_are_the_same_for_the_same_seed_and_of_all_kinds() -> None:
    assert world(7, 400) == WORLD
    assert world(8, 400) != WORLD
    assert len({version for one in WORLD for version in one.ids}) == sum(len(one.ids) for one in WORLD)
    by_id = {version: one for one in WORLD for version in one.ids}
    assert all(one.reply_to_id in by_id and one.reply_to_id < one.ids[0] for one in WORLD if one.reply_to_id)
    assert all(one.quoted_id in by_id for one in WORLD if one.quoted_id)
    assert all(one.root_id == by_id[one.reply_to_id].root_id for one in WORLD if one.reply_to_id)
    kinds = [one.long for one in WORLD], [len(one.ids) > 1 for one in WORLD], [bool(one.photos) for one in WORLD]
    assert all(0 < sum(kind) < len(WORLD) / 4 for kind in kinds)
    assert thread(3, 12)[0].root_id == thread(3, 12)[0].ids[0]
    assert len(thread(3, 12)) == 12


def test_what_goes_wrong_inside_is_told_at_the_end() -> None:
    stand_in = StandIn(SMALL, limits={"lookup": "many"})
    with pytest.raises(TypeError), stand_in, pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{stand_in.url}/2/tweets?ids=1", headers=BEARER)
