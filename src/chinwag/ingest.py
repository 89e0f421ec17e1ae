"""Read files into a workspace: in parallel, exactly, and going on where an earlier run stopped.

Workers read jobs in any order; they are committed in the order of the plan, so that the same files give the same bytes
for any number of workers, and a killed run goes on at the first job that is not in the log.
"""

import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from secrets import token_hex
from typing import Any

from chinwag import pool, records
from chinwag.engines import Engine, Spread
from chinwag.engines.opening import opened
from chinwag.errors import ChinwagError, printable
from chinwag.parts import SAFE
from chinwag.plan import File, Plan, list_files
from chinwag.progress import Bar, bar
from chinwag.reading import Choice, FileTask, Result, read_job
from chinwag.sniffing import HINT, UNKNOWN
from chinwag.stores import Input
from chinwag.workspace import SUMMED, Workspace


@dataclass
class Summary:
    """Say what an ingest did. `errors` and `damages` are lines for the user; the exit code is 1 where there are any."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    busy: float = 0.0  # seconds that jobs took, of all workers together
    files: int = 0
    known: int = 0
    errors: list[str] = field(default_factory=list)
    damages: list[str] = field(default_factory=list)
    shapeless: dict[str, str] = field(default_factory=dict)
    unread: int = 0

    def add(self, result: Result, target: Workspace) -> None:
        """Take in what came of one job."""
        for entry in result.entries:
            self.counts.update({name: count for name, count in entry.items() if name in SUMMED})
            self.files += entry["done"] and bool(target.state.files[entry["file_id"]]["source"])
        self.busy += result.seconds
        self.errors += result.errors
        self.damages += result.damages

    def line(self) -> str:
        """Say it in one line."""
        rate = self.counts["tweets"] / self.seconds if self.seconds else 0
        names = ("tweets", "embedded", "deletes", "rejects")
        counts = ", ".join(f"{self.counts[name]:,} {name}" for name in names)
        known = f", {self.known:,} read earlier" if self.known else ""
        return f"{self.files:,} files{known}: {counts}, {rate:,.0f} tweets/s"


def run(
    paths: Sequence[Input],
    workspace: Path,
    *,
    source: str | None = None,
    columns: Mapping[str, str] | None = None,
    workers: int | None = None,
    engine: str = "duckdb",
    master: str | None = None,
    quiet: bool = False,
) -> Summary:
    """Read everything in `paths` that is not in the workspace yet.

    `source` names the one that reads everything; `columns` says which columns of a table no source knows are which.
    With the engine `spark` jobs are tasks of the cluster that `master` names; `workers` says how many at once.
    Files that cannot be read, and given paths that hold no tweets, are named in the summary; all else is read.
    Raises ChinwagError where nothing can go on: no place to write, a full disk, a worker that was killed.
    """
    started = time.perf_counter()
    choice = Choice(source, columns)
    records.load(source, columns)  # a name that is wrong is told before anything is made
    target = Workspace(workspace, create=True)
    summary = Summary()
    listed = list_files(paths, summary.errors, leave_out=workspace)
    with ExitStack() as stack:
        scratch = stack.enter_context(target.writing())
        run_on = stack.enter_context(opened(engine, scratch, master=master)) if engine != "duckdb" or master else None
        plan = Plan(chain.from_iterable(listed.values()), target, summary.errors, choice)
        if isinstance(run_on, Spread):
            plan.hash_with(run_on.run)
        with bar("ingest", sum(file.size for file in plan.files), quiet=quiet) as show:
            try:
                for result in _results(plan, scratch, run_on, workers, show):
                    _commit(target, result)
                    summary.add(result, target)
            except OSError as error:
                raise ChinwagError(f"{workspace}: {error.strerror or error}; {SAFE}") from error
    summary.seconds = time.perf_counter() - started
    summary.known, summary.unread = len(plan.passed), len(plan.unread)
    _name_the_empty(listed, plan, target, summary)
    return summary


def _results(plan: Plan, scratch: Path, run_on: Engine | None, workers: int | None, show: Bar) -> Iterator[Result]:
    """Have the jobs read, and give the results in the order of the jobs."""
    tasks = ((job, f"{number:08}") for number, job in enumerate(plan.jobs()))
    read = partial(_read, scratch.resolve(), plan.choice)

    def tell(done: int) -> None:
        show(done + plan.bytes_passed())

    if isinstance(run_on, Spread):
        return run_on.results(read, tasks, workers, tell)
    remedy = "run it again with fewer --workers to go on"
    return pool.results(read, tasks, workers or os.cpu_count() or 1, tell, remedy)


def _read(scratch: Path, choice: Choice, task: tuple[list[FileTask], str], count: pool.Count) -> Result:
    """Read a job, under a name of its own: where a worker is lost, Spark may have it read twice at once."""
    job, key = task
    return read_job(job, scratch, f"{key}-{token_hex(4)}", count, choice)


def _commit(target: Workspace, result: Result) -> None:
    """Put one job's parts in force, under a name that follows from what it read."""
    if not result.entries:
        return
    read = [(entry["file_id"], entry["members"], entry["shelf"]) for entry in result.entries]
    name = hashlib.sha256(repr(read).encode()).hexdigest()[:16]
    add = {table: [target.adopt(table, part, name)] for table, part in sorted(result.parts.items())}
    target.commit("ingest", add=add, files=result.entries)


def _name_the_empty(listed: Mapping[Input, list[File]], plan: Plan, target: Workspace, summary: Summary) -> None:
    """Name the files of no known shape; call it an error where a path that was given holds nothing readable."""
    entries = {
        file: target.state.files[file_id] for file, file_id in plan.file_ids.items() if file_id in target.state.files
    }
    summary.shapeless = {
        f"{entry['name']}!{member}" if member else entry["name"]: other
        for entry in entries.values()
        for member, other in (entry.get("others") or {}).items()
    }
    for path, files in listed.items():
        inside = [entries[file.path] for file in files if file.path in entries]
        name = printable(path)
        if any(entry.get("tweets") or entry.get("notices") for entry in inside):
            continue
        if not any(error.startswith((f"{name}: ", f"{name}{os.sep}")) for error in summary.errors):
            private = bool(set(files) & set(plan.unread))
            why = summary.shapeless.pop(name, _nothing(inside, private=private))
            why = f"{why}; {HINT}" if why.startswith(UNKNOWN) else why
            summary.errors.append(f"{name}: no tweets found: {why}")


def _nothing(entries: list[dict[str, Any]], *, private: bool) -> str:
    """Say why there are no tweets in files."""
    rejects = sum(entry.get("rejects", 0) for entry in entries)
    sources = sorted({source for entry in entries for source in entry["source"]})
    if rejects:
        return f"all {rejects:,} records were rejected, read as {', '.join(sources)}; table rejects says why"
    if sources:
        return f"no records, read as {', '.join(sources)}"
    return "files of a personal archive without tweets, left alone" if private else "nothing of a known shape"
