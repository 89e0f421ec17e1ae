import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chinwag.rows import Rows
from tests.archives import minutes
from tests.sources.statuses import Json, read, read_bytes, reader, rejects, reply, sid, sightings, status, user
from tests.sources.test_v1 import EXTENDED, INNER, MIDDLE, NOTICES

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
