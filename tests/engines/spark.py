"""Start Spark for the tests."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from chinwag.engines.sessions import session_of

ROOT = Path(__file__).parents[2]
# Small data wants a JVM that is quickly there, and compiles no more than it must: half the time of the tests.
QUICK = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}


def missing() -> str | None:
    """Say what Spark lacks here, if anything."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed: make spark"
    return None if shutil.which("java") else "there is no Java on the path: install a JDK 17"


def start() -> Any:
    """Start a small Spark on this machine."""
    # What tests give to Spark is found by its workers where the tests are.
    os.environ.update(QUICK)
    os.environ["PYTHONPATH"] = os.pathsep.join(map(str, (ROOT / "src", ROOT, Path(__file__).parent)))
    session = session_of("local[2]")
    session.conf.set("spark.sql.shuffle.partitions", "2")
    return session
