"""Show how far a long step has come: a bar on a terminal, nothing on a pipe."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Bar(Protocol):
    """Take word of what is done."""

    def __call__(self, done: int) -> None:
        """Say how many bytes are done in all."""


@contextmanager
def bar(label: str, total: int, *, quiet: bool = False) -> Iterator[Bar]:
    """Show a bar of bytes with rate and time left on stderr, if that is a terminal and `quiet` is not asked for."""
    if quiet or not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn(label), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda done: progress.update(task, completed=done)


@contextmanager
def count(label: str, total: int, *, quiet: bool = False) -> Iterator[Bar]:
    """Show a bar of things that are counted, as `bar` does."""
    if quiet or not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total or None)
        yield lambda done: progress.update(task, completed=done)


@contextmanager
def spinner(label: str, *, quiet: bool = False) -> Iterator[None]:
    """Show that a step of unknown length is going on, as `bar` does."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(label):
        yield
