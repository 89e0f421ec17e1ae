"""Write turns as files: shards by split, each checked by its consumer's rules, a card and a manifest; or as a database.

The folder appears whole or not at all. The same turns give the same bytes, whoever writes them, in however many
processes: each part of `turns` has shards of its own.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from chinwag import __version__, account, shelves
from chinwag.card import card
from chinwag.engines.opening import opened
from chinwag.errors import ExportError, UsageError, WorkspaceError
from chinwag.exports._databases import DATASET
from chinwag.pool import results
from chinwag.progress import Steps, steps
from chinwag.pseudonyms import key_of, pseudonym
from chinwag.recipe import fits, verb
from chinwag.replacing import NEW, replacing
from chinwag.shaping import conversations, rows_of
from chinwag.sharding import Sharding, Written, on_engine
from chinwag.turns import Turn
from chinwag.workspace import Workspace

MANIFEST = "manifest.json"
CARD = "README.md"
SHARD = 256 * 1024 * 1024  # bytes a shard before compression
PROBE = [
    Turn(1, None, 0, "u_1", "en", "Tea?", 9, 1, 0, [1], ["v1"], []),
    Turn(2, 1, 1, "u_2", "en", "Yes.", 3, 1, 1000, [2], ["v1"], []),
    Turn(3, 1, 1, "u_3", "en", "No.", 9, 1, 2000, [3], ["v1"], []),
]


@dataclass
class Summary:
    """Count what was written; into a database, conversations."""

    path: Path | str
    records: Counter[str] = field(default_factory=Counter)
    files: int = 0

    def line(self) -> str:
        """Say it in one line."""
        splits = ", ".join(f"{split} {count:,}" for split, count in sorted(self.records.items())) or "no records"
        return f"{self.path}: {splits}" + (f", in {self.files:,} files" if isinstance(self.path, Path) else "")


def run(  # noqa: PLR0913 - one argument an option
    format: str,
    workspace: Path,
    out: Path | str,
    *,
    shard_size: int = SHARD,
    compress: str = "none",
    ids: bool = False,
    license: str = "",
    contact: str = "",
    creator: str = "",
    url: str = "",
    options: dict[str, Any] | None = None,
    memory: int | None = None,
    workers: int | None = None,
    engine: str = "duckdb",
    master: str | None = None,
    quiet: bool = False,
) -> Summary:
    """Write the workspace's turns in one format to the folder `out`, replacing an export that is there.

    Where the format is a database, `out` is its file or address, and what is in it is brought up to date. With `ids`,
    messages keep the ids of their tweets, and times their milliseconds. `license`, `contact`, `creator` and `url` stand
    in what describes it. A shard ends at `shard_size` bytes before compression, and at the end of a part of `turns`.

    Parts are written by `workers` processes, without it one a core, or on an engine that runs on several machines, as
    `opened` takes it; then `out` is a folder that all of them see. Databases, and formats of a single file, are written
    by one process. Raises ExportError where `out` holds something else, cannot be written, is being written by another
    run, or a record breaks its consumer's rules; UsageError where there is no such format, or it has no such option;
    ChinwagError where a worker was killed.
    """
    part = shelves.load("exports", format)
    options = options or {}
    check_options(format, options, f"export {format}")
    target = Workspace(workspace)
    if not target.state.steps.get("curate"):
        raise WorkspaceError(f"{workspace}: there are no turns yet; run: chinwag curate -w {workspace}")
    if compress not in getattr(part, "COMPRESS", (compress,)):
        compress = "none"
    said = {"license": license, "contact": contact, "creator": creator, "url": url}
    about = {name: text for name, text in said.items() if text}
    written = {"shard_size": shard_size, "compress": compress, "ids": ids, **about, **options}
    manifest = _described(format, part, target, written)
    name = _namer(target, ids)
    if is_database(format):
        with steps(f"export {format}", 1, quiet=quiet) as show:
            manifest["fingerprint"] = _fingerprint(target)
            show("turns", total=rows_of(target))
            turns = conversations(target.parts("turns"), show, exact=ids)
            counts = part.write(turns, name, str(out), manifest, **options)
        return Summary(str(out), Counter(counts))
    out = Path(out)
    check_place(out)
    try:
        with replacing(out) as hidden, steps(f"export {format}", 2, quiet=quiet) as show:
            sharding = Sharding(format, options, name, ids, shard_size, compress, hidden / "tasks")
            manifest |= _write(sharding, target, hidden, show, workers=workers, engine=engine, master=master)
            _finish(part, target, hidden / NEW, name, manifest, memory, show)
    except OSError as error:
        raise ExportError(f"{error.filename or out}: {error.strerror or error}; nothing was put in place") from error
    summary = Summary(out, files=len(manifest["files"]))
    for entry in manifest["files"]:
        if entry["kind"] == part.KINDS[0]:
            summary.records[entry["split"]] += entry["records"]
    return summary


def check_options(format: str, options: Mapping[str, Any], where: str) -> None:
    """Try a format's options on a made-up conversation, so that what is wrong with them is told before all the work.

    Raises UsageError.
    """
    part = shelves.load("exports", format)
    fits(verb("exports", format), options, where)
    try:
        if is_database(format):
            if not DATASET.fullmatch(options.get("dataset", "chinwag")):
                raise UsageError(f"dataset: {options['dataset']!r} is no name")
        else:
            for _ in part.records(PROBE, str, **options):
                pass
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from error


def is_database(format: str) -> bool:
    """Say whether a format is a database, and no folder of files."""
    return hasattr(shelves.load("exports", format), "write")


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
    """Name what lies in the folder of an export; nothing where it has no manifest of ours."""
    try:
        manifest = json.loads((out / MANIFEST).read_bytes())
        files = [*manifest["files"], *manifest["beside"]]
        return {MANIFEST, *(Path(entry["name"]).parts[0] for entry in files)} if manifest["chinwag"] else set()
    except (OSError, ValueError, TypeError, KeyError, IndexError):
        return set()


def _namer(target: Workspace, ids: bool) -> Callable[[int], str]:
    """Give what names a turn: its tweet's id, or a pseudonym of it."""
    key = key_of(target)
    return str if ids else partial(pseudonym, "t", key=key)


def _described(format: str, part: ModuleType, target: Workspace, written: dict[str, Any]) -> dict[str, Any]:
    """Say what an export is made of, and how: what changes its records, and no more."""
    return {
        "chinwag": __version__,
        "format": format,
        "options": written,
        "curate": {name: value for name, value in target.state.options["curate"].items() if name != "key"},
        "assemble": {name: value for name, value in target.state.options["assemble"].items() if name != "cut"},
        **({format: part.about(target)} if hasattr(part, "about") else {}),
    }


def _fingerprint(target: Workspace) -> str:
    """Give what changes whenever the turns do."""
    digest = hashlib.sha256()
    for part in target.parts("turns"):
        with part.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _write(
    sharding: Sharding,
    target: Workspace,
    hidden: Path,
    show: Steps,
    *,
    workers: int | None,
    engine: str,
    master: str | None,
) -> dict[str, Any]:
    """Write the shards; gives what the manifest says of them."""
    tasks = sharding.tasks(target.parts("turns"))
    sharding.folder.mkdir()
    written: Iterable[Written]
    if engine == "duckdb" or len(tasks) < 2:
        show("turns", total=rows_of(target))
        workers = min(workers or os.cpu_count() or 1, len(tasks))
        written = results(sharding.write, tasks, workers, show.at, "run it again with fewer --workers")
        return sharding.gather(written, hidden / NEW)
    scratch = hidden / "scratch"
    scratch.mkdir()
    with opened(engine, scratch, master=master) as own:
        show("turns", own.percent)
        written = on_engine(sharding, tasks, own, scratch)
    return sharding.gather(written, hidden / NEW)


def _finish(
    part: ModuleType,
    target: Workspace,
    folder: Path,
    name: Callable[[int], str],
    manifest: dict[str, Any],
    memory: int | None,
    show: Steps,
) -> None:
    """Write what lies beside the shards: the format's own files, the card, the manifest."""
    show("card")
    rows = account.read(target, memory=memory, step=show.step)
    manifest["account"] = [row for row in rows if row["scope"] == "all"]
    if hasattr(part, "beside"):
        part.beside(folder, manifest, target, name)
    said = {name: manifest["options"][name] for name in ("license", "contact") if name in manifest["options"]}
    (folder / CARD).write_text(card(manifest, rows, **said), encoding="utf-8")
    shards = {entry["name"] for entry in manifest["files"]}
    others = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    manifest["beside"] = [described(folder, one) for one in others if one not in shards]
    if hasattr(part, "check_folder"):
        for problem in part.check_folder(folder):
            raise ExportError(problem)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def described(folder: Path, name: str) -> dict[str, Any]:
    """Describe a file for the manifest."""
    path = folder / name
    with path.open("rb") as data:
        digest = hashlib.file_digest(data, "sha256").hexdigest()
    return {"name": name, "bytes": path.stat().st_size, "sha256": digest}
