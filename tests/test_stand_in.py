"""Hold the stand-in of the X API to what is known of the API."""

import httpx
import pytest

from tests.stand_in import problems
from tests.stand_in.asking import (
    AGAIN,
    ANSWER,
    EDITED,
    FIRST,
    LONG,
    PARENT,
    QUOTE,
    ROOT,
    SMALL,
    WORLD,
    Asking,
    Json,
    asking,
    found,
)
from tests.stand_in.server import TOKEN, Clock, Fault
from tests.stand_in.tweets import DAY, START, Tweet


@pytest.mark.parametrize(
    ("token", "path", "status"),
    [
        (f"Bearer {TOKEN}", "/2/tweets?ids=1", 200),
        ("Bearer token-of-a-user", "/2/tweets?ids=1", 200),
        (f"bearer {TOKEN}", "/2/tweets?ids=1", 401),
        (f"Bearer  {TOKEN}", "/2/tweets?ids=1", 401),
        (TOKEN, "/2/tweets?ids=1", 401),
        (None, "/2/tweets?ids=1", 401),
        ("Bearer token-of-a-user", "/2/tweets/search/recent?query=x", 200),
        ("Bearer token-of-a-user", "/2/tweets/search/all?query=x", 403),
        (f"Bearer {TOKEN}", "/2/tweets/search/all?query=x", 200),
        (f"Bearer {TOKEN}", "/2/users", 404),
    ],
)  # fmt: skip
def test_only_a_bearer_token_is_let_in(token: str | None, path: str, status: int) -> None:
    with asking() as ask:
        headers = {"Authorization": token} if token else {}
        assert httpx.get(ask.stand_in.url + path, headers=headers).status_code == status
        assert [one.status for one in ask.stand_in.requests] == [status]
        assert all("authorization" not in one.headers for one in ask.stand_in.requests)


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/2/tweets", {}),
        ("/2/tweets", {"ids": ""}),
        ("/2/tweets", {"ids": ",".join(["1"] * 101)}),
        ("/2/tweets", {"ids": "1,x"}),
        ("/2/tweets", {"ids": "1" * 20}),
        ("/2/tweets", {"ids": "1", "query": "x"}),
        ("/2/tweets/x", {}),
        ("/2/tweets/search/all", {}),
        ("/2/tweets/search/all", {"query": "x" * 1025}),
        ("/2/tweets/search/recent", {"query": "x" * 513}),
        ("/2/tweets/search/all", {"query": "x", "max_results": 9}),
        ("/2/tweets/search/all", {"query": "x", "max_results": 501}),
        ("/2/tweets/search/recent", {"query": "x", "max_results": 101}),
        ("/2/tweets/search/all", {"query": "x", "until_id": "z"}),
        ("/2/tweets/search/all", {"query": "x", "start_time": "z"}),
        ("/2/tweets/search/all", {"query": "x", "start_time": "2006-03-20T00:00:00Z"}),
        ("/2/tweets/search/recent", {"query": "x", "start_time": "2026-10-01T00:00:00Z"}),
        ("/2/tweets/search/all", {"query": "near:me"}),
        ("/2/tweets/search/all", {"query": "conversation_id:x"}),
        ("/2/tweets/search/all", {"query": "a OR"}),
        ("/2/tweets/search/all", {"query": "(a"}),
        ("/2/tweets/search/all", {"query": "a)"}),
        ("/2/tweets/search/all", {"query": "x", "next_token": "zzz"}),
        ("/2/tweets/search/all", {"query": "x", "next_token": ""}),
        ("/2/tweets/1/quote_tweets", {"max_results": 5, "id": 2}),
    ],
)  # fmt: skip
def test_what_is_out_of_range_is_an_invalid_request_and_costs_nothing(path: str, parameters: Json) -> None:
    with asking() as ask:
        answer = ask.get(path, **parameters)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "invalid-request")
        assert ask.stand_in.billed.requests == 0


def test_queries_ids_and_pages_may_be_as_large_as_said() -> None:
    with asking() as ask:
        assert ask.get("/2/tweets", ids=",".join(map(str, range(100)))).status_code == 200
        assert ask.get("/2/tweets/search/recent", query="x" * 512, max_results=100).status_code == 200
        assert ask.get("/2/tweets/search/all", query="x" * 1024, max_results=500).status_code == 200


def test_only_id_and_text_are_given_unless_more_is_asked_for() -> None:
    with asking() as ask:
        assert ask.tweets([ROOT]) == {"data": [{"id": str(ROOT), "text": "root &amp; &lt;all&gt;"}]}
        (given,) = ask.tweets([ANSWER], tweet_fields="author_id,lang,conversation_id,referenced_tweets")["data"]
        assert given == {
            "id": str(ANSWER),
            "text": "@user2 two",
            "author_id": "1",
            "conversation_id": str(ROOT),
            "lang": "de",
            "referenced_tweets": [{"type": "replied_to", "id": str(PARENT)}],
        }


def test_each_dialect_names_things_its_own_way() -> None:
    with asking() as ask:
        fields = "public_metrics,edit_history_tweet_ids,note_tweet,in_reply_to_user_id"
        (tweet,) = ask.tweets([LONG], tweet_fields=fields)["data"]
        post = ask.tweets(
            [LONG],
            post_fields="public_metrics,note_post",
            expansions="author_id,referenced_posts,in_reply_to_user_id,edit_history_post_ids",
            user_fields="public_metrics",
        )
        assert tweet["note_tweet"] == post["data"][0]["note_post"]
        assert tweet["note_tweet"]["text"] == "@user1 " + "long " * 100
        assert len(tweet["text"]) <= 280
        assert tweet["edit_history_tweet_ids"] == post["data"][0]["edit_history_post_ids"] == [str(LONG)]
        assert "retweet_count" in tweet["public_metrics"]
        assert "repost_count" in post["data"][0]["public_metrics"]
        assert post["data"][0]["referenced_posts"] == [{"type": "replied_to", "id": str(ROOT)}]
        assert [one["id"] for one in post["includes"]["posts"]] == [str(ROOT)]
        assert {one["id"] for one in post["includes"]["users"]} == {"3", "1"}
        assert all("tweet_count" in one["public_metrics"] for one in post["includes"]["users"])


@pytest.mark.parametrize(
    "parameters",
    [
        {"tweet_fields": "note_post"},
        {"post_fields": "note_tweet"},
        {"post_fields": "author_id,referenced_tweets"},
        {"tweet_fields": "lang,colour"},
        {"expansions": "colour"},
        {"user_fields": "colour"},
    ],
)
def test_an_unknown_field_is_silently_left_out_and_billed(parameters: Json) -> None:
    with asking() as ask:
        answer = ask.tweets([LONG], **parameters)
        assert answer["errors"] == []
        assert answer["data"][0].keys() <= {"id", "text", "lang"}
        assert ask.stand_in.billed.posts == 1


def test_only_what_is_expanded_comes_along() -> None:
    with asking() as ask:
        assert "includes" not in ask.tweets([ANSWER, PARENT], tweet_fields="referenced_tweets,attachments")
        parents = ask.tweets([ANSWER, PARENT, QUOTE], expansions="referenced_tweets.id")
        assert [int(one["id"]) for one in parents["includes"]["tweets"]] == [PARENT, ROOT]
        assert "users" not in parents["includes"]
        assert parents["data"][2]["referenced_tweets"] == [{"type": "quoted", "id": str(ROOT)}]
        (photo,) = ask.tweets([PARENT], expansions="attachments.media_keys", media_fields="alt_text")["includes"][
            "media"
        ]
        assert photo == {"media_key": "3_1", "type": "photo", "alt_text": "a river"}
        users = ask.tweets([ANSWER], expansions="author_id,referenced_tweets.id.author_id")["includes"]["users"]
        assert users == [{"id": one, "name": f"User {one}", "username": f"user{one}"} for one in ("1", "2")]


GONE = {90 + number: name for number, name in enumerate([*problems.GONE, "something-new"])}


def test_lookups_are_answered_partly_and_each_id_has_its_end() -> None:
    with asking(gone=GONE | {PARENT: "not-authorized-for-resource"}) as ask:
        answer = ask.tweets([ROOT, *GONE, 5, ANSWER], expansions="referenced_tweets.id")
        assert found(answer) == [ROOT, ANSWER]
        types = {int(one["resource_id"]): one["type"] for one in answer["errors"]}
        expected = GONE | {5: "resource-not-found", PARENT: "not-authorized-for-resource"}
        assert {one: kind.rpartition("/")[2] for one, kind in types.items()} == {
            one: name.partition(":")[0] for one, name in expected.items()
        }
        assert {kind.split("/")[2] for kind in types.values()} == {"api.twitter.com", "api.x.com"}
        assert {one["resource_id"]: one["parameter"] for one in answer["errors"]}[str(PARENT)] == "referenced_tweets.id"
        assert sum("suspended" in one["detail"] for one in answer["errors"]) == 1
        assert ask.tweets([PARENT, 5]).keys() == {"errors"}
        assert ask.get(f"/2/tweets/{PARENT}").json().keys() == {"errors"}
        assert ask.get(f"/2/tweets/{ROOT}").json()["data"]["id"] == str(ROOT)


def test_of_an_edited_tweet_the_newest_version_is_given() -> None:
    with asking() as ask:
        answer = ask.tweets([FIRST], tweet_fields="edit_history_tweet_ids,conversation_id,edit_controls")
        assert answer["data"][0]["id"] == str(EDITED)
        assert answer["data"][0]["edit_history_tweet_ids"] == [str(FIRST), str(EDITED)]
        assert answer["data"][0]["conversation_id"] == str(FIRST)
        assert answer["data"][0]["edit_controls"]["edits_remaining"] == 4
        assert found(ask.tweets([FIRST, EDITED])) == [EDITED]
        assert (
            found(ask.search(f"conversation_id:{EDITED}")) == found(ask.search(f"conversation_id:{FIRST}")) == [AGAIN]
        )


QUERIES = {
    f"conversation_id:{ROOT}": [LONG, ANSWER, PARENT],
    f"conversation_id:{ROOT} lang:de": [ANSWER],
    f"conversation_id:{ROOT} OR conversation_id:{EDITED}": [AGAIN, LONG, ANSWER, PARENT],
    f"(conversation_id:{ROOT} OR conversation_id:{EDITED}) -lang:de -is:retweet": [AGAIN, LONG, PARENT],
    f"in_reply_to_tweet_id:{ROOT}": [LONG, PARENT],
    f"quotes_of_tweet_id:{ROOT}": [QUOTE],
    "is:reply": [AGAIN, LONG, ANSWER, PARENT],
    "-is:reply": [QUOTE, EDITED, ROOT],
    "look OR two": [QUOTE, ANSWER],
    "conversation_id:5": [],
}


@pytest.mark.parametrize("query", QUERIES)
def test_searches_understand_operators(query: str) -> None:
    with asking() as ask:
        answer = ask.search(query)
        assert found(answer) == QUERIES[query]
        assert answer["meta"]["result_count"] == len(QUERIES[query])
        if QUERIES[query]:
            assert (answer["meta"]["newest_id"], answer["meta"]["oldest_id"]) == (
                str(QUERIES[query][0]), str(QUERIES[query][-1]),
            )  # fmt: skip
        else:
            assert "data" not in answer


def test_what_is_gone_is_not_found_by_any_search() -> None:
    with asking(gone={ANSWER: "internal-error"}) as ask:
        assert found(ask.search(f"conversation_id:{ROOT}")) == [LONG, PARENT]


def test_searches_begin_days_ago_unless_more_is_asked_for() -> None:
    clock = Clock(START + 8 * DAY)
    with asking(clock=clock) as ask:
        assert found(ask.search("is:reply", "recent")) == []
        assert len(found(ask.search("is:reply"))) == 4
        clock.wait(30 * DAY)
        assert found(ask.search("is:reply")) == []
        assert len(found(ask.search("is:reply", start_time="2006-03-21T00:00:00Z"))) == 4
        assert found(ask.search("is:reply", start_time="2006-03-21T00:00:00Z", until_id=ANSWER)) == [PARENT]
        assert found(ask.search("is:reply", since_id=ANSWER)) == [AGAIN, LONG]


def pages(ask: Asking, parameter: str = "next_token") -> list[list[int]]:
    given: list[list[int]] = []
    more: Json = {}
    while True:
        answer = ask.search("is:reply", max_results=10, **more)
        given.append(found(answer))
        if "next_token" not in answer["meta"]:
            return given
        more = {parameter: answer["meta"]["next_token"]}


@pytest.mark.parametrize("parameter", ["next_token", "pagination_token"])
@pytest.mark.parametrize("short", [False, True])
def test_pages_give_each_tweet_once_newest_first(short: bool, parameter: str) -> None:
    expected = sorted((one.id for one in WORLD if one.reply_to_id), reverse=True)
    with asking(WORLD, short_pages=short) as ask:
        given = pages(ask, parameter)
        assert [one for page in given for one in page] == expected
        sizes = [len(page) for page in given[:-1]]
        assert sizes == [(10, 5, 0)[number % 3] if short else 10 for number in range(len(sizes))]


def test_quotes_come_in_pages_too() -> None:
    quotes = [Tweet(QUOTE + number, 5, "see", quoted_id=ROOT) for number in range(15)]
    with asking([*SMALL, *quotes]) as ask:
        first = ask.get(f"/2/tweets/{ROOT}/quote_tweets").json()
        more = ask.get(f"/2/tweets/{ROOT}/quote_tweets", pagination_token=first["meta"]["next_token"]).json()
        assert len({*found(first), *found(more)}) == 15
        assert "next_token" not in more["meta"]
        assert ask.get("/2/tweets/5/quote_tweets").json()["errors"][0]["parameter"] == "id"
        assert ask.stand_in.kinds == ["quotes"] * 3


def test_an_old_token_or_one_of_another_query_is_refused() -> None:
    clock = Clock()
    with asking(WORLD, clock, token_life=60) as ask:
        token = ask.search("is:reply")["meta"]["next_token"]
        assert ask.get("/2/tweets/search/all", query="lang:en", next_token=token).status_code == 400
        assert found(ask.search("is:reply", next_token=token))
        ask.stand_in.faults.append(Fault(refuse_token=True))
        assert ask.search("is:reply", next_token=token)["errors"][0]["parameters"] == {"next_token": [token]}
        clock.wait(61)
        assert ask.get("/2/tweets/search/all", query="is:reply", next_token=token).status_code == 400
