"""Write turns as files: shards by split, each checked by its consumer's rules, and a manifest.

The folder appears whole or not at all. The same turns give the same bytes.
"""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any

from chinwag import __version__, shelves
from chinwag.errors import ExportError, WorkspaceError
from chinwag.progress import spinner
from chinwag.pseudonyms import key_of, pseudonym
from chinwag.shards import Shards
from chinwag.turns import Turn
from chinwag.workspace import Workspace

MANIFEST = "manifest.json"
SHARD = 256 * 1024 * 1024  # bytes a shard before compression
BATCH = 10_000


@dataclass
class Summary:
    """Count what was written."""

    path: Path
    records: Counter[str] = field(default_factory=Counter)
    files: int = 0

    def line(self) -> str:
        """Say it in one line."""
        splits = ", ".join(f"{split} {count:,}" for split, count in sorted(self.records.items())) or "no records"
        return f"{self.path}: {splits}, in {self.files:,} files"


def run(
    format: str,
    workspace: Path,
    out: Path,
    *,
    shard_size: int = SHARD,
    compress: str = "none",
    ids: bool = False,
    options: dict[str, Any] | None = None,
    quiet: bool = False,
) -> Summary:
    """Write the workspace's turns in one format to the folder `out`, replacing an export that is there.

    With `ids`, messages keep the ids of their tweets. Raises ExportError where `out` holds something else, cannot be
    written, or a record breaks its consumer's rules; UsageError where there is no such format.
    """
    part = shelves.load("exports", format)
    target = Workspace(workspace)
    if not target.state.steps.get("curate"):
        raise WorkspaceError(f"{workspace}: there are no turns yet; run: chinwag curate -w {workspace}")
    check_place(out)
    place = out.resolve()
    hidden = place.with_name(f".{place.name}.partial")
    try:
        shutil.rmtree(hidden, ignore_errors=True)
        hidden.mkdir(parents=True)
        with spinner(f"export {format}", quiet=quiet):
            manifest = _write(part, target, hidden, shard_size, compress, ids, options or {})
        (hidden / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        _swap(hidden, place)
    except OSError as error:
        raise ExportError(f"{error.filename or out}: {error.strerror or error}; nothing was put in place") from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    summary = Summary(out, files=len(manifest["files"]))
    for entry in manifest["files"]:
        if entry["kind"] == part.KINDS[0]:
            summary.records[entry["split"]] += entry["records"]
    return summary


def check_place(out: Path) -> None:
    """Raise ExportError where an export cannot go: what is there holds more than an export, which it may replace."""
    try:
        found = {entry.name for entry in out.iterdir()}
    except FileNotFoundError:
        return
    except OSError as error:
        raise ExportError(f"{out}: {error.strerror}") from error
    if not found <= _files_of(out):
        raise ExportError(f"{out}: holds something that is no export; name another folder")


def _files_of(out: Path) -> set[str]:
    """Name the files of the export in a folder; none where it has no manifest of ours."""
    try:
        manifest = json.loads((out / MANIFEST).read_bytes())
        return {MANIFEST, *(entry["name"] for entry in manifest["files"])} if manifest["chinwag"] else set()
    except (OSError, ValueError, TypeError, KeyError):
        return set()


def _swap(new: Path, out: Path) -> None:
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.replace(old)
    new.replace(out)
    shutil.rmtree(old, ignore_errors=True)


def _write(
    part: ModuleType,
    target: Workspace,
    folder: Path,
    shard_size: int,
    compress: str,
    ids: bool,
    options: dict[str, Any],
) -> dict[str, Any]:
    key = key_of(target)

    def name(turn_id: int) -> str:
        return str(turn_id) if ids else pseudonym("t", turn_id, key)

    counts: Counter[str] = Counter()
    shards: dict[tuple[str, str], Shards] = {}
    with ExitStack() as stack:
        for split, turns in conversations(target):
            counts["conversations"] += 1
            counts["turns"] += len(turns)
            if hasattr(part, "DEEPEST"):
                counts["turns_too_deep"] += sum(turn.depth >= part.DEEPEST for turn in turns)
            for record in part.records(turns, name, **options):
                for kind in part.KINDS:
                    if (split, kind) not in shards:
                        new = Shards(folder, split, kind, part, shard_size, compress)
                        shards[split, kind] = stack.enter_context(new)
                    shards[split, kind].add(record)
        files = [entry for _, shard in sorted(shards.items()) for entry in shard.close()]
    own = part.__name__.rpartition(".")[2]
    return {
        "chinwag": __version__,
        "format": own,
        "options": {"shard_size": shard_size, "compress": compress, "ids": ids, **options},
        "curate": {name: value for name, value in target.state.options["curate"].items() if name != "key"},
        "assemble": target.state.options["assemble"],
        "counts": dict(sorted(counts.items())),
        **({own: part.about(target)} if hasattr(part, "about") else {}),
        "files": files,
    }


def conversations(target: Workspace) -> Iterator[tuple[str, list[Turn]]]:
    """Give the turns of each conversation, parents first, with its split."""
    rows = (row for path in target.parts("turns") for row in _rows(path))
    for _, group in groupby(rows, key=lambda row: row[0]):
        turns = list(group)
        yield turns[0][1], [turn for _, _, turn in turns]


def _rows(path: Path) -> Iterator[tuple[int, str, Turn]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = ("turn_id", "parent_turn_id", "depth", "author", "lang", "text", "like_count")
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH):
            written = batch["created_at"].cast(pa.int64()).to_pylist()
            columns = [batch[name].to_pylist() for name in names]
            columns += [written, batch["tweet_ids"].to_pylist()]
            for root_id, split, *values in zip(
                batch["root_id"].to_pylist(), batch["split"].to_pylist(), *columns, strict=True
            ):
                yield root_id, split, Turn(*values)
