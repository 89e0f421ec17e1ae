import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chinwag.records import Records, load
from chinwag.rows import Rows
from chinwag.sources import v1
from chinwag.tables import TABLES
from chinwag.values import TWITTER_EPOCH
from tests.archives import accounted, minutes

Json = dict[str, Any]

NOW = 1_609_522_146_662  # ms


def sid(minute: int, number: int = 0) -> int:
    """Give the id of a tweet some minutes from now."""
    return ((NOW + minute * 60_000 - TWITTER_EPOCH) << 22) + number


def ids(name: str, value: int | None) -> Json:
    return {name: value, f"{name}_str": str(value) if value else None}


def user(number: int, handle: str) -> Json:
    return {**ids("id", number), "screen_name": handle, "followers_count": 12, "verified": False}


def status(tweet_id: int = 0, text: Any = "hello", **more: Any) -> Json:
    """Make a tweet of the stream; `None` takes a field away."""
    made = {
        **ids("id", tweet_id or sid(0)), "text": text, "created_at": "Fri Jan 01 17:29:06 +0000 2021",
        "source": '<a href="https://example.org" rel="nofollow">Web App</a>', "truncated": False,
        **ids("in_reply_to_status_id", None), **ids("in_reply_to_user_id", None), "in_reply_to_screen_name": None,
        "user": user(7, "anna"), "is_quote_status": False, "quote_count": 0, "reply_count": 0, "retweet_count": 0,
        "favorite_count": 0, "entities": {"hashtags": [], "urls": [], "user_mentions": []}, "lang": "en",
    }  # fmt: skip
    return {key: value for key, value in (made | more).items() if key not in more or value is not None}


def reply(to: int, text: str, *, handles: tuple[str, ...] = ("bob",), **more: Any) -> Json:
    answered = {
        **ids("in_reply_to_status_id", to),
        **ids("in_reply_to_user_id", 8),
        "in_reply_to_screen_name": handles[0],
    }
    mentions = {"user_mentions": [{"screen_name": handle} for handle in handles]}
    return status(text=text, **{**answered, "entities": mentions, **more})


def read(*records: Any) -> Rows:
    """Read records, or lines as they are."""
    lines = [record if isinstance(record, bytes) else json.dumps(record).encode() for record in records]
    return read_bytes(b"\n".join(lines) + b"\n")


def reader(rows: Rows) -> Records:
    sources = load("v1")
    return Records(sources[0], sources, rows)


def read_bytes(data: bytes) -> Rows:
    rows = Rows()
    rows.at(1, "member")
    rows.source = "v1"
    reader(rows).lines(range(1, 1 + data.count(b"\n") + (not data.endswith(b"\n"))), data)
    assert accounted(rows.counts)
    return rows


def rejects(rows: Rows) -> list[tuple[int, str, str]]:
    taken = rows.take()
    found = taken["rejects"].to_pylist() if "rejects" in taken else []
    return [(row["line"], row["scope"], row["reason"]) for row in found]


def sightings(*records: Any) -> list[Json]:
    rows = read(*records)
    taken = rows.take()
    assert "rejects" not in taken, taken["rejects"].to_pylist()
    found: list[Json] = taken["sightings"].to_pylist() if "sightings" in taken else []
    return found


def deletes(*records: Any) -> list[Json]:
    found: list[Json] = read(*records).take()["deletes"].to_pylist()
    return [{key: value for key, value in row.items() if value is not None and key != "file_id"} for row in found]


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
}  # fmt: skip


@pytest.mark.parametrize(("record", "expected"), NOTICES.values(), ids=NOTICES)
def test_notices_that_take_something_away(record: Json, expected: Json) -> None:
    assert deletes(record) == [expected]
    assert deletes(json.dumps(record).encode() + json.dumps(record).encode()) == [expected] * 2


@pytest.mark.parametrize("time", [str(NOW), NOW])
def test_the_time_of_a_delete(time: Any) -> None:
    [row] = deletes({"delete": {"status": ids("id", 5), "timestamp_ms": time}})
    assert int(row["at"].timestamp() * 1000) == NOW


@pytest.mark.parametrize("kind", ["limit", "disconnect", "warning"])
@pytest.mark.parametrize("content", [{"track": 5}, {}, {"code": "\ud83d"}, [], "x", 5])
def test_other_notices_are_counted(kind: str, content: Any) -> None:
    rows = read({kind: content}, json.dumps({kind: content}).encode() * 2)
    assert rows.counts == Counter(lines=3, notices=3)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"delete": {"status": {}}}, "delete notice without an id"),
        ({"scrub_geo": {"up_to_status_id": 5}}, "scrub_geo notice without an id"),
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

GOOD = json.dumps(status()).encode()

BROKEN: dict[str, tuple[bytes, int, list[tuple[int, str, str]]]] = {
    "blank lines and keep-alives": (b"\r\n" + GOOD + b"\r\n\r\n\n \t\n" + GOOD, 2, []),
    "no line feed at the end": (GOOD + b"\n" + GOOD, 2, []),
    "two on a line": (GOOD + GOOD + b"\n" + GOOD + b" " + GOOD, 4, []),
    "a cut line": (GOOD + b"\n" + GOOD[:50] + b"\n" + GOOD, 2, [(2, "record", "broken or cut JSON")]),
    "a cut line and a whole one": (GOOD[:50] + GOOD, 0, [(1, "record", "broken or cut JSON")]),
    "a whole line and a cut one": (GOOD + GOOD[:50], 1, [(1, "record", "broken or cut JSON")]),
    "rubbish": (b"\x8f\x00\xff\n" + GOOD, 1, [(1, "record", "not JSON")]),
    "rubbish behind": (GOOD + b"\x8f\x00\xff", 1, [(1, "record", "not JSON")]),
    "a list": (b"[]\n" + GOOD, 1, [(1, "record", "not a JSON object")]),
    "a number": (b"5\n" + GOOD, 1, [(1, "record", "not a JSON object")]),
    "nested too deep": (b'{"a":' + b"[" * 100_000 + b"\n" + GOOD, 1, [(1, "record", "nested too deep")]),
    "zeros of a broken machine": (GOOD + b"\n" + bytes(4096) + GOOD + b"\n" + bytes(4096), 2, []),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD + b"\n\xef\xbb\xbf\n", 1, []),
    "other white space": (b"\x0b\n\x0c\n\xc2\xa0\n" + GOOD, 1, []),
    "duplicate keys": (GOOD[:-1] + b', "lang": "fr"}', 1, []),
}


@pytest.mark.parametrize(("data", "tweets", "expected"), BROKEN.values(), ids=BROKEN)
def test_broken_lines(data: bytes, tweets: int, expected: list[tuple[int, str, str]]) -> None:
    rows = read_bytes(data)
    assert rows.counts["tweets"] == tweets
    assert rejects(rows) == expected


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"a\xffb", "a\ufffdb"), (b"a\\ud83db", "a\ufffdb"), (b"\\udc00", "\ufffd"), (b"\\ud83d\\ude00", "😀"),
     (b"\xed\xa0\xbd", "\ufffd" * 3), (b"a\x00\x01\tb", "a\0\x01\tb"),
     (b"a\\u0000b", "a\0b"), (b"\xf0\x9f\x98", "\ufffd")],
)  # fmt: skip
def test_bad_characters_are_replaced(raw: bytes, text: str) -> None:
    [row] = sightings(GOOD.replace(b'"hello"', b'"' + raw + b'"'))
    assert row["text"] == text


MENDED: dict[str, tuple[Json, Json, list[str]]] = {
    "id as text in the number": (status(id=str(sid(0)), id_str=None), {"id": sid(0)}, []),
    "id as number in the text": (status(id=None, id_str=sid(0)), {"id": sid(0)}, []),
    "id as float beside the text": (status(id=1.5e18), {"id": sid(0)}, ["id: wrong type or out of range"]),
    "id beyond 64 bits beside the text": (status(id=1 << 64), {"id": sid(0)}, ["id: wrong type or out of range"]),
    "counts as text": (status(text=None, full_text="x", favorite_count="5"), {"like_count": 5}, []),
    "negative counts": (status(text=None, full_text="x", favorite_count=-5), {"like_count": None},
                        ["favorite_count: wrong type or out of range"]),
    "lang": (status(lang=["en"]), {"lang": None}, ["lang: wrong type or out of range"]),
    "entities": (status(entities=[]), {"urls": None}, ["entities: wrong type"]),
    "one hashtag": (status(entities={"hashtags": [{"text": "a"}, None, {"text": []}]}), {"hashtags": ["a"]},
                    ["entities.hashtags: wrong type", "entities.hashtags.text: wrong type or out of range"]),
    "quoted status": (status(quoted_status="gone"), {"quoted_id": None}, ["quoted_status: wrong type"]),
    "verified": (status(user=user(7, "anna") | {"verified": "true"}), {"author_verified": True}, []),
}  # fmt: skip


@pytest.mark.parametrize(("record", "expected", "problems"), MENDED.values(), ids=MENDED)
def test_what_is_certain_of_a_record_is_kept(record: Json, expected: Json, problems: list[str]) -> None:
    rows = read(record)
    taken = rows.take()
    [row] = taken["sightings"].to_pylist()
    assert {name: row[name] for name in expected} == expected
    found = taken["rejects"].to_pylist() if "rejects" in taken else []
    assert [(row["line"], row["scope"], row["reason"]) for row in found] == [(1, "field", name) for name in problems]


# Laws -----------------------------------------------------------------------------------------------------------------

ODD = st.sampled_from([1 << 63, -1, "5", "\ud83d", 1e18])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FULL = status(retweeted_status=MIDDLE, quoted_status=INNER, extended_tweet=EXTENDED, display_text_range=[0, 5],
              possibly_sensitive=False, quoted_status_id=1)  # fmt: skip


def places(record: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = record.items() if isinstance(record, dict) else enumerate(record) if isinstance(record, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))][not path :]


def put(record: Json, place: tuple[Any, ...], value: Any) -> Json:
    changed: Json = json.loads(json.dumps(record))
    target: Any = changed
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value
    return changed


PLACES = [(record, place) for record in (FULL, reply(5, "x")) for place in places(record)]


@settings(max_examples=300)
@given(st.sampled_from(PLACES), JSON, st.booleans())
def test_any_value_in_any_field_is_accounted_for(place: tuple[Json, tuple[Any, ...]], value: Any, more: bool) -> None:
    changed = put(*place, value)
    rows = read(*[changed] * (1 + more), status())
    assert rows.counts["tweets"] + rows.counts["rejects"] == 2 + more
    rows.take()


NOTICE = {name: record[name] for record, _ in NOTICES.values() for name in record}


@given(st.sampled_from(places(NOTICE)), JSON)
def test_any_value_in_any_notice_is_accounted_for(place: tuple[Any, ...], value: Any) -> None:
    read({place[0]: put(NOTICE, place, value)[place[0]]}).take()


@settings(max_examples=300)
@given(st.integers(0, 4000), st.integers(0, 500), st.binary(max_size=30))
def test_any_damage_to_lines_is_accounted_for(start: int, size: int, patch: bytes) -> None:
    data = b"\n".join([GOOD, json.dumps(FULL).encode(), b'{"delete":{"status":{"id":5}}}', b"", GOOD])
    rows = read_bytes(data[:start] + patch + data[start + size :] or b"\n")
    rows.take()


@given(st.binary(min_size=1, max_size=200))
def test_random_bytes_are_accounted_for(data: bytes) -> None:
    read_bytes(data).take()


@pytest.mark.parametrize("depth", [10, 300, 450, 900, 2000, 100_000])
@pytest.mark.parametrize("field", ["quoted_status", "lang", "limit", "other", "display_text_range"])
def test_deep_nesting_is_accounted_for(depth: int, field: str) -> None:
    ends = (
        (b'{"id":1,"quoted_status":' * depth, b"}" * depth)
        if field == "quoted_status"
        else (b"[" * depth, b"]" * depth)
    )
    line = GOOD[:-1] + b', "' + field.encode() + b'":' + ends[0] + b"5" + ends[1] + b"}"
    assert read(line, GOOD).counts["lines"] == 2


@settings(max_examples=20)
@given(st.lists(st.integers(1, 200), max_size=5))
def test_any_cut_between_lines_gives_the_same(cuts: list[int]) -> None:
    lines = [line for _, held in minutes("2021", count=2, statuses=60) for line in held]
    whole = read(*lines)
    rows, begin = Rows(), 0
    rows.at(1, "member")
    rows.source = "v1"
    for end in [*sorted(cut for cut in cuts if cut < len(lines)), len(lines)]:
        if end > begin:
            reader(rows).lines(range(begin + 1, end + 1), b"\n".join(lines[begin:end]) + b"\n")
        begin = end
    assert rows.counts == whole.counts
    assert rows.take() == whole.take()


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
