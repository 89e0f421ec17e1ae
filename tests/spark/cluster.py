"""Start a standalone cluster of Spark on loopback, of processes of its own: a master and workers of one core each."""

import os
import queue
import re
import signal
import subprocess
import threading
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Self

# Small, for several JVMs share the machine of the tests; and no page of Spark's is to be served.
DEFAULTS = {
    "spark.driver.memory": "512m",
    "spark.executor.memory": "512m",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
}
PATIENCE = 120  # seconds for a JVM to say that it is there


def home() -> Path:
    """Give the folder of PySpark, which holds all of Spark."""
    found = find_spec("pyspark")
    assert found
    assert found.origin
    return Path(found.origin).parent


class Daemon:
    """Run a class of Spark's in a process group of its own, whose executors are in it too."""

    def __init__(self, folder: Path, name: str, *arguments: str, env: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [home() / "bin" / "spark-class", name, *arguments],
            cwd=folder,
            env={**os.environ, "SPARK_HOME": str(home()), "SPARK_DAEMON_MEMORY": "256m", **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def said(self, pattern: str) -> str:
        """Wait for a line, and give what is in its first group."""
        before = []
        while (line := self._lines.get(timeout=PATIENCE)) is not None:
            before.append(line)
            if found := re.search(pattern, line):
                return found[1]
        raise AssertionError("".join(before))

    def kill(self) -> None:
        """Kill it, and what it started, with -9."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reading.join()
        if self._process.stdout:
            self._process.stdout.close()


class Cluster:
    """Hold a master and workers; `env` is what a program needs to use them by `url`, with small settings."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self._folder = folder
        (folder / "conf").mkdir()
        lines = (f"{name} {value}\n" for name, value in DEFAULTS.items())
        (folder / "conf" / "spark-defaults.conf").write_text("".join(lines))
        self.env = {"SPARK_CONF_DIR": str(folder / "conf"), "SPARK_LOCAL_IP": "127.0.0.1"}
        self._daemons: list[Daemon] = []
        try:
            port = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
            self._master = self._started("org.apache.spark.deploy.master.Master", *port)
            self.url = self._master.said(r"Starting Spark master at (spark://\S+)")
            self.workers = [self.add() for _ in range(workers)]
        except BaseException:
            self.__exit__()
            raise

    def add(self) -> Daemon:
        """Start one more worker, of one core."""
        place = ["--host", "127.0.0.1", "--webui-port", "0", "--work-dir", str(self._folder / "work")]
        worker = self._started("org.apache.spark.deploy.worker.Worker", *place, "-c", "1", "-m", "512m", self.url)
        worker.said("(Successfully registered)")
        return worker

    def _started(self, name: str, *arguments: str) -> Daemon:
        self._daemons.append(Daemon(self._folder, name, *arguments, env=self.env))
        return self._daemons[-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for daemon in self._daemons:
            daemon.kill()
