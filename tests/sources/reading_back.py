"""Read files as `ingest` does, and give the rows that came of them."""

import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from chinwag.containers import Damage, Member, members
from chinwag.reading import Choice, FileTask, read_job
from tests.archives import accounted

Json = dict[str, Any]


@dataclass
class Read:
    """Hold rows by table, and what was counted over all files."""

    sightings: list[Json] = field(default_factory=list)
    deletes: list[Json] = field(default_factory=list)
    rejects: list[Json] = field(default_factory=list)
    edits: list[Json] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    sources: set[str] = field(default_factory=set)
    others: list[str] = field(default_factory=list)
    damages: list[str] = field(default_factory=list)


def read_back(
    files: Mapping[str, bytes], *, source: str | None = None, columns: Mapping[str, str] | None = None
) -> Read:
    """Write files into one folder and read them; every record of theirs has to be accounted for."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, data in files.items():
            path = Path(folder, "in", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            paths.append(path)
        return read_paths(paths, Path(folder), Choice(source, columns))


def read_paths(paths: list[Path], scratch: Path, choice: Choice) -> Read:
    """Read files that are there already."""
    tasks = []
    for number, path in enumerate(paths, 1):
        found = list(members(path))
        listed = [one for one in found if isinstance(one, Member)]
        damages = [(one.name, one.reason) for one in found if isinstance(one, Damage)]
        tasks.append(FileTask(path, {"file_id": number, "name": path.name}, listed, damages))
    result = read_job(tasks, scratch, "key", lambda _: None, choice)
    read = Read(damages=result.damages)
    for table, part in result.parts.items():
        setattr(read, table, pq.read_table(part).to_pylist())
    for entry in result.entries:
        assert accounted(entry), entry
        read.counts.update({name: count for name, count in entry.items() if type(count) is int})
        read.sources.update(entry["source"])
        read.others += (entry.get("others") or {}).values()
    return read
