"""Rank the missing tweets that known ones answer by what each would unlock after the filters of a recipe.

The table `wanted` knows of no filters. Where a recipe drops tweets, what each missing one would unlock is counted anew:
only trees that hang on a missing tweet and hold a dropped one are walked, one at a time; the rest is SQL. What joins is
counted as turns are made, but for two things: a turn without any text counts, and a reply that already hangs on what it
quotes counts by itself alone.
"""

import inspect
import tempfile
import time
import weakref
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from chinwag import shelves
from chinwag.engines import Engine, Value
from chinwag.errors import WorkspaceError
from chinwag.progress import Steps, steps
from chinwag.recipe import Recipe
from chinwag.renewal import WHOLE
from chinwag.sql import statement
from chinwag.tables import TABLES
from chinwag.values import FIRST_SNOWFLAKE, LARGEST_ID, TWITTER_EPOCH
from chinwag.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

FIRSTS = (1_000, 10_000, 100_000)
READ = ("tweets", "nodes", "conversations", "clusters", "marks", "wanted", "asked")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Member = tuple[int, int, int | None, int | None, bool]  # root, tweet, what it answers, author, whether it is dropped


@dataclass(frozen=True)
class First:
    """Say what the first so many would unlock and cost."""

    tweets: int
    replies: int
    turns: int
    dollars: float


@dataclass
class Summary:
    """Count missing tweets, what waits for them, and what the first 1,000, 10,000 and 100,000 of them would unlock.

    `vain` are wanted and not listed: they were asked for, and nobody gave them.
    """

    tweets: int = 0
    replies: int = 0
    turns: int = 0
    vain: int = 0
    firsts: list[First] = field(default_factory=list)
    seconds: float = 0.0

    def line(self) -> str:
        """Say it in one line."""
        firsts = "".join(f"; {self._share(first)}" for first in self.firsts)
        vain = f"; {self.vain:,} asked for in vain left out" if self.vain else ""
        what = f"{self.tweets:,} missing tweets, {self.replies:,} replies wait for them"
        return f"{what}{firsts}{vain}; {self.seconds:.1f} s"

    def _share(self, first: First) -> str:
        which = "all" if first.tweets == self.tweets else f"the first {first.tweets:,}"
        cost = f" for ${first.dollars:,.2f}" if first.dollars else ""
        replies, turns = _percent(first.replies, self.replies), _percent(first.turns, self.turns)
        return f"{which} unlock {replies} of the replies and {turns} of the turns{cost}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole if whole else 0:.1f} %"


class Wanted:
    """Give the ranking, as often as it is asked for; it is let go of with this object."""

    def __init__(self, engine: Engine, select: str, values: Sequence[Value], summary: Summary) -> None:
        self._engine, self._select, self._values = engine, select, values
        self.columns, self.summary = list(TABLES["wanted"]), summary

    def batches(self) -> "Iterator[pa.RecordBatch]":
        """Give the rows as Arrow has them, batch by batch."""
        yield from self._engine.rows(self._select, self._values)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Give the rows one by one."""
        return _rows(self.batches())


def run(  # noqa: PLR0913 - the ways to choose
    workspace: Path,
    recipe: Recipe,
    *,
    price: float,
    top: int | None = None,
    lang: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    min_replies: int = 1,
    provider: str = "",
    unknown: bool = False,
    memory: int | None = None,
    quiet: bool = False,
) -> Wanted:
    """Rank missing tweets by the turns that each would bring into a conversation, after the recipe's filters of tweets.

    Of these only those that are SELECTs count, not those that look into texts. What hangs below a dropped tweet is not
    brought in either. Filters of conversations do not count, for what hangs on a missing tweet is incomplete by
    definition; but for marks, which hold for all that will hang on it.
    A tweet is chosen by the language of most replies to it and by the time in its id, from `since` up to before
    `until`; one of before snowflake ids has none. A time without a zone is UTC. What was asked for in vain is left out,
    and all that `provider` was asked for; but what is `unknown` to it may be asked for again.
    The summary is about all that are chosen, however few `top` gives; `price` is what one costs, in dollars.
    Raises WorkspaceError where nothing was assembled, EngineError where the database cannot go on.
    """
    from chinwag.engines.duckdb import DuckDB

    started = time.perf_counter()
    target = Workspace(workspace)
    if not target.state.steps.get("assemble"):
        raise WorkspaceError(f"{workspace}: nothing is assembled; run: chinwag assemble -w {workspace}")
    languages = ",".join(lang)
    values: list[Value] = [*_range(since, until), min_replies, languages, languages]
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chinwag-")))
        engine = stack.enter_context(DuckDB(scratch, memory=memory))
        for table in READ:
            engine.read(table, target.parts(table))
        for name in ("waiting", "dangling"):
            engine.read(name, target.parts(WHOLE[name]))
        select = statement("ranked")
        with steps("wanted", 6, quiet=quiet) as show:
            _count_anew(engine, recipe, scratch, target.parts("nodes"), show)
            show("ranking", engine.percent)
            engine.make("vain", statement("vain"), [provider, "unknown" if unknown else ""])
            summary = _sum_up(engine, select, values, price)
        summary.seconds = time.perf_counter() - started
        limited = select if top is None else f"{select} limit {top:d}"
        found = Wanted(engine, limited, values, summary)
        weakref.finalize(found, stack.pop_all().close)
    return found


def _rows(batches: "Iterable[pa.RecordBatch]") -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _range(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """Give the first and the last snowflake id of a time; of no time at all, the first and the last of all ids."""
    if since is None and until is None:
        return 0, LARGEST_ID
    first = FIRST_SNOWFLAKE if since is None else _first_id(since)
    return first, LARGEST_ID if until is None else _first_id(until) - 1


def _first_id(when: datetime) -> int:
    """Give the smallest snowflake id that is not from before a time."""
    milliseconds = -((EPOCH - (when if when.tzinfo else when.replace(tzinfo=UTC))) // timedelta(milliseconds=1))
    return min(max((milliseconds - TWITTER_EPOCH) << 22, FIRST_SNOWFLAKE), LARGEST_ID)


def _sum_up(engine: Engine, select: str, values: Sequence[Value], price: float) -> Summary:
    totals = f"select count(*), cast(sum(replies) as bigint), cast(sum(unlocks) as bigint) from ({select}) as r"  # noqa: S608
    ((tweets, replies, turns),) = _rows(engine.rows(totals, values))
    vain = int(engine.value("select count(*) from wanted as w semi join vain as v on w.tweet_id = v.tweet_id") or 0)
    summary = Summary(tweets, replies or 0, turns or 0, vain)
    counts = f"select replies, unlocks from ({select} limit {FIRSTS[-1]}) as r order by unlocks desc, replies desc"  # noqa: S608
    replies = turns = 0
    for number, (more_replies, more_turns) in enumerate(_rows(engine.rows(counts, values)), 1):
        replies, turns = replies + more_replies, turns + more_turns
        if number in FIRSTS or number == tweets:
            summary.firsts.append(First(number, replies, turns, number * price))
    return summary


def _count_anew(engine: Engine, recipe: Recipe, scratch: Path, nodes: Sequence[Path], show: Steps) -> None:
    """Put in the place of `wanted` one that knows what the recipe drops, if it drops tweets at all."""
    drops = [drop for name, options in recipe.filters.items() if (drop := _rule(name, options))]
    parts = [(shelves.load("filters", name), options) for name, options in recipe.filters.items()]
    said = [(part, options) for part, options in parts if hasattr(part, "SPARED")]
    if not drops and not said:
        show.steps = 1
        return
    show("what waits", engine.percent)
    # Filters look at tweets in trees: here those that hang on a missing tweet are in one too.
    engine.read("nodes", [*nodes, *engine.write("nodes", statement("hanging"), scratch)])
    show("filters", engine.percent)
    selects = [f"select id from (\n{select}\n) as ruled" for select, _ in drops]  # noqa: S608
    nothing = "select tweet_id as id from nodes where false"
    engine.make("dropped", "\nunion\n".join(selects) or nothing, [value for _, values in drops for value in values])
    if said:
        _let_decide(engine, said, scratch)
    engine.read("nodes", nodes)
    show("unlocks", engine.percent)
    engine.make("unlocks", statement("unlocks"))
    show("trees", engine.percent)
    engine.read("recounted", [_recount(engine, scratch / "recounted.parquet", show)])
    show("wanted", engine.percent)
    engine.make("unlocks", statement("kept_unlocks"))
    # Who is gone was settled when the trees were made: the table of that time leaves them out.
    engine.make("deleted", "select tweet_id from wanted where false")
    engine.make("withheld", "select author_id from wanted where false")
    select = f"select r.* from (\n{statement('wanted')}\n) as r semi join wanted as w on r.tweet_id = w.tweet_id"  # noqa: S608
    engine.read("wanted", engine.write("wanted", select, scratch))


def _let_decide(engine: Engine, said: Iterable[tuple[ModuleType, Mapping[str, Any]]], scratch: Path) -> None:
    """Let `dropped` be what is dropped by filters by which people decide too, and not what they spare.

    They decide on whole conversations: on all that will hang on the missing tweet when it is there.
    """
    engine.read("nodes", engine.write("nodes", statement("awaited"), scratch))
    for part, options in said:
        select, values, *_ = part.drop(**options)
        engine.make("ruled", select, values)
        engine.make("spared", part.SPARED)
        engine.make("dropped", statement("decided"))


def _rule(name: str, options: Mapping[str, Any]) -> tuple[str, Sequence[Value]] | None:
    """Give the SELECT of a filter of tweets that is no more than that: to judge millions of texts takes many minutes.

    So a language counts as Twitter told it.
    """
    part = shelves.load("filters", name)
    if part.LEVEL != "tweet":
        return None
    told = {"detect": False} if "detect" in inspect.signature(part.drop).parameters else {}
    select, values, *judge = part.drop(**{**options, **told})
    return None if judge else (select, values)


def _recount(engine: Engine, path: Path, show: Steps) -> Path:
    """Count the turns that are kept in each tree that holds a dropped tweet; memory holds one tree at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    members: Iterator[Member] = _rows(show.walk(engine.rows(statement("thinned"))))
    roots, turns = array("q"), array("q")
    for root_id, tree in groupby(members, itemgetter(0)):
        roots.append(root_id)
        turns.append(kept_turns(tree))
    columns = {"root_id": pa.array(roots, pa.int64()), "turns": pa.array(turns, pa.int64())}
    pq.write_table(pa.table(columns), path)
    return path


def kept_turns(tree: Iterable[Member]) -> int:
    """Count the turns of a tree, parents first, as they are made: a dropped tweet takes all that answers it with it."""
    authors: dict[int | None, int | None] = {None: None}
    turns = 0
    for _, tweet_id, parent_id, author_id, dropped in tree:
        if not dropped and parent_id in authors:
            authors[tweet_id] = author_id
            turns += author_id is None or author_id != authors[parent_id]
    return turns
