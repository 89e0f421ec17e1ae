import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.errors import ExportError
from chinwag.shards import ENDINGS, Shards

PART: Any = SimpleNamespace(
    check=lambda record: "too small" if record["n"] < 0 else None,
    schema=lambda: pa.schema([("n", pa.int64()), ("text", pa.string())]),
)

READERS: dict[str, Callable[[Path], bytes]] = {
    "none": Path.read_bytes,
    "gzip": lambda path: gzip.decompress(path.read_bytes()),
    "zstd": lambda path: pa.CompressedInputStream(path, "zstd").read(),
}


def record(n: int, text: str = "text") -> dict[str, Any]:
    return {"n": n, "text": text}


def write(
    folder: Path, records: list[dict[str, Any]], *, kind: str = "jsonl", size: int = 100, compress: str = "none"
) -> Any:
    shards = Shards(folder, "train", kind, PART, size, compress)
    for one in records:
        shards.add(one)
    return shards.close()


def read(folder: Path, entries: list[dict[str, Any]], compress: str) -> list[dict[str, Any]]:
    data = b"".join(READERS[compress](folder / entry["name"]) for entry in entries)
    return [json.loads(line) for line in data.splitlines()]


@pytest.mark.parametrize("compress", ENDINGS)
def test_shards_hold_all_records_in_order(tmp_path: Path, compress: str) -> None:
    records = [record(n, "é\n" * (n % 5)) for n in range(50)]
    entries = write(tmp_path, records, compress=compress)
    assert [entry["name"] for entry in entries] == [
        f"train-{n:05}.jsonl{ENDINGS[compress]}" for n in range(len(entries))
    ]
    assert len(entries) > 10
    assert read(tmp_path, entries, compress) == records


@pytest.mark.parametrize("compress", ENDINGS)
def test_what_the_entries_say_is_true(tmp_path: Path, compress: str) -> None:
    for entry in write(tmp_path, [record(n) for n in range(50)], compress=compress):
        path = tmp_path / entry["name"]
        data = path.read_bytes()
        assert entry == {
            "name": path.name,
            "split": "train",
            "kind": "jsonl",
            "records": READERS[compress](path).count(b"\n"),
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }


@pytest.mark.parametrize("compress", ENDINGS)
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_the_same_records_give_the_same_bytes(tmp_path: Path, kind: str, compress: str) -> None:
    records = [record(n) for n in range(50)]
    made = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        made.append(write(tmp_path / name, records, kind=kind, compress=compress))
    assert made[0] == made[1]


@given(st.lists(st.text(max_size=60), max_size=30), st.integers(1, 200))
def test_no_shard_is_larger_unless_by_one_record(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], size: int
) -> None:
    folder = tmp_path_factory.mktemp("shards")
    entries = write(folder, [record(n, text) for n, text in enumerate(texts)], size=size)
    assert [one["text"] for one in read(folder, entries, "none")] == texts
    assert all(entry["bytes"] <= size or entry["records"] == 1 for entry in entries)
    lines = [line for entry in entries for line in (folder / entry["name"]).read_bytes().splitlines(keepends=True)]
    for entry in entries[:-1]:
        lines = lines[entry["records"] :]
        assert entry["bytes"] + len(lines[0]) > size, "it would have had room"


@pytest.mark.parametrize(("compress", "codec"), [("none", "ZSTD"), ("zstd", "ZSTD"), ("gzip", "GZIP")])
def test_parquet_is_always_compressed(tmp_path: Path, compress: str, codec: str) -> None:
    (entry,) = write(tmp_path, [record(1)], kind="parquet", compress=compress)
    assert entry["name"] == "train-00000.parquet"
    assert pq.read_metadata(tmp_path / entry["name"]).row_group(0).column(0).compression == codec


def test_parquet_in_shards_and_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chinwag.shards.BATCH", 4)
    records = [record(n) for n in range(20)]
    entries = write(tmp_path, records, kind="parquet", size=200)
    tables = [pq.read_table(tmp_path / entry["name"]) for entry in entries]
    assert pa.concat_tables(tables).to_pylist() == records
    assert [entry["records"] for entry in entries] == [9, 8, 3]
    assert pq.read_metadata(tmp_path / entries[0]["name"]).num_row_groups == 3


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_record_that_breaks_the_rules_is_an_error(tmp_path: Path, kind: str) -> None:
    with pytest.raises(ExportError, match=rf"^train-00000.{kind}: record 2: too small$"):
        write(tmp_path, [record(1), record(-1)], kind=kind)


def test_without_records_there_is_no_file(tmp_path: Path) -> None:
    assert write(tmp_path, []) == []
    assert list(tmp_path.iterdir()) == []
