"""Say what came of a command."""

from collections.abc import Iterable
from typing import Any

import click

SHOWN = 20  # lines of one kind that are printed; the tables have them all


def report(summary: Any, quiet: bool, as_json: bool) -> None:
    """Say in one line what came of a stage."""
    if as_json:
        print_json(summary)
    if not quiet:
        click.echo(summary.line(), err=True)


def report_ingest(summary: Any, quiet: bool, as_json: bool) -> int:
    """Say what came of an ingest, what was left out and what went wrong; gives the exit code."""
    report(summary, quiet, as_json)
    if not quiet:
        lines((f"skipped {name}: {other}" for name, other in summary.shapeless.items()), len(summary.shapeless))
        hint(summary.shapeless.values())
        if summary.unread:
            click.echo(f"left alone: {summary.unread:,} files of a personal archive that hold no tweets", err=True)
    lines((f"chinwag: {line}" for line in summary.damages), len(summary.damages))
    lines((f"chinwag: {line}" for line in summary.errors), len(summary.errors))
    return 1 if summary.errors or summary.damages else 0


def hint(reasons: Iterable[str]) -> None:
    """Say what can be done about files of an unknown shape."""
    from chinwag.sniffing import HINT, UNKNOWN

    if any(reason.startswith(UNKNOWN) for reason in reasons):
        click.echo(f"of an unknown shape: {HINT}", err=True)


def lines(texts: Iterable[str], count: int) -> None:
    """Print lines to stderr, some of them if there are many."""
    for line, _ in zip(texts, range(SHOWN), strict=False):
        click.echo(line, err=True)
    if count > SHOWN:
        click.echo(f"… and {count - SHOWN:,} more like these", err=True)


def print_json(summary: Any) -> None:
    """Print a summary as one line of JSON on stdout."""
    import msgspec

    click.echo(msgspec.json.encode(summary, enc_hook=str))
