import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag import forms
from chinwag.forms import CHUNK, LONGEST_LINE, chunks, items, tell


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """Cut data into blocks of these sizes, over and over."""
    blocks, at = list[bytes](), 0
    while at < len(data):
        size = sizes[len(blocks) % len(sizes)]
        blocks.append(data[at : at + size])
        at += size
    return blocks


def nothing(number: int, reason: str) -> None:
    raise AssertionError(f"{number}: {reason}")


@given(st.lists(st.integers(0, 3), max_size=300), st.lists(st.integers(1, CHUNK), min_size=1, max_size=5))
def test_chunks_are_whole_lines_with_their_numbers(shape: list[int], sizes: list[int]) -> None:
    lines = [b"x" * (count * 501) for count in shape]
    data = b"\n".join(lines)
    found = list(chunks(cut(data, sizes), nothing))
    assert b"".join(chunk for _, chunk in found) == data
    for numbers, chunk in found:
        assert data.startswith(chunk, len(b"".join(line + b"\n" for line in lines[: numbers.start - 1])))
        assert len(numbers) == chunk.count(b"\n") + (not chunk.endswith(b"\n"))
    assert all(chunk.endswith(b"\n") for _, chunk in found[:-1])


@pytest.mark.parametrize("size", [1 << 16, 1 << 20])
def test_a_line_that_is_too_long_is_one_reject_and_takes_no_memory(size: int) -> None:
    rejects: list[tuple[int, str]] = []
    long = b"x" * (LONGEST_LINE + (3 << 20))
    data = b"\n".join([b"first", long, b"third", long])
    found = list(chunks(cut(data, [size]), lambda number, reason: rejects.append((number, reason))))
    assert [(list(numbers), chunk) for numbers, chunk in found] == [([1], b"first\n"), ([3], b"third\n")]
    assert rejects == [(2, "line longer than 16 MiB"), (4, "line longer than 16 MiB")]


def told(data: bytes, size: int = 1 << 17) -> tuple[str, Any]:
    """Give the form, and the items of a document or script, else all bytes as they come through."""
    form, _, blocks = tell(iter(cut(data, [size])))
    if form in ("document", "script"):
        return form, [found for _, found in items(blocks)]
    return form, b"".join(blocks)


A, B = b'{"a": 1}', b'{"b": "\xc3\xa9\\n"}'
DECODED = [{"a": 1}, {"b": "é\n"}]
BROKEN = forms.BROKEN

FORMS: dict[str, tuple[bytes, str, Any]] = {
    "nothing": (b"", "lines", b""),
    "lines": (A + b"\n" + B + b"\n", "lines", A + b"\n" + B + b"\n"),
    "a record": (A, "lines", A),
    "text": (b"id,text\n1,a\n", "lines", b"id,text\n1,a\n"),
    "a list": (b"[" + A + b"," + B + b"]", "document", DECODED),
    "a list with its end": (b"[" + A + b", " + B + b"]\n", "document", DECODED),
    "a list of lines": (b"\n[\n" + A + b",\n" + B + b"\n]\n", "document", DECODED),
    "an empty list": (b"[]\n", "document", []),
    "a pretty record": (b'{\n  "a": 1\n}\n', "document", [{"a": 1}]),
    "pretty records": (b'{\n  "a": 1\n}\n{\n "b": "\xc3\xa9\\n"}', "document", DECODED),
    "a cut list": (b"[" + A + b",\n" + B, "document", DECODED),
    "a list with a cut item": (b"[" + A + b',\n{"b', "document", [{"a": 1}, BROKEN]),
    "a broken item": (b'[{"x": \x01 },' + A + b"," + B + b"]", "document", [BROKEN, *DECODED]),
    "an item that is none": (b"[5, null, " + A + b"]", "document", ["not a JSON object"] * 2 + [{"a": 1}]),
    "a cut first line": (b'{"a": \n' + A + b"\n", "lines", b'{"a": \n' + A + b"\n"),
    "a list, and lines": (b"[1]\n" + A + b"\n" + B, "document", ["not a JSON object", *DECODED]),
    "a log, and lines": (b"[x] y\n" + A + b"\n" + B, "document", [BROKEN, *DECODED]),
    "a byte order mark": (b"\xef\xbb\xbf[" + A + b"]", "document", [{"a": 1}]),
    "half a character": (b'[{"a": "\\ud83d"},' + A + b"]", "document", [{"a": "\ud83d"}, {"a": 1}]),
    "a control character": (b'[{"a": "\x01"},' + A + b"]", "document", [{"a": "\x01"}, {"a": 1}]),
    "rubbish": (b"\x8f\xff\n", "lines", b"\x8f\xff\n"),
    "a script": (b"window.YTD.tweets.part0 = [\n" + A + b",\n" + B + b"]", "script", DECODED),
    "a script of one value": (b"\nvar user =  " + A + b";", "script", [{"a": 1}]),
    "another script": (b"a = b\n", "lines", b"a = b\n"),
    "Parquet": (b"PAR1\n\0", "parquet", b"PAR1\n\0"),
    "SQLite": (b"SQLite format 3\0x", "sqlite", b"SQLite format 3\0x"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "form", "expected"), FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("size", [3, 1 << 17])
def test_the_form_is_told_by_the_first_bytes(data: bytes, form: str, expected: Any, size: int) -> None:
    assert told(data, size) == (form, expected)


@pytest.mark.parametrize("data", [b"window.YTD.tweets.part0 = [ ]", b"  window.YTD.tweets.part0=[ ]"])
def test_a_script_is_told_with_its_name(data: bytes) -> None:
    assert tell(iter([data]))[1] == b"window.YTD.tweets.part0"


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner),
    max_leaves=8,
)  # fmt: skip
RECORDS = st.lists(st.dictionaries(st.sampled_from("abc"), JSON), max_size=6)


@given(RECORDS, st.lists(st.integers(1, 60), min_size=1, max_size=4), st.sampled_from([None, 1]), st.booleans())
def test_any_document_comes_back_however_it_is_cut(
    records: list[Any], sizes: list[int], indent: int | None, ascii_only: bool
) -> None:
    data = json.dumps(records, indent=indent, ensure_ascii=ascii_only).encode()
    form, _, blocks = tell(iter(cut(data, sizes)))
    assert (form, list(items(blocks))) == ("document", list(enumerate(records, 1)))


@given(st.binary(max_size=300), st.integers(1, 300))
def test_any_bytes_end(data: bytes, size: int) -> None:
    numbers = [number for number, _ in items(iter(cut(data, [size])))]
    assert numbers == list(range(1, len(numbers) + 1))


def endless(head: bytes) -> Iterator[bytes]:
    yield head
    while True:
        yield b" " * (1 << 22)


def test_a_value_beyond_all_measure_is_told_and_nothing_behind_it_read() -> None:
    assert list(items(endless(b'[{"a": 1}, {"b": ['))) == [(1, {"a": 1}), (2, forms.TOO_LARGE)]
