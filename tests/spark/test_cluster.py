"""The whole way on a real standalone cluster, whose workers are killed in the middle; and what comes of it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from socket import create_server
from threading import Thread

import pytest

from tests.engines.spark import QUICK, ROOT, missing

pytestmark = pytest.mark.spark
if why := missing():
    pytest.skip(why, allow_module_level=True)

SETTINGS = """
spark.ui.enabled false
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.sql.shuffle.partitions 3
spark.log.level ERROR
"""
STREAM = ROOT / "examples" / "stream"
RECIPE = """
[filters.duplicates]
[filters.mentions]
[filters.near_duplicates]
[exports.messages]
[exports.oasst]
"""


class Cluster:
    """Hold a master and its workers, processes of this machine that listen to loopback alone."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        (folder / "conf").mkdir()
        (folder / "conf" / "spark-defaults.conf").write_text(SETTINGS)
        self.environment = {
            **os.environ,
            **QUICK,
            "SPARK_CONF_DIR": str(folder / "conf"),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": sys.executable,
        }
        port = free_port()
        self.url = f"spark://127.0.0.1:{port}"
        self._daemon("master.Master", "I have been elected leader", "--port", port)

    def worker(self) -> subprocess.Popen[str]:
        """Start a worker of one core."""
        work = ["--cores", "1", "--memory", "1g", "--work-dir", str(self._folder / "work"), self.url]
        return self._daemon("worker.Worker", "Successfully registered with master", *work)

    def connect(self) -> str:
        """Start a server of Spark Connect that works on the cluster; gives its address."""
        port = free_port()
        server = ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "--master", self.url]
        listening = {"grpc.binding.address": "127.0.0.1", "grpc.binding.port": port}
        settings = ["--conf", "spark.log.level=INFO"]
        for name, value in listening.items():
            settings += ["--conf", f"spark.connect.{name}={value}"]
        self._start("Spark Connect server started", "spark-submit", *server, *settings)
        return f"sc://127.0.0.1:{port}"

    def _daemon(self, role: str, word: str, *options: str) -> subprocess.Popen[str]:
        place = ["--host", "127.0.0.1", "--webui-port", "0"]
        return self._start(word, "spark-class", f"org.apache.spark.deploy.{role}", *place, *options)

    def _start(self, word: str, program: str, *options: str) -> subprocess.Popen[str]:
        spec = find_spec("pyspark")
        assert spec is not None
        assert spec.origin is not None
        process = subprocess.Popen(
            [Path(spec.origin).parent / "bin" / program, *options],
            env=self.environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True,
        )  # fmt: skip
        assert process.stderr is not None
        self._stack.callback(process.stderr.close)
        self._stack.callback(process.wait)
        self._stack.callback(kill, process)
        said = []
        for line in process.stderr:
            said.append(line)
            if word in line:
                # A pipe that nobody reads would hold it up.
                reader = Thread(target=process.stderr.read)
                reader.start()
                self._stack.callback(reader.join)
                self._stack.callback(kill, process)
                return process
        raise AssertionError("".join(said))


def free_port() -> str:
    with create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a process and all it started, as when the power fails."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with ExitStack() as stack:
        yield Cluster(tmp_path, stack)


def archive(folder: Path) -> Path:
    """Make some tars, each of more than a megabyte, so that each is a job of its own."""
    for seed in range(6):
        options = ["--era", "2021", "--minutes", "1", "--statuses", "2000", "--seed", str(seed)]
        subprocess.run([sys.executable, ROOT / "examples/synthetic.py", folder / f"{seed}.tar", *options], check=True)
    return folder


class Build:
    """Run `chinwag build`, and hold what it said."""

    def __init__(self, source: Path, out: Path, recipe: Path, *more: str, environment: dict[str, str]) -> None:
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "chinwag",
            "build",
            source,
            "-o",
            out,
            "--recipe",
            recipe,
            "-q",
            *more,
        ]
        self._said = out.with_suffix(".err")
        with self._said.open("w") as said:
            self._process = subprocess.Popen(command, env=environment, stderr=said)

    def __enter__(self) -> "Build":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def until(self, what: Callable[[], bool]) -> None:
        """Wait until something is so, which has to be before the end."""
        while not what():
            try:
                self._process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"it ended too early: {self.end()}")

    def end(self) -> tuple[int, str]:
        """Wait for the end; gives the exit code and all that was said."""
        return self._process.wait(), self._said.read_text()


def everything(folder: Path) -> dict[str, str]:
    """Give the SHA-256 of all files but the log, which tells times."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.parent.name != "log")
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "recipe.toml"
    path.write_text(RECIPE)
    return path


def test_workers_that_are_killed_change_no_byte(tmp_path: Path, cluster: Cluster, recipe: Path) -> None:
    (tmp_path / "dumps").mkdir()
    source = archive(tmp_path / "dumps")
    first, second = cluster.worker(), cluster.worker()
    out = tmp_path / "on-spark"
    log, scratch = out / "workspace" / "log", "workspace/scratch-*"
    with Build(
        source, out, recipe, "--engine", "spark", "--master", cluster.url, environment=cluster.environment
    ) as run:
        run.until(lambda: log.is_dir() and any(log.glob("*.json")))
        assert len(list(log.glob("*.json"))) < 6
        kill(first)
        cluster.worker()
        run.until(lambda: any(out.glob(f"{scratch}/known-*")))
        assert not any((out / "workspace" / "nodes").glob("*"))
        kill(second)
        code, said = run.end()
        assert code == 0, said  # the driver's Java says something of itself
    with Build(source, tmp_path / "here", recipe, environment=cluster.environment) as here:
        assert here.end() == (0, "")
    expected = everything(tmp_path / "here")
    assert everything(out) == expected
    assert {"messages/manifest.json", "oasst/manifest.json", "report.html"} <= set(expected)


def test_a_cluster_that_cannot_be_reached_is_one_line(tmp_path: Path, recipe: Path) -> None:
    gone = f"sc://127.0.0.1:{free_port()}"
    with Build(
        STREAM, tmp_path / "out", recipe, "--engine", "spark", "--master", gone, environment=dict(os.environ)
    ) as run:
        assert run.end() == (1, "chinwag: Spark cannot be started: [Errno 111] Connection refused\n")


def test_spark_connect_gives_the_same_bytes(tmp_path: Path, cluster: Cluster, recipe: Path) -> None:
    cluster.worker()
    found = {}
    remote = {**cluster.environment, "SPARK_REMOTE": cluster.connect()}
    for engine, environment in {"spark": remote, "duckdb": cluster.environment}.items():
        with Build(STREAM, tmp_path / engine, recipe, "--engine", engine, environment=environment) as run:
            assert run.end() == (0, "")
        found[engine] = everything(tmp_path / engine)
    assert found["spark"] == found["duckdb"]
    assert "messages/manifest.json" in found["spark"]
