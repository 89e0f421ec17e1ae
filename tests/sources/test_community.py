"""Rows of the Community Archive: REST answers of both tables, Parquet, and rows of what was taken out of it."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chinwag.sources import community
from chinwag.values import name_id
from shapes import Tweet
from shapes import community as writer
from tests.sources.reading_back import Json, Read, read_back

PARENT = 1_504_092_994_747_703_296  # a float holds it
ID = PARENT + 1000
ANSWER = Tweet(
    id=ID,
    author_id=11,
    author_handle="anna",
    body="a & b",
    reply_to_id=PARENT,
    reply_to_author_id=12,
    reply_to_handle="Bob",
    conversation_id=PARENT,
    counts=(1, 2, 3, 4),
)


def row(**changes: Any) -> Json:
    """Give a row of `enriched_tweets`."""
    return writer.row(ANSWER) | changes


def basic(**changes: Any) -> Json:
    """Give a row of `tweets`."""
    return writer.basic(ANSWER) | changes


TOMBSTONE = {
    "created_at": "1970-01-01T00:00:00+00:00",
    "full_text": "",
    "favorite_count": 0,
    "retweet_count": 0,
    "reply_to_tweet_id": None,
    "reply_to_user_id": None,
    "reply_to_username": None,
    "archive_upload_id": None,
}


def read(*rows: Json) -> Read:
    return read_back({"rows.json": json.dumps(rows).encode()})


def only(found: Read) -> Json:
    assert found.rejects == []
    [sighting] = found.sightings
    return sighting


@pytest.mark.parametrize(
    ("record", "claimed"),
    [
        (row(), True),
        (basic(), True),
        (dict.fromkeys(row()), True),
        (dict.fromkeys(["tweet_id", "username", "created_at", "full_text"]), True),  # what its guide asks for
        (dict.fromkeys(["tweet_id", "full_text", "fts"]), False),  # likes
        (dict.fromkeys(["tweet_id", "full_text", "author_account_id", "is_tombstone"]), False),
        (dict.fromkeys(["tweet_id", "conversation_id"]), False),
        (dict.fromkeys(["tweet_id", "quoted_tweet_id"]), False),
        (dict.fromkeys(["account_id", "username", "created_at", "num_tweets"]), False),
        (dict.fromkeys(["tweet_id", "author_id", "inbound", "created_at", "text"]), False),
        ({"id_str": "1", "full_text": "a", "user": {}}, False),
        ({"like": {"tweetId": "1", "fullText": "a"}}, False),
    ],
)
def test_rows_of_tweets_are_claimed(record: Json, claimed: bool) -> None:
    assert community.claims(record) is claimed


EXPECTED = {
    "id": ID,
    "author_id": 11,
    "text": "a & b",
    "reply_prefix": "@Bob",
    "lang": None,
    "reply_to_id": PARENT,
    "reply_to_rounded": None,
    "reply_to_author_id": 12,
    "reply_count": None,
    "retweet_count": 2,
    "like_count": 3,
    "quote_count": None,
    "seen_as": "own",
    "seen_at": None,
}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (basic(), {"author_handle": None, "conversation_id": None, "quoted_id": None}),
        (row(), {"author_handle": "anna", "conversation_id": PARENT, "quoted_id": None}),
        (row(quoted_tweet_id=str(PARENT - 1)), {"quoted_id": PARENT - 1}),
        (row(retweet_count=None), {"retweet_count": None}),
        (row(account_id=None), {"author_id": name_id("anna")}),
        (row(full_text="@bob @eve yes"), {"reply_prefix": "@bob", "text": "@eve yes"}),  # the row explains no more
        (row(full_text="@eve yes", reply_to_username="anna"), {"reply_prefix": None, "text": "@eve yes"}),
        (row(reply_to_tweet_id=float(PARENT)), {"reply_to_id": None, "reply_to_rounded": PARENT}),
    ],
)
def test_rows(record: Json, expected: Json) -> None:
    sighting = read(record).sightings[0]
    assert {column: sighting[column] for column in EXPECTED | expected} == EXPECTED | expected


def test_the_time_of_an_old_tweet_is_that_of_the_row() -> None:
    old = {"reply_to_tweet_id": None, "tweet_id": "20", "created_at": "2006-03-21T20:50:14+00:00"}
    assert only(read(row(**old)))["created_at"] == datetime(2006, 3, 21, 20, 50, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "record",
    [basic(**TOMBSTONE, is_tombstone=True), basic(is_tombstone=True), row(**TOMBSTONE)],
    ids=["tombstone", "marked", "in a table without the mark"],
)
def test_a_tombstone_deletes_the_tweet(record: Json) -> None:
    found = read(record)
    assert (found.sightings, found.rejects) == ([], [])
    assert (found.counts["tweets"], found.counts["notices"]) == (0, 1)
    [delete] = found.deletes
    assert (delete["kind"], delete["tweet_id"], delete["author_id"], delete["at"]) == ("delete", ID, 11, None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"full_text": "RT @bob: what a day"}, "retweet without its original"),
        ({"full_text": ""}, "no text"),
    ],
)
def test_tweets_without_a_text_of_their_own_are_counted(changes: Json, reason: str) -> None:
    found = read(row(**changes))
    assert (found.sightings, found.deletes) == ([], [])
    assert (found.counts["tweets"], [one["reason"] for one in found.rejects]) == (1, [reason])


def test_a_tweet_that_says_rt_is_none() -> None:
    assert only(read(row(full_text="RT if you agree", reply_to_username=None)))["text"] == "RT if you agree"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"account_id": "anna"}, "author_id is no id"),
        ({"reply_to_tweet_id": "1.5040929947477033e+18"}, "reply_to_id went through a float"),
        ({"conversation_id": "x"}, "conversation_id is no id"),
        ({"reply_to_tweet_id": str(ID + 1)}, "reply_to_id is not older than the tweet"),
        ({"retweet_count": "many"}, "retweet_count: wrong type or out of range"),
    ],
)
def test_a_value_that_cannot_be_used_is_left_out(changes: Json, reason: str) -> None:
    found = read(row(**changes))
    assert len(found.sightings) == found.counts["tweets"] == 1
    assert [(one["scope"], one["reason"]) for one in found.rejects] == [("field", reason)]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"tweet_id": 1.5000000000000003e18}, "id went through a float"),
        ({"tweet_id": None}, "no id, or an id out of range"),
        ({"tweet_id": str(1 << 63)}, "no id, or an id out of range"),
        ({"full_text": None}, "unknown record"),
        ({"full_text": ["a"]}, "full_text: wrong type or out of range"),
        ({"account_id": None, "username": None}, "unknown record"),
    ],
)
def test_rejects(changes: Json, reason: str) -> None:
    found = read(row(), row(**changes))
    assert [(one["line"], one["scope"], one["reason"]) for one in found.rejects] == [(2, "record", reason)]
    assert (found.counts["tweets"], found.counts["rejects"]) == (1, 1)


def test_parquet_holds_times_and_counts_as_floats() -> None:
    old = {"tweet_id": "20", "created_at": datetime(2006, 3, 21, 20, 50, 14, tzinfo=UTC)}
    rows = [row(**old, reply_to_tweet_id=None, retweet_count=2.0), row(retweet_count=None, created_at=None)]
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file)
    found = read_back({"rows.parquet": file.getvalue()})
    assert (found.sources, found.rejects) == ({"community"}, [])
    assert [one["retweet_count"] for one in found.sightings] == [2, None]
    assert found.sightings[0]["created_at"] == old["created_at"]


def test_lines_of_rows_are_read_too() -> None:
    lines = [json.dumps(one).encode() for one in (row(), basic(tweet_id=str(ID + 1)))]
    found = read_back({"rows.jsonl": b"\n".join(lines)})
    assert [one["id"] for one in found.sightings] == [ID, ID + 1]
