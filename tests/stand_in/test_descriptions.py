"""Hold the answers of the stand-in against the descriptions that X publishes of its API (`../shared/real`)."""

import gzip
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft4Validator

from tests.stand_in import problems
from tests.stand_in.asking import ANSWER, LONG, PARENT, QUOTE, ROOT, SMALL, WORLD, Asking, asking
from tests.stand_in.dialects import POST, TWEET, Dialect
from tests.stand_in.server import Fault
from tests.stand_in.tweets import Tweet

Json = dict[str, Any]
REAL = Path(__file__).parents[3] / "shared" / "real"
pytestmark = pytest.mark.skipif(not REAL.exists(), reason="the real files are not at hand (../shared/real)")

# The last description of the one dialect, the first of the other; the host that each names in the types of problems.
DESCRIBED = {"2.166": (TWEET, "api.twitter.com"), "2.167": (POST, "api.x.com")}
GONE = {90 + number: name for number, name in enumerate(problems.GONE)}
PATHS = {
    "lookup": "/2/tweets",
    "single": "/2/tweets/{id}",
    "all": "/2/tweets/search/all",
    "recent": "/2/tweets/search/recent",
    "quotes": "/2/tweets/{id}/quote_tweets",
}
# What the live API sends though the description says otherwise: users' counts of tweets keep their name.
LIVE = {"2.166": [], "2.167": ["Additional properties are not allowed ('tweet_count' was unexpected)",
                               "'post_count' is a required property"]}  # fmt: skip


@cache
def description(version: str) -> Json:
    packed = (REAL / f"x-openapi-{version}.json.gz").read_bytes()
    made: Json = json.loads(gzip.decompress(packed))
    schemas = made["components"]["schemas"]
    parts = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps([*parts_of(schemas)])))
    made["components"]["schemas"] = {name: one if name in parts else closed(one) for name, one in schemas.items()}
    return made


def parts_of(schema: Any) -> Iterator[Any]:
    """Give the schemas that others are made of."""
    if isinstance(schema, dict):
        yield from schema.get("allOf", ())
        schema = [*schema.values()]
    if isinstance(schema, list):
        for one in schema:
            yield from parts_of(one)


def closed(schema: Any) -> Any:
    """Let no object have what its description does not name, but for the problems: there they leave much out."""
    if not isinstance(schema, dict) or "allOf" in schema:
        return schema
    made = {name: closed(one) for name, one in schema.items()}
    if "properties" in made:
        made["properties"] = {name: closed(one) for name, one in schema["properties"].items()}
        if "title" not in schema["properties"]:
            made["additionalProperties"] = False
    return made


def faults(version: str, name: str, answer: Json) -> list[str]:
    """Give what is wrong with an answer by the schema of that name."""
    components = description(version)["components"]
    validator = Draft4Validator({"components": components, "allOf": [{"$ref": f"#/components/schemas/{name}"}]})
    return [error.message for error in validator.iter_errors(answer)]


def schema_of(version: str, kind: str) -> str:
    answers = description(version)["paths"][PATHS[kind]]["get"]["responses"]
    name: str = answers["200"]["content"]["application/json"]["schema"]["$ref"]
    return name.rpartition("/")[2]


def everything(version: str, dialect: Dialect) -> Json:
    """Ask for all fields and expansions of a description, of which the stand-in must know each."""
    parameters = description(version)["components"]["parameters"]
    names = [
        f"{dialect.noun.capitalize()}Fields",
        f"{dialect.noun.capitalize()}Expansions",
        "UserFields",
        "MediaFields",
    ]
    asked = {}
    for one in (parameters[f"{name}Parameter"] for name in names):
        asked[one["name"]] = ",".join(one["schema"]["items"]["enum"])
    return asked


def request(ask: Asking, kind: str, dialect: Dialect, version: str, tweets: list[Tweet]) -> httpx.Response:
    path = PATHS[kind].replace("{id}", str(ROOT))
    more = {"lookup": {"ids": ",".join(str(one.id) for one in tweets[:80])}, "single": {}, "quotes": {}}
    return ask.client.get(path, params=more.get(kind, {"query": "is:reply"}) | everything(version, dialect))


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.parametrize("version", DESCRIBED)
def test_whole_answers_are_as_described(version: str, kind: str) -> None:
    dialect, host = DESCRIBED[version]
    tweets = [*SMALL, *WORLD]
    with asking(tweets, gone={PARENT: "not-authorized-for-resource"}, hosts=[host]) as ask:
        response = request(ask, kind, dialect, version, tweets)
        answer = response.json()
        assert (response.status_code, answer.get("data") is not None) == (200, True)
        assert answer.get("errors", True)  # no field was unknown
        assert {*faults(version, schema_of(version, kind), answer)} == {*LIVE[version]}
        assert answer["includes"].keys() >= {"users"} | ({dialect.included} if kind != "single" else set())


@pytest.mark.parametrize("version", DESCRIBED)
def test_least_and_empty_answers_are_as_described(version: str) -> None:
    host = DESCRIBED[version][1]
    with asking(hosts=[host]) as ask:
        for kind, path in [("lookup", f"/2/tweets?ids={ROOT},{LONG}"), ("single", f"/2/tweets/{ANSWER}"),
                           ("all", "/2/tweets/search/all?query=conversation_id:5"),
                           ("quotes", f"/2/tweets/{QUOTE}/quote_tweets"), ("lookup", "/2/tweets?ids=5"),
                           ("single", "/2/tweets/5"), ("quotes", "/2/tweets/5/quote_tweets")]:  # fmt: skip
            assert faults(version, schema_of(version, kind), ask.get(path).json()) == []


def problem_faults(version: str, problem: Json) -> list[str]:
    """Hold a problem against the description of its very type."""
    mapping = description(version)["components"]["schemas"]["Problem"]["discriminator"]["mapping"]
    known = mapping.get(problem["type"], "Problem").rpartition("/")[2]
    return faults(version, known, problem)


@pytest.mark.parametrize("version", DESCRIBED)
def test_problems_of_tweets_are_as_described(version: str) -> None:
    dialect, host = DESCRIBED[version]
    asked = {
        dialect.parameter: "lang",
        "expansions": "referenced_tweets.id" if dialect is TWEET else "referenced_posts",
    }
    with asking(gone=GONE | {PARENT: "not-authorized-for-resource"}, hosts=[host]) as ask:
        ask.stand_in.faults.append(Fault(lost_fields={"lang"}))
        ids = ",".join(map(str, [*GONE, 5, ANSWER]))
        answer = ask.client.get("/2/tweets", params={"ids": ids} | asked).json()
        assert len(answer["errors"]) == len(GONE) + 3
        assert faults(version, schema_of(version, "lookup"), answer) == []
        assert [problem_faults(version, one) for one in answer["errors"]] == [[]] * len(answer["errors"])


@pytest.mark.parametrize(
    ("fault", "path", "status", "described"),
    [
        (None, "/2/tweets?ids=x", 400, ["2.166", "2.167"]),
        (None, "/2/tweets/search/all?query=near:me", 400, ["2.166", "2.167"]),
        (Fault(status=500, problem="internal-error"), "/2/tweets?ids=1", 500, ["2.166", "2.167"]),
        (Fault(status=403), "/2/tweets?ids=1", 403, ["2.166"]),
        (Fault(status=401), "/2/tweets?ids=1", 401, ["2.166"]),
        (Fault(status=503), "/2/tweets?ids=1", 503, ["2.166"]),
        (Fault(status=402), "/2/tweets?ids=1", 402, ["2.166"]),
        (Fault(status=429, problem="usage-capped"), "/2/tweets?ids=1", 429, ["2.166"]),
        (None, "/2/users", 404, ["2.166"]),
    ],
    ids=str,
)
@pytest.mark.parametrize("version", DESCRIBED)
def test_problems_of_requests_are_as_described(
    version: str, fault: Fault | None, path: str, status: int, described: list[str]
) -> None:
    """Hold them against the description; the newer one names fewer types than are sent."""
    host = DESCRIBED[version][1]
    with asking(faults=[fault] if fault else [], hosts=[host]) as ask:
        response = ask.get(path)
        assert response.status_code == status
        assert response.headers["content-type"].startswith("application/problem+json")
        assert (problem_faults(version, response.json()) == []) == (version in described)


@pytest.mark.parametrize("version", DESCRIBED)
def test_a_window_used_up_is_told_by_a_code(version: str) -> None:
    with asking(limits={"lookup": 0}) as ask:
        (error,) = ask.get("/2/tweets", ids=ROOT).json()["errors"]
        assert faults(version, "Error", error) == []


@pytest.mark.parametrize("version", DESCRIBED)
def test_what_is_not_described_is_noticed(version: str) -> None:
    dialect = DESCRIBED[version][0]
    counts = {dialect.reposts: 0, "reply_count": 0, "like_count": 0, "quote_count": 0} | {
        "bookmark_count": 0, "impression_count": 0,
    }  # fmt: skip
    name = schema_of(version, "single")
    assert faults(version, name, {"data": {"id": "1", "text": "a", "public_metrics": counts}}) == []
    for broken in ({"colour": 1}, {"lang": 1}, {"public_metrics": counts | {"colour": 1}}):
        assert len(faults(version, name, {"data": {"id": "1", "text": "a"} | broken})) == 1
