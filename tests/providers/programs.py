"""Write small programs for the provider `command` to run, and wait for nothing."""

import sys
from collections.abc import Callable
from pathlib import Path

from chinwag.providers._clock import Clock


class Waits(Clock):
    """Wait for nothing, and say how long it would have been."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        super().wait(0)
        self.waits.append(seconds)


Programs = Callable[..., str]


def writing(folder: Path) -> Programs:
    """Give what writes a program into a folder and says its command line; each run of it is noted there."""

    def write(*bodies: str, name: str = "program.py") -> str:
        path = folder / name
        lines = [
            f"#!{sys.executable}",
            "import argparse, fcntl, json, os, pathlib, signal, subprocess, sys, time",
            "here = pathlib.Path(__file__).parent",
            'with open(here / "runs", "a") as runs: runs.write("run\\n")',
        ]
        for body in bodies:
            lines += [line.removeprefix("    ") for line in body.splitlines()]
        path.write_text("\n".join(lines))
        path.chmod(0o755)
        return f"'{sys.executable}' '{path}'"

    return write


def runs(folder: Path) -> int:
    return (folder / "runs").read_text().count("run")
