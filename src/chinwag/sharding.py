"""Write the turns of some parts as shards: what any process does, here or on another machine.

Each attempt writes into a folder of its own, so that one that is killed or done twice is in nobody's way. What it wrote
gets its place among all others' once it is known how many shards those before it are.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from chinwag import shelves
from chinwag.errors import ExportError
from chinwag.progress import Steps
from chinwag.shaping import conversations
from chinwag.shards import Shards, file_name, is_numbered

if TYPE_CHECKING:
    import pyarrow as pa

    from chinwag.engines import Engine

Entry: TypeAlias = dict[str, Any]
Examples: TypeAlias = "dict[str, defaultdict[str, Counter[str]]]"  # of a language, or of sources, by split


@dataclass(frozen=True)
class Task:
    """Name parts of `turns` that are written together, and which task of all it is."""

    place: int
    paths: list[Path]


@dataclass(frozen=True)
class Written:
    """Tell what came of a task: its folder and the shards in it, what was counted, and what rule a record broke."""

    folder: str
    files: list[Entry] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    problem: str = ""


class _Counted(Steps):
    """Pass on how many rows are walked."""

    def __init__(self, count: Callable[[int], None]) -> None:
        super().__init__()
        self._count = count

    def more(self, rows: int) -> None:
        """Say that so many rows more are walked."""
        self._count(rows)


@dataclass(frozen=True)
class Sharding:
    """Hold how turns become shards; with `exact`, times keep their milliseconds. Processes pickle it."""

    format: str
    options: Mapping[str, Any]
    name: Callable[[int], str]
    exact: bool
    shard_size: int
    compress: str
    folder: Path

    def tasks(self, parts: Sequence[Path]) -> list[Task]:
        """Give the parts of `turns` one by one; all at once where the format makes a single file of them."""
        paths = [part.absolute() for part in parts]
        together = [[path] for path in paths] if is_numbered(self._part()) else [paths]
        return [Task(place, some) for place, some in enumerate(together)]

    def write(self, task: Task, count: Callable[[int], None]) -> Written:
        """Write the turns of a task's parts as shards, each read back by its consumer's rules.

        A shard ends where it is full, and at the end of the task. `count` takes the rows that are done. Raises
        ExportError where a record breaks a rule.
        """
        own = self.folder / token_hex(8)
        own.mkdir()
        try:
            return self._write(task, own, _Counted(count))
        except ExportError as error:
            where = f"part {task.place + 1} of turns: " if task.place else ""
            raise ExportError(f"{where}{error}") from error

    def _write(self, task: Task, own: Path, show: Steps) -> Written:
        part = self._part()
        counts: Counter[str] = Counter()
        examples = _no_examples()
        shards: dict[tuple[str, str], Shards] = {}
        with ExitStack() as stack:
            for split, turns in conversations(task.paths, show, exact=self.exact):
                counts["conversations"] += 1
                counts["turns"] += len(turns)
                if hasattr(part, "DEEPEST"):
                    counts["turns_too_deep"] += sum(turn.depth >= part.DEEPEST for turn in turns)
                made = 0
                for made, record in enumerate(part.records(turns, self.name, **self.options), 1):  # noqa: B007
                    for kind in part.KINDS:
                        if (split, kind) not in shards:
                            new = Shards(own, split, kind, part, self.shard_size, self.compress)
                            shards[split, kind] = stack.enter_context(new)
                        shards[split, kind].add(record)
                if made:
                    examples["language"][turns[0].lang or "und"][split] += made
                    examples["source"]["+".join(turns[0].sources)][split] += made
            files = [entry for shard in shards.values() for entry in shard.close()]
        return Written(str(own), files, dict(counts), _plain(examples))

    def write_each(self, batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
        """Do the tasks that rows name by their paths, and give what came of each with its place.

        A broken rule is told and not raised: it would be broken again however often a cluster tries.
        """
        import pyarrow as pa

        for batch in batches:
            for place, paths in zip(batch["place"].to_pylist(), batch["paths"].to_pylist(), strict=True):
                try:
                    written = self.write(Task(place, [Path(path) for path in paths]), _ignore)
                except ExportError as error:
                    written = Written("", problem=str(error))
                told = msgspec.json.encode(written).decode()
                yield pa.RecordBatch.from_pylist([{"place": place, "told": told}], schema=_told())

    def gather(self, all_written: Iterable[Written], new: Path) -> dict[str, Any]:
        """Move the shards of tasks, which come in their order, into a folder; gives what the manifest says of all."""
        part = self._part()
        counts: Counter[str] = Counter()
        examples = _no_examples()
        files: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for written in all_written:
            counts.update(written.counts)
            for by, found in written.examples.items():
                for key, numbers in found.items():
                    examples[by][key].update(numbers)
            for entry in written.files:
                there = files[entry["split"], entry["kind"]]
                name = file_name(part, entry["split"], len(there), entry["kind"], self.compress)
                (new / name).parent.mkdir(exist_ok=True)
                Path(written.folder, entry["name"]).replace(new / name)
                there.append({**entry, "name": name})
        return {
            "counts": dict(sorted(counts.items())),
            "examples": _plain(examples),
            "files": [entry for _, entries in sorted(files.items()) for entry in entries],
        }

    def _part(self) -> ModuleType:
        return shelves.load("exports", self.format)


def on_engine(sharding: Sharding, tasks: Sequence[Task], engine: "Engine", scratch: Path) -> list[Written]:
    """Have an engine do tasks, each of them alone, wherever it runs; all see the folders named here.

    Raises ExportError where a record breaks a rule, the first that does.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [{"place": task.place, "paths": [str(path) for path in task.paths]} for task in tasks]
    pq.write_table(pa.Table.from_pylist(rows, schema=_asked()), scratch / "tasks.parquet")
    engine.read("tasks", [scratch / "tasks.parquet"])
    # A hint to Spark, to others a remark: so many partitions, and as many rows are dealt out to them one by one.
    select = f"select /*+ repartition({len(tasks)}) */ place, paths from tasks"  # noqa: S608 - a number
    engine.apply("written", select, sharding.write_each, _told())
    told = [
        msgspec.json.decode(text, type=Written)
        for batch in engine.rows("select told from written order by place")
        for text in batch["told"].to_pylist()
    ]
    for written in told:
        if written.problem:
            raise ExportError(written.problem)
    return told


def _no_examples() -> Examples:
    return {"language": defaultdict(Counter), "source": defaultdict(Counter)}


def _plain(examples: Examples) -> dict[str, dict[str, dict[str, int]]]:
    """Give the same in the order of the names."""
    return {by: {key: dict(sorted(one[key].items())) for key in sorted(one)} for by, one in examples.items()}


def _asked() -> "pa.Schema":
    import pyarrow as pa

    return pa.schema([("place", pa.int64()), ("paths", pa.list_(pa.string()))])


def _told() -> "pa.Schema":
    import pyarrow as pa

    return pa.schema([("place", pa.int64()), ("told", pa.string())])


def _ignore(_: int) -> None:
    pass
