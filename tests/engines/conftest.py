"""Give each test every engine in turn."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chinwag.engines import Engine
from chinwag.engines.duckdb import DuckDB
from tests.engines import spark


@pytest.fixture(scope="session")
def session() -> Iterator[Any]:
    if why := spark.missing():
        pytest.skip(why)
    started = spark.start()
    yield started
    started.stop()


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "duckdb":
        with DuckDB(tmp_path) as database:
            yield database
    else:
        from chinwag.engines.spark import Spark

        with Spark(tmp_path, session=request.getfixturevalue("session")) as other:
            yield other
