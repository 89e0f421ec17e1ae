from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chinwag import columns
from chinwag.rows import Rows
from chinwag.sources import mapped
from chinwag.values import FIRST_NAME, id_time, name_id
from tests.sources.reading_back import read_back

ID = 1_212_092_628_029_698_048
MAP = {"id": "n", "text": "body"}
FULL = {target: target for target in columns.TARGETS}
HEADER = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id"
TIME = "Tue Oct 31 22:10:47 +0000 2017"
REAL = Path(__file__).parents[3] / "shared/real/customer-support/twcs-first-1000.csv"


FLOATED = 1.5040929947477033e18  # what became of an id


@pytest.fixture(autouse=True)
def _no_map_is_left() -> Iterator[None]:
    yield
    columns.use(None)


def given(record: dict[str, Any], mapping: dict[str, str] | None = None) -> tuple[dict[str, Any], list[str]]:
    """Read one record: the columns that are told, and the reasons for what is not."""
    columns.use(mapping or FULL)
    rows = Rows()
    assert mapped.read({"id": ID, "text": "hello", **record} if mapping is None else record, 7, rows)
    tables = rows.take()
    sightings = tables["sightings"].to_pylist() if "sightings" in tables else [{}]
    rejects = tables["rejects"].to_pylist() if "rejects" in tables else []
    assert all(reject["line"] == 7 for reject in rejects)
    assert rows.counts["tweets"] + rows.counts["rejects"] == 1
    told = {column: value for column, value in sightings[0].items() if value is not None}
    return told, [reject["reason"] for reject in rejects]


@pytest.mark.parametrize(
    ("mapping", "keys", "expected"),
    [
        (None, HEADER, True),
        (None, f",{HEADER}", True),
        (None, f"Unnamed: 0,{HEADER}", True),
        (None, f"more,{HEADER}", False),
        (None, HEADER.removesuffix(",in_response_to_tweet_id"), False),
        (None, "", False),
        (MAP, "n,body", True),
        (MAP, ",n,body,more", True),
        (MAP, "n", False),
        (MAP, HEADER, False),
        (MAP, "", False),
        ({**MAP, "lang": "l"}, "n,body", False),
        ({**MAP, "lang": "l"}, "n,body,l", True),
        ({"id": "t.n", "text": "t.a.b"}, "t", True),
        ({"id": "t.n", "text": "t.a.b"}, "t.n,t.a.b", True),
        ({"id": "t.n", "text": "t.a.b"}, "t.n", False),
        (columns.TWCS, HEADER, True),
        (columns.TWCS, "tweet_id,author_id,created_at,text,in_response_to_tweet_id", True),
    ],
)
def test_tables_are_told_by_all_columns_of_the_map(mapping: dict[str, str] | None, keys: str, expected: bool) -> None:
    columns.use(mapping)
    assert mapped.claims(dict.fromkeys(keys.split(",") if keys else [])) is expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"t": {"n": 1, "body": "b"}}, True),
        ({"t": {"n": 1, "body": "b"}, "l": "en"}, True),
        ({"t.n": 1, "t.body": "b"}, True),
        ({"t": {"n": 1}}, False),
        ({"t": "text"}, False),
        ({"t": [1]}, False),
        ({"n": 1, "body": "b"}, False),
    ],
)
def test_records_need_only_have_id_and_text(record: dict[str, Any], expected: bool) -> None:
    columns.use({"id": "t.n", "text": "t.body", "lang": "l"})
    assert mapped.claims(record) is expected


@pytest.mark.parametrize("record", [{}, {"user": {"id": 1}}, {"id": None, "text": None}, {"id": "", "text": ""}])
def test_a_record_with_neither_id_nor_text_is_none_of_its_own(record: dict[str, Any]) -> None:
    columns.use(FULL)
    rows = Rows()
    assert not mapped.read(record, 1, rows)
    assert (len(rows), rows.counts) == (0, Counter())


@pytest.mark.parametrize(
    ("value", "expected"),
    [(ID, ID), (str(ID), ID), (f" {ID} ", ID), ("3.0", 3), (3.0, 3), (Decimal(3), None), (float(ID), "float"),
     ("1.212092628029698e+18", "float"), ("1.21E+18", None), (None, None), ("nan", None), ("abc", None), (0, None),
     (-1, None), (True, None), (1 << 63, None), ([1], None)],
)  # fmt: skip
def test_ids(value: object, expected: object) -> None:
    told, reasons = given({"id": value})
    assert told.get("id") == (expected if isinstance(expected, int) else None)
    lost = "id went through a float" if expected == "float" else "no id, or an id out of range"
    assert reasons == ([] if isinstance(expected, int) else [lost])


@pytest.mark.parametrize("text", [None, "", 5, ["a"]])
def test_a_row_without_text_is_rejected(text: object) -> None:
    assert given({"text": text}) == ({}, ["no text"])


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"text": " &lt;b&gt; &amp;amp; é &eacute; "}, {"text": " <b> &amp; é &eacute; "}),
        ({"text": "a\ud83d"}, {"text": "a\ufffd"}),
        ({"text": "nan"}, {"text": "nan"}),
        ({"text": "@b hello"}, {"text": "@b hello"}),
        ({"text": "@b hello", "reply_to_id": ID - 1}, {"text": "@b hello", "reply_to_id": ID - 1}),
        (
            {"text": "@B @c @b hello", "reply_to_id": "3.0", "reply_to_author_id": "@b"},
            {"text": "@c @b hello", "reply_prefix": "@B", "reply_to_id": 3, "reply_to_author_id": name_id("b")},
        ),
        ({"text": "@b hi", "reply_to_author_id": "b"}, {"text": "@b hi", "reply_to_author_id": name_id("b")}),
        (
            {"text": "@5 hi", "reply_to_id": 1, "reply_to_author_id": 5},
            {"text": "@5 hi", "reply_to_id": 1, "reply_to_author_id": 5},
        ),
        (
            {"text": "@b hi", "reply_to_id": FLOATED, "reply_to_author_id": "b"},
            {"text": "hi", "reply_prefix": "@b", "reply_to_rounded": int(FLOATED), "reply_to_author_id": name_id("b")},
        ),
        ({"author_id": "654321.0"}, {"author_id": 654321}),
        ({"author_id": "Some_Brand"}, {"author_id": name_id("some_brand"), "author_handle": "Some_Brand"}),
        ({"author_id": "@brand"}, {"author_id": name_id("brand"), "author_handle": "brand"}),
        ({"author_id": "a1-b2-c3"}, {"author_id": name_id("a1-b2-c3")}),
        ({"author_id": "None", "author_handle": "NULL"}, {}),
        ({"author_handle": "@brand"}, {"author_id": name_id("brand"), "author_handle": "brand"}),
        ({"author_id": 5, "author_handle": "brand"}, {"author_id": 5, "author_handle": "brand"}),
        ({"author_id": "x-1", "author_handle": "brand"}, {"author_id": name_id("x-1"), "author_handle": "brand"}),
        ({"author_handle": 2024}, {"author_id": name_id("2024"), "author_handle": "2024"}),
        ({"lang": "iw", "client": '<a href="x">Web</a>'}, {"lang": "he", "client": "Web"}),
        (
            {"reply_count": 0, "retweet_count": "12.0", "like_count": 3.0, "quote_count": " 4 "},
            {"reply_count": 0, "retweet_count": 12, "like_count": 3, "quote_count": 4},
        ),
        ({"like_count": float("nan"), "quote_count": "", "author_followers": "1e3"}, {"author_followers": 1000}),
        ({"author_verified": "True", "possibly_sensitive": 0}, {"author_verified": True, "possibly_sensitive": False}),
        ({"author_verified": 1.0, "possibly_sensitive": "f"}, {"author_verified": True, "possibly_sensitive": False}),
        ({"reply_to_id": "0", "quoted_id": 0.0, "conversation_id": "-1"}, {}),
        ({"reply_to_id": float("nan"), "quoted_id": "nan", "conversation_id": "\\N"}, {}),
        ({"quoted_id": str(ID - 5), "conversation_id": ID - 9}, {"quoted_id": ID - 5, "conversation_id": ID - 9}),
        ({"created_at": "no time at all"}, {}),  # the id tells
    ],
)
def test_values(record: dict[str, Any], expected: dict[str, Any]) -> None:
    told, reasons = given(record)
    lost = ["reply_to_id went through a float"] if "reply_to_rounded" in expected else []
    assert reasons == lost
    always = {"id": ID, "text": "hello", "seen_as": "own", "source": "", "file_id": 0}
    when = datetime.fromtimestamp((id_time(ID) or 0) / 1000, UTC)
    assert told == {**always, "created_at": when, **expected}


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("like_count", "many", "like_count is no count"),
        ("like_count", "1.5", "like_count is no count"),
        ("like_count", -1, "like_count is no count"),
        ("like_count", True, "like_count is no count"),
        ("like_count", float("inf"), "like_count is no count"),
        ("like_count", 1 << 63, "like_count is no count"),
        ("author_followers", [], "author_followers is no count"),
        ("author_verified", "maybe", "author_verified is no yes or no"),
        ("possibly_sensitive", 2, "possibly_sensitive is no yes or no"),
        ("lang", 5, "lang is no text"),
        ("client", {}, "client is no text"),
        ("author_handle", "Two Words", "author_handle is no handle"),
        ("author_id", "1.5e18", None),
        ("author_id", 1.5e18, "author_id went through a float"),
        ("author_id", ["5"], "author_id is no id"),
        ("reply_to_id", "abc", "reply_to_id is no id"),
        ("reply_to_id", ID, "reply_to_id is not older than the tweet"),
        ("quoted_id", 1.2e18, "quoted_id went through a float"),
        ("conversation_id", "1.212092628029698e+18", "conversation_id went through a float"),
    ],
)
def test_a_value_that_cannot_be_read_is_counted_and_left_out(column: str, value: object, reason: str | None) -> None:
    told, reasons = given({column: value})
    assert reasons == [reason or f"{column} went through a float"]
    assert (told["text"], told.get(column)) == ("hello", None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (TIME, datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)),
        ("2017-10-31 22:10:47+00:00", datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)),
        (1_509_487_847, datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)),
        (datetime(2017, 10, 31, 22, 10, 47), datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)),
        ("", None),
        ("yesterday", "created_at is no time"),
    ],
)
def test_times_of_ids_that_tell_none(value: object, expected: object) -> None:
    told, reasons = given({"id": 7, "created_at": value})
    assert told.get("created_at") == (expected if isinstance(expected, datetime) else None)
    assert reasons == ([expected] if isinstance(expected, str) else [])


def test_names_stand_for_no_account() -> None:
    assert given({"author_id": "x-1"})[0]["author_id"] >= FIRST_NAME


def test_values_inside_others() -> None:
    mapping = {"id": "a.id", "text": "a.b.c", "lang": "a.x.y", "client": "d.e"}
    record = {"a": {"id": ID, "b": {"c": "hello"}, "x": None}, "d.e": "Web"}
    told, reasons = given(record, mapping)
    assert (told["id"], told["text"], told["client"], reasons) == (ID, "hello", "Web", [])
    assert "lang" not in told


TWCS = f""",{HEADER}
0,1,Some_Brand,False,{TIME},"@654321 I understand &amp; hope
^AB",2,3.0
1,2,654321,True,{TIME},@Some_Brand one\rtwo,,1.0
2,3,654321,True,{TIME},@Some_Brand @77 help,"1,9",
3,4,654321,True,{TIME}
"""


def test_customer_support_is_known_by_its_header() -> None:
    read = read_back({"twcs.csv": TWCS.encode()})
    assert read.sources == {"mapped"}
    wanted = ("id", "author_id", "author_handle", "text", "reply_prefix", "reply_to_id")
    assert [tuple(row[column] for column in wanted) for row in read.sightings] == [
        (1, name_id("some_brand"), "Some_Brand", "I understand & hope\n^AB", "@654321", 3),
        (2, 654321, None, "one\rtwo", "@Some_Brand", 1),
        (3, 654321, None, "@Some_Brand @77 help", None, None),
    ]
    assert {row["created_at"] for row in read.sightings} == {datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)}
    assert [(row["line"], row["reason"]) for row in read.rejects] == [(4, "row of another number of cells")]
    assert (read.counts["lines"], read.counts["tweets"]) == (4, 3)


@pytest.mark.parametrize(
    ("name", "data"),
    [("t.csv", b"n;x;body\n1;;hello\n2;;\n"), ("t.json", b'{"n": 1, "body": "hello"}\n{"n": 2}\n')],
)
def test_a_map_opens_what_no_source_knows(name: str, data: bytes) -> None:
    assert read_back({name: data}).sightings == []
    read = read_back({name: data}, columns=MAP)
    assert [(row["id"], row["text"], row["source"]) for row in read.sightings] == [(1, "hello", "mapped")]
    assert [(row["line"], row["reason"]) for row in read.rejects] == [(2, "no text")]


@pytest.mark.skipif(not REAL.exists(), reason="the real files are not here")
def test_the_real_file_is_read_whole() -> None:
    read = read_back({"twcs.csv": REAL.read_bytes()})
    assert (read.counts["lines"], read.counts["tweets"], len(read.rejects)) == (947, 947, 0)
    ids = {row["id"] for row in read.sightings}
    parents = [row["reply_to_id"] for row in read.sightings if row["reply_to_id"] is not None]
    assert (len(ids), len(parents), sum(parent in ids for parent in parents)) == (947, 704, 702)
    assert sum(row["reply_prefix"] is not None for row in read.sightings) == 703
    assert not any(row["created_at"] is None or row["author_id"] is None for row in read.sightings)
