"""Open the engine that a user names."""

from contextlib import AbstractContextManager
from pathlib import Path

from chinwag.engines import Engine
from chinwag.errors import UsageError


def opened(
    engine: str,
    scratch: Path,
    *,
    memory: int | None = None,
    threads: int | None = None,
    master: str | None = None,
) -> AbstractContextManager[Engine]:
    """Open an engine whose tables lie in a scratch folder: `duckdb` here, or `spark` on the cluster `master` names.

    `memory` (bytes) and `threads` are DuckDB's; Spark has settings of its own. Raises UsageError where there is no such
    engine, or a master is named that is of no use to it.
    """
    if engine == "spark":
        from chinwag.engines.spark import Spark

        return Spark(scratch, master=master)
    if engine != "duckdb":
        raise UsageError(f"there is no engine {engine!r}; there are duckdb and spark")
    if master:
        raise UsageError("--master names a cluster of Spark: it goes with --engine spark")
    from chinwag.engines.duckdb import DuckDB

    return DuckDB(scratch, memory=memory, threads=threads)
