"""Spark: as many machines as there are, all of which see the scratch folder under the same path.

A session is Spark's own or a remote one (Spark Connect): nothing here asks for more than DataFrames, so both do. What a
step makes is kept as Parquet in the scratch folder, not in memory: a worker that is lost takes no work with it.
"""

import os
import re
import shutil
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Self

from chinwag.engines import Function, Value, writing
from chinwag.engines.writing import ROW_GROUP, Part, write_parts
from chinwag.errors import ChinwagError, EngineError
from chinwag.progress import Steps
from chinwag.tables import KEYS, schema

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
}
# On one machine nobody else is to see the session.
ALONE = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
QUIET = {"spark.log.level": "ERROR", "spark.ui.showConsoleProgress": "false"}
MOST_TASKS = 2_000  # at once: beyond that, several items are one task
REMOTE_TASKS = 8  # at once, where nobody tells how many cores there are
AHEAD = 4  # tasks done or begun for each that works, before the next result is waited for
FRAGMENT = "task int, number int, path string, rows bigint, first bigint, last bigint"


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
            return builder.remote(remote).getOrCreate()
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = builder.appName("chinwag")
        if master:
            builder = builder.master(master)
        local = master.startswith("local") if master else "SPARK_HOME" not in os.environ and "MASTER" not in os.environ
        for name, value in {**QUIET, **(ALONE if local else {})}.items():
            builder = builder.config(name, value)
        return builder.getOrCreate()
    except Exception as error:  # whatever Java says
        raise EngineError(f"Spark cannot be started: {_in_one_line(error)}") from error


class Spark:
    """Hold a session whose tables lie as Parquet in a folder that all machines see."""

    def __init__(self, scratch: Path, *, master: str | None = None, session: "SparkSession | None" = None) -> None:
        given = session or session_of(master)
        try:
            self._session = given.newSession()
        except Exception:  # one of Spark Connect is the user's alone
            self._session = given
        for name, value in SETTINGS.items():
            self._session.conf.set(name, value)
        self._scratch = scratch.resolve()
        self._kept: dict[str, list[Path]] = {}
        self._seen: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for name in self._seen:
            self._session.catalog.dropTempView(name)

    def percent(self) -> float | None:
        """Spark Connect does not tell."""
        return None

    def read(self, name: str, parts: Sequence[Path], table: str = "") -> None:
        import pyarrow.parquet as pq

        if not parts:
            parts = [self._new(name).with_suffix(".parquet")]
            pq.write_table(schema(table or name).empty_table(), parts[0])
        with _told():
            self._show(name, self._session.read.parquet(*map(_uri, parts)))

    def make(self, name: str, select: str, values: Sequence[Value] = ()) -> None:
        with _told():
            self._keep(name, self._select(select, values))

    def append(self, name: str, select: str, values: Sequence[Value] = ()) -> None:
        with _told():
            before = self._session.table(name).schema
            rows = self._select(select, values).toDF(*before.names)
            rows = rows.select(*(rows[field.name].cast(field.dataType).alias(field.name) for field in before))
            path = self._written(name, rows)
            self._kept[name].append(path)
            self._show(name, self._session.read.schema(before).parquet(*map(_uri, self._kept[name])))

    def value(self, select: str, values: Sequence[Value] = ()) -> Value | None:
        with _told():
            row = self._select(select, values).first()
        value: Value | None = row[0] if row else None
        return value

    def rows(self, select: str, values: Sequence[Value] = ()) -> "Iterator[pa.RecordBatch]":
        import pyarrow.parquet as pq

        with _told():
            folder = self._written("rows", self._select(select, values))
        # The files are numbered as the partitions, and these are in the order of the rows.
        for path in sorted(folder.glob("part-*")):
            with pq.ParquetFile(path) as file:
                yield from file.iter_batches(ROW_GROUP)
        shutil.rmtree(folder)

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

        with _told():
            rows = self._select(select, values)
            if order:
                # One task a value of the first column.
                rows = rows.repartition(order[0]).sortWithinPartitions(*(rows[one].asc_nulls_last() for one in order))
            kinds = from_arrow_schema(columns)
            self._keep(name, rows.mapInArrow(partial(_applied, function, columns), kinds))

    def write(self, table: str, select: str, folder: Path, values: Sequence[Value] = ()) -> list[Path]:
        name = f"{table}-{token_hex(8)}"
        folder = folder.resolve()
        with _told():
            task = partial(_fragments, table, folder, name, writing.CUT)
            found = self._select(select, values).mapInArrow(task, FRAGMENT).collect()
        ordered = sorted(found, key=lambda row: (row["task"], row["number"]))
        fragments = [Part(Path(row["path"]), row["rows"], row["first"], row["last"]) for row in ordered]
        groups = list(_grouped(fragments, writing.CUT if table in KEYS else None))
        torn = [group for group in groups if len(group) > 1]
        sewn = iter(self.run(partial(_sewn, table, folder, name), torn) if torn else [])
        parts = [group[0].path if len(group) == 1 else next(sewn) for group in groups]
        return parts or [part.path for part in write_parts(table, [], folder, name)]

    def run(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        import pickle

        rows = [(number, pickle.dumps(item)) for number, item in enumerate(items)]
        if not rows:
            return []
        with _told():
            tasks = self._session.createDataFrame(rows, "number bigint, item binary")
            spread = tasks.repartition(min(len(rows), MOST_TASKS), "number")
            done = spread.mapInArrow(partial(_called, function), "number bigint, result binary").collect()
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
        workers = workers or self._cores()
        counted = Counter[str]()
        with ThreadPoolExecutor(workers) as threads:
            waiting: deque[Future[Any]] = deque()
            try:
                for task in tasks:
                    waiting.append(threads.submit(self._one, function, task))
                    while waiting and (len(waiting) > AHEAD * workers or waiting[0].done()):
                        yield _counted(waiting.popleft(), counted, tell)
                while waiting:
                    yield _counted(waiting.popleft(), counted, tell)
            finally:
                threads.shutdown(wait=False, cancel_futures=True)

    def _one(self, function: Callable[[Any, Callable[[int], None]], Any], task: Any) -> tuple[Any, int]:
        ((result, done),) = self.run(partial(_counting, function), [task])
        return result, done

    def _cores(self) -> int:
        try:
            return int(self._session.sparkContext.defaultParallelism)
        except Exception:  # Spark Connect does not tell
            return REMOTE_TASKS

    def _select(self, select: str, values: Sequence[Value]) -> "DataFrame":
        return self._session.sql(select, args=list(values))

    def _keep(self, name: str, rows: "DataFrame") -> None:
        kinds = rows.schema
        self._kept[name] = [self._written(name, rows)]
        self._show(name, self._session.read.schema(kinds).parquet(*map(_uri, self._kept[name])))

    def _written(self, name: str, rows: "DataFrame") -> Path:
        path = self._new(name)
        rows.write.parquet(_uri(path))
        return path

    def _show(self, name: str, rows: "DataFrame") -> None:
        rows.createOrReplaceTempView(name)
        self._seen.add(name)

    def _new(self, name: str) -> Path:
        return self._scratch / f"{name}-{token_hex(8)}"


@contextmanager
def _told() -> Iterator[None]:
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


def _called(function: Callable[[Any], Any], rows: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
    """Call a function with the items that come; an error that a user is to be told is what comes of it."""
    import pickle

    import pyarrow as pa

    for batch in rows:
        items = map(pickle.loads, batch["item"].to_pylist())
        results = [pickle.dumps(_result(function, item)) for item in items]
        yield pa.record_batch({"number": batch["number"], "result": pa.array(results, pa.binary())})


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


def _counted(future: "Future[tuple[Any, int]]", counted: "Counter[str]", tell: Callable[[int], None]) -> Any:
    result, done = future.result()
    counted["done"] += done
    tell(counted["done"])
    return result
