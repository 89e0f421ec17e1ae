"""Say what a workspace holds, how far it is made, and what to do next; only the log and the heads of tables are read.

So it takes no longer for terabytes than for a day.
"""

import fcntl
import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import wrap
from typing import Any

import msgspec

from chinwag import answers, curate, recipe, shelves
from chinwag.account import SPLITS
from chinwag.errors import ChinwagError, WorkspaceError, printable
from chinwag.tables import TABLES
from chinwag.workspace import State, Workspace

READ = ("files", "lines", "tweets", "sightings", "deletes", "rejects", "fields", "damages")  # sums of the table `files`
UNCOUNTED = ("sightings", "deletes", "edits", "rejects")  # tables of a part a job: to open thousands takes long
MUCH = 10  # percent of the known tweets: where more than so many are missing it is said how to get them
INNER = {"clusters", "account"}  # steps that `curate` takes by itself
NARROWEST = 40  # columns: a terminal that has fewer wraps the lines itself
UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


@dataclass(frozen=True)
class Held:
    """Say what a table takes on disk, in bytes, and its rows; null where counting them would take long."""

    rows: int | None
    bytes: int


@dataclass(frozen=True)
class Stopped:
    """Say how far a fetch came that has not ended: posts that count against its limit, and pages to go on with.

    `running`: it is at work right now.
    """

    provider: str
    purpose: str
    spent: int
    pages: int
    running: bool


@dataclass
class Summary:
    """Hold what a workspace is made of, and what to do next: exact commands, none of them while something is writing.

    `read` are sums of the table `files`. `steps` are the commands that made it, the last one last. `splits` counts the
    conversations of each. `stale` says what is older than what it is made from. `filters` are those of the recipe that
    the turns were made by, with their options; null where there are no turns. `cut_off`: a run was killed.
    """

    workspace: str
    read: dict[str, int] = field(default_factory=dict)
    tables: dict[str, Held] = field(default_factory=dict)
    splits: dict[str, int] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    filters: Mapping[str, Any] | None = None
    stale: list[str] = field(default_factory=list)
    fetches: list[Stopped] = field(default_factory=list)
    writing: bool = False
    cut_off: bool = False
    next: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Say it in lines for people."""
        width = max(shutil.get_terminal_size().columns, NARROWEST)
        told = [printable(self.workspace)]
        for name, value in self._facts():
            told += wrap(value, width, initial_indent=f"  {name:<14}", subsequent_indent=" " * 16)
        if self.tables:
            told += ["", f"  {'table':<14}{'rows':>14}{'size':>10}"]
            told += [f"  {name:<14}{_number(one.rows):>14}{_size(one.bytes):>10}" for name, one in self.tables.items()]
            told += [f"  {'in all':<28}{_size(sum(one.bytes for one in self.tables.values())):>10}"]
        if hints := list(self._hints()):
            told += ["", *(line for hint in hints for line in wrap(hint, width, subsequent_indent="  "))]
        if self.next:
            told += ["", "next:", *(f"  {command}" for command in self.next)]
        return told

    def _facts(self) -> Iterator[tuple[str, str]]:
        if self.read.get("files"):
            yield "files", f"{self.read['files']:,}"
            bad = ", ".join(f"{self.read[name]:,} {name}" for name in ("rejects", "damages") if self.read[name])
            yield "records", f"{self.read['lines']:,}, {bad or 'none rejected'}"
        if rows := {name: one.rows for name, one in self.tables.items() if one.rows is not None}:
            named = {"tweets": "tweets", "edges": "answers", "conversations": "trees", "wanted": "wanted"}
            said = {"edges": " with a known parent", "wanted": " tweets are missing"}
            for table, name in named.items():
                if table in rows:
                    yield name, f"{rows[table]:,}{said.get(table, '')}"
            if rows.get("marks"):
                yield "marks", f"{rows['marks']:,}"
            if "turns" in rows:
                yield "turns", f"{rows['turns']:,}"
        if self.splits:
            yield "conversations", ", ".join(f"{name} {number:,}" for name, number in self.splits.items())
        if self.filters is not None:
            yield "filters", ", ".join(map(printable, self.filters)) or "none"
        if self.steps:
            yield "made so far", ", ".join(self.steps)

    def _hints(self) -> Iterator[str]:
        if self.writing:
            yield "a run is writing here right now: wait for it to end"
        for one in self.fetches:
            what = f"a fetch from {printable(one.provider)}, for {printable(one.purpose or 'ids')}"
            if one.running:
                yield f"{what}, is running"
            else:
                yield f"{what}, can go on: {one.spent:,} posts are spent, {one.pages:,} pages are left"
        if self.cut_off:
            yield "a run was cut off: the same command goes on, and sweeps up what was left"
        yield from self.stale


def run(workspace: Path) -> Summary:
    """Sum a workspace up, without changing or holding anything.

    Raises WorkspaceError where there is none, or where its tables cannot be read.
    """
    target = Workspace(workspace)
    summary = Summary(str(workspace))
    while True:
        number = target.state.number
        try:
            _count(target, summary)
            break
        except FileNotFoundError as error:  # another run has just replaced a part
            target.refresh()
            if target.state.number == number:
                raise WorkspaceError(f"{error.filename or workspace}: a part of a table is missing") from error
    summary.steps = _made(target.state)
    made = target.state.options.get("curate")
    summary.filters = None if made is None else made["filters"]
    summary.writing = _is_held(workspace / "lock")
    summary.cut_off = not summary.writing and any(workspace.glob("scratch-*"))
    summary.fetches = list(_fetches(workspace))
    summary.stale = list(_stale(target))
    if not summary.writing and not any(one.running for one in summary.fetches):
        summary.next = list(_next(target, summary))
    return summary


def _made(state: State) -> list[str]:
    """Name the commands that made what there is, in the order in which each was run last."""
    return sorted(state.steps.keys() - INNER, key=lambda step: state.steps[step])


def _count(target: Workspace, summary: Summary) -> None:
    """Count what was read, and what the tables hold."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = target.state.files.values()
    summary.read = {name: sum(entry.get(name, 0) for entry in files) for name in READ if name != "files"}
    summary.read = {"files": len(files), **summary.read}
    for table in TABLES:
        if parts := target.parts(table):
            size = sum(part.stat().st_size for part in parts)
            try:
                rows = None if table in UNCOUNTED else sum(pq.read_metadata(part).num_rows for part in parts)
                if table == "account" and target.fresh("account", after="curate"):
                    summary.splits = _splits(pq.read_table(parts[0]).to_pylist())
            except (pa.ArrowException, OSError) as error:
                if isinstance(error, FileNotFoundError):
                    raise
                raise WorkspaceError(f"{parts[0].parent}: cannot be read: {error}") from error
            summary.tables[table] = Held(summary.read.get(table) if table in ("sightings", "deletes") else rows, size)


def _splits(account: list[dict[str, Any]]) -> dict[str, int]:
    found = {
        step["rule"]: step["remaining"]
        for step in account
        if step["scope"] == "all" and step["stage"] == "conversations" and step["rule"]
    }
    return {name: found[name] for name in SPLITS if name in found}


def _is_held(lock: Path) -> bool:
    """Tell whether a run holds a lock; a moment's share in it is all that is asked for."""
    try:
        opened = os.open(lock, os.O_RDONLY)
    except OSError:
        return False  # nothing was ever written, or it is another's: it cannot be told
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(opened)
    return False


def _fetches(workspace: Path) -> Iterator[Stopped]:
    """Give the fetches that have not ended; what cannot be read is as if there were none: `fetch` will say so."""
    for folder in sorted((workspace / "answers").glob("*/")):
        state = answers.State()
        with suppress(OSError, msgspec.DecodeError):
            state = msgspec.json.decode((folder / "state.json").read_bytes(), type=answers.State)
        running = _is_held(folder / "lock")
        if running or state.spent or state.pages or any(folder.glob("open-*")):
            yield Stopped(folder.name, state.purpose, state.spent, len(state.pages), running)


def _stale(target: Workspace) -> Iterator[str]:
    """Say what is older than what it is made from."""
    steps = target.state.steps
    if "assemble" in steps and not target.fresh("assemble", after="ingest"):
        yield "the trees are older than what was read"
    if "curate" in steps and not target.fresh("curate", after="assemble"):
        yield "the turns are older than the trees"
    elif "curate" in steps and recipe.stale(target):
        yield "the turns are older than the marks"


def _next(target: Workspace, summary: Summary) -> Iterator[str]:
    """Give the commands that lead on; the next one first."""
    steps, where = target.state.steps, f"-w {shlex.quote(str(target.path))}"
    for one in summary.fetches:
        yield _going_on(one, where)
    if "ingest" not in steps:
        yield f"chinwag ingest PATH {where}"
    elif not target.fresh("assemble", after="ingest"):
        yield f"chinwag assemble {where}{_assembling(target.state.options.get('assemble', {}))}"
    else:
        if recipe.stale(target):
            yield _curating(target, where)
        else:
            yield f"chinwag export messages {where} -o CHATS"
            yield f"chinwag report {where}"
            yield f"chinwag browse {where}"
        rows = {name: held.rows or 0 for name, held in summary.tables.items()}
        missing = rows.get("wanted", 0) - rows.get("asked", 0)  # near enough: some that were asked for are not wanted
        if missing * 100 > rows.get("tweets", 0) * MUCH and not summary.fetches:
            yield f"chinwag wanted {where}"
            yield f"chinwag fetch {where} --dry-run"


def _going_on(one: Stopped, where: str) -> str:
    """Give the command that goes on with a fetch; what it may cost is for the user to say."""
    what, _, archive = one.purpose.partition(" ")
    command = "comply" if what == "check" else "fetch"
    options = {"conversations": f" --conversations {archive}", "ids": " --ids FILE"}.get(what, "")
    paid = one.provider in shelves.names("providers") and shelves.load("providers", one.provider).PRICE
    budget = " --max-spend DOLLARS" if paid else ""
    return f"chinwag {command} {where} --provider {shlex.quote(one.provider)}{options}{budget}"


def _assembling(options: Mapping[str, Any]) -> str:
    """Give the options by which the trees were made last."""
    excluded = "".join(f" --exclude-source {shlex.quote(name)}" for name in options.get("exclude", ()))
    return ("" if options.get("quotes", True) else " --no-quotes") + excluded


def _curating(target: Workspace, where: str) -> str:
    """Give the command that makes the turns anew, by the recipe of the last time if that was another."""
    try:
        same = curate.last_recipe(target)
    except ChinwagError:
        return f"chinwag rehydrate IDS {where}"
    usual = recipe.load(None)
    asked = ("filters", "turns", "split")
    is_usual = all(getattr(same, name) == getattr(usual, name) for name in asked)
    return f"chinwag curate {where}{'' if is_usual else ' --recipe RECIPE'}"


def _number(rows: int | None) -> str:
    return "" if rows is None else f"{rows:,}"


def _size(size: float) -> str:
    """Write a size in bytes for people."""
    unit = 0
    while size >= 1000 and unit < len(UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:,.0f} {UNITS[unit]}" if size >= 10 or not unit else f"{size:,.1f} {UNITS[unit]}"
