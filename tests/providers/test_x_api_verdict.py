import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chinwag.errors import ProviderError
from chinwag.providers import FOUND, RETRY, Request, Verdict, x_api
from chinwag.providers.x_api import XApi
from tests.providers.asking_x import (
    ANSWERS,
    LOST,
    ROOT,
    SECRET,
    THREAD,
    Json,
    Made,
    answered,
    body,
    lookup,
    opened,
    tweet,
)
from tests.stand_in.problems import HOSTS, type_of
from tests.stand_in.server import Clock, Fault, StandIn


@pytest.fixture
def made() -> Iterator[Made]:
    with opened() as found:
        yield found


# Problems of single tweets, each with either host.

GONE = {
    "resource-not-found": "not_found",
    "not-authorized-for-resource": "protected",
    "not-authorized-for-resource:suspended": "suspended",
    "resource-unavailable": "unavailable",
    "disallowed-resource": "withheld",
    "internal-error": RETRY,
    "something-new": "unknown",
}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(("problem", "outcome"), GONE.items())
def test_what_became_of_a_tweet_is_told(made: Made, problem: str, outcome: str, host: str) -> None:
    server, api, _ = made
    server.gone[LOST] = problem
    server.settings.hosts = (host,)
    _, verdict = answered(api, lookup(ROOT, THREAD[5]))
    assert verdict.outcomes == {ROOT.id: FOUND, LOST: outcome}


def test_what_became_of_tweets_that_came_along_is_no_matter(made: Made) -> None:
    server, api, _ = made
    child = next(one for one in ANSWERS if one.reply_to_id == LOST)
    server.gone[LOST] = "resource-not-found"
    page, verdict = answered(api, lookup(child))
    assert page["errors"][0]["resource_id"] == str(LOST)
    assert verdict.outcomes == {child.id: FOUND}


def test_what_is_left_out_without_a_word_is_in_no_outcome(made: Made) -> None:
    server, api, _ = made
    server.faults.append(Fault(forget={LOST}))
    _, verdict = answered(api, lookup(ROOT, THREAD[5]))
    assert verdict.outcomes == {ROOT.id: FOUND}


@pytest.mark.parametrize("kind", x_api.OF_FIELDS)
@pytest.mark.parametrize("host", HOSTS)
def test_a_tweet_that_lost_a_field_is_found(made: Made, kind: str, host: str) -> None:
    server, api, _ = made
    lost = tweet()
    del lost["lang"]
    problem = {
        "type": type_of(kind, host),
        "title": "x",
        "detail": "x",
        "field": "tweet.lang",
        "resource_type": "tweet",
        "resource_id": str(LOST),
    }
    server.faults.append(Fault(body=body(lost, errors=[problem])))
    server.faults.append(Fault(body=body(errors=[problem])))
    assert [answered(api, lookup(THREAD[5]))[1].outcomes for _ in range(2)] == [{LOST: FOUND}, {}]


def test_a_field_that_x_could_not_load_is_not_taken_for_one_it_no_longer_knows(made: Made) -> None:
    server, api, _ = made
    server.faults.append(Fault(lost_fields={"public_metrics"}))
    assert answered(api, lookup(ROOT))[1].outcomes == {ROOT.id: FOUND}


def test_an_internal_error_that_names_nobody_is_one_of_all_that_did_not_come(made: Made) -> None:
    server, api, _ = made
    problem = {"type": type_of("internal-error", HOSTS[1]), "title": "x", "detail": "x"}
    server.faults.append(Fault(body=body(tweet(1), errors=[problem])))
    assert answered(api, Request((1, 2, 3)))[1].outcomes == {1: FOUND, 2: RETRY, 3: RETRY}


def test_a_problem_of_a_user_is_none_of_a_tweet(made: Made) -> None:
    server, api, _ = made
    problem = {"type": type_of("resource-not-found", HOSTS[1]), "resource_type": "user", "resource_id": "2"}
    post = {"type": type_of("resource-not-found", HOSTS[1]), "resource_type": "post", "value": "3"}
    server.faults.append(Fault(body=body(errors=[problem, post])))
    assert answered(api, Request((2, 3)))[1].outcomes == {3: "not_found"}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("invalid-request", "^X takes the request for invalid: The Tweet with ids"),
        ("usage-capped", "^the app's cap is used up; .*: the same command goes on then where this one stops: The"),
        ("client-forbidden", "^X does not serve this app; see .*: The Tweet with ids"),
    ],
)
def test_a_refusal_among_the_problems_stops_the_run(made: Made, problem: str, words: str, host: str) -> None:
    server, api, _ = made
    server.gone[LOST] = problem
    server.settings.hosts = (host,)
    answer = api.ask(lookup(ROOT, THREAD[5]))
    with pytest.raises(ProviderError, match=words):
        api.verdict(lookup(ROOT, THREAD[5]), answer)


# Fields that X leaves out and bills.

LONG = [replace(one, text="long " * 80) for one in ANSWERS[:2]]


@pytest.mark.parametrize(
    "field",
    [*x_api.ALWAYS, "edit_history_tweet_ids", "referenced_tweets", "note_tweet"],
)
def test_fields_that_are_left_out_stop_the_run(field: str) -> None:
    tweets = {one.id: one for one in (*THREAD, *LONG)}
    clock = Clock()
    with StandIn(tweets.values(), clock=clock.time, drop_fields={field}) as server:
        api = XApi(server.url, SECRET, clock)
        answer = api.ask(lookup(*LONG))
        with pytest.raises(ProviderError, match=f"^X left out {field}, though asked for, and bills all the same; stop"):
            api.verdict(lookup(*LONG), answer)
        page = api.ask(request := Request((ROOT.id,), archive="all", limit=500))
        with pytest.raises(ProviderError, match=f"left out {field}, though"):
            api.verdict(request, page)
        server.settings.drop_fields = frozenset()
        assert answered(api, lookup(*LONG))[1].posts
        api.close()


def test_all_that_is_left_out_is_named(made: Made) -> None:
    server, api, _ = made
    server.faults.append(Fault(drop_fields={"lang", "author_id"}))
    answer = api.ask(lookup(ROOT))
    with pytest.raises(ProviderError, match="left out author_id, lang, though"):
        api.verdict(lookup(ROOT), answer)


def test_what_came_along_shows_that_references_are_left_out(made: Made) -> None:
    server, api, _ = made
    server.faults.append(Fault(body=body(tweet(), includes={"tweets": [tweet(1)]})))
    answer = api.ask(lookup(ROOT))
    with pytest.raises(ProviderError, match="left out referenced_tweets, though"):
        api.verdict(lookup(ROOT), answer)


def test_a_page_that_does_not_tell_its_oldest_id_shows_it(made: Made) -> None:
    server, api, _ = made
    server.faults.append(Fault(body=body(tweet(LOST + 1), tweet(), meta={"next_token": "x"})))
    assert answered(api, Request((ROOT.id,), archive="recent"))[1] == Verdict(2, {}, "x", LOST)


def test_the_words_of_posts_are_understood(made: Made) -> None:
    server, api, _ = made
    posts = [
        tweet(LOST, text="long " * 55 + "…", in_reply_to_user_id="1", conversation_id="1", note_post={"text": "long"}),
        tweet(LOST + 1, referenced_posts=[{"type": "replied_to", "id": "1"}]),
    ]
    for post in posts:
        post["edit_history_post_ids"] = [*post.pop("edit_history_tweet_ids"), "77"]
    server.faults.append(Fault(body=body(*posts, includes={"posts": [tweet(1)]})))
    _, verdict = answered(api, Request((LOST, 77)))
    assert verdict == Verdict(3, {LOST: FOUND, 77: FOUND})


ELLIPSIS = "word " * 55 + "word…"
FINE: dict[str, list[Json]] = {
    "no tweets": [],
    "a tweet from before tweets could be edited": [tweet(1_400_000_000_000_000_000, edit_history_tweet_ids=None)],
    "one that begins with a name": [tweet(LOST + number, in_reply_to_user_id="1") for number in range(5)],
    "one answer to what is gone": [tweet(LOST, in_reply_to_user_id="1", conversation_id="1")],
    "one author's own ellipsis": [tweet(text=ELLIPSIS)],
    "ellipses from before there were long tweets": [
        tweet(1_400_000_000_000_000_000 + number, text=ELLIPSIS) for number in range(5)
    ],
    "short ellipses": [tweet(LOST + number, text="tea…") for number in range(5)],
}


@pytest.mark.parametrize("tweets", FINE.values(), ids=FINE)
def test_what_need_not_be_there_is_not_missed(made: Made, tweets: list[Json]) -> None:
    server, api, _ = made
    server.faults.append(Fault(body=body(*tweets)))
    assert answered(api, lookup(ROOT))[1].posts == len(tweets)


def test_authors_own_ellipses_show_nothing_once_a_long_text_came(made: Made) -> None:
    server, api, _ = made
    server.faults.append(Fault(body=body(tweet(note_tweet={"text": "long"}))))
    server.faults.append(Fault(body=body(*(tweet(LOST + number, text=ELLIPSIS) for number in range(5)))))
    assert [answered(api, lookup(ROOT))[1].posts for _ in range(2)] == [1, 5]


# Anything may come.

ODD: list[Any] = [
    None,
    1,
    "x",
    [],
    {},
    [None, 1, "x", [], {}],
    {"id": {}, "tweets": 1, "next_token": 7, "oldest_id": []},
]


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("archive", [None, "all"])
def test_no_shape_of_an_answer_breaks_the_verdict(made: Made, odd: Any, archive: str | None) -> None:
    server, api, _ = made
    keys = [*tweet(), "in_reply_to_user_id", "referenced_tweets", "note_tweet", "edit_history_post_ids", "new"]
    strange = tweet() | dict.fromkeys(keys, odd)
    problems = [dict.fromkeys(("type", "title", "detail", "resource_type", "resource_id", "value", "field"), odd)]
    fine = tweet(referenced_tweets=[])
    pages = [
        body(fine, strange, includes=odd, errors=odd, meta=odd),
        body(fine, includes={"tweets": [strange]}, errors=problems, meta={"next_token": odd, "oldest_id": odd}),
        body(fine, odd, new=odd),
        json.dumps({"data": None if isinstance(odd, list) else odd, "new": odd}).encode(),
    ]
    for page in pages:
        server.faults.append(Fault(body=page))
        request = Request((LOST, 5), archive=archive)
        verdict = api.verdict(request, api.ask(request))
        assert verdict.outcomes.get(LOST, FOUND) in (FOUND, RETRY)
        assert verdict.token in (None, "x")
