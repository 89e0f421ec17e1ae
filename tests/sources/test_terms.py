"""Under whose terms each shape was got: what a source states, and where the shape itself has to tell."""

import json
from typing import Any

import pytest

from chinwag import shelves
from chinwag.tables import TERMS
from shapes import v2_flat
from tests.sources import statuses, v2_answers
from tests.sources.reading_back import Json, read_back
from tests.sources.test_round_trip import FILES, NAMES, shape
from tests.sources.test_v2 import STREAM, ZEROS
from tests.sources.v2_answers import ANSWER, FIRST, ID, ROOT, first, flat, page, retweet, streamed

STATED = {
    "community": "published",
    "graphql": "web",
    "mapped": None,
    "personal": "own",
    "snscrape": "web",
    "syndication": "web",
    "twarc_csv": "x-api",
    "twint": "web",
    "twscrape": "web",
    "v1": "x-api",
    "v2": "x-api",
}
STREAMS = ("v1_stream", "v2_stream")


def test_what_each_source_states() -> None:
    found = {name: getattr(shelves.load("sources", name), "TERMS", None) for name in shelves.names("sources")}
    assert found == STATED
    assert {*found.values(), "stream"} == {*TERMS, None}


@pytest.mark.parametrize("name", NAMES)
def test_each_shape_is_read_under_its_terms(name: str) -> None:
    writer = shape(name)
    read = read_back(FILES[name], columns=getattr(writer, "COLUMNS", None))
    expected = "stream" if name in STREAMS else STATED[writer.SOURCE]
    assert {row["terms"] for row in read.sightings} == {expected}


def test_every_source_is_among_the_shapes() -> None:
    assert {shape(name).SOURCE for name in NAMES} == STATED.keys()


INNER = statuses.status(statuses.sid(-20), favorite_count=9)
V1: dict[str, tuple[Json, str]] = {
    "of the stream": (statuses.status(), "stream"),
    "of the stream, long": (
        statuses.status(truncated=True, extended_tweet={"full_text": "long"}), "stream"),
    "retweet of the stream": (statuses.status(retweeted_status=INNER), "stream"),
    "quote of the stream": (statuses.status(quoted_status=INNER), "stream"),
    "quote in a retweet of the stream": (
        statuses.status(retweeted_status=INNER | {"quoted_status": statuses.status(statuses.sid(-30))}), "stream"),
    "REST": (statuses.status(text=None, full_text="hello"), "x-api"),
    "retweet of REST": (statuses.status(text=None, full_text="RT", retweeted_status=INNER), "x-api"),
    "quote of REST": (statuses.status(text=None, full_text="this", quoted_status=INNER), "x-api"),
    "REST before full_text: nobody has liked a tweet the moment it is made": (
        statuses.status(favorite_count=1), "x-api"),
    "retweet of REST before full_text": (statuses.status(retweet_count=1, retweeted_status=INNER), "x-api"),
    "found by a search": ({"statuses": [statuses.status(), statuses.status(quoted_status=INNER)]}, "x-api"),
}  # fmt: skip


@pytest.mark.parametrize(("record", "expected"), V1.values(), ids=V1)
def test_v1_tells_the_stream_from_what_was_asked_for(record: Json, expected: str) -> None:
    assert {row["terms"] for row in statuses.sightings(record)} == {expected}


V2: dict[str, tuple[Json, str]] = {
    "of the stream": (streamed(v2_answers.tweet(public_metrics=ZEROS), first()), "stream"),
    "retweet of the stream": (
        streamed(retweet() | {"public_metrics": ZEROS | {"retweet_count": 9}}, first()), "stream"),
    "of the stream, saved by twarc": ({"data": v2_answers.tweet(public_metrics=ZEROS), "__twarc": STREAM}, "x-api"),
    "single answer": (streamed(v2_answers.tweet(), first()), "x-api"),
    "page": (page(v2_answers.tweet(public_metrics=ZEROS), includes={"tweets": [first()]}), "x-api"),
    "page without a note": ({"data": [v2_answers.tweet(public_metrics=ZEROS)], "includes": {}}, "x-api"),
    "flat": (flat(), "x-api"),
    "flat without a note": (v2_flat.flat(ANSWER, {ROOT: FIRST}), "x-api"),
}  # fmt: skip


@pytest.mark.parametrize(("record", "expected"), V2.values(), ids=V2)
def test_v2_tells_the_stream_from_answers(record: Json, expected: str) -> None:
    assert {row["terms"] for row in v2_answers.read(record).sightings} == {expected}


def test_the_terms_of_one_record_say_nothing_of_the_next() -> None:
    records: list[Any] = [
        statuses.status(11), statuses.status(12, text=None, full_text="x"), statuses.status(13),
        streamed(v2_answers.tweet(public_metrics=ZEROS)), page(first()),
    ]  # fmt: skip
    read = read_back({"in.json": b"".join(json.dumps(record).encode() + b"\n" for record in records)})
    assert {row["id"]: row["terms"] for row in read.sightings} == {
        11: "stream", 12: "x-api", 13: "stream", ID: "stream", ROOT: "x-api",
    }  # fmt: skip
