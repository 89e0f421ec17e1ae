"""Let Hugging Face's datasets read each export from its folder, however it is packed and cut."""

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.trainers.readers import FORMATS, Export, reader

datasets = reader("datasets")

SPLITS = ("train", "validation", "test")
PACKED: list[tuple[str, tuple[object, ...]]] = [
    ("messages", ("--compress", "gzip")),
    ("messages", ("--compress", "zstd")),
    ("messages", ("--shard-size", "8KB", "--paths", "replies")),
    ("prompts", ("--compress", "gzip", "--shard-size", "8KB")),
    ("oa_instruction", ("--compress", "gzip")),
    ("sharegpt", ("--compress", "zstd", "--paths", "replies")),
]


@pytest.mark.parametrize("format", FORMATS)
def test_load_dataset_reads_all_records_of_each_split(format: str, dataset: Path, tmp_path: Path) -> None:
    reads_all(dataset / format, tmp_path)


@pytest.mark.parametrize(("format", "arguments"), PACKED)
def test_load_dataset_reads_what_is_packed_and_cut(
    format: str, arguments: tuple[object, ...], export: Export, tmp_path: Path
) -> None:
    reads_all(export(format, *arguments), tmp_path)


def reads_all(folder: Path, cache: Path) -> None:
    """Load an export by its folder, whose card says what is where, and by its files, one kind at a time."""
    entries = json.loads((folder / "manifest.json").read_text())["files"]
    loads: list[tuple[str, dict[str, list[str]]]] = [(str(folder), {})]
    for kind in sorted({entry["kind"] for entry in entries}):
        files: dict[str, list[str]] = {}
        for entry in entries:
            if entry["kind"] == kind:
                files.setdefault(entry["split"], []).append(str(folder / entry["name"]))
        loads.append(({"jsonl": "json"}.get(kind, kind), files))
    expected = {split: [known(one) for one in written(folder, entries, split)] for split in SPLITS}
    for what, files in loads:
        loaded = datasets.load_dataset(what, data_files=files or None, cache_dir=str(cache))
        assert {split: [known(row) for row in rows.to_list()] for split, rows in loaded.items()} == expected


def written(folder: Path, entries: list[dict[str, Any]], split: str) -> list[Any]:
    """Read the records of a split without datasets, as many as the manifest says."""
    kind = min(entry["kind"] for entry in entries)
    mine = [entry for entry in entries if (entry["kind"], entry["split"]) == (kind, split)]
    records = [record for entry in mine for record in read(folder / entry["name"])]
    assert len(records) == sum(entry["records"] for entry in mine) > 0
    return records


def read(path: Path) -> list[Any]:
    if path.suffix == ".parquet":
        table: list[Any] = pq.read_table(path).to_pylist()
        return table
    unpack = {".gz": gzip.decompress, ".zst": unzstd}.get(path.suffix, bytes)
    return [json.loads(line) for line in unpack(path.read_bytes()).splitlines()]


def unzstd(data: bytes) -> bytes:
    with pa.CompressedInputStream(io.BytesIO(data), "zstd") as stream:
        unpacked: bytes = stream.read()
    return unpacked


def known(value: Any) -> Any:
    """Leave out what is null: datasets gives every record of a set the same fields, and times of what looks so."""
    if isinstance(value, dict):
        return {key: known(one) for key, one in value.items() if one is not None}
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat()
    return [known(one) for one in value] if isinstance(value, list) else value
