"""Make small archives of synthetic data, damage them, and read what an ingest made of them."""

import bz2
import gzip
import io
import json
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import synthetic
from chinwag.ingest import Summary, run
from chinwag.stores import Input
from chinwag.workspace import Workspace

Json = dict[str, Any]


@cache
def minutes(era: str = "2021", count: int = 3, statuses: int = 40, seed: int = 1) -> list[tuple[str, list[bytes]]]:
    return list(synthetic.members(era, minutes=count, statuses=statuses, seed=seed, joined=0.2))


def text(lines: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\r\n" for line in lines)


def streams(data: bytes, count: int) -> list[bytes]:
    """Cut data into bz2 streams, as the archivers did, even inside a line."""
    size = max(1, -(-len(data) // count))
    return [bz2.compress(data[at : at + size]) for at in range(0, max(1, len(data)), size)]


def zstd(data: bytes) -> bytes:
    packed: bytes = pa.Codec("zstd").compress(data, asbytes=True)
    return packed


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "gzip streams": lambda data: gzip.compress(data[:5000]) + gzip.compress(data[5000:]),
    "bz2": bz2.compress,
    "bz2 streams": lambda data: b"".join(streams(data, 15)),
    "zstd": zstd,
    "zstd frames": lambda data: zstd(data[:5000]) + zstd(data[5000:]),
}


def files(pack: Callable[[bytes], bytes] = bz2.compress, **options: Any) -> dict[str, bytes]:
    return {name: pack(text(lines)) for name, lines in minutes(**options)}


def tar(members: Mapping[str, bytes], **options: Any) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", **options) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return buffer.getvalue()


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def folder(path: Path, members: Mapping[str, bytes]) -> Path:
    for name, data in members.items():
        write(path / name, data)
    return path


def ingest(workspace: Path, *paths: Input, workers: int = 1) -> Summary:
    return run(list(paths), workspace, workers=workers, quiet=True)


def table(workspace: Path, name: str) -> list[Json]:
    if name == "files":
        rows: list[Json] = Workspace(workspace).files().to_pylist()
    else:
        rows = [row for part in Workspace(workspace).parts(name) for row in pq.read_table(part).to_pylist()]
    return rows


def rows(workspace: Path, *names: str) -> list[str]:
    """Give all rows of tables, apart from where they were read, in one order."""
    found = [
        {key: value for key, value in row.items() if key not in ("file_id", "member", "line")} | {"": name}
        for name in names or ("sightings", "deletes")
        for row in table(workspace, name)
    ]
    return sorted(map(repr, found))


def accounted(counts: Mapping[str, int]) -> bool:
    """Tell whether every record is accounted for."""
    known = ("tweets", "notices", "blanks", "rejects")
    return counts.get("lines", 0) == sum(counts.get(name, 0) for name in known)


def snapshot(workspace: Path) -> dict[str, Any]:
    """Give everything in a workspace, byte for byte, but for times and places in the log."""
    found: dict[str, Any] = {}
    for path in sorted(path for path in workspace.rglob("*") if path.is_file()):
        content: Any = path.read_bytes()
        if path.suffix == ".json":
            content = json.loads(content)
            for entry in content["files"]:
                for name in ("seconds", "mtime_ns", "path", "name"):
                    del entry[name]
        found[str(path.relative_to(workspace))] = content
    return found


LINES = [line for _, lines in minutes() for line in lines]


@cache
def expected() -> list[str]:
    """Give the rows of the synthetic minutes, read the simplest way."""
    with tempfile.TemporaryDirectory() as place:
        path = folder(Path(place) / "in", files(bytes))
        assert not ingest(Path(place) / "ws", path).errors
        return rows(Path(place) / "ws")


RUN = """
import resource, sys
from pathlib import Path
from chinwag.errors import ChinwagError
from chinwag.ingest import run
from chinwag.stores import parse
source, workspace, workers, limit = sys.argv[1:]
if int(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
try:
    summary = run([parse(source)], Path(workspace), workers=int(workers), quiet=True)
except ChinwagError as error:
    sys.exit(f"{type(error).__name__}: {error}")
sys.exit("\\n".join(summary.errors + summary.damages) or 0)
"""


def command(source: Input, workspace: Path, workers: int = 1, limit: int = 0) -> list[str]:
    return [sys.executable, "-c", RUN, str(source), str(workspace), str(workers), str(limit)]
