"""Put what benchmarks found into tables, with the machine they ran on."""

import os
import platform
import shutil
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("chinwag", "duckdb", "pyarrow", "msgspec", "isal", "rapidgzip", "numpy", "pandas", "polars", "pyspark")


@dataclass(frozen=True)
class Table:
    """Hold one table; a cell stands in it as it is to be read."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def markdown(self) -> str:
        """Write it in Markdown: the first column to the left, all others to the right."""
        rule = ["---", *("---:" for _ in self.head[1:])]
        lines = [f"| {' | '.join(row)} |" for row in (self.head, rule, *self.rows)]
        return "\n".join([f"## {self.title}", "", *([self.note, ""] if self.note else []), *lines, ""])


def ratio(work: Sequence[float], base: Sequence[float]) -> str:
    """Compare two rows of rounds: the ratio of their medians, with the least and the greatest ratio of a round."""
    rounds = [one / other for one, other in zip(work, base, strict=False)]
    middle = statistics.median(work) / statistics.median(base)
    return f"{middle:.2f} ({min(rounds):.2f} to {max(rounds):.2f})" if len(rounds) > 1 else f"{middle:.2f}"


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Give the median of some rounds, with the least and the greatest."""
    middle = f"{statistics.median(values):,.{digits}f}"
    return f"{middle} ({min(values):,.{digits}f} to {max(values):,.{digits}f})" if len(values) > 1 else middle


def machine() -> str:
    """Say on what all of it ran: cores, memory and versions, but no names and no places."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"no {name}")
    parts = [f"{platform.system()}, {os.cpu_count()} cores, {memory:.0f} GB of memory", _java()]
    return f"{'; '.join(parts)}; Python {platform.python_version()}, {', '.join(found)}."


def _java() -> str:
    if not shutil.which("java"):
        return "no Java"
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
    return f"Java {told.split(chr(34))[1]}" if '"' in told else "Java"


def load() -> str:
    """Say how busy the machine is, which tells what its times are worth."""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {os.getloadavg()[0]:.1f}"


def write(path: Path, tables: Sequence[Table], *, began: str, command: str) -> None:
    """Write all tables into one file, replacing it."""
    head = [
        "# What the benchmarks found",
        "",
        f"Written by `{command}`: do not edit. {machine()} Begun {began}; the last table {load()}.",
        "",
        "A ratio is that of medians within one run in which what is compared takes turns; in brackets the range of the",
        "rounds. Times and memory of this machine mean little elsewhere; ratios are what to look at.",
        "",
    ]
    path.write_text("\n".join([*head, *(table.markdown() for table in tables)]))
