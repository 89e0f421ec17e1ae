"""Do tasks in processes of this machine, and give what comes of them in the order of the tasks."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from threading import Thread
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from chinwag.errors import ChinwagError

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

AHEAD = 2  # tasks a worker has at hand, so that it need not wait for more
WAITING = 32  # tasks a worker may have done whose results wait for an earlier one's
WAIT = 0.2  # seconds from one word of how far the workers are to the next

Count: TypeAlias = Callable[[int], None]
Task = TypeVar("Task")
Result = TypeVar("Result")


def results(
    function: Callable[[Task, Count], Result], tasks: Iterable[Task], workers: int, tell: Count, remedy: str
) -> Iterator[Result]:
    """Do each task with a function that counts how far it comes; `tell` takes the sum of what they all counted.

    With one worker all is done in this process; else function, tasks and results are pickled. Ctrl-C is left to this
    process, and workers end with it. Raises what the function raises, the first task's first, and ChinwagError with the
    remedy where a worker was killed.
    """
    if workers > 1:
        yield from _of_workers(function, tasks, workers, tell, remedy)
        return
    done = 0

    def count(number: int) -> None:
        nonlocal done
        done += number
        tell(done)

    for task in tasks:
        yield function(task, count)


def _of_workers(
    function: Callable[[Task, Count], Result], tasks: Iterable[Task], workers: int, tell: Count, remedy: str
) -> Iterator[Result]:
    context = get_context("forkserver")
    counter = context.Value("q", 0)
    pool = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(counter, dict(os.environ)))
    try:
        yield from in_order(partial(_submit, pool, function), tasks, lambda: workers, lambda: tell(counter.value))
    except BrokenProcessPool as error:
        raise ChinwagError(f"a worker was killed, most likely for want of memory; {remedy}") from error
    finally:
        _end(pool)


def in_order(
    submit: "Callable[[Task], Future[Result]]",
    tasks: Iterable[Task],
    workers: Callable[[], int],
    tell: Callable[[], None] = lambda: None,
) -> Iterator[Result]:
    """Submit tasks, some ahead for each worker there is, and give what comes of them in their order.

    `tell` is called time and again while they are at work.
    """
    waiting: deque[Future[Result]] = deque()
    for task in tasks:
        waiting.append(submit(task))
        while _is_enough(waiting, workers()) or (waiting and waiting[0].done()):
            yield from _next_done(waiting)
            tell()
    while waiting:
        yield from _next_done(waiting)
        tell()


def _submit(pool: ProcessPoolExecutor, function: Callable[[Task, Count], Result], task: Task) -> "Future[Result]":
    try:
        return pool.submit(_do, function, task)
    except OSError as error:  # the pool shuts its own pipe the moment it sees that a worker is gone
        raise BrokenProcessPool from error


def _is_enough(waiting: "deque[Future[Result]]", workers: int) -> bool:
    undone = sum(not task.done() for task in waiting)
    return undone > AHEAD * workers or len(waiting) > (AHEAD + WAITING) * workers


def _next_done(waiting: "deque[Future[Result]]") -> Iterator[Result]:
    """Give the result of the oldest task, if that or another is done soon."""
    wait([task for task in waiting if task is waiting[0] or not task.done()], WAIT, FIRST_COMPLETED)
    if waiting[0].done():
        yield waiting.popleft().result()


_counter: "Synchronized[int]"


def _begin(counter: "Synchronized[int]", environment: dict[str, str]) -> None:
    """Make a worker leave Ctrl-C to its parent, and end when the parent is gone, however it went."""
    import signal

    global _counter  # noqa: PLW0603 - a shared counter reaches a worker only when it begins
    _counter = counter
    os.environ.update(environment)  # the server that forks workers holds that of its own beginning
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait_for([sentinel])
    os._exit(1)


def _do(function: Callable[[Task, Count], Result], task: Task) -> Result:
    return function(task, _count)


def _count(number: int) -> None:
    with _counter.get_lock():
        _counter.value += number


def _end(pool: ProcessPoolExecutor) -> None:
    """Stop the workers at once, whatever they are at."""
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()
