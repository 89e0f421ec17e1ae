import json
from collections import Counter
from typing import Any

import pytest

from chinwag.sources import v1
from chinwag.tables import TABLES
from tests.sources.statuses import NOW, Json, deletes, ids, read, rejects, reply, sid, sightings, status

# Text -----------------------------------------------------------------------------------------------------------------

LONG = "@bob " + "a long text " * 20 + "https://t.co/aaaaaaaaaa"
EXTENDED = {
    "full_text": LONG, "display_text_range": [5, len(LONG)],
    "entities": {"urls": [{"url": "https://t.co/aaaaaaaaaa", "expanded_url": "https://example.org/a"}]},
    "extended_entities": {"media": [{"type": "photo", "media_url_https": "https://example.org/p", "url": "x"}]},
}  # fmt: skip
PLACED: Json = {"display_text_range": [5, 10]}

TEXTS: dict[str, tuple[Json, str, str | None]] = {
    "plain": (status(text="hello"), "hello", None),
    "entities are undone once": (status(text="a &amp;lt; b &lt;3 &gt; &quot; &copy;"), 'a &lt; b <3 > " &copy;', None),
    "extended when truncated": (
        reply(sid(-1), "@bob a long… https://t.co/bbbbbbbbbb", truncated=True, extended_tweet=EXTENDED),
        "a long text " * 20 + "https://example.org/a", "@bob"),
    "truncated without extended": (status(text="cut…", truncated=True), "cut…", None),
    "extended but not truncated": (status(text="hello", extended_tweet=EXTENDED), "hello", None),
    "full text": (status(text=None, full_text="hello"), "hello", None),
    "range": (reply(sid(-1), "@bob hello", **PLACED), "hello", "@bob"),
    "range keeps what the author typed": (
        reply(sid(-1), "@bob @eve hi", **PLACED, handles=("bob", "eve")), "@eve hi", "@bob"),
    "range counts escaped text": (reply(sid(-1), "@bob &lt;3 a", display_text_range=[5, 12]), "<3 a", "@bob"),
    "range counts code points": (reply(sid(-1), "@bob 😀👍🏽 a", display_text_range=[5, 10]), "😀👍🏽 a", "@bob"),
    "range behind escapes and emoji": (
        reply(sid(-1), "😀 &amp; @bob hello", display_text_range=[13, 18]), "hello", "😀 &amp; @bob"),
    "range out of bounds": (reply(sid(-1), "@bob hello", display_text_range=[5, 99]), "hello", "@bob"),
    "range the wrong way": (reply(sid(-1), "@bob hello", display_text_range=[9, 5]), "hello", "@bob"),
    "range of one": (reply(sid(-1), "@bob hello", display_text_range=[5]), "hello", "@bob"),
    "no range, explained": (reply(sid(-1), "@Bob @eve hello @bob", handles=("bob", "eve")), "hello @bob", "@Bob @eve"),
    "no range, one unexplained": (reply(sid(-1), "@bob @zoe hello"), "@zoe hello", "@bob"),
    "no range, none explained": (reply(sid(-1), "@zoe @bob hello"), "@zoe @bob hello", None),
    "no range, part of the sentence": (reply(sid(-1), "@bob's hat"), "@bob's hat", None),
    "no range, spoken to": (reply(sid(-1), "@bob: hello"), "@bob: hello", None),
    "no range, other script": (reply(sid(-1), "@bobこんにちは"), "こんにちは", "@bob"),
    "no range, wide sign": (reply(sid(-1), "＠bob hello"), "hello", "＠bob"),
    "no range, only mentions": (reply(sid(-1), "@bob"), "", "@bob"),
    "no range, no reply": (status(text="@bob hello", entities={"user_mentions": [{"screen_name": "bob"}]}),
                           "@bob hello", None),
    "links": (
        status(text="a https://t.co/aaaaaaaaaa https://t.co/ccccccccccです https://t.co/none http://t.co/m", entities={
            "urls": [{"url": "https://t.co/aaaaaaaaaa", "expanded_url": "https://example.org/?a=1&b=2"},
                     {"url": "https://t.co/cccccccccc", "expanded_url": "https://example.org/c"},
                     {"url": "https://t.co/none", "expanded_url": None}],
            "media": [{"url": "http://t.co/m", "expanded_url": "https://example.org/photo/1"}]}),
        "a https://example.org/?a=1&b=2 https://example.org/cです https://t.co/none https://example.org/photo/1", None),
    "no links": (status(text="https://t.co/aaaaaaaaaa"), "https://t.co/aaaaaaaaaa", None),
    "NUL": (status(text="a\0b"), "a\0b", None),
}  # fmt: skip


@pytest.mark.parametrize(("record", "text", "prefix"), TEXTS.values(), ids=TEXTS)
def test_text_and_prefix(record: Json, text: str, prefix: str | None) -> None:
    [row] = sightings(record)
    assert (row["text"], row["reply_prefix"]) == (text, prefix)


def test_media_and_links_come_from_the_full_text() -> None:
    [row] = sightings(status(truncated=True, extended_tweet=EXTENDED))
    assert row["urls"] == ["https://example.org/a"]
    assert row["media"] == [{"kind": "photo", "url": "https://example.org/p", "alt": None}]


# Columns --------------------------------------------------------------------------------------------------------------

UNKNOWN = dict.fromkeys(("reply_count", "retweet_count", "like_count", "quote_count"))
REAL: Json = {"quote_count": 4, "reply_count": 1, "retweet_count": 2, "favorite_count": 3}
KNOWN = {"quote_count": 4, "reply_count": 1, "retweet_count": 2, "like_count": 3}

COLUMNS: dict[str, tuple[Json, Json]] = {
    "a tweet": (status(), {
        "id": sid(0), "author_id": 7, "author_handle": "anna", "author_followers": 12, "author_verified": False,
        "lang": "en", "reply_to_id": None, "reply_to_author_id": None, "quoted_id": None, "conversation_id": None,
        "client": "Web App", "urls": None, "hashtags": None, "media": None, "seen_as": "own", "source": "v1",
        "possibly_sensitive": None, "file_id": 1}),
    "counts of the stream are unknown": (status(), UNKNOWN),
    "counts of REST are known": (status(text=None, full_text="x", **REAL), KNOWN | {"seen_at": None}),
    "zeros of REST are known": (
        status(text=None, full_text="x", quote_count=None), {"like_count": 0, "quote_count": None}),
    "counts of REST in compatible mode": (status(**REAL), KNOWN | {"seen_at": None}),
    "a reply": (reply(sid(-1), "x"), {"reply_to_id": sid(-1), "reply_to_author_id": 8}),
    "a reply by numbers alone": (
        reply(sid(-1), "@bob x", in_reply_to_status_id_str=None, in_reply_to_screen_name=None),
        {"reply_to_id": sid(-1), "reply_prefix": "@bob"}),
    "a reply to an author": (status(**ids("in_reply_to_user_id", 8)), {"reply_to_id": None, "reply_to_author_id": 8}),
    "a quote without the quoted": (status(**ids("quoted_status_id", sid(-9))), {"quoted_id": sid(-9)}),
    "hashtags": (status(entities={"hashtags": [{"text": "bread"}, {"text": ""}]}), {"hashtags": ["bread"]}),
    "sensitive": (status(possibly_sensitive=True), {"possibly_sensitive": True}),
    "old language": (status(lang="in"), {"lang": "id"}),
    "old Hebrew": (status(lang="iw"), {"lang": "he"}),
    "no client": (status(source=""), {"client": None}),
    "plain client": (status(source="web"), {"client": "web"}),
    "id as number only": (status(id_str=None), {"id": sid(0)}),
    "id as text only": (status(id=None), {"id": sid(0)}),
    "id of text counts": (status(id=5), {"id": sid(0)}),
    "no author id": (status(user={"screen_name": "anna"}), {"author_id": None, "author_handle": "anna"}),
}  # fmt: skip


@pytest.mark.parametrize(("record", "expected"), COLUMNS.values(), ids=COLUMNS)
def test_columns(record: Json, expected: Json) -> None:
    [row] = sightings(record)
    assert {name: row[name] for name in expected} == expected
    assert list(row) == list(TABLES["sightings"])


def test_the_time_is_that_of_the_id_and_for_old_ids_that_written() -> None:
    new, old = sightings(status(), status(5_000_000_000, created_at="Fri Nov 20 10:00:00 +0000 2009"))
    assert int(new["created_at"].timestamp() * 1000) == int(new["seen_at"].timestamp() * 1000) == NOW
    assert old["created_at"].isoformat() == "2009-11-20T10:00:00+00:00"


# Statuses in statuses -------------------------------------------------------------------------------------------------


def seen(*records: Json) -> list[tuple[int, str, int | None]]:
    return [(row["id"], row["seen_as"], row["like_count"]) for row in sightings(*records)]


INNER = status(sid(-20), "inner", favorite_count=9)
MIDDLE = status(sid(-10), "middle", favorite_count=5, **ids("quoted_status_id", sid(-20)), quoted_status=INNER)
EMBEDDED: dict[str, tuple[Json, list[tuple[int, str, int | None]]]] = {
    "a retweet has no row": (status(retweeted_status=status(sid(-10), favorite_count=5)), [(sid(-10), "retweeted", 5)]),
    "a quote in a retweet": (status(retweeted_status=MIDDLE), [(sid(-10), "retweeted", 5), (sid(-20), "quoted", 9)]),
    "the same quote outside": (
        status(retweeted_status=MIDDLE, quoted_status=INNER, **ids("quoted_status_id", sid(-20))),
        [(sid(-10), "retweeted", 5), (sid(-20), "quoted", 9)]),
    "the same by numbers alone": (
        status(retweeted_status=MIDDLE | {"quoted_status": INNER | {"id_str": None}}, quoted_status=INNER),
        [(sid(-10), "retweeted", 5), (sid(-20), "quoted", 9)]),
    "another quote outside": (
        status(retweeted_status=MIDDLE | {"quoted_status": INNER | {"id_str": None}},
               quoted_status=INNER | ids("id", sid(-21)) | {"id_str": None}),
        [(sid(-10), "retweeted", 5), (sid(-21), "quoted", 9), (sid(-20), "quoted", 9)]),
    "a quote": (status(quoted_status=INNER, **ids("quoted_status_id", sid(-20))),
                [(sid(0), "own", None), (sid(-20), "quoted", 9)]),
}  # fmt: skip


@pytest.mark.parametrize(("record", "expected"), EMBEDDED.values(), ids=EMBEDDED)
def test_statuses_in_a_status_are_sightings_of_their_own(record: Json, expected: list[Any]) -> None:
    assert seen(record) == expected


def test_a_quote_is_known_by_what_it_holds() -> None:
    assert sightings(status(quoted_status=INNER))[0]["quoted_id"] == sid(-20)


def test_what_is_embedded_was_seen_when_the_record_was_made() -> None:
    for row in sightings(status(retweeted_status=MIDDLE)):
        assert int(row["seen_at"].timestamp() * 1000) == NOW
    own, _ = sightings(status(text=None, full_text="x", quoted_status=INNER))
    assert own["seen_at"] is None


def test_an_embedded_status_that_cannot_be_used_is_a_field() -> None:
    rows = read(status(retweeted_status={"text": "x"}), status(quoted_status={"id": 5}))
    assert rows.counts["tweets"] == 2
    assert rows.counts["sightings"] == 1
    assert rejects(rows) == [
        (1, "field", "retweeted status: no id, or an id out of range"),
        (2, "field", "quoted status: no text"),
    ]


def test_a_link_to_a_newer_tweet_is_a_field() -> None:
    rows = read(reply(sid(5), "x"))
    assert rows.counts["tweets"] == 1
    assert rejects(rows) == [(1, "field", "reply_to_id is not older than the tweet")]


# Notices --------------------------------------------------------------------------------------------------------------

NOTICES: dict[str, tuple[Json, Json]] = {
    "delete of 2013": ({"delete": {"status": {**ids("id", 5), **ids("user_id", 6)}}},
                       {"kind": "delete", "tweet_id": 5, "author_id": 6}),
    "delete by numbers": ({"delete": {"status": {"id": 5, "user_id": 6}}},
                          {"kind": "delete", "tweet_id": 5, "author_id": 6}),
    "scrub_geo": ({"scrub_geo": {**ids("user_id", 6), **ids("up_to_status_id", 9)}},
                  {"kind": "scrub_geo", "author_id": 6, "up_to_id": 9}),
    "status_withheld": ({"status_withheld": {"id": 5, "user_id": 6, "withheld_in_countries": ["DE"]}},
                        {"kind": "status_withheld", "tweet_id": 5, "author_id": 6}),
    "user_withheld": ({"user_withheld": {"id": 6, "withheld_in_countries": ["DE"]}},
                      {"kind": "user_withheld", "author_id": 6}),
    # Of the compliance stream, whose notices of statuses and authors hold their subject in an object more.
    "status_withheld, inside": ({"status_withheld": {"status": {**ids("id", 5), **ids("user_id", 6)},
                                                     "withheld_in_countries": ["XY"]}},
                                {"kind": "status_withheld", "tweet_id": 5, "author_id": 6}),
    "user_withheld, inside": ({"user_withheld": {"user": ids("id", 6), "withheld_in_countries": ["XY"]}},
                              {"kind": "user_withheld", "author_id": 6}),
    "drop": ({"drop": {"status": {**ids("id", 5), **ids("user_id", 6)}}},
             {"kind": "protected", "tweet_id": 5, "author_id": 6}),
    "scrub_geo of a tweet": ({"scrub_geo": ids("id", 5)}, {"kind": "scrub_geo", "tweet_id": 5}),
    "user_delete": ({"user_delete": {"id": 6}}, {"kind": "user_delete", "author_id": 6}),
    "user_delete by its other name": ({"user_delete": ids("user_id", 6)}, {"kind": "user_delete", "author_id": 6}),
    "user_protect": ({"user_protect": {"id": 6}}, {"kind": "user_protect", "author_id": 6}),
    "user_suspend": ({"user_suspend": {"id": 6}}, {"kind": "user_suspend", "author_id": 6}),
    "an author of whom only the name is known": ({"user_delete": {"screen_name": "Anna"}},
                                                 {"kind": "user_delete", "author_handle": "Anna"}),
    "an author by id and name": ({"user_delete": {"id": 6, "screen_name": "Anna"}},
                                 {"kind": "user_delete", "author_id": 6}),
}  # fmt: skip


@pytest.mark.parametrize(("record", "expected"), NOTICES.values(), ids=NOTICES)
def test_notices_that_take_something_away(record: Json, expected: Json) -> None:
    assert deletes(record) == [expected]
    assert deletes(json.dumps(record).encode() + json.dumps(record).encode()) == [expected] * 2


@pytest.mark.parametrize(
    "record",
    [
        {"delete": {"status": ids("id", 5), "timestamp_ms": str(NOW)}},
        {"delete": {"status": ids("id", 5), "timestamp_ms": NOW}},
        {"user_delete": {"id": 5, "timestamp_ms": str(NOW)}},
        {"drop": {"status": ids("id", 5), "timestamp_ms": str(NOW)}},
        {"scrub_geo": {"user_id": 5, "up_to_status_id": 9, "timestamp_ms": str(NOW)}},
        {"user_withheld": {"user": ids("id", 5), "timestampMs": "2021-01-01T17:29:06.662+00:00"}},
    ],
)
def test_the_time_of_a_notice(record: Json) -> None:
    [row] = deletes(record)
    assert int(row["at"].timestamp() * 1000) == NOW


@pytest.mark.parametrize(
    "kind",
    [
        "limit", "disconnect", "warning", "undrop", "tweet_edit", "user_undelete", "user_unprotect", "user_unsuspend",
        "user_profile_modification",
    ],
)  # fmt: skip
@pytest.mark.parametrize("content", [{"track": 5}, {"id": 5}, {}, {"code": "\ud83d"}, [], "x", 5])
def test_other_notices_are_counted(kind: str, content: Any) -> None:
    rows = read({kind: content}, json.dumps({kind: content}).encode() * 2)
    assert rows.counts == Counter(lines=3, notices=3)


def test_a_like_that_was_taken_back_takes_nothing_away() -> None:
    rows = read({"delete": {"favorite": {"tweet_id": 5, "user_id": 6}, "timestamp_ms": str(NOW)}})
    assert rows.counts == Counter(lines=1, notices=1)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"delete": {"status": {}}}, "delete notice without an id"),
        ({"scrub_geo": {"up_to_status_id": 5}}, "scrub_geo notice without an id"),
        ({"user_delete": {"screen_name": ""}}, "user_delete notice without an id"),
        ({"user_protect": {"timestamp_ms": str(NOW)}}, "user_protect notice without an id"),
        ({"delete": {"screen_name": "anna"}}, "delete notice without an id"),
        ({"delete": {}}, "unknown record"),
        ({"friends": [1, 2]}, "unknown record"),
        ({}, "unknown record"),
        ({"data": {"id": "5", "text": "x", "author_id": "6"}, "includes": {}}, "unknown record"),
        ({"id": "5", "text": "x", "author_id": "6", "author": {}}, "unknown record"),
        ({"_type": "snscrape.modules.twitter.Tweet", "id": 5, "user": {"id": 6}, "rawContent": "x"}, "unknown record"),
        ({"_type": "x", "id": 5, "id_str": "5", "user": {"id": 6}, "rawContent": "x"}, "unknown record"),
        ({"id": 5, "conversation_id": "5", "tweet": "x", "username": "anna"}, "unknown record"),
        ({"tweet": {"id_str": "5", "full_text": "x"}}, "unknown record"),
        (status(id=None, id_str=None), "no id, or an id out of range"),
        (status(id=-5, id_str=None), "no id, or an id out of range"),
        (status(id=None, id_str="-5"), "no id, or an id out of range"),
        (status(id=None, id_str=str(1 << 63)), "no id, or an id out of range"),
        (status(id=1 << 63, id_str=None), "no id, or an id out of range"),
        (status(id=1.5e18, id_str=None), "no id, or an id out of range"),
        (status(text=["x"]), "text: wrong type or out of range"),
        (status(user="anna"), "user: wrong type"),
    ],
)
def test_what_cannot_be_used_is_a_reject(record: Json, reason: str) -> None:
    rows = read(status(), record)
    assert rows.counts["tweets"] == 1
    assert rejects(rows) == [(2, "record", reason)]


# Broken lines ---------------------------------------------------------------------------------------------------------
EDITED = {
    "enterprise": {"edit_history": {"initial_tweet_id": str(sid(0)), "edit_tweet_ids": [str(sid(0)), str(sid(3))]}},
    "first version": {"ext_edit_control": {"initial": {"edit_tweet_ids": [str(sid(0)), str(sid(3))]}}},
    "later version": {
        "ext_edit_control": {
            "edit": {"initial_tweet_id": str(sid(0)), "edit_control_initial": {"edit_tweet_ids": [str(sid(3))]}}
        }
    },
    "only the first is named": {"ext_edit_control": {"edit": {"initial_tweet_id": str(sid(0))}}},
}


@pytest.mark.parametrize("told", EDITED.values(), ids=EDITED)
def test_versions_are_told(told: Json) -> None:
    first = "initial" in told.get("ext_edit_control", {})
    taken = read(status(sid(0) if first else sid(3), **told)).take()
    [edit] = taken["edits"].to_pylist()
    assert (edit["tweet_id"], edit["initial_id"]) == (sid(3), sid(0))


def test_a_tweet_that_was_not_edited_has_no_versions() -> None:
    assert (
        "edits"
        not in read(status(edit_history={"initial_tweet_id": str(sid(0)), "edit_tweet_ids": [str(sid(0))]})).take()
    )


CLAIMED: list[Json] = [
    status(),
    status(text=None, full_text="x"),
    *(record for record, _ in NOTICES.values()),
    {"limit": {}},
]
FOREIGN: list[Json] = [
    {}, {"a": 1}, {"data": {}}, {"tweet": {}}, {"__typename": "Tweet", **status()}, {"_type": "x", **status()},
    {"id": "5", "text": "x", "author_id": "6", "user": {}}, {"id": 5, "user": {}},
]  # fmt: skip


def test_a_source_claims_its_own_shape_and_no_other() -> None:
    assert all(v1.claims(record) for record in CLAIMED)
    assert not any(v1.claims(record) for record in FOREIGN)
