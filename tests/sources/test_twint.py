"""Rows of twint: what each of its versions and forms tells, and what its texts have to be rid of."""

import csv
import io
import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chinwag.sources import twint
from chinwag.values import name_id
from tests.sources.reading_back import Json, Read, read_back

REAL = Path(__file__).parents[3] / "shared" / "real" / "twint" / "twint.json"
ROOT = 1_400_000_000_000_000_000
ID = ROOT + 1000
LOST = 1.4000000000000003e18  # of an id that went through a float


def row(**changes: Any) -> Json:
    """Give a row as the last version writes it: a reply to bob, who answered eve."""
    return {
        "id": ID,
        "conversation_id": str(ROOT),
        "created_at": "2021-06-13 19:58:54 Eastern Daylight Time",
        "timezone": "-0400",
        "user_id": 11,
        "username": "anna",
        "tweet": "@bob @eve hello",
        "language": "en",
        "mentions": [],
        "urls": [],
        "photos": [],
        "replies_count": 1,
        "retweets_count": 2,
        "likes_count": 3,
        "hashtags": [],
        "link": f"https://twitter.com/anna/status/{ID}",
        "retweet": False,
        "quote_url": "",
        "video": 0,
        "thumbnail": "",
        "user_rt_id": "",
        "user_rt": "",
        "retweet_id": "",
        "reply_to": [name("bob", 12), name("eve", 13)],
    } | changes


def name(handle: str, account: int) -> Json:
    return {"screen_name": handle, "name": handle.title(), "id": str(account)}


def page_row(**changes: Any) -> Json:
    """Give the same as 2.1.20 writes it, from the page."""
    names = [{"user_id": "11", "username": "anna"}, {"user_id": "12", "username": "bob"}]
    return row(created_at=1_588_152_248_000, timezone="EDT", tweet="hello", reply_to=names) | changes


def table(*rows: Json, dialect: str = "excel") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), dialect=dialect)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def read(*rows: Json) -> Read:
    return read_back({"tweets.json": b"".join(json.dumps(one).encode() + b"\n" for one in rows)})


def only(found: Read) -> Json:
    assert found.rejects == []
    [sighting] = found.sightings
    return sighting


COLUMNS = list(row())
PANDAS = [
    "id",
    "conversation_id",
    "created_at",
    "date",
    "tweet",
    "user_id",
    "username",
    "nlikes",
    "nreplies",
    "nretweets",
]


@pytest.mark.parametrize(
    ("record", "claimed"),
    [
        (row(), True),
        (page_row(), True),
        (dict.fromkeys(COLUMNS), True),
        (dict.fromkeys(PANDAS), True),
        (dict.fromkeys(["id", "id_str", "tweet", "conversation_id", "created_at", "screen_name", "time_update"]), True),
        (
            dict.fromkeys(["id", "id_str", "name", "username", "bio", "tweets", "time_update"]),
            False,
        ),  # its other tables
        (dict.fromkeys(["tweet_id", "user_id", "username"]), False),
        (dict.fromkeys(["user_id", "username", "tweet_id", "retweet_id", "retweet_date"]), False),
        ({"tweet": {"id_str": "1", "full_text": "a"}, "conversation_id": "1", "username": "anna"}, False),
        ({"tweet": {"id_str": "1", "full_text": "a"}}, False),
        ({"id_str": "1", "text": "a", "user": {"screen_name": "anna"}}, False),
        ({"_type": "snscrape.modules.twitter.Tweet", "conversationId": 1, "content": "a", "username": "anna"}, False),
        ({"tweet_id": "1", "full_text": "a", "conversation_id": "1", "username": "anna"}, False),
        (dict.fromkeys(["tweet_id", "author_id", "inbound", "created_at", "text"]), False),
    ],
)
def test_rows_are_claimed_by_their_columns(record: Json, claimed: bool) -> None:
    assert twint.claims(record) is claimed


def test_a_row_tells_the_root_but_not_the_parent() -> None:
    sighting = only(read(row()))
    expected = {
        "id": ID,
        "author_id": 11,
        "author_handle": "anna",
        "text": "hello",
        "reply_prefix": "@bob @eve",
        "lang": "en",
        "reply_to_id": None,
        "reply_to_author_id": 12,
        "quoted_id": None,
        "conversation_id": ROOT,
        "reply_count": 1,
        "retweet_count": 2,
        "like_count": 3,
        "quote_count": None,
        "urls": None,
        "hashtags": None,
        "media": None,
        "client": None,
        "seen_as": "own",
        "seen_at": None,
    }
    assert {column: sighting[column] for column in expected} == expected


LINK = "https://example.org/a"
THUMBNAIL = {"video": 1, "thumbnail": "https://pbs.twimg.com/ext_tw_video_thumb/1/x.jpg"}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"tweet": "@bob a &amp; b &lt;3"}, "a & b <3"),
        ({"tweet": "&amp;lt;"}, "&lt;"),
        ({"tweet": "see  https://t.co/a1", "urls": [LINK]}, f"see {LINK}"),
        ({"tweet": " https://t.co/a1 and  https://t.co/b2", "urls": [LINK, "b"]}, f"{LINK} and b"),
        ({"tweet": "( https://t.co/a1)", "urls": [LINK]}, f"({LINK})"),
        ({"tweet": "one https://t.co/a1", "urls": [LINK]}, f"one {LINK}"),  # a dump whose blanks were squeezed
        (
            {"tweet": "see  https://t.co/a1", "urls": ["https://example.org/?a&amp;b"]},
            "see https://example.org/?a&amp;b",
        ),
        (
            {"tweet": "see  https://t.co/a1  https://t.co/m3", "urls": [LINK], **THUMBNAIL},
            f"see {LINK} https://t.co/m3",
        ),
        (
            {"tweet": "https://t.co/a1  https://t.co/m3", "urls": [LINK]},
            "https://t.co/a1 https://t.co/m3",
        ),  # which one?
        ({"tweet": "https://t.co/a1", "urls": [LINK, "b"]}, "https://t.co/a1"),
    ],
)
def test_texts_of_the_api_are_opened(changes: Json, text: str) -> None:
    assert only(read(row(**changes)))["text"] == text


@pytest.mark.parametrize(
    ("tweet", "text"),
    [
        ("a & b", "a & b"),
        ("&amp;", "&amp;"),  # the page showed what was written
        ("line\nline", "line\nline"),
        (f"see  {LINK}\xa0", f"see {LINK}"),
        (f"see  {LINK}\xa0… and", f"see {LINK} and"),
        (f"see  {LINK}\xa0 pic.twitter.com/x", f"see {LINK} pic.twitter.com/x"),
        ("hello pic.twitter.com/x", "hello pic.twitter.com/x"),
        ("hello  pic.twitter.com/x", "hello pic.twitter.com/x"),
    ],
)
def test_texts_of_pages_are_freed_of_what_the_page_added(tweet: str, text: str) -> None:
    assert only(read(page_row(tweet=tweet, urls=[LINK])))["text"] == text


BOB, ANNA = {"user_id": "12", "username": "bob"}, {"user_id": "11", "username": "anna"}
EVE = {"user_id": "13", "username": "Eve"}


@pytest.mark.parametrize(
    ("record", "author_id", "prefix"),
    [
        (row(), 12, "@bob @eve"),
        (row(conversation_id=str(ID)), None, None),
        (row(reply_to=[], tweet="and so on"), 11, None),  # without a prefix people answer themselves,
        (row(reply_to=[], tweet="@gone hello"), None, None),  # or accounts that are no longer
        (row(reply_to=[name("bob", 12)], tweet="@bob @eve"), 12, "@bob"),  # eve is spoken to
        (row(reply_to={"user_id": "13", "username": "eve"}, mentions=["bob", "eve"]), 13, "@bob @eve"),  # October 2020
        (row(reply_to={"user_id": "11", "username": "anna"}, mentions=["bob"], tweet="@bob hi"), 11, "@bob"),
        (row(reply_to={"user_id": None, "username": None}, mentions=[], tweet="hi"), None, None),
        (page_row(), 12, None),
        (page_row(conversation_id=str(ID)), None, None),
        (page_row(reply_to=[ANNA]), 11, None),
        (page_row(reply_to=[ANNA, BOB, EVE], tweet="ask @eve"), 12, None),
        (page_row(reply_to=[ANNA, EVE, BOB], tweet="ask @eve"), 12, None),
        (page_row(reply_to=[ANNA, EVE], tweet="ask @eve"), 11, None),
        (page_row(reply_to=[ANNA, BOB], tweet="@bob yes"), 12, "@bob"),  # before 2017 the page showed the prefix
        (page_row(reply_to=None), None, None),
    ],
)
def test_whom_a_reply_answers(record: Json, author_id: int | None, prefix: str | None) -> None:
    sighting = only(read(record))
    assert (sighting["reply_to_author_id"], sighting["reply_prefix"]) == (author_id, prefix)
    assert sighting["reply_to_id"] is None


RETWEET = {"retweet": True, "tweet": "RT @bob: a &amp; b and so…", "user_rt_id": "12"}


def test_the_row_of_a_retweet_gives_its_original() -> None:
    sighting = only(read(row(**RETWEET, retweet_id=str(ROOT), user_rt="a &amp; b and so on")))
    assert sighting["id"] == ROOT
    assert (sighting["author_id"], sighting["author_handle"]) == (12, "bob")
    assert (sighting["text"], sighting["seen_as"]) == ("a & b and so on", "retweeted")
    assert (sighting["conversation_id"], sighting["like_count"], sighting["lang"]) == (None, None, None)


def test_in_rows_from_pages_the_row_is_the_original() -> None:
    sighting = only(read(page_row(retweet=True, retweet_id=str(ID + 5), user_rt_id="99", user_rt="carl")))
    assert (sighting["id"], sighting["author_id"], sighting["text"]) == (ID, 11, "hello")
    assert (sighting["seen_as"], sighting["like_count"]) == ("retweeted", 3)


@pytest.mark.parametrize(
    "changes",
    [
        {"retweet_id": str(ROOT), "user_rt": ""},
        {"retweet_id": "", "user_rt": "a"},
        {"retweet_id": str(ID), "user_rt": "a"},
    ],
)
def test_a_retweet_without_its_original_is_counted(changes: Json) -> None:
    found = read(row(**RETWEET, **changes))
    assert found.sightings == []
    assert (found.counts["tweets"], found.counts["fields"]) == (1, 1)
    assert [one["reason"] for one in found.rejects] == ["retweet without its original"]


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        ({"quote_url": f"https://twitter.com/bob/status/{ROOT}"}, "quoted_id", ROOT),
        ({"quote_url": 0}, "quoted_id", None),
        ({"user_id": None}, "author_id", name_id("anna")),
        ({"username": ""}, "author_handle", None),
        ({"language": "in"}, "lang", "id"),
        ({"hashtags": ["#one", "two"]}, "hashtags", ["one", "two"]),
        ({"urls": [LINK]}, "urls", [LINK]),
        ({"photos": ["p", "q"], "video": 1, "thumbnail": "p"}, "media", [("photo", "p"), ("photo", "q")]),
        (THUMBNAIL, "media", [("video", THUMBNAIL["thumbnail"])]),
        ({"video": 1, "thumbnail": "x/tweet_video_thumb/y"}, "media", [("animated_gif", "x/tweet_video_thumb/y")]),
        ({"video": 1, "thumbnail": ""}, "media", [("video", None)]),
        ({"likes_count": "0"}, "like_count", 0),
        ({"likes_count": ""}, "like_count", None),
        ({"likes_count": None, "nlikes": 4.0}, "like_count", 4),
    ],
)
def test_each_column(changes: Json, column: str, value: Any) -> None:
    found = only(read(row(**changes)))[column]
    if column == "media" and found:
        found = [(one["kind"], one["url"]) for one in found]
    assert found == value


@pytest.mark.parametrize(
    ("changes", "milliseconds"),
    [
        ({}, (ID >> 22) + 1_288_834_974_657),
        ({"id": 20, "created_at": 1_142_974_214_000}, 1_142_974_214_000),
        ({"id": 20, "created_at": "2006-03-21 16:50:14 Eastern Time", "timezone": "-0400"}, 1_142_974_214_000),
        ({"id": 20, "created_at": "2006-03-21 20:50:14 UTC", "timezone": ""}, 1_142_974_214_000),
    ],
)
def test_the_time_is_that_of_the_id_or_else_what_the_row_says(changes: Json, milliseconds: int) -> None:
    assert only(read(row(**changes)))["created_at"].timestamp() == milliseconds / 1000


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": 20, "created_at": "21-03-2006 20:50:14 UTC"}, "created_at is no time"),
        ({"likes_count": "many"}, "a count that is no number"),
        ({"likes_count": -1}, "a count that is no number"),
        ({"conversation_id": LOST}, "conversation_id went through a float"),
        ({"user_id": "anna"}, "author_id is no id"),
        ({"urls": "['a"}, "urls is no list"),
        ({"reply_to": "[1, 2]"}, "reply_to is no list"),
        ({"reply_to": "x + y"}, "reply_to is no list"),
        ({"reply_to": "[" * 10_000}, "reply_to is no list"),
        ({"quote_url": f"https://twitter.com/bob/status/{ID + 1}"}, "quoted_id is not older than the tweet"),
        ({"username": ["anna"]}, "username: wrong type or out of range"),
    ],
)
def test_a_value_that_cannot_be_used_is_left_out(changes: Json, reason: str) -> None:
    found = read(row(**changes))
    assert len(found.sightings) == found.counts["tweets"] == 1
    assert {(one["scope"], one["reason"]) for one in found.rejects} == {("field", reason)}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": LOST, "link": None}, "id went through a float"),
        ({"id": "1.4000000000000003e+18", "link": "gone"}, "id went through a float"),
        ({"id": 0, "link": None}, "no id, or an id out of range"),
        ({"id": 1 << 63, "link": None}, "no id, or an id out of range"),
        ({"tweet": None}, "unknown record"),
        ({"tweet": ["a"]}, "tweet: wrong type or out of range"),
        ({"conversation_id": None}, "unknown record"),
    ],
)
def test_rejects(changes: Json, reason: str) -> None:
    found = read(row(), row(**changes))
    assert [(one["line"], one["scope"], one["reason"]) for one in found.rejects] == [(2, "record", reason)]
    assert (found.counts["tweets"], found.counts["rejects"]) == (1, 1)


def test_an_id_that_went_through_a_float_is_taken_from_the_link() -> None:
    assert only(read(row(id=LOST)))["id"] == ID


def test_doubled_rows_are_two_sightings_of_one_tweet() -> None:
    found = read(row(), row())
    assert [one["id"] for one in found.sightings] == [ID, ID]
    assert found.rejects == []


@pytest.mark.parametrize("dialect", ["excel", "excel-tab"])
def test_csv_holds_lists_as_python_text(dialect: str) -> None:
    full = row(urls=[LINK], photos=["p", "it's"], hashtags=["a", "b"], mentions=[name("carl", 14)], quote_url=0)
    found = read_back({"tweets.csv": table(full, row(id=ID + 1), dialect=dialect)})
    assert (found.sources, found.rejects) == ({"twint"}, [])
    [first, _] = found.sightings
    assert (first["reply_to_author_id"], first["reply_prefix"], first["quoted_id"]) == (12, "@bob @eve", None)
    assert (first["urls"], first["hashtags"]) == ([LINK], ["a", "b"])
    assert [one["url"] for one in first["media"]] == ["p", "it's"]


def test_csv_of_pandas_tables_has_times_as_floats_and_texts_of_the_api() -> None:
    names = {"nlikes": 5, "nreplies": 6, "nretweets": 7, "likes_count": "", "replies_count": "", "retweets_count": ""}
    found = read_back({"a.csv": table(row(created_at=1_623_628_734_000.0, tweet="@bob a &amp; b", **names))})
    sighting = only(found)
    assert sighting["text"] == "a & b"
    assert [sighting[f"{what}_count"] for what in ("like", "reply", "retweet")] == [5, 6, 7]


def test_a_retweet_in_csv() -> None:
    changes = RETWEET | {"retweet_id": str(ROOT), "user_rt": "a, b\nc"}
    assert only(read_back({"a.csv": table(row(**changes))}))["text"] == "a, b\nc"


def test_sqlite_rows_join_lists_with_commas_and_say_when_they_were_written() -> None:
    columns = {
        "id": ID, "tweet": "hello", "conversation_id": str(ROOT), "created_at": 1_588_152_248_000, "user_id": 11,
        "screen_name": "anna", "mentions": "bob,eve", "hashtags": "#a,#b", "urls": f"{LINK}?x=1,2,{LINK}",
        "photos": "https://a/1.jpg,https://a/2.jpg", "quote_url": "", "video": 0, "time_update": 1_590_000_000_000,
    }  # fmt: skip
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE TABLE tweets ({', '.join(columns)})")
        database.execute("CREATE TABLE replies (tweet_id, user_id, username)")
        database.execute(f"INSERT INTO tweets VALUES ({', '.join('?' * len(columns))})", list(columns.values()))
        database.execute("INSERT INTO replies VALUES (?, 12, 'bob')", [ID])
        database.commit()
        found = read_back({"tweets.db": database.serialize()})
    sighting = only(found)
    assert (found.counts["lines"], sighting["author_handle"]) == (1, "anna")
    assert (sighting["hashtags"], sighting["urls"]) == (["a", "b"], [f"{LINK}?x=1,2", LINK])
    assert [one["url"] for one in sighting["media"]] == ["https://a/1.jpg", "https://a/2.jpg"]
    assert sighting["seen_at"].timestamp() == 1_590_000_000
    assert sighting["reply_to_author_id"] is None


@pytest.mark.skipif(not REAL.exists(), reason="the published rows are not on this machine")
def test_published_rows_are_read_whole() -> None:
    found = read_back({"twint.json": REAL.read_bytes()})
    assert (found.counts["lines"], found.counts["tweets"], found.rejects) == (200, 200, [])
    assert set(Counter(one["id"] for one in found.sightings).values()) == {2}
    replies = [one for one in found.sightings if one["conversation_id"] != one["id"]]
    assert len(replies) == 100
    assert all(one["reply_to_author_id"] for one in replies)
    assert all((one["reply_prefix"] is None) == (one["reply_to_author_id"] == one["author_id"]) for one in replies)
    assert not any(mark in one["text"] for one in found.sightings for mark in ("&amp;", "&gt;", "&lt;"))
    assert all(link in one["text"] for one in found.sightings for link in one["urls"] or ())
