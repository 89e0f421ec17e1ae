"""Read files into a workspace: in parallel, exactly, and going on where an earlier run stopped.

Workers read jobs in any order; they are committed in the order of the plan, so that the same files give the same bytes
for any number of workers, and a killed run goes on at the first job that is not in the log.
"""

import hashlib
import os
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import chain
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from chinwag import records
from chinwag.errors import ChinwagError, printable
from chinwag.parts import SAFE
from chinwag.plan import File, Plan, list_files
from chinwag.progress import Bar, bar
from chinwag.reading import Choice, FileTask, Result, read_job
from chinwag.sniffing import HINT, UNKNOWN
from chinwag.workspace import SUMMED, Workspace

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

AHEAD = 2  # jobs a worker may be ahead of the one that is committed next


@dataclass
class Summary:
    """Say what an ingest did. `errors` and `damages` are lines for the user; the exit code is 1 where there are any."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
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
    paths: list[Path],
    workspace: Path,
    *,
    source: str | None = None,
    columns: Mapping[str, str] | None = None,
    workers: int | None = None,
    quiet: bool = False,
) -> Summary:
    """Read everything in `paths` that is not in the workspace yet.

    `source` names the one that reads everything; `columns` says which columns of a table no source knows are which.
    Files that cannot be read, and given paths that hold no tweets, are named in the summary; all else is read.
    Raises ChinwagError where nothing can go on: no place to write, a full disk, a worker that was killed.
    """
    started = time.perf_counter()
    choice = Choice(source, columns)
    records.load(source, columns)  # a name that is wrong is told before anything is made
    target = Workspace(workspace, create=True)
    summary = Summary()
    listed = list_files(paths, summary.errors, leave_out=workspace)
    with target.writing() as scratch:
        plan = Plan(chain.from_iterable(listed.values()), target, summary.errors, choice)
        with bar("ingest", sum(file.size for file in plan.files), quiet=quiet) as show:
            try:
                for result in _results(plan, scratch, workers or os.cpu_count() or 1, show):
                    _commit(target, result)
                    summary.add(result, target)
            except OSError as error:
                raise ChinwagError(f"{workspace}: {error.strerror or error}; {SAFE}") from error
    summary.seconds = time.perf_counter() - started
    summary.known, summary.unread = len(plan.passed), len(plan.unread)
    _name_the_empty(listed, plan, target, summary)
    return summary


def _results(plan: Plan, scratch: Path, workers: int, show: Bar) -> Iterator[Result]:
    """Have the jobs read, and give the results in the order of the jobs."""
    keyed = ((job, f"{number:08}") for number, job in enumerate(plan.jobs()))
    if workers == 1:
        done = Counter[str]()

        def count(size: int) -> None:
            done["bytes"] += size
            show(done["bytes"] + plan.bytes_passed())

        for job, key in keyed:
            yield read_job(job, scratch, key, count, plan.choice)
    else:
        yield from _results_of_workers(plan, keyed, scratch, workers, show)


def _results_of_workers(
    plan: Plan, jobs: Iterator[tuple[list[FileTask], str]], scratch: Path, workers: int, show: Bar
) -> Iterator[Result]:
    context = get_context("forkserver")
    counter = context.Value("q", 0)
    pool = ProcessPoolExecutor(workers, context, initializer=_begin_worker, initargs=(counter,))
    waiting: deque[Future[Result]] = deque()
    try:
        for job, key in jobs:
            waiting.append(_submit(pool, job, scratch, key, plan.choice))
            while len(waiting) > AHEAD * workers or (waiting and waiting[0].done()):
                yield from _next_done(waiting)
                show(counter.value + plan.bytes_passed())
        while waiting:
            yield from _next_done(waiting)
            show(counter.value + plan.bytes_passed())
    except BrokenProcessPool as error:
        raise ChinwagError(
            "a worker was killed, most likely for want of memory; run it again with fewer --workers to go on"
        ) from error
    finally:
        _end(pool)


def _submit(pool: ProcessPoolExecutor, *arguments: Any) -> "Future[Result]":
    try:
        return pool.submit(_read_in_worker, *arguments)
    except OSError as error:  # the pool shuts its own pipe the moment it sees that a worker is gone
        raise BrokenProcessPool from error


def _next_done(waiting: deque[Future[Result]]) -> Iterator[Result]:
    """Give the result of the oldest job if it comes within a fifth of a second."""
    wait([waiting[0]], timeout=0.2, return_when=FIRST_COMPLETED)
    if waiting[0].done():
        yield waiting.popleft().result()


_counter: "Synchronized[int]"


def _begin_worker(counter: "Synchronized[int]") -> None:
    """Make a worker leave Ctrl-C to its parent, and end when the parent is gone, however it went."""
    import signal

    global _counter  # noqa: PLW0603 - a shared counter reaches a worker only when it begins
    _counter = counter
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait_for([sentinel])
    os._exit(1)


def _read_in_worker(job: list[FileTask], scratch: Path, key: str, choice: Choice) -> Result:
    def count(size: int) -> None:
        with _counter.get_lock():
            _counter.value += size

    return read_job(job, scratch, key, count, choice)


def _end(pool: ProcessPoolExecutor) -> None:
    """Stop the workers at once; what they have not finished is read again by the next run."""
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()


def _commit(target: Workspace, result: Result) -> None:
    """Put one job's parts in force, under a name that follows from what it read."""
    if not result.entries:
        return
    read = [(entry["file_id"], entry["members"], entry["shelf"]) for entry in result.entries]
    name = hashlib.sha256(repr(read).encode()).hexdigest()[:16]
    add = {table: [target.adopt(table, part, name)] for table, part in sorted(result.parts.items())}
    target.commit("ingest", add=add, files=result.entries)


def _name_the_empty(listed: dict[Path, list[File]], plan: Plan, target: Workspace, summary: Summary) -> None:
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
