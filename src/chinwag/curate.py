"""Choose and shape: run the filters, write what they drop, make turns of what is left, give each conversation a split.

A filter marks and never deletes: `drops` says of every tweet of a tree that is in no turn which rule took it.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chinwag import account, clusters, shelves
from chinwag import recipe as recipes
from chinwag.engines import Engine
from chinwag.errors import WorkspaceError
from chinwag.filters import Judge, Value
from chinwag.progress import Steps, steps
from chinwag.pseudonyms import describe, given_key, key_of, make_key
from chinwag.recipe import Recipe, Split, stale
from chinwag.rendering import Rendering, Tweet
from chinwag.shaping import BATCH, adding, turn_row, tweets_in
from chinwag.splitting import answer_of, find_leaks, split_of
from chinwag.sql import statement
from chinwag.tables import schema
from chinwag.turns import Turn, turns_of
from chinwag.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

JUDGED = 65_536  # rows at once: in parts of 4,096, a list of 4,000 words takes 1.7 times as long


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


def run(workspace: Path, recipe: Recipe, *, memory: int | None = None, quiet: bool = False) -> Summary:
    """Make `clusters`, `drops` and `turns` from the assembled tables.

    Raises WorkspaceError where nothing was assembled.
    """
    started = time.perf_counter()
    target = Workspace(workspace)
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
    summary = Summary()
    with target.writing() as scratch:
        if not target.fresh("clusters", after="assemble"):
            with _database(target, scratch, memory) as engine, steps("clusters", clusters.STEPS, quiet=quiet) as show:
                parts = target.adopt_all("clusters", clusters.run(engine, scratch, show))
                target.commit("clusters", replace={"clusters": parts})
        with steps("curate", len(recipe.filters) + 3, quiet=quiet) as show:
            with _database(target, scratch, memory) as engine:
                key = given_key() or make_key(str(engine.value(statement("fingerprint"))))
                ruled = _run_filters(engine, recipe, scratch, summary, show)
            with _database(target, scratch, memory) as engine:
                engine.read("drops", ruled)
                _shape(engine, target, recipe, key, ruled, scratch, summary, show)
            show("account")
            account.keep(target, scratch, memory=memory, step=show.step)
    summary.seconds = time.perf_counter() - started
    return summary


@contextmanager
def _database(target: Workspace, scratch: Path, memory: int | None) -> Iterator[Engine]:
    """Give a database to one step alone, for what one has filled is in the way of the next."""
    from chinwag.engines.duckdb import DuckDB

    with DuckDB(scratch, memory=memory) as engine:
        for table in ("tweets", "nodes", "conversations", "clusters", "marks"):
            engine.read(table, target.parts(table))
        yield engine


def _shape(
    engine: Engine,
    target: Workspace,
    recipe: Recipe,
    key: bytes,
    ruled: list[Path],
    scratch: Path,
    summary: Summary,
    show: Steps,
) -> None:
    """Make turns of what the filters left, leave out what would leak, and commit both."""
    turns, cut = _write_turns(engine, recipe, key, scratch, summary, show)
    show("splits", engine.percent)
    overlap = find_leaks(engine, scratch / "made.kept.parquet", authors=recipe.split.authors)
    turns, leaked = _without_leaks(engine, turns, scratch, summary)
    summary.empty = [row["split"] for batch in engine.rows(statement("emptied")) for row in batch.to_pylist()]
    name = f"{target.state.number + 1:08}"
    made = {
        "turns": [target.adopt("turns", turns, name)],
        "drops": target.adopt_all("drops", [*ruled, cut, *leaked]),
    }
    options = {
        "key": describe(key),
        "filters": dict(recipe.filters),
        "turns": asdict(recipe.turns),
        "split": asdict(recipe.split),
        "overlap": overlap,
    }
    target.commit("curate", replace=made, options=options)


def again(workspace: Path, *, memory: int | None = None, quiet: bool = False) -> Summary | None:
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
    return run(workspace, recipe, memory=memory, quiet=quiet)


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
            _judge(engine, judge[0], show.walk(engine.rows(select, values), JUDGED), scratch / f"{name}.judged.parquet")
        else:
            engine.make("dropped", select, values)
        engine.append("drops", statement("drops"), [part.LEVEL, name])
        if spared := getattr(part, "SPARED", None):
            engine.append("spared", spared)
    ruled = engine.write("drops", statement("unspared"), scratch)
    engine.read("ruled", ruled)
    for name in recipe.filters:
        summary.drops[name] = int(engine.value("select count(*) from ruled where filter = ?", [name]) or 0)
    if not any(hasattr(shelves.load("filters", name), "SPARED") for name in recipe.filters):
        summary.unheeded = int(engine.value("select count(*) from marks where mark is not null") or 0)
    return ruled


def _judge(engine: Engine, judge: Judge, rows: "Iterator[pa.RecordBatch]", part: Path) -> None:
    """Make `dropped` of the ids that a filter's function gives for the rows of its SELECT."""
    import pyarrow as pa

    with adding(part, pa.schema([("id", pa.int64())])) as add:
        for number in judge(rows):
            add([(number,)])
    engine.read("judged", [part])
    engine.make("dropped", "select id from judged")


def _write_turns(
    engine: Engine, recipe: Recipe, key: bytes, scratch: Path, summary: Summary, show: Steps
) -> tuple[Path, Path]:
    """Write the turns of all conversations, and what was cut in making them; memory holds one at a time."""
    import pyarrow as pa

    made, cut, kept = (scratch / f"made.{table}.parquet" for table in ("turns", "drops", "kept"))
    number = pa.int64()
    columns = pa.schema([("root_id", number), ("tweet_id", number), ("split", pa.string()), ("answer_id", number)])
    with (
        adding(made, schema("turns")) as add_turns,
        adding(cut, schema("drops")) as add_drops,
        adding(kept, columns) as add_kept,
    ):
        for root_id, group in groupby(_tweets(engine, recipe.turns, show), itemgetter(0)):
            tweets = [tweet for _, tweet in group]
            turns, dropped = turns_of(tweets, key, recipe.turns)
            author_id = tweets[0].author_id if recipe.split.authors else None
            split = split_of(root_id if author_id is None else author_id, recipe.split)
            add_turns([turn_row(turn, root_id, split) for turn in turns])
            add_drops([(tweet_id, "tweet", why) for tweet_id, why in sorted(dropped.items())])
            add_kept(list(_kept(turns, tweets, root_id, split)))
            summary.conversations += bool(turns)
            summary.turns += len(turns)
            summary.drops.update(dropped.values())
    return made, cut


def _kept(turns: list[Turn], tweets: list[Tweet], root_id: int, split: str) -> Iterator[tuple[Any, ...]]:
    """Give the tweets whose texts are in turns, quoted ones too, as rows of `kept`."""
    by_id = {turn.id: turn for turn in turns}
    quoted = {tweet.id: tweet.quoted_id for tweet in tweets if tweet.quoted is not None}
    for turn in turns:
        answer_id = None if turn.parent_id is None else answer_of(turn, by_id[turn.parent_id])
        for tweet_id in turn.tweet_ids:
            yield root_id, tweet_id, split, answer_id
            if tweet_id in quoted:
                yield root_id, quoted[tweet_id], split, None


def _without_leaks(engine: Engine, turns: Path, scratch: Path, summary: Summary) -> tuple[Path, list[Path]]:
    """Write the turns again without the conversations in `leaks`, and these as drops."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    select = "select id, 'conversation' as level, 'split_leak' as filter from leaks order by id"
    leaked = engine.write("drops", select, scratch)
    roots = pq.read_table(leaked, columns=["id"])["id"]
    if not (count := len(roots)):
        return turns, leaked
    kept = scratch / "kept.turns.parquet"
    with pq.ParquetFile(turns) as made, pq.ParquetWriter(kept, schema("turns"), compression="zstd") as writer:
        for batch in made.iter_batches(BATCH):
            left = batch.filter(pc.invert(pc.is_in(batch["root_id"], value_set=roots.combine_chunks())))
            summary.turns -= batch.num_rows - left.num_rows
            if left.num_rows:
                writer.write_table(pa.Table.from_batches([left]))
    summary.conversations -= count
    summary.drops["split_leak"] = count
    return kept, leaked


def _tweets(engine: Engine, rendering: Rendering, show: Steps) -> Iterator[tuple[int, Tweet]]:
    """Give each tweet in a tree with its root, conversation by conversation, parents before those who answer them.

    Joining and sorting are two steps, because either may take all the memory there is.
    """
    show("turns", engine.percent)
    engine.make("quotable", statement("quotable"), [rendering.quoted == "text"])
    engine.make("thread", statement("thread"))
    show.step.total = int(engine.value("select count(*) from thread") or 0)
    for batch in show.walk(engine.rows("select * from thread order by root_id, depth, tweet_id")):
        yield from zip(batch["root_id"].to_pylist(), tweets_in(batch), strict=True)
