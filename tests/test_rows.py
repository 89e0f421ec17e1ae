from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.rows import Rows
from chinwag.tables import schema
from chinwag.values import LARGEST_ID, LARGEST_TIME, classic_time, id_time, to_id

NEW = 1 << 60

TWEET: dict[str, Any] = {
    "id": 100, "created_at": 1, "author_id": 2, "author_handle": "a", "author_followers": 3, "author_verified": False,
    "text": "text", "reply_prefix": None, "lang": "en", "reply_to_id": None, "reply_to_author_id": None,
    "quoted_id": None, "conversation_id": None, "counts": (None, 1, 2, None), "possibly_sensitive": None,
    "client": "web", "urls": None, "hashtags": None, "media": None, "seen_as": "own", "seen_at": None,
}  # fmt: skip


def one(table: str, rows: Rows) -> dict[str, Any]:
    [row] = rows.take()[table].to_pylist()
    found: dict[str, Any] = row
    return found


@pytest.mark.parametrize(
    ("value", "expected"),
    [("5", 5), (5, 5), (str(LARGEST_ID), LARGEST_ID), (LARGEST_ID + 1, None), (str(LARGEST_ID + 1), None), ("0", None),
     (0, None), (-5, None), ("-5", None), ("5 ", None), ("5.0", None), (5.0, None), (True, None), (None, None),
     ("", None), ("٣", None), ("9" * 5000, None), ("0005", 5)],
)  # fmt: skip
def test_an_id_is_a_whole_number_above_zero(value: object, expected: int | None) -> None:
    assert to_id(value) == expected


@given(st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.booleans()))
def test_whatever_is_given_as_an_id_fits_its_column(value: object) -> None:
    found = to_id(value)
    assert found is None or 0 < found <= LARGEST_ID


def test_the_time_of_an_id() -> None:
    assert id_time(((1609522146662 - 1288834974657) << 22) + 5) == 1609522146662
    assert id_time(29_699_999_999) is None
    assert id_time(LARGEST_ID) is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fri Jan 01 17:29:06 +0000 2021", 1609522146000),
        ("Thu Nov 04 01:42:54 +0000 2010", 1288834974000),
        ("Fri Jan 01 17:29:06 +0100 2021", None),
        ("Fri Jan 32 17:29:06 +0000 2021", None),
        ("2021-01-01T17:29:06Z", None),
        ("Fri Jan 01 17:29:06 +0000 99999999999999999999", None),
        ("Fri Jan 01 17:29 +0000 2021", None),
        ("", None),
        (None, None),
    ],
)
def test_the_time_as_v1_writes_it(text: str | None, expected: int | None) -> None:
    assert classic_time(text) == expected


@given(st.text())
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    assert classic_time(text) is None or len(text.split()) == 6


@pytest.mark.parametrize("link", ["reply_to_id", "quoted_id"])
@pytest.mark.parametrize(
    ("tweet", "target", "kept"),
    [(NEW, NEW - 1, True), (NEW, NEW, False), (NEW, NEW + 1, False),
     (100, 99, True), (100, 101, True), (100, 100, False), (100, NEW, False)],
)  # fmt: skip
def test_a_link_to_a_tweet_that_is_not_older_is_left_out(link: str, tweet: int, target: int, kept: bool) -> None:
    rows = Rows()
    rows.at(7, "member")
    rows.sighting(5, **(TWEET | {"id": tweet, link: target}))
    taken = rows.take()
    assert taken["sightings"].to_pylist()[0][link] == (target if kept else None)
    reason = f"{link} is not older than the tweet"
    expected = [{"file_id": 7, "member": "member", "line": 5, "scope": "field", "reason": reason}]
    assert ("rejects" not in taken) if kept else (taken["rejects"].to_pylist() == expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [("in", "id"), ("iw", "he"), ("ji", "yi"), ("en", "en"), ("und", "und"), (None, None), ("", None)],
)
def test_old_language_codes_become_todays(given: str | None, expected: str | None) -> None:
    rows = Rows()
    rows.sighting(1, **(TWEET | {"lang": given}))
    assert one("sightings", rows)["lang"] == expected


@pytest.mark.parametrize(("at", "expected"), [(None, True), (LARGEST_TIME, False), (LARGEST_TIME + 1, True)])
def test_a_time_no_clock_shows_is_unknown(at: int | None, expected: bool) -> None:
    rows = Rows()
    rows.delete("delete", 1, 2, at=at)
    assert (one("deletes", rows)["at"] is None) == expected


def test_rows_come_as_the_tables_say_and_only_once() -> None:
    rows = Rows()
    rows.source = "v1"
    rows.at(1, "")
    media = [[("photo", "u", None), ("video", None, "alt")], None, []]
    for links, pictures in zip((["a"], [], None), media, strict=True):
        rows.sighting(1, **(TWEET | {"urls": links, "media": pictures}))
    rows.delete("delete", 1, None, at=None)
    rows.reject(3, "reason")
    rows.damage("reason")
    assert len(rows) == 6
    taken = rows.take()
    assert {name: batch.schema for name, batch in taken.items()} == {name: schema(name) for name in taken}
    found = taken["sightings"].to_pylist()
    assert [row["urls"] for row in found] == [["a"], [], None]
    assert [[tuple(item.values()) for item in row["media"]] if row["media"] else row["media"] for row in found] == media
    assert [row["scope"] for row in taken["rejects"].to_pylist()] == ["record", "bytes"]
    assert rows.take() == {}
    assert isinstance(taken["deletes"], pa.RecordBatch)


def test_counts_begin_anew_with_each_file() -> None:
    rows = Rows()
    rows.at(1, "a")
    rows.sighting(1, **TWEET)
    rows.at(1, "b")
    rows.sighting(1, **(TWEET | {"seen_as": "quoted"}))
    assert rows.counts == {"sightings": 2, "embedded": 1}
    rows.at(2, "a")
    assert not rows.counts


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\ud83db\udc00", "a\ufffdb\ufffd"), ("\ufeffa\ud83d", "\ufeffa\ufffd"), ("\U0001f600", "\U0001f600")],
)  # fmt: skip
def test_halves_of_surrogate_pairs_are_replaced_everywhere(text: str, expected: str) -> None:
    rows = Rows()
    rows.sighting(5, **(TWEET | {"text": text, "urls": [text], "media": [("photo", text, None)]}))
    row = one("sightings", rows)
    assert (row["text"], row["urls"], row["media"][0]["url"]) == (expected, [expected], expected)


def test_terms_are_the_sources_unless_a_sighting_has_its_own() -> None:
    rows = Rows()
    for stated, own in [(None, None), ("x-api", None), ("x-api", "stream"), (None, "stream")]:
        rows.terms = stated
        rows.sighting(1, **TWEET, terms=own)
    assert [row["terms"] for row in rows.take()["sightings"].to_pylist()] == [None, "x-api", "stream", "stream"]


def test_a_notice_may_name_its_author() -> None:
    rows = Rows()
    rows.delete("user_delete", None, None, author_handle="anna", at=None)
    row = one("deletes", rows)
    assert (row["author_id"], row["author_handle"], row["kind"]) == (None, "anna", "user_delete")
