"""Write records as shards of one kind and split, and read each back by its consumer's rules before it counts."""

import hashlib
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from math import inf
from pathlib import Path
from types import ModuleType
from typing import IO, Any, Self

import msgspec

from chinwag.errors import ExportError

ENDINGS = {"none": "", "gzip": ".gz", "zstd": ".zst"}
NAME = "{split}-{number:05}.{kind}"  # of a file, unless the format has names of its own
BATCH = 5_000  # rows a Parquet row group, unless the format says how many
GROUP = 16 * 1024 * 1024  # bytes of a row group, as JSON, at most, but for its last row


def is_numbered(part: ModuleType) -> bool:
    """Say whether a format's files have numbers: only then may it have more than one a split and kind."""
    return "{number" in getattr(part, "FILE", NAME)


def file_name(part: ModuleType, split: str, number: int, kind: str, compress: str) -> str:
    """Give the name of a shard; its ending tells how it is compressed, but Parquet's, which packs its own columns."""
    name: str = getattr(part, "FILE", NAME)
    return name.format(split=split, number=number, kind=kind) + ("" if kind == "parquet" else ENDINGS[compress])


class Shards:
    """Write the records of one split as files of at most `size` bytes before compression, unless one record is more."""

    def __init__(self, folder: Path, split: str, kind: str, part: ModuleType, size: int, compress: str) -> None:
        self._folder, self._split, self._kind, self._part = folder, split, kind, part
        self._size, self._compress = size if is_numbered(part) else inf, compress
        self._file: _JsonLines | _Parquet | None = None
        self._entries: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        if self._file is not None:
            with suppress(*([Exception] if failed else [])):  # what failed first is what is told
                self._file.close()

    def add(self, record: dict[str, Any]) -> None:
        """Write one record, beginning a new file where this one is full."""
        line = msgspec.json.encode(record) + b"\n"
        if self._file is not None and self._file.bytes + len(line) > self._size:
            self._finish()
        if self._file is None:
            number = len(self._entries)
            path = self._folder / file_name(self._part, self._split, number, self._kind, self._compress)
            path.parent.mkdir(exist_ok=True)
            if self._kind == "parquet":
                self._file = _Parquet(path, self._part, self._compress)
            else:
                self._file = _JsonLines(path, self._compress)
        self._file.add(record, line)

    def close(self) -> list[dict[str, Any]]:
        """Finish, and describe the files for the manifest."""
        self._finish()
        return self._entries

    def _finish(self) -> None:
        if self._file is None:
            return
        file, self._file = self._file, None
        file.close()
        for number, record in enumerate(file.read_back(), 1):
            if problem := self._part.check(record):
                raise ExportError(f"{file.path.relative_to(self._folder)}: record {number}: {problem}")
        with file.path.open("rb") as data:
            digest = hashlib.file_digest(data, "sha256").hexdigest()
        self._entries.append(
            {
                "name": str(file.path.relative_to(self._folder)),
                "split": self._split,
                "kind": self._kind,
                "records": file.records,
                "bytes": file.path.stat().st_size,
                "sha256": digest,
            }
        )


class _JsonLines:
    """Write JSON lines."""

    def __init__(self, path: Path, compress: str) -> None:
        self.path, self._compress = path, compress
        self.bytes = self.records = 0
        self._out = _packed(path, compress)

    def add(self, _: dict[str, Any], line: bytes) -> None:
        self._out.write(line)
        self.bytes += len(line)
        self.records += 1

    def close(self) -> None:
        self._out.close()

    def read_back(self) -> Iterator[Any]:
        with _unpacked(self.path, self._compress) as lines:
            for line in lines:
                yield json.loads(line)


class _Parquet:
    """Write Parquet with the schema that the format gives."""

    def __init__(self, path: Path, part: ModuleType, compress: str) -> None:
        import pyarrow.parquet as pq

        self.path = path
        self.bytes = self.records = 0
        self._rows: list[dict[str, Any]] = []
        self._held = 0
        self._schema = part.schema()
        self._most: int = getattr(part, "ROW_GROUP", BATCH)
        # Parquet packs its own columns; uncompressed it would be of use to nobody.
        self._writer = pq.ParquetWriter(path, self._schema, compression="gzip" if compress == "gzip" else "zstd")

    def add(self, record: dict[str, Any], line: bytes) -> None:
        self._rows.append(record)
        self.bytes += len(line)
        self.records += 1
        self._held += len(line)
        if len(self._rows) == self._most or self._held > GROUP:
            self._write()

    def _write(self) -> None:
        import pyarrow as pa

        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows, self._held = [], 0

    def close(self) -> None:
        self._write()
        self._writer.close()

    def read_back(self) -> Iterator[Any]:
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(500):
                yield from batch.to_pylist()


def _packed(path: Path, compress: str) -> IO[bytes]:
    """Open a file to write; the same bytes in give the same bytes out."""
    if compress == "none":
        return path.open("wb")
    import pyarrow as pa

    packed: IO[bytes] = pa.CompressedOutputStream(str(path), compress)
    return packed


def _unpacked(path: Path, compress: str) -> IO[bytes]:
    if compress == "none":
        return path.open("rb")
    import pyarrow as pa

    return io.BufferedReader(pa.CompressedInputStream(str(path), compress))
