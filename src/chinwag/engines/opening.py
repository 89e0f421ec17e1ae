"""Open the engine that a user names."""

from contextlib import AbstractContextManager
from pathlib import Path

from chinwag.engines import Engine


def opened(
    engine: str,
    scratch: Path,
    *,
    memory: int | None = None,
    threads: int | None = None,
    master: str | None = None,
) -> AbstractContextManager[Engine]:
    """Open an engine whose tables lie in a scratch folder: `duckdb` here, or `spark` on the cluster `master` names."""
    if engine == "spark":
        from chinwag.engines.spark import Spark

        return Spark(scratch, master=master)
    from chinwag.engines.duckdb import DuckDB

    return DuckDB(scratch, memory=memory, threads=threads)
