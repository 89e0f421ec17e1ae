"""Compress and pack members as the archivers did."""

import bz2
import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import groupby
from pathlib import Path

from synthetic_eras import ERAS, STREAM_BYTES

CONTAINERS = ("tar", "tar.gz", "zip", "tar-of-zips", "folder")


def encode(lines: list[bytes], era: str) -> bytes:
    """Compress lines as the era did; from 2019 a member is many bz2 streams, cut anywhere, even inside a line."""
    if ERAS[era].compression == "gz":
        return gzip.compress(b"".join(line + b"\n" for line in lines), mtime=0)
    data = b"".join(line + b"\r\n" for line in lines)
    size = len(data) + 1 if ERAS[era].streams == 1 else min(STREAM_BYTES, len(data) // ERAS[era].streams + 1)
    return b"".join(bz2.compress(data[at : at + size]) for at in range(0, max(len(data), 1), size))


def _zip(files: Iterable[tuple[str, bytes]], target: Path | io.BytesIO) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data)


def _zip_days(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for day, held in groupby(files, lambda file: file[0].split("/")[:-2] or file[0].split("/")[:1]):
        _zip(held, buffer := io.BytesIO())
        yield f"twitter-stream-{'-'.join(day)}.zip", buffer.getvalue()


def pack(files: Iterable[tuple[str, bytes]], path: Path, container: str) -> None:
    """Write members into a tar, tar.gz, zip, tar-of-zips (a zip a day) or folder, byte for byte repeatable."""
    if container not in CONTAINERS:
        raise ValueError(f"unknown container: {container}")
    if container == "folder":
        for name, data in files:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
        return
    if container == "zip":
        _zip(files, path)
        return
    zipped = container == "tar.gz"
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if zipped else nullcontext(raw) as out,
        tarfile.open(fileobj=out, mode="w") as tar,
    ):
        for name, data in _zip_days(files) if container == "tar-of-zips" else files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
