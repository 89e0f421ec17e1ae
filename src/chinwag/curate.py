"""Choose and shape: run the filters, write what they drop, make turns of what is left, give each conversation a split.

A filter marks and never deletes: `drops` says of every tweet of a tree that is in no turn which rule took it.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chinwag import account, clusters, shelves
from chinwag import recipe as recipes
from chinwag.engines import Engine
from chinwag.engines.opening import opened
from chinwag.errors import WorkspaceError
from chinwag.filters import Judge, Value
from chinwag.progress import Steps, steps
from chinwag.pseudonyms import describe, given_key, key_of, make_key
from chinwag.recipe import Recipe, Split, stale
from chinwag.rendering import Rendering
from chinwag.shaping import drop_rows, in_batches, quoted_rows, shaped_columns, turn_rows, tweets_in
from chinwag.splitting import answers_in, find_leaks, split_of
from chinwag.sql import statement
from chinwag.turns import turns_of
from chinwag.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

Opened = Callable[[], AbstractContextManager[Engine]]
READ = ("tweets", "nodes", "conversations", "clusters", "marks")


@dataclass
class Summary:
    """Count conversations and turns, and what is dropped by rule: tweets or, by some filters, conversations.

    `empty` are the splits of which every conversation leaks, `unheeded` the marks that no filter of the recipe follows.
    """

    conversations: int = 0
    turns: int = 0
    drops: Counter[str] = field(default_factory=Counter)
    empty: list[str] = field(default_factory=list)
    unheeded: int = 0
    seconds: float = 0.0

    def line(self) -> str:
        """Say it in one line."""
        drops = ", ".join(f"{name} {count:,}" for name, count in sorted(self.drops.items()) if count) or "none"
        empty = "".join(f", nothing is left for {split}" for split in self.empty)
        unheeded = f", {self.unheeded:,} marks have no say: the recipe lacks [filters.marks]" if self.unheeded else ""
        return (
            f"{self.turns:,} turns in {self.conversations:,} conversations, drops: {drops}{empty}{unheeded}, "
            f"{self.seconds:.1f} s"
        )


def run(
    workspace: Path,
    recipe: Recipe,
    *,
    memory: int | None = None,
    quiet: bool = False,
    engine: str = "duckdb",
    master: str | None = None,
) -> Summary:
    """Make `clusters`, `drops` and `turns` from the assembled tables; `opened` says what an engine is and its master.

    Whatever the engine, the tables are the same bytes. Raises WorkspaceError where nothing was assembled.
    """
    started = time.perf_counter()
    target = Workspace(workspace)
    _check(target, recipe)
    summary = Summary()
    with target.writing() as scratch:
        database = partial(opened, engine, scratch, memory=memory, master=master)
        if not target.fresh("clusters", after="assemble"):
            with _reading(target, database) as own, steps("clusters", clusters.STEPS, quiet=quiet) as show:
                parts = target.adopt_all("clusters", clusters.run(own, scratch, show))
                target.commit("clusters", replace={"clusters": parts})
        with steps("curate", len(recipe.filters) + 3, quiet=quiet) as show:
            with _reading(target, database) as own:
                key = given_key() or make_key(str(own.value(statement("fingerprint"))))
                ruled = _run_filters(own, recipe, scratch, summary, show)
            with _reading(target, database) as own:
                own.read("drops", ruled)
                _shape(own, target, recipe, key, scratch, summary, show)
            show("account")
            with database() as own:
                account.keep(target, own, scratch, show.step)
    summary.seconds = time.perf_counter() - started
    return summary


def _check(target: Workspace, recipe: Recipe) -> None:
    """Raise WorkspaceError where the trees are not there, or are others than the recipe is for."""
    workspace = target.path
    if not target.state.steps.get("assemble"):
        raise WorkspaceError(f"{workspace}: nothing is assembled; run: chinwag assemble -w {workspace}")
    kept = set(recipe.exclude_sources) - set(target.state.options["assemble"].get("exclude", ()))
    if kept:
        left_out = " ".join(f"--exclude-source {name}" for name in sorted(recipe.exclude_sources))
        remedy = f"run: chinwag assemble -w {workspace} {left_out}"
        raise WorkspaceError(f"{workspace}: the trees hold what the recipe excludes; {remedy}")
    if target.state.options["assemble"].get("quotes") and not recipe.quotes:
        remedy = f"run: chinwag assemble -w {workspace} --no-quotes"
        raise WorkspaceError(f"{workspace}: the trees join quotes, which the recipe does not; {remedy}")


@contextmanager
def _reading(target: Workspace, database: Opened) -> Iterator[Engine]:
    """Give an engine to one step alone, for what one has filled is in the way of the next."""
    with database() as engine:
        for table in READ:
            engine.read(table, target.parts(table))
        yield engine


def _shape(
    engine: Engine, target: Workspace, recipe: Recipe, key: bytes, scratch: Path, summary: Summary, show: Steps
) -> None:
    """Make turns of what the filters left, leave out what would leak, and commit both."""
    show("turns", engine.percent)
    engine.make("quotable", statement("quotable"), [recipe.turns.quoted == "text"])
    # Joining and sorting are two steps, because either may take all the memory there is.
    engine.make("thread", statement("thread"))
    show.step.total = int(engine.value("select count(*) from thread") or 0)
    shape = partial(_shaped, key=key, rendering=recipe.turns, shares=recipe.split)
    order = ("root_id", "depth", "tweet_id")
    engine.apply("shaped", "select * from thread", shape, shaped_columns(), order=order, show=show)
    show("splits", engine.percent)
    overlap = find_leaks(engine, authors=recipe.split.authors)
    summary.empty = [row["split"] for batch in engine.rows(statement("emptied")) for row in batch.to_pylist()]
    turns = engine.write("turns", statement("turns"), scratch)
    drops = engine.write("drops", statement("left_out"), scratch)
    _count(engine, turns, drops, summary)
    made = {"turns": target.adopt_all("turns", turns), "drops": target.adopt_all("drops", drops)}
    options = {
        "key": describe(key),
        "filters": dict(recipe.filters),
        "turns": asdict(recipe.turns),
        "split": asdict(recipe.split),
        "overlap": overlap,
    }
    target.commit("curate", replace=made, options=options)


def _count(engine: Engine, turns: list[Path], drops: list[Path], summary: Summary) -> None:
    """Count what was written."""
    engine.read("turns", turns)
    engine.read("left_out", drops)
    summary.turns = int(engine.value("select count(*) from turns") or 0)
    summary.conversations = int(engine.value("select count(distinct root_id) from turns") or 0)
    for batch in engine.rows("select filter, count(*) as number from left_out group by filter"):
        summary.drops.update(dict(zip(batch["filter"].to_pylist(), batch["number"].to_pylist(), strict=True)))


def again(
    workspace: Path,
    *,
    memory: int | None = None,
    quiet: bool = False,
    engine: str = "duckdb",
    master: str | None = None,
) -> Summary | None:
    """Make the turns anew, by the recipe they were made by last, where they are older than the trees or the marks.

    Raises WorkspaceError where their pseudonyms were made with a key that is not given now: no other may take its place
    unnoticed.
    """
    target = Workspace(workspace)
    if not stale(target):
        return None
    recipe = last_recipe(target)
    if "curate" in target.state.options:
        key_of(target)
    return run(workspace, recipe, memory=memory, quiet=quiet, engine=engine, master=master)


def last_recipe(target: Workspace, *, rehydrated: Recipe | None = None) -> Recipe:
    """Give what the turns of a workspace were made by last; the default recipe where there are none.

    Where they are those of a dehydrated set no recipe makes them again: raises WorkspaceError, or gives `rehydrated`.
    """
    options = target.state.options.get("curate")
    if options is None:
        return recipes.load(None)
    if "rehydrated" in options:
        if rehydrated is not None:
            return rehydrated
        raise WorkspaceError(
            f"{target.path}: its turns are those of a dehydrated set, which no recipe makes; "
            f"run again: chinwag rehydrate IDS -w {target.path}, or make others: chinwag curate -w {target.path}"
        )
    turns = Rendering(**{**options["turns"], "redact": tuple(options["turns"]["redact"])})
    return Recipe(filters=options["filters"], turns=turns, split=Split(**options["split"]))


def _run_filters(engine: Engine, recipe: Recipe, scratch: Path, summary: Summary, show: Steps) -> list[Path]:
    """Write as `drops` what each filter of the recipe drops."""
    engine.make("drops", "select cast(0 as bigint) as id, '' as level, '' as filter where false")
    engine.make("spared", "select cast(0 as bigint) as root_id where false")
    counted: dict[tuple[Value, ...], int] = {}
    for name, options in recipe.filters.items():
        part = shelves.load("filters", name)
        select, values, *judge = part.drop(**options)
        show(name, engine.percent)
        if judge:
            known = (select, *values)
            if known not in counted:  # most look at the same
                counted[known] = int(engine.value(f"select count(*) from ({select}) as r", values) or 0)  # noqa: S608
            show.step.total = counted[known]
            order = getattr(part, "ORDER", ())
            engine.apply("judged", select, partial(_judged, judge[0]), _ids(), values, order=order, show=show)
            select, values = "select id from judged", ()
        dropped = f"with dropped as (\n{select}\n)\n{statement('drops')}"
        engine.append("drops", dropped, [*values, part.LEVEL, name])
        if spared := getattr(part, "SPARED", None):
            engine.append("spared", spared)
    summary.drops.update(dict.fromkeys(recipe.filters, 0))
    if not any(hasattr(shelves.load("filters", name), "SPARED") for name in recipe.filters):
        summary.unheeded = int(engine.value("select count(*) from marks where mark is not null") or 0)
    return engine.write("drops", statement("unspared"), scratch)


def _ids() -> "pa.Schema":
    import pyarrow as pa

    return pa.schema([("id", pa.int64())])


def _judged(judge: Judge, batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
    """Give the ids that a filter's function gives."""
    return in_batches(zip(judge(batches)), _ids())


def _shaped(
    batches: "Iterator[pa.RecordBatch]", *, key: bytes, rendering: Rendering, shares: Split
) -> "Iterator[pa.RecordBatch]":
    """Make turns of tweets that come conversation by conversation, parents first; memory holds one at a time."""
    return in_batches(_rows(batches, key, rendering, shares), shaped_columns())


def _rows(
    batches: "Iterator[pa.RecordBatch]", key: bytes, rendering: Rendering, shares: Split
) -> Iterator[tuple[Any, ...]]:
    """Give the rows of `shaped`."""
    pairs = (pair for batch in batches for pair in zip(batch["root_id"].to_pylist(), tweets_in(batch), strict=True))
    for root_id, group in groupby(pairs, itemgetter(0)):
        tweets = [tweet for _, tweet in group]
        turns, dropped = turns_of(tweets, key, rendering)
        author_id = tweets[0].author_id if shares.authors else None
        split = split_of(root_id if author_id is None else author_id, shares)
        yield from turn_rows(turns, root_id, split, answers_in(turns))
        yield from quoted_rows(turns, tweets, root_id, split)
        yield from drop_rows(dropped, root_id)
