"""Spark: as many machines as there are, all of which see the workspace and its scratch folder under the same path.

A session is Spark's own or a remote one (Spark Connect): nothing here asks for more than DataFrames, so both do. What a
step makes is kept as Parquet in the scratch folder, not in memory: a worker that is lost takes no work with it.
"""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Self

from chinwag.engines import Function, Value, writing
from chinwag.engines.sessions import is_remote, session_of, told
from chinwag.engines.writing import ROW_GROUP, Part, write_parts
from chinwag.errors import ChinwagError, EngineError
from chinwag.pool import in_order
from chinwag.progress import Steps
from chinwag.tables import KEYS, schema

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
}
MOST_TASKS = 2_000  # of one call: beyond that, several items are one task
MOST_THREADS = 1_000  # each waits for a task of the cluster
FRAGMENT = "task int, number int, path string, rows bigint, first bigint, last bigint"


class Spark:
    """Hold a session whose tables lie as Parquet in a folder that all machines see."""

    def __init__(self, scratch: Path, *, master: str | None = None, session: "SparkSession | None" = None) -> None:
        given = session or session_of(master)
        self._session = given.newSession()  # its tables and settings are nobody else's
        for name, value in {**_settings_of(given), **SETTINGS}.items():
            self._session.conf.set(name, value)
        self._scratch = scratch.resolve()
        self._kept: dict[str, list[Path]] = {}
        self._seen: set[str] = set()
        self._remote_cores = 0
        if not str(self._session.conf.get("spark.master", "")).startswith("local"):
            self._check()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        with suppress(Exception):  # what is wrong with the session was told
            if error:
                self._session.interruptAll()
            for name in self._seen:
                self._session.catalog.dropTempView(name)
            if is_remote(self._session):
                self._session.stop()  # elsewhere this would end the context, which is not ours

    def _check(self) -> None:
        """Make sure that the workers can do what is asked of them."""
        if not all(self.run(_sees, [self._scratch] * self._cores())):
            raise EngineError(
                f"{self._scratch}: Spark's workers do not see this folder; "
                "keep the workspace where all machines find it under the same path"
            )

    def percent(self) -> float | None:
        """Spark Connect does not tell."""
        return None

    def read(self, name: str, parts: Sequence[Path], table: str = "") -> None:
        import pyarrow.parquet as pq

        if not parts:
            parts = [self._new(name).with_suffix(".parquet")]
            pq.write_table(schema(table or name).empty_table(), parts[0])
        with told():
            self._show(name, self._session.read.parquet(*map(_uri, parts)))

    def make(self, name: str, select: str, values: Sequence[Value] = ()) -> None:
        with told():
            self._keep(name, self._select(select, values))

    def append(self, name: str, select: str, values: Sequence[Value] = ()) -> None:
        with told():
            before = self._session.table(name).schema
            rows = self._select(select, values).toDF(*before.names)
            rows = rows.select(*(rows[field.name].cast(field.dataType).alias(field.name) for field in before))
            path = self._written(name, rows)
            self._kept[name].append(path)
            self._show(name, self._session.read.schema(before).parquet(*map(_uri, self._kept[name])))

    def value(self, select: str, values: Sequence[Value] = ()) -> Value | None:
        with told():
            row = self._select(select, values).first()
        value: Value | None = row[0] if row else None
        return value

    def rows(self, select: str, values: Sequence[Value] = ()) -> "Iterator[pa.RecordBatch]":
        import pyarrow.parquet as pq

        with told():
            folder = self._written("rows", self._select(select, values))
        try:
            # The files are numbered as the partitions, and these are in the order of the rows.
            for path in sorted(folder.glob("part-*")):
                with pq.ParquetFile(path) as file:
                    yield from file.iter_batches(ROW_GROUP)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def apply(
        self,
        name: str,
        select: str,
        function: Function,
        columns: "pa.Schema",
        values: Sequence[Value] = (),
        *,
        order: Sequence[str] = (),
        show: Steps | None = None,
    ) -> None:
        from pyspark.sql.pandas.types import from_arrow_schema

        with told():
            rows = self._select(select, values)
            if order:
                # One task a value of the first column.
                rows = rows.repartition(order[0]).sortWithinPartitions(*(rows[one].asc_nulls_last() for one in order))
            kinds = from_arrow_schema(columns)
            self._keep(name, rows.mapInArrow(partial(_applied, function, columns), kinds))

    def write(self, table: str, select: str, folder: Path, values: Sequence[Value] = ()) -> list[Path]:
        name = f"{table}-{token_hex(8)}"
        folder = folder.resolve()
        with told():
            task = partial(_fragments, table, folder, name, writing.CUT)
            found = self._select(select, values).mapInArrow(task, FRAGMENT).collect()
        ordered = sorted(found, key=lambda row: (row["task"], row["number"]))
        fragments = [Part(Path(row["path"]), row["rows"], row["first"], row["last"]) for row in ordered]
        groups = list(_grouped(fragments, writing.CUT if table in KEYS else None))
        torn = [group for group in groups if len(group) > 1]
        sewn = iter(self.run(partial(_sewn, table, folder, name), torn) if torn else [])
        parts = [group[0].path if len(group) == 1 else next(sewn) for group in groups]
        for fragment in chain.from_iterable(torn):
            fragment.path.unlink()
        return parts or [part.path for part in write_parts(table, [], folder, name)]

    def run(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        import pickle

        if not items:
            return []
        with told():
            # The items go with the function: numbers alone are in as many partitions as one asks for, of one size.
            numbers = self._session.range(0, len(items), 1, min(len(items), MOST_TASKS))
            done = numbers.mapInArrow(partial(_called, function, items), "number bigint, result binary").collect()
        results = {row["number"]: pickle.loads(row["result"]) for row in done}  # noqa: S301 - our own tasks made it
        for _, result in sorted(results.items()):
            if isinstance(result, ChinwagError):
                raise result
        return [results[number] for number in range(len(items))]

    def results(
        self,
        function: Callable[[Any, Callable[[int], None]], Any],
        tasks: Iterable[Any],
        workers: int | None,
        tell: Callable[[int], None],
    ) -> Iterator[Any]:
        """Do tasks, `workers` at once or as many as the cluster has cores, and give what comes of them in their order.

        Each is a small job of its own: the next is handed out the moment one is done, none waits for a straggler.
        """
        done = 0
        threads = ThreadPoolExecutor(workers or MOST_THREADS)
        try:
            at_work = in_order(
                lambda task: threads.submit(self._one, function, task), tasks, lambda: workers or self._cores()
            )
            for result, counted in at_work:
                done += counted
                tell(done)
                yield result
        finally:
            threads.shutdown(wait=False, cancel_futures=True)

    def _one(self, function: Callable[[Any, Callable[[int], None]], Any], task: Any) -> tuple[Any, int]:
        ((result, done),) = self.run(partial(_counting, function), [task])
        return result, done

    def _cores(self) -> int:
        """Tell how many tasks the cluster does at once, as it is now."""
        if self._remote_cores:
            return self._remote_cores
        with suppress(Exception):  # Spark Connect has no context
            return int(self._session.sparkContext.defaultParallelism)
        with told():
            numbers = self._session.range(100_000).selectExpr("spark_partition_id()")
            self._remote_cores = numbers.distinct().count()
        return self._remote_cores

    def _select(self, select: str, values: Sequence[Value]) -> "DataFrame":
        return self._session.sql(select, args=list(values))

    def _keep(self, name: str, rows: "DataFrame") -> None:
        kinds, before = rows.schema, self._kept.get(name, [])
        self._kept[name] = [self._written(name, rows)]
        self._show(name, self._session.read.schema(kinds).parquet(*map(_uri, self._kept[name])))
        for folder in before:
            shutil.rmtree(folder, ignore_errors=True)

    def _written(self, name: str, rows: "DataFrame") -> Path:
        path = self._new(name)
        rows.write.parquet(_uri(path))
        return path

    def _show(self, name: str, rows: "DataFrame") -> None:
        rows.createOrReplaceTempView(name)
        self._seen.add(name)

    def _new(self, name: str) -> Path:
        return self._scratch / f"{name}-{token_hex(8)}"


def _settings_of(session: "SparkSession") -> dict[str, str]:
    """Give what was set in a session: a new one begins with what the cluster was started with."""
    found = session.conf.getAll
    return {name: found[name] for name in found if name.startswith("spark.sql.") and session.conf.isModifiable(name)}


def _uri(path: Path) -> str:
    """Name a file to Spark, for whom names are patterns, and relative to its own file system."""
    return "file:" + re.sub(r"([\\*?\[\]{},])", r"\\\1", str(path.resolve()))


def _grouped(fragments: Sequence[Part], cut: int | None) -> Iterator[list[Part]]:
    """Give the fragments of each part; without a cut each is one."""
    group: list[Part] = []
    for one in fragments:
        begins = cut is None or (one.first is not None and one.first % cut == 0)
        if group and begins and (cut is None or one.first != group[-1].last):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


# What follows runs in the Python processes of Spark's workers.


def _applied(function: Function, columns: "pa.Schema", rows: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
    """Give what a function makes of rows in the types that Spark knows."""
    import pyarrow as pa

    def known(kind: "pa.DataType") -> "pa.DataType":
        return pa.timestamp("us", "UTC") if pa.types.is_timestamp(kind) else kind

    kinds = pa.schema([(field.name, known(field.type)) for field in columns])
    for batch in function(rows):
        yield batch.cast(kinds)


def _fragments(
    table: str, folder: Path, name: str, cut: int, rows: "Iterator[pa.RecordBatch]"
) -> "Iterator[pa.RecordBatch]":
    """Write the rows of one task, and say what was written; a task that is tried again writes under other names."""
    import pyarrow as pa
    from pyspark import TaskContext

    context = TaskContext.get()
    task = context.partitionId() if context else 0
    parts = [part for part in write_parts(table, rows, folder, f"{name}-{task:05}-{token_hex(4)}", cut) if part.rows]
    columns = {
        "task": pa.array([task] * len(parts), pa.int32()),
        "number": pa.array(range(len(parts)), pa.int32()),
        "path": pa.array([str(part.path) for part in parts], pa.string()),
        "rows": pa.array([part.rows for part in parts], pa.int64()),
        "first": pa.array([part.first for part in parts], pa.int64()),
        "last": pa.array([part.last for part in parts], pa.int64()),
    }
    yield pa.record_batch(columns)


def _sewn(table: str, folder: Path, name: str, group: Sequence[Part]) -> Path:
    """Make one part of the fragments that several tasks wrote of it."""
    import pyarrow.parquet as pq

    batches = (batch for part in group for batch in pq.ParquetFile(part.path).iter_batches(ROW_GROUP))
    never = 2**63 - 1  # but where it begins, such a part is cut nowhere
    (made,) = write_parts(table, batches, folder, f"{name}-{token_hex(4)}", never)
    return made.path


def _called(
    function: Callable[[Any], Any], items: Sequence[Any], rows: "Iterator[pa.RecordBatch]"
) -> "Iterator[pa.RecordBatch]":
    """Call a function with the items whose numbers come; an error that a user is to be told is what comes of it."""
    import pickle

    import pyarrow as pa

    for batch in rows:
        results = [pickle.dumps(_result(function, items[number])) for number in batch["id"].to_pylist()]
        yield pa.record_batch({"number": batch["id"], "result": pa.array(results, pa.binary())})


def _result(function: Callable[[Any], Any], item: Any) -> Any:
    try:
        return function(item)
    except ChinwagError as error:
        return error


def _counting(function: Callable[[Any, Callable[[int], None]], Any], task: Any) -> tuple[Any, int]:
    """Do a task, and sum up what it counts."""
    done = 0

    def count(number: int) -> None:
        nonlocal done
        done += number

    return function(task, count), done


def _sees(folder: Path) -> bool:
    return folder.is_dir()
