"""Spark, as far as the steps need it. The tests alone use it."""

import shutil
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from chinwag.engines import Value
from chinwag.tables import schema


def missing() -> str | None:
    """Say what Spark lacks here, if anything."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed: pip install 'pyspark>=4.3'"
    return None if shutil.which("java") else "there is no Java on the path: install a JDK 17"


def start() -> Any:
    """Start a small Spark on this machine."""
    settings = {
        "spark.ui.enabled": "false",
        "spark.log.level": "ERROR",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
    }
    builder = import_module("pyspark.sql").SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


class Spark:
    """Hold a session of its own; tables are kept as Parquet in a folder."""

    def __init__(self, spark: Any, folder: Path) -> None:
        self._session = spark.newSession()
        self._folder = folder
        self._made = 0

    def read(self, table: str, parts: Sequence[Path]) -> None:
        if not parts:
            parts = [self._folder / f"no-{table}.parquet"]
            pq.write_table(schema(table).empty_table(), parts[0])
        self._session.read.parquet(*map(str, parts)).createOrReplaceTempView(table)

    def make(self, name: str, select: str, values: Sequence[Value] = ()) -> None:
        self._keep(name, self._session.sql(select, args=list(values)))

    def append(self, name: str, select: str, values: Sequence[Value] = ()) -> None:
        more = self._session.sql(select, args=list(values))
        self._keep(name, self._session.table(name).union(more))

    def value(self, select: str, values: Sequence[Value] = ()) -> Value | None:
        row = self._session.sql(select, args=list(values)).first()
        value: Value | None = row[0] if row else None
        return value

    def rows(self, select: str, values: Sequence[Value] = ()) -> Iterator[pa.RecordBatch]:
        yield from self._session.sql(select, args=list(values)).toArrow().to_batches()

    def write(self, table: str, select: str, path: Path, values: Sequence[Value] = ()) -> int:
        rows = self._session.sql(select, args=list(values)).toArrow().cast(schema(table))
        pq.write_table(rows, path)
        return int(rows.num_rows)

    def percent(self) -> float | None:
        return None

    def _keep(self, name: str, rows: Any) -> None:
        self._made += 1
        path = str(self._folder / f"{name}-{self._made}")
        rows.write.parquet(path)
        self._session.read.parquet(path).createOrReplaceTempView(name)
