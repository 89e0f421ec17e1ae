"""Hold files to the rules of those who will read them: each record and, where a format has such rules, a folder."""

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from chinwag import shelves
from chinwag.errors import ExportError, printable
from chinwag.export import MANIFEST, is_database

SHOWN = 20  # problems that are told one by one
LONGEST = 256 * 1024 * 1024  # bytes of a record, or of a document that is one array
LINES = (".jsonl", ".jsonl.gz", ".jsonl.zst")
DATABASES = {".duckdb": "duckdb", ".sqlite": "sqlite", ".sqlite3": "sqlite", ".db": "sqlite"}
ADDRESS = ("postgresql://", "postgres://")


@dataclass
class Summary:
    """Count the records that were checked and the rules they break; tell the first problems."""

    format: str
    files: int = 0
    records: int = 0
    broken: int = 0
    problems: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Say it in one line."""
        verdict = f"{self.broken:,} problems" if self.broken else "nothing breaks a rule"
        return f"{self.format}: {self.records:,} records in {self.files:,} files, {verdict}"

    def add(self, problem: str) -> None:
        """Count a problem, and keep it if it is among the first."""
        self.broken += 1
        if len(self.problems) < SHOWN:
            self.problems.append(printable(problem))


class _Unreadable(Exception):
    """Say why no record could be read any further."""


def run(place: str, *, format: str | None = None) -> Summary:
    """Check a file, a folder or a database by the rules of a format.

    It is the one named, or else told by the manifest beside the files, or by the first record. Raises ExportError where
    nothing is there to check or its format cannot be told, UsageError where there is no such format.
    """
    path = Path(place)
    if format is None:
        database = "postgres" if place.lower().startswith(ADDRESS) else DATABASES.get(path.suffix.lower())
        format = database or _told(path)
    if format is not None and is_database(format):
        summary = Summary(format, files=1)
        for problem in shelves.load("exports", format).check_database(place):
            summary.add(problem)
        return summary
    manifest = _manifest(path)
    if format is None and path.is_dir() and (inner := [one for one in sorted(path.iterdir()) if _manifest(one)]):
        return _all(inner)
    files = list(_files(path))
    if not files and not manifest:
        raise ExportError(f"{place}: no files of records here (.jsonl, .jsonl.gz, .jsonl.zst, .json or .parquet)")
    format = format or _guessed(files[0])
    part = shelves.load("exports", format)
    summary = Summary(format)
    for file in files:
        _check(part, file, summary)
    for problem in _unlike(path, files, manifest) if manifest else ():
        summary.add(problem)
    for problem in part.check_folder(path) if path.is_dir() and hasattr(part, "check_folder") else ():
        summary.add(problem)
    return summary


def _all(folders: list[Path]) -> Summary:
    """Check the exports of a data set, each by its own manifest."""
    whole = Summary(f"{len(folders)} exports")
    for folder in folders:
        one = run(str(folder))
        whole.files, whole.records = whole.files + one.files, whole.records + one.records
        whole.broken += one.broken
        whole.problems = [*whole.problems, *one.problems][:SHOWN]
    return whole


def _records_in(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*") if one.name.endswith((*LINES, ".parquet")) and one.is_file())


def _files(path: Path) -> Iterator[Path]:
    """Give the files of records: the file itself, or those in a folder, which its manifest names if there is one."""
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise ExportError(f"{path}: is not there")
    if (manifest := _manifest(path)) is not None:
        yield from (path / entry["name"] for entry in manifest["files"])
        return
    yield from _records_in(path)


def _manifest(folder: Path) -> dict[str, Any] | None:
    """Read the manifest of an export; None where it is none of ours."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        names = [entry["name"] for entry in manifest["files"]]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    inside = all(isinstance(name, str) and (folder / name).resolve().is_relative_to(folder.resolve()) for name in names)
    return manifest if inside and isinstance(manifest.get("format"), str) else None


def _unlike(folder: Path, files: list[Path], manifest: dict[str, Any]) -> Iterator[str]:
    """Say which files of a folder are not as its manifest has them."""
    said = {entry["name"]: entry.get("sha256") for entry in manifest["files"]}
    for file in files:
        if file.is_file():  # that others cannot be read has been told
            with file.open("rb") as data:
                if hashlib.file_digest(data, "sha256").hexdigest() != said[str(file.relative_to(folder))]:
                    yield f"{file}: is not what the manifest says: its sha256 is another"
    for file in _records_in(folder):
        if str(file.relative_to(folder)) not in said:
            yield f"{file}: the manifest does not name it, but readers may take it for a shard"


def _told(path: Path) -> str | None:
    """Give the format that the manifest in a folder, or above a file, names."""
    folders = [path] if path.is_dir() else [path.parent, path.parent.parent]
    for folder in folders:
        if (manifest := _manifest(folder)) and manifest["format"] in shelves.names("exports"):
            named = [folder / entry["name"] for entry in manifest["files"]]
            if path.is_dir() or path in named:
                return str(manifest["format"])
    return None


def _guessed(file: Path) -> str:
    """Tell the format by the first record: the one whose rules it breaks none of."""
    try:
        record = next(_records(file), None)
    except _Unreadable as error:
        raise ExportError(f"{file}: {error}") from error
    fitting = [name for name in shelves.names("exports") if not is_database(name) and _fits(name, record)]
    if len(fitting) != 1:
        which = f"fits {', '.join(fitting)}" if fitting else "fits no format"
        raise ExportError(f"{file}: the first record {which}; name the format with --format")
    return fitting[0]


def _fits(name: str, record: Any) -> bool:
    return shelves.load("exports", name).check(record) is None


def _check(part: ModuleType, file: Path, summary: Summary) -> None:
    """Check every record of a file."""
    summary.files += 1
    number = 0
    try:
        for number, record in enumerate(_records(file), 1):
            summary.records += 1
            problem = record if isinstance(record, _Unreadable) else part.check(record)
            if problem:
                summary.add(f"{file}: record {number}: {problem}")
    except _Unreadable as error:
        summary.add(f"{file}: after record {number}: {error}")


def _records(file: Path) -> Iterator[Any]:
    """Give the records of a file; one that cannot be decoded as what says why."""
    import pyarrow as pa

    try:
        if file.suffix == ".parquet":
            yield from _rows(file)
        elif file.suffix == ".json":
            yield from _array(file)
        else:
            with io.BufferedReader(pa.input_stream(str(file), compression="detect")) as lines:
                yield from map(_decoded, iter(partial(lines.readline, LONGEST), b""))
    except (OSError, pa.ArrowException) as error:
        raise _Unreadable(" ".join(str(error).split())) from error


def _rows(file: Path) -> Iterator[Any]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(file) as table:
        for batch in table.iter_batches(5_000):
            yield from batch.to_pylist()


def _array(file: Path) -> Iterator[Any]:
    if file.stat().st_size > LONGEST:
        raise _Unreadable(f"a JSON document above {LONGEST:,} bytes; write it as JSON lines")
    document = _decoded(file.read_bytes())
    if isinstance(document, _Unreadable):
        raise document
    yield from document if isinstance(document, list) else [document]


def _decoded(data: bytes) -> Any:
    """Decode as the readers do, with Python's own JSON; gives what says why where that fails."""
    try:
        return json.loads(data)
    except RecursionError:
        return _Unreadable("nested too deep for Python's JSON reader")
    except ValueError as error:
        return _Unreadable(f"no JSON: {error}")
