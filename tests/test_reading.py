import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag import reading
from chinwag.containers import Member
from chinwag.reading import CHUNK, LONGEST_LINE, FileTask, _chunks, _documents, read_job
from chinwag.rows import Rows
from chinwag.tables import schema
from tests.archives import accounted, minutes, text, write

LINES = [line for _, lines in minutes() for line in lines]


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """Cut data into blocks of these sizes, over and over."""
    blocks, at = list[bytes](), 0
    while at < len(data):
        size = sizes[len(blocks) % len(sizes)]
        blocks.append(data[at : at + size])
        at += size
    return blocks


@given(st.lists(st.integers(0, 3), max_size=300), st.lists(st.integers(1, CHUNK), min_size=1, max_size=5))
def test_chunks_are_whole_lines_with_their_numbers(shape: list[int], sizes: list[int]) -> None:
    lines = [b"x" * (count * 7001) for count in shape]
    data = b"\n".join(lines)
    chunks = list(_chunks(cut(data, sizes), Rows()))
    assert b"".join(chunk for _, chunk in chunks) == data
    for numbers, chunk in chunks:
        assert data.startswith(chunk, len(b"".join(line + b"\n" for line in lines[: numbers.start - 1])))
        assert len(numbers) == chunk.count(b"\n") + (not chunk.endswith(b"\n"))
    assert all(chunk.endswith(b"\n") for _, chunk in chunks[:-1])


@pytest.mark.parametrize("size", [1 << 16, 1 << 20])
def test_a_line_that_is_too_long_is_one_reject_and_takes_no_memory(size: int) -> None:
    rows = Rows()
    long = b"x" * (LONGEST_LINE + (3 << 20))
    data = b"\n".join([b"first", long, b"third", long])
    chunks = list(_chunks(cut(data, [size]), rows))
    assert [(list(numbers), chunk) for numbers, chunk in chunks] == [([1], b"first\n"), ([3], b"third\n")]
    assert rows.counts == {"lines": 2, "rejects": 2}
    assert [row["line"] for row in rows.take()["rejects"].to_pylist()] == [2, 4]


def lines_of(data: bytes, size: int = 1 << 17) -> bytes:
    return b"".join(_documents(iter(cut(data, [size]))))


A, B = b'{"a": 1}', b'{"b": "\xc3\xa9\\n"}'

DOCUMENTS: dict[str, tuple[bytes, bytes]] = {
    "nothing": (b"", b""),
    "lines": (A + b"\n" + B + b"\n", A + b"\n" + B + b"\n"),
    "a record": (A, A + b"\n"),
    "a list": (b"[" + A + b"," + B + b"]", A + b"\n" + B + b"\n"),
    "a list with its end": (b"[" + A + b", " + B + b"]\n", A + b"\n" + B + b"\n"),
    "a list of lines": (b"\n[\n" + A + b",\n" + B + b"\n]\n", A + b"\n" + B + b"\n"),
    "an empty list": (b"[]\n", b""),
    "a pretty record": (b'{\n  "a": 1\n}\n', b'{   "a": 1 }\n'),
    "a page": (b'{"statuses": [' + A + b"], \"x\": 1}\n", A + b"\n"),
    "a pretty page": (b'{\n"x": 1,\n"statuses": [\n' + A + b",\n" + B + b"]}\n", A + b"\n" + B + b"\n"),
    "a page without a list": (b'{"statuses": 5}\n', b'{"statuses": 5}\n'),
    "a cut list": (b"[" + A + b",\n" + B, b"[" + A + b",\n" + B),
    "a cut first line": (b'{"a": \n' + A + b"\n", b'{"a": \n' + A + b"\n"),
    "lists as lines": (b"[1]\n[2]\n", b"[1]\n[2]\n"),
    "a byte order mark": (b"\xef\xbb\xbf[" + A + b"]", A + b"\n"),
    "half a character": (b'[{"a": "\\ud83d"},' + A + b"]", b'{"a": "\\ud83d"}\n' + A + b"\n"),
    "a control character": (b'[{"a": "\x01"},' + A + b"]", b'{"a": "\\u0001"}\n' + A + b"\n"),
    "rubbish": (b"\x8f\xff\n", b"\x8f\xff\n"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), DOCUMENTS.values(), ids=DOCUMENTS)
@pytest.mark.parametrize("size", [3, 1 << 17])
def test_documents_become_lines(data: bytes, expected: bytes, size: int) -> None:
    assert lines_of(data, size) == expected


@given(st.binary(max_size=300), st.integers(1, 300))
def test_what_is_no_document_comes_through(data: bytes, size: int) -> None:
    if data[:1] not in b"[{\xef \t\r\n\x0b\x0c":
        assert lines_of(data, size) == data


def test_a_document_beyond_all_measure_comes_through_as_it_is() -> None:
    data = b"[" + b" " * (65 << 20) + b"\n" + A + b"]"
    assert lines_of(data, 1 << 20) == data


def task(path: Path, **more: Any) -> FileTask:
    size = path.stat().st_size if path.exists() else 0
    return FileTask(path, {"file_id": 5, "name": path.name, "members": 1, **more}, [Member("", 0, size)])


def test_a_job_writes_its_parts_and_says_what_became_of_every_record(tmp_path: Path) -> None:
    path = write(tmp_path / "in.json", text([*LINES, b"rubbish", b""]))
    done: list[int] = []
    result = read_job([task(path)], tmp_path, "key", done.append)
    assert (result.damages, result.errors, done) == ([], [], [path.stat().st_size])
    [entry] = result.entries
    assert accounted(entry)
    assert entry["source"] == ["v1"]
    assert set(result.parts) == {"sightings", "deletes", "rejects"}
    for name, part in result.parts.items():
        assert part == tmp_path / f"key.{name}.parquet"
        assert pq.read_schema(part).equals(schema(name))
        assert pq.read_metadata(part).num_rows == entry[name]
        assert pq.read_metadata(part).row_group(0).column(0).compression == "ZSTD"


def test_a_file_that_is_gone_is_an_error_that_the_log_does_not_hear_of(tmp_path: Path) -> None:
    path = write(tmp_path / "in.json", text(LINES))
    result = read_job([task(tmp_path / "gone"), task(path, file_id=6)], tmp_path, "key", lambda size: None)
    assert result.errors == ["gone: No such file or directory"]
    assert [entry["file_id"] for entry in result.entries] == [6]


def test_a_file_that_cannot_be_read_on_is_damage(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()  # it can be opened, and reading it fails
    result = read_job([task(tmp_path / "folder")], tmp_path, "key", lambda size: None)
    assert result.damages == ["folder: read error: Is a directory"]
    assert result.entries[0]["damages"] == 1


def test_row_groups_are_full_whatever_the_members(tmp_path: Path) -> None:
    line = b'{"delete":{"status":{"id":5}}}\n'
    count = reading.ROW_GROUP + reading.BATCH
    path = write(tmp_path / "in.json", line * count)
    part = read_job([task(path)], tmp_path, "key", lambda size: None).parts["deletes"]
    about = pq.read_metadata(part)
    groups = [about.row_group(number).num_rows for number in range(about.num_row_groups)]
    assert (sum(groups), groups[0]) == (count, reading.ROW_GROUP)


def test_the_keys_of_an_unknown_shape_are_told_and_no_more(tmp_path: Path) -> None:
    record = {f"key{number}\u2028": "secret" for number in range(9)} | {"z" * 1000: 1}
    path = write(tmp_path / "in.json", json.dumps(record).encode())
    one = task(path)
    read_job([one], tmp_path, "key", lambda size: None)
    keys = [f"key{number}\\u2028" for number in range(6)]
    assert one.entry["other"] == f"JSON of an unknown shape, with the keys {', '.join(keys)}"
