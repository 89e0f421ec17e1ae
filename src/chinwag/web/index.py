"""Keep the index that the pages are made of: the trees sorted by root, and a row for each conversation.

A DuckDB file in the workspace. It is made anew where the tables it was made of have changed, and appears whole or not
at all. What is sorted by root is found without an index of its own: DuckDB knows the least and the greatest value of
each row group, so reading one tree, or the next fifty conversations, takes as long in a large workspace as in a small.
"""

import hashlib
import json
import threading
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from chinwag import marks
from chinwag.engines import Engine
from chinwag.errors import EngineError, WorkspaceError
from chinwag.marks import Mark
from chinwag.progress import Steps, steps
from chinwag.sql import statement
from chinwag.workspace import Workspace, sync_folder

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]
LAYOUT = 1  # of the tables below; an index of another layout is made anew
READ = ("tweets", "nodes", "conversations", "clusters", "drops", "turns")
SAMPLED = ("tweets", "nodes", "conversations", "clusters", "drops")  # the tables of the sample; marks are as they stand
SAMPLE = 20_000  # tweets: what a filter takes a second or so for
SNIPPET = 200  # characters of the root's text in the list
EVERY = [-(2**63), 2**63 - 1]  # the range of all roots

# Made first. The join and the sort are two steps, because either may take all the memory there is.
SORTED = {
    "posts": "select * from joined order by root_id, depth, tweet_id",
    "fallen": "select * from felled order by root_id, level, id, filter",
    "turns": "select * from turns order by root_id, depth, turn_id",
    "places": "select tweet_id, root_id from nodes order by tweet_id",
}
# Made range by range of roots, because lists in groups cannot be put aside when memory ends.
LISTED = """
    select c.root_id, c.lang, c.tweets, c.authors, c.depth, c.started_at, t.split, coalesce(t.turns, 0) as turns,
      coalesce(f.rules, []) as rules, t.turns is null as whole, coalesce(s.sources, []) as sources,
      left(r.text, ?) as snippet,
      cast(? + sum(c.tweets) over (order by c.root_id rows unbounded preceding) as bigint) as reached
    from (select * from conversations where root_id > ? and root_id <= ?) as c
    join (
      select root_id, text from made.posts where root_id > ? and root_id <= ? and depth = 0
    ) as r on r.root_id = c.root_id
    left join (
      select root_id, list_sort(list(distinct source)) as sources
      from (select root_id, unnest(sources) as source from made.posts where root_id > ? and root_id <= ?)
      group by root_id
    ) as s on s.root_id = c.root_id
    left join (
      select root_id, min(split) as split, count(*) as turns
      from made.turns where root_id > ? and root_id <= ? group by root_id
    ) as t on t.root_id = c.root_id
    left join (
      select root_id, list_sort(list(distinct filter)) as rules
      from made.fallen where root_id > ? and root_id <= ? group by root_id
    ) as f on f.root_id = c.root_id
    order by c.root_id
"""
RANGE = 100_000  # conversations
# Made last, in this order.
CHOSEN = {
    # The words that may be chosen among, with the conversations each is true of.
    "words": """
        select 'lang' as kind, lang as word, count(*) as conversations
        from made.listed where lang is not null group by 2
        union all select 'split', split, count(*) from made.listed where split is not null group by 2
        union all select 'source', word, count(*) from (select unnest(sources) as word from made.listed) group by 2
        union all select 'rule', word, count(*) from (select unnest(rules) as word from made.listed) group by 2
    """,
    # Whole conversations, in an order that follows from nothing but their ids; one larger than the sample is left out.
    "sample.roots": """
        select root_id from (
          select root_id, sum(tweets) over (order by md5(cast(root_id as varchar)), root_id) as reached
          from made.listed where tweets <= ?
        ) where reached <= ?
    """,
    "sample.nodes": "select * from nodes where root_id in (select root_id from made.sample.roots)",
    "sample.conversations": "select * from conversations where root_id in (select root_id from made.sample.roots)",
    "sample.tweets": "select * from tweets where id in (select tweet_id from made.sample.nodes)",
    "sample.clusters": "select * from clusters where tweet_id in (select tweet_id from made.sample.nodes)",
    "sample.drops": """
        select * from drops
        where id in (select tweet_id from made.sample.nodes) and level = 'tweet'
          or id in (select root_id from made.sample.roots) and level = 'conversation'
    """,
}
VALUES = {"sample.roots": [SAMPLE, SAMPLE]}


def key(target: Workspace) -> str:
    """Name what an index is made of: the files of the tables, and the layout of the index."""
    parts = {table: target.state.parts.get(table, []) for table in READ}
    told = json.dumps([LAYOUT, target.fresh("curate", after="assemble"), parts])
    return hashlib.sha256(told.encode()).hexdigest()


def place(target: Workspace) -> Path:
    """Give the place of the index of a workspace."""
    return target.path / "browse" / "index.duckdb"


def fits(target: Workspace) -> bool:
    """Tell whether there is an index that was made of the tables as they are."""
    try:
        with Index(target) as index:
            return not index.stale()
    except EngineError:
        return False


def make(target: Workspace, *, memory: int | None = None, quiet: bool = False) -> None:
    """Make the index of a workspace; where one fits, nothing is done.

    What does not fit in `memory` (bytes, for the whole process) goes to the workspace's scratch folder, where the index
    is made too before it is put in place. Raises WorkspaceError where nothing was assembled, WorkspaceBusy where
    another run is writing, EngineError where the database cannot go on.
    """
    from chinwag.engines.duckdb import DuckDB

    if not target.state.steps.get("assemble"):
        raise WorkspaceError(f"{target.path}: nothing was assembled; start with: chinwag assemble -w {target.path}")
    if fits(target):
        return
    with target.writing() as scratch:
        made = place(target)
        curated = target.fresh("curate", after="assemble")  # else drops and turns are of trees that were
        made.unlink(missing_ok=True)  # the old one may hold tweets that are to be gone
        with DuckDB(scratch, memory=memory) as engine:
            for table in READ:
                engine.read(table, target.parts(table) if curated or table not in ("drops", "turns") else [])
            _fill(engine, scratch / made.name, key(target), curated, quiet=quiet)
        try:
            made.parent.mkdir(exist_ok=True)
            (scratch / made.name).replace(made)
            sync_folder(made.parent)
        except OSError as error:
            raise WorkspaceError(f"{made}: cannot write: {error.strerror}") from error


def _fill(engine: Engine, path: Path, made_of: str, curated: bool, *, quiet: bool) -> None:
    """Make the tables of an index in a new file."""
    engine.value(f"attach {_quoted(path)} as made")
    engine.value("create schema made.sample")
    joined = {"joined": (statement("posts"), EVERY), "felled": (statement("fallen"), EVERY * 2)}
    with steps("browse: index", len(joined) + len(SORTED) + 1 + len(CHOSEN), quiet=quiet) as show:
        for name, (select, values) in joined.items():
            show(name, engine.percent)
            engine.make(name, select, values)
        for name, select in SORTED.items():
            show(name, engine.percent)
            engine.make(f"made.{name}", select)
            if name == "posts":
                engine.value("drop table joined")
        _list(engine, show)
        for name, select in CHOSEN.items():
            show(name, engine.percent)
            engine.make(f"made.{name}", select, VALUES.get(name, ()))
    engine.make("made.made", "select cast(? as varchar) as key, cast(? as boolean) as curated", [made_of, curated])
    engine.value("checkpoint made")
    engine.value("detach made")


def _list(engine: Engine, show: Steps) -> None:
    """Make the table `listed`."""
    show("listed", total=int(engine.value("select count(*) from conversations") or 0))
    ends = engine.rows(
        """
        select root_id from (select root_id, row_number() over (order by root_id) as place from conversations)
        where place % ? = 0
        order by root_id
        """,
        [RANGE],
    )
    bounds = [EVERY[0], *(root_id for batch in ends for root_id in batch["root_id"].to_pylist()), EVERY[1]]
    engine.make("made.listed", f"{LISTED} limit 0", [SNIPPET, 0, *EVERY * 5])
    for low, high in pairwise(bounds):
        reached = int(engine.value("select max(reached) from made.listed") or 0)
        engine.append("made.listed", LISTED, [SNIPPET, reached, *[low, high] * 5])
        show.more(RANGE)


def _quoted(path: Path) -> str:
    return "'" + str(path.resolve()).replace("'", "''") + "'"


class Index:
    """Answer from the index of a workspace, from any thread; nothing outside it is read, and nothing is written.

    `memory` (bytes) bounds the database. Raises EngineError where the index cannot be read.
    """

    def __init__(self, target: Workspace, *, memory: int | None = None) -> None:
        import duckdb

        from chinwag.engines.duckdb import BESIDES

        self.target = target
        self._lock = threading.Lock()  # guards the state of the workspace, and what follows
        self._marked: tuple[int, dict[int, Mark], dict[int, tuple[int, Mark]]] | None = None
        settings: dict[str, str | bool | int | float | list[str]] = {
            "enable_external_access": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": "",
        }
        if memory:
            settings["memory_limit"] = f"{max(memory - BESIDES, memory // 2)}B"
        try:
            self._connection = duckdb.connect(str(place(target)), read_only=True, config=settings)
            self._connection.execute("set TimeZone = 'UTC'")
            self._connection.execute("set enable_progress_bar = false")
            self._key, self.curated = self._connection.execute("select key, curated from made").fetchall()[0]
            self.words = self._words()
        except (duckdb.Error, OSError) as error:
            raise EngineError(f"{place(target)}: cannot be read: {' '.join(str(error).split())}") from error
        [totals] = self.rows("""
            select count(*) as conversations, coalesce(sum(tweets), 0)::bigint as tweets,
              (select count(*) from sample.roots) as sampled
            from listed
        """)
        self.conversations, self.tweets = int(totals["conversations"]), int(totals["tweets"])
        self.sampled = int(totals["sampled"]), self.conversations  # conversations in the sample, and in all

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def _words(self) -> dict[str, dict[str, int]]:
        """Give the words that may be chosen among, by kind, with the conversations each is true of; most first."""
        words: dict[str, dict[str, int]] = {kind: {} for kind in ("lang", "split", "source", "rule")}
        rows = self._connection.execute("select kind, word, conversations from words order by 3 desc, 2").fetchall()
        for kind, word, conversations in rows:
            words[kind][word] = conversations
        return words

    def rows(self, select: str, values: Sequence[Any] = ()) -> list[Row]:
        """Give the rows of a SELECT. Raises EngineError where the database refuses."""
        import duckdb
        import pyarrow as pa

        try:
            with self._connection.cursor() as cursor:
                found: list[Row] = cursor.sql(select, params=list(values)).to_arrow_table().to_pylist()
        except (duckdb.Error, pa.ArrowException) as error:
            raise EngineError(" ".join(str(error).split())) from error
        return found

    def value(self, select: str, values: Sequence[Any] = ()) -> Any:
        """Give the one value of a SELECT; None where it has no row."""
        return next((value for row in self.rows(select, values) for value in row.values()), None)

    def root_of(self, tweet_id: int) -> int | None:
        """Find the root of the tree that a tweet is in; None where it is in none."""
        found = self.value("select root_id from places where tweet_id = ?", [tweet_id])
        return None if found is None else int(found)

    def sample(self) -> "duckdb.DuckDBPyConnection":
        """Give a cursor that knows the tables of the sample by their names, and the marks as they are now.

        It can make temporary tables; whoever asks for it closes it.
        """
        import pyarrow as pa

        from chinwag.tables import schema

        rows = [{"tweet_id": tweet_id, "mark": one.mark, "note": one.note} for tweet_id, one in self._read()[0].items()]
        cursor = self._connection.cursor()
        cursor.execute("set TimeZone = 'UTC'")
        cursor.execute("use sample")
        cursor.register("given", pa.Table.from_pylist(rows, schema=schema("marks")))
        cursor.execute("create temp table marks as select * from given where tweet_id in (select tweet_id from nodes)")
        cursor.unregister("given")
        return cursor

    def marked(self) -> dict[int, tuple[int, Mark]]:
        """Give the mark of each conversation that has one, by root, with the tweet it stands at.

        That tweet was the root when it was marked, and older ones may have come since. Of several marks in a tree drop
        counts before keep, as for the filter `marks`, and both before a note.
        """
        return self._read()[1]

    def _read(self) -> tuple[dict[int, Mark], dict[int, tuple[int, Mark]]]:
        """Give all marks by tweet, and those of conversations by root; they are read again where there are new ones."""
        with self._lock:
            self.target.refresh()
            number = self.target.state.number
            if self._marked is None or self._marked[0] != number:
                known = marks.read(self.target.path)
                self._marked = number, known, self._by_root(known)
            return self._marked[1:]

    def _by_root(self, known: dict[int, Mark]) -> dict[int, tuple[int, Mark]]:
        places = "select root_id, tweet_id from places where tweet_id in (select unnest(?::bigint[]))"
        rows = self.rows(places, [list(known)]) if known else []
        order = (None, "keep", "drop")
        found: dict[int, tuple[int, Mark]] = {}
        for row in sorted(rows, key=lambda row: (order.index(known[row["tweet_id"]].mark), -row["tweet_id"])):
            found[row["root_id"]] = row["tweet_id"], known[row["tweet_id"]]
        return found

    def stale(self) -> bool:
        """Tell whether the tables have changed since the index was made of them."""
        with self._lock:
            self.target.refresh()
            return bool(key(self.target) != self._key)

    def frame(self) -> dict[str, Any]:
        """Give what every page says of the site, as `site.html` wants it under the name `site`."""
        place = self.target.path.resolve()
        return {"name": f"{place.parent.name}/{place.name}", "stale": self.stale(), "curated": self.curated}
