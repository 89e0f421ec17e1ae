import json
from typing import Any

import pytest

from chinwag.errors import UsageError
from chinwag.records import LAST, load
from tests.sources.reading_back import Json, read_back
from tests.sources.statuses import reply, status

BIG = 5 * 10**18
V2 = {"data": {"id": str(BIG), "text": "hi", "author_id": "7"}, "includes": {"users": []}}
DELETE = {"delete": {"status": {"id": 6, "id_str": "6", "user_id": 7, "user_id_str": "7"}}}
OTHER: Json = {"a": 1}


def lines(*records: Any) -> bytes:
    return b"".join(record if isinstance(record, bytes) else json.dumps(record).encode() + b"\n" for record in records)


MIXED: dict[str, tuple[bytes, list[int], list[tuple[int, str]], set[str]]] = {
    "two shapes": (lines(status(11), V2, status(12)), [11, BIG, 12], [], {"v1", "v2"}),
    "the other first": (lines(V2, status(11), V2), [BIG, 11, BIG], [], {"v1", "v2"}),
    "an unknown one": (lines(status(11), OTHER, status(12)), [11, 12], [(2, "unknown record")], {"v1"}),
    "an unknown one first": (lines(OTHER, status(11)), [11], [(1, "unknown record")], {"v1"}),
    "a broken one": (lines(status(11), b"{x\n", V2, b"\n"), [11, BIG], [(2, "broken or cut JSON")], {"v1", "v2"}),
    "glued ones": (lines(status(11)) + lines(status(12)).strip() + lines(V2), [11, 12, BIG], [], {"v1", "v2"}),
    "no objects": (lines(status(11), [1], 5), [11], [(2, "not a JSON object"), (3, "not a JSON object")], {"v1"}),
    "a list": (json.dumps([status(11), V2, OTHER]).encode(), [11, BIG], [(3, "unknown record")], {"v1", "v2"}),
}  # fmt: skip


@pytest.mark.parametrize(("data", "ids", "rejects", "sources"), MIXED.values(), ids=MIXED)
def test_a_file_may_mix_shapes(data: bytes, ids: list[int], rejects: list[tuple[int, str]], sources: set[str]) -> None:
    read = read_back({"in.json": data})
    assert sorted(row["id"] for row in read.sightings) == sorted(ids)
    assert [(row["line"], row["reason"]) for row in read.rejects] == rejects
    assert read.sources == sources


def test_each_row_says_which_source_read_it() -> None:
    read = read_back({"in.json": lines(status(11), V2, status(12), DELETE)})
    assert {row["id"]: row["source"] for row in read.sightings} == {11: "v1", BIG: "v2", 12: "v1"}
    assert [row["tweet_id"] for row in read.deletes] == [6]


def test_a_forced_source_reads_everything() -> None:
    read = read_back({"in.json": lines(V2, reply(5, "x"))}, source="v1")
    assert [(row["line"], row["reason"]) for row in read.rejects] == [(1, "unknown record")]
    assert (len(read.sightings), read.sources) == (1, {"v1"})


def test_the_source_that_takes_any_table_is_asked_last() -> None:
    assert load()[-1].name == LAST
    assert [source.name for source in load("v1")] == ["v1"]
    with pytest.raises(UsageError, match="no source is called 'v3'"):
        load("v3")
