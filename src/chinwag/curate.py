"""Choose and shape: run the filters, write what they drop, make turns of what is left, give each conversation a split.

A filter marks and never deletes: `drops` says of every tweet of a tree that is in no turn which rule took it.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chinwag import shelves
from chinwag.engines import Engine
from chinwag.errors import WorkspaceError
from chinwag.progress import spinner
from chinwag.pseudonyms import describe, given_key, key_of, make_key
from chinwag.recipe import Recipe, Split
from chinwag.sql import statement
from chinwag.tables import schema
from chinwag.turns import Turn, Tweet, split_of, turns_of
from chinwag.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 50_000  # rows written at once


@dataclass
class Summary:
    """Count conversations and turns, and tweets dropped by rule."""

    conversations: int = 0
    turns: int = 0
    drops: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def line(self) -> str:
        """Say it in one line."""
        drops = ", ".join(f"{name} {count:,}" for name, count in sorted(self.drops.items())) or "none"
        return f"{self.turns:,} turns in {self.conversations:,} conversations, drops: {drops}, {self.seconds:.1f} s"


def run(workspace: Path, recipe: Recipe, *, memory: int | None = None, quiet: bool = False) -> Summary:
    """Make `drops` and `turns` from the assembled tables.

    Raises WorkspaceError where nothing was assembled.
    """
    from chinwag.engines.duckdb import DuckDB

    started = time.perf_counter()
    target = Workspace(workspace)
    if not target.state.steps.get("assemble"):
        raise WorkspaceError(f"{workspace}: nothing is assembled; run: chinwag assemble -w {workspace}")
    kept = set(recipe.exclude_sources) - set(target.state.options["assemble"].get("exclude", ()))
    if kept:
        left_out = " ".join(f"--exclude-source {name}" for name in sorted(recipe.exclude_sources))
        raise WorkspaceError(f"{workspace}: the trees hold what the recipe excludes; run: chinwag assemble {left_out}")
    summary = Summary()
    with target.writing() as scratch, DuckDB(scratch, memory=memory) as engine, spinner("curate", quiet=quiet):
        for table in ("tweets", "nodes", "conversations"):
            engine.read(table, target.parts(table))
        key = given_key() or make_key(str(engine.value(statement("fingerprint"))))
        _run_filters(engine, recipe)
        ruled = scratch / "drops.parquet"
        engine.write("drops", "select id, level, filter from drops order by filter, level, id", ruled)
        turns, cut = _write_turns(engine, recipe, key, scratch, summary)
        for name in recipe.filters:
            summary.drops[name] = int(engine.value("select count(*) from drops where filter = ?", [name]) or 0)
        name = f"{target.state.number + 1:08}"
        made = {
            "turns": [target.adopt("turns", turns, name)],
            "drops": [target.adopt("drops", ruled, name), target.adopt("drops", cut, f"{name}-cut")],
        }
        options = {
            "key": describe(key),
            "filters": dict(recipe.filters),
            "mentions": recipe.mentions,
            "split": asdict(recipe.split),
        }
        target.commit("curate", replace=made, options=options)
    summary.seconds = time.perf_counter() - started
    return summary


def again(workspace: Path, *, quiet: bool = False) -> Summary | None:
    """Make the turns anew, by the recipe they were made by last, where they are older than the trees.

    Raises WorkspaceError where their pseudonyms were made with a key that is not given now: no other may take its place
    unnoticed.
    """
    target = Workspace(workspace)
    if target.fresh("curate", after="assemble"):
        return None
    recipe = last_recipe(target)
    if "curate" in target.state.options:
        key_of(target)
    return run(workspace, recipe, quiet=quiet)


def last_recipe(target: Workspace, *, rehydrated: Recipe | None = None) -> Recipe:
    """Give what the turns of a workspace were made by last; the default recipe where there are none.

    Where they are those of a dehydrated set no recipe makes them again: raises WorkspaceError, or gives `rehydrated`.
    """
    options = target.state.options.get("curate")
    if options is None:
        return Recipe()
    if "rehydrated" in options:
        if rehydrated is not None:
            return rehydrated
        raise WorkspaceError(
            f"{target.path}: its turns are those of a dehydrated set, which no recipe makes; "
            f"run again: chinwag rehydrate IDS -w {target.path}"
        )
    return Recipe(filters=options["filters"], mentions=options["mentions"], split=Split(**options["split"]))


def _run_filters(engine: Engine, recipe: Recipe) -> None:
    """Collect in `drops` what each filter of the recipe drops."""
    engine.make("drops", "select cast(0 as bigint) as id, '' as level, '' as filter where false")
    for name, options in recipe.filters.items():
        part = shelves.load("filters", name)
        select, values = part.drop(**options)
        engine.make("dropped", select, values)
        engine.append("drops", statement("drops"), [part.LEVEL, name])


def _write_turns(engine: Engine, recipe: Recipe, key: bytes, scratch: Path, summary: Summary) -> tuple[Path, Path]:
    """Write the turns of all conversations, and what was cut in making them; memory holds one at a time."""
    made, cut = scratch / "made.turns.parquet", scratch / "made.drops.parquet"
    with adding(made, schema("turns")) as add_turns, adding(cut, schema("drops")) as add_drops:
        for root_id, tweets in groupby(_tweets(engine), itemgetter(0)):
            turns, dropped = turns_of((tweet for _, tweet in tweets), key, mentions=recipe.mentions)
            split = split_of(root_id, recipe.split.validation, recipe.split.test)
            add_turns([turn_row(turn, root_id, split) for turn in turns])
            add_drops([(tweet_id, "tweet", why) for tweet_id, why in sorted(dropped.items())])
            summary.conversations += bool(turns)
            summary.turns += len(turns)
            summary.drops.update(dropped.values())
    return made, cut


@contextmanager
def adding(path: Path, wanted: "pa.Schema") -> Iterator[Callable[[list[tuple[Any, ...]]], None]]:
    """Give what writes rows to a Parquet file, `BATCH` of them or more at once."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    waiting: list[tuple[Any, ...]] = []
    with pq.ParquetWriter(path, wanted, compression="zstd") as writer:

        def add(rows: list[tuple[Any, ...]], least: int = BATCH) -> None:
            waiting.extend(rows)
            if len(waiting) >= least:
                columns = zip(zip(*waiting, strict=True), wanted.types, strict=True)
                arrays = [pa.array(column, kind) for column, kind in columns]
                writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=wanted))
                waiting.clear()

        yield add
        add([], least=1)


def _tweets(engine: Engine) -> Iterator[tuple[int, Tweet]]:
    """Give each tweet in a tree with its root, conversation by conversation."""
    for batch in engine.rows(statement("thread")):
        yield from zip(batch["root_id"].to_pylist(), tweets_in(batch), strict=True)


def tweets_in(batch: "pa.RecordBatch") -> Iterator[Tweet]:
    """Give the tweets of rows that have the columns of `Tweet`, the id as `tweet_id`."""
    import pyarrow as pa

    times = batch["created_at"].cast(pa.timestamp("ms", "UTC")).cast(pa.int64()).to_pylist()
    media = [[item["kind"] for item in items or ()] for items in batch["media"].to_pylist()]
    names = ("tweet_id", "parent_id", "author_id", "lang", "text", "reply_prefix")
    columns = [batch[name].to_pylist() for name in names]
    columns += [media, batch["like_count"].to_pylist(), times, batch["dropped"].to_pylist()]
    return (Tweet(*values) for values in zip(*columns, strict=True))


def turn_row(turn: Turn, root_id: int, split: str) -> tuple[Any, ...]:
    """Give a turn as a row of `turns`."""
    return (turn.id, root_id, turn.parent_id, turn.depth, turn.role, turn.author, turn.lang, turn.text,
            turn.like_count, turn.created_at, split, turn.tweet_ids)  # fmt: skip
