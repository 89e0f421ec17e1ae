"""Run a PostgreSQL of the machine's own packages, for tests."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

INSTALLED = Path("/usr/lib/postgresql")  # where Debian and Ubuntu have it, by version
SETTINGS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c unix_socket_directories={}"


@contextmanager
def running() -> Iterator[str]:
    """Start a server of its own in a temporary folder, and stop it; gives the address of it, `{}` for the database.

    It listens to nothing but a socket in that folder. PostgreSQL refuses to run as root: there it is Debian's user for
    it. The test is skipped where PostgreSQL is not installed.
    """
    found = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not found:
        pytest.skip("PostgreSQL is not installed: sudo apt-get install postgresql")
    programs = found[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="chinwag-pg-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user, user)

    def run(program: str, *arguments: str) -> None:
        more: dict[str, Any] = {"user": user, "group": user, "extra_groups": []} if user else {}
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        # No pipes: the server would hold them open.
        with (folder / "said").open("a+") as said:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=folder, **more)  # noqa: PLW1510
        assert done.returncode == 0, (folder / "said").read_text()

    try:
        run("initdb", "--username=chinwag", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        run("pg_ctl", "start", "--wait", "--log", str(folder / "log"), "--options", SETTINGS.format(folder))
        try:
            yield f"postgresql://chinwag@/{{}}?host={folder}"
        finally:
            run("pg_ctl", "stop", "--wait", "--mode=immediate")
    finally:
        shutil.rmtree(folder)
