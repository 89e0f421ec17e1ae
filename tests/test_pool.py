import multiprocessing
import os
import signal

import pytest

from chinwag.errors import ChinwagError, ExportError
from chinwag.pool import Count, results


def work(task: int, count: Count) -> tuple[int, bool]:
    """Give the task, and whether a worker did it."""
    for _ in range(task):
        count(1)
    if task == 13:
        raise ExportError("thirteen")
    if task == 99:
        os.kill(os.getpid(), signal.SIGKILL)
    return task, multiprocessing.parent_process() is not None


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_tasks(workers: int) -> None:
    told: list[int] = []
    tasks = [5, 0, 3, 1, 4, 2, 7, 6]
    assert list(results(work, iter(tasks), workers, told.append, "")) == [(task, workers > 1) for task in tasks]
    assert told == sorted(told)
    assert told[-1] == sum(tasks)


def asked(name: str, count: Count) -> str | None:
    count(1)
    return os.environ.get(name)


def test_workers_have_the_environment_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server that forks them was begun by the first pool of this process, maybe long ago."""
    for value in ("one", "other"):
        monkeypatch.setenv("CHINWAG_TESTS", value)
        assert list(results(asked, ["CHINWAG_TESTS"] * 2, 2, lambda _: None, "")) == [value] * 2


def test_what_a_task_raises_comes_in_its_order() -> None:
    done = results(work, [1, 13, 2], 2, lambda _: None, "")
    assert next(done) == (1, True)
    with pytest.raises(ExportError, match=r"^thirteen$"):
        next(done)
    assert multiprocessing.active_children() == []


def test_a_worker_that_is_killed_is_an_error() -> None:
    with pytest.raises(ChinwagError, match=r"^a worker was killed, most likely for want of memory; try less$"):
        list(results(work, [1, 99, 2, 3, 4, 5, 6], 2, lambda _: None, "try less"))
    assert multiprocessing.active_children() == []
