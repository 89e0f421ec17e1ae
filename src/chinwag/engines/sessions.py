"""Start a session of Spark, or take the one there is; and say in one line what it says in hundreds."""

import atexit
import logging
import os
import re
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chinwag.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# On one machine nobody else is to see the session.
ALONE = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
QUIET = {"spark.log.level": "ERROR", "spark.ui.showConsoleProgress": "false"}
CONNECT_PORT = 15002  # where an address of Spark Connect names none, as its documentation says
PATIENCE = 20  # seconds for it to take a connection


def session_of(master: str | None) -> "SparkSession":
    """Give the session there is, or start one on `master`.

    That is a cluster's address, one of Spark Connect (sc://), or local[N]; without it Spark's own configuration says.
    The workers' Python is that of this process, unless PYSPARK_PYTHON names another.
    Raises EngineError where PySpark or Java is missing, or the cluster cannot be reached.
    """
    remote = master if master and master.startswith("sc://") else os.environ.get("SPARK_REMOTE") if not master else None
    if find_spec("pyspark") is None:
        raise EngineError("PySpark is not installed; run: pip install 'chinwag[spark]'")
    if not remote and not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise EngineError("there is no Java on the path, which Spark needs; install a JDK 17")
    from pyspark.sql import SparkSession

    builder = SparkSession.builder
    try:
        if remote:
            _knock(remote)
            # It would tell each error on stderr, in thousands of characters.
            logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
            session = builder.remote(remote).getOrCreate()
            # Left to the interpreter's end, its connection waits for ever for a thread that is gone by then.
            atexit.register(session.stop)
            return session
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = builder.appName("chinwag")
        if master:
            builder = builder.master(master)
        elsewhere = {"MASTER", "SPARK_HOME", "SPARK_CONF_DIR"} & {*os.environ}
        local = master.startswith("local") if master else not elsewhere
        for name, value in {**QUIET, **(ALONE if local else {})}.items():
            builder = builder.config(name, value)
        return builder.getOrCreate()
    except Exception as error:  # whatever Java says
        raise EngineError(f"Spark cannot be started: {_in_one_line(error)}") from error


def is_remote(session: "SparkSession") -> bool:
    """Tell whether a session is one of Spark Connect."""
    return type(session).__module__.startswith("pyspark.sql.connect")


def _knock(remote: str) -> None:
    """Make sure that somebody listens: Spark Connect itself would try for ten minutes."""
    place = urlsplit(remote)
    if place.scheme == "sc" and place.hostname:
        socket.create_connection((place.hostname, place.port or CONNECT_PORT), PATIENCE).close()


@contextmanager
def told() -> Iterator[None]:
    """Say in one line what Spark says in hundreds."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.startswith(("pyspark", "py4j", "grpc")):
            raise EngineError(_in_one_line(error)) from error
        raise


def _in_one_line(error: Exception) -> str:
    """Give the first lines of what Spark says, up to where it prints a stack; of Python's, the last."""
    if "No module named 'chinwag'" in str(error):
        return "the Python of Spark's workers has no chinwag: install it there, or name the right one in PYSPARK_PYTHON"
    if raised := re.findall(r"^([A-Za-z_][\w.]*(?:Error|Exception|Interrupt): .+)$", str(error), re.MULTILINE):
        return str(raised[-1])[:500]
    said = re.split(r"\n\s+at |\nJVM stacktrace|\n\n", str(error))[0]
    return " ".join(said.split())[:500]
