"""Write turns into a database, and hold one to the rules that these exports keep; what the three databases share.

Rows belong to a data set, so that several can share a database: `(dataset, id)` is the key of `conversations` and
`turns`. Each export of a data set has a number, and so has each row: that of the export that wrote it last. When an
export ends, the rows of older ones go: the data set holds what it holds now, and nothing of what was deleted.

An export is written in batches, each in one transaction together with how far it is, so that a run that was killed goes
on behind the last. Until `finished_at` is there, rows of two exports stand side by side.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from chinwag.errors import ExportError, UsageError
from chinwag.turns import Turn

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000  # turns in a transaction, or one conversation where it has more
DATASET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

# The same for all three: SQLite keeps a time as text, in UTC.
CREATE = (
    "create table if not exists conversations (dataset text not null, id text not null, export bigint not null, "
    "split text not null, lang text, turns bigint not null, started_at timestamptz, primary key (dataset, id))",
    "create table if not exists turns (dataset text not null, id text not null, export bigint not null, "
    "conversation_id text not null, parent_id text, place bigint not null, depth bigint not null, role text not null, "
    "author text not null, lang text, text text not null, like_count bigint, created_at timestamptz, "
    "primary key (dataset, id))",
    "create table if not exists exports (dataset text not null, number bigint not null, fingerprint text not null, "
    "manifest text not null, conversations bigint not null, turns bigint not null, nuls bigint not null, "
    "started_at timestamptz not null, finished_at timestamptz, primary key (dataset, number))",
)
INDEX = "create index if not exists turns_of_conversation on turns (dataset, conversation_id)"
TABLES = {
    "conversations": ("dataset", "id", "export", "split", "lang", "turns", "started_at"),
    "turns": (
        *("dataset", "id", "export", "conversation_id", "parent_id", "place", "depth", "role", "author", "lang"),
        *("text", "like_count", "created_at"),
    ),
    "exports": (
        *("dataset", "number", "fingerprint", "manifest", "conversations", "turns", "nuls"),
        *("started_at", "finished_at"),
    ),
}
NUMBERS = ("export", "turns", "place", "depth", "like_count")
TIMES = ("started_at", "created_at")
# All that a statement is asked of is in the data set $1.
LAST = (
    "select number, conversations, turns, nuls, fingerprint, finished_at is null from exports where dataset = $1 "
    "order by number desc limit 1"
)
BEGIN = (
    "insert into exports (dataset, number, fingerprint, manifest, conversations, turns, nuls, started_at) "
    "values ($1, $2, $3, $4, 0, 0, 0, current_timestamp)"
)
ADVANCE = (
    "update exports set conversations = $1, turns = $2, nuls = $3 "
    "where dataset = $4 and number = $5 and conversations = $6"
)
REMOVE = (
    "delete from turns where dataset = $1 and export < $2",
    "delete from conversations where dataset = $1 and export < $2",
    "update exports set finished_at = current_timestamp where dataset = $1 and number = $2",
)
# What no row may be: each SELECT gives the data sets and ids of those that are.
RULES = {
    "turns are of a conversation that is not there": "select t.dataset, t.id from turns t left join conversations c "
    "on c.dataset = t.dataset and c.id = t.conversation_id where c.id is null",
    "turns answer one that is not there": "select t.dataset, t.id from turns t left join turns p "
    "on p.dataset = t.dataset and p.id = t.parent_id where t.parent_id is not null and p.id is null",
    "turns answer one of another conversation": "select t.dataset, t.id from turns t join turns p "
    "on p.dataset = t.dataset and p.id = t.parent_id where t.conversation_id <> p.conversation_id",
    "turns are not one below what they answer, and after it": "select t.dataset, t.id from turns t "
    "join turns p on p.dataset = t.dataset and p.id = t.parent_id where t.depth <> p.depth + 1 or t.place <= p.place",
    "turns answer none and are no roots": "select dataset, id from turns "
    "where parent_id is null and (depth <> 0 or place <> 0 or id <> conversation_id)",
    "turns have another role than their depth gives": "select dataset, id from turns "
    "where role <> case when depth % 2 = 0 then 'prompter' else 'assistant' end",
    "turns have no text": "select dataset, id from turns where text = ''",
    "conversations have no root": "select c.dataset, c.id from conversations c left join turns t "
    "on t.dataset = c.dataset and t.id = c.id and t.parent_id is null where t.id is null",
    "conversations have other numbers of turns than they say, or one": "select c.dataset, c.id "
    "from conversations c left join turns t on t.dataset = c.dataset and t.conversation_id = c.id "
    "group by c.dataset, c.id, c.turns having count(t.id) <> c.turns or c.turns < 2",
    "conversations are in no split": "select dataset, id from conversations "
    "where split not in ('train', 'validation', 'test')",
    "conversations are of another export than the last": "select c.dataset, c.id from conversations c left join "
    "(select dataset, max(number) as last from exports group by dataset) e on e.dataset = c.dataset "
    "where e.last is null or e.last <> c.export",
    "turns are of another export than the last": "select t.dataset, t.id from turns t left join "
    "(select dataset, max(number) as last from exports group by dataset) e on e.dataset = t.dataset "
    "where e.last is null or e.last <> t.export",
    "exports were cut short, and none came after": "select dataset, cast(number as text) as id from exports e "
    "where finished_at is null and number = (select max(number) from exports o where o.dataset = e.dataset)",
}


class Database(Protocol):
    """Speak to a database; what it raises are ExportErrors of one line, without values and without secrets.

    `needs_index` says that it finds the turns of a conversation by an index only. DuckDB finds them without, and with
    one it updates turns three times more slowly (measured).
    """

    needs_index: bool

    def run(self, statement: str, values: Sequence[int | str] = ()) -> None:
        """Run a statement, its `$1`, `$2` ... in this order."""

    def rows(self, select: str, values: Sequence[int | str] = ()) -> list[tuple[Any, ...]]:
        """Give the few rows of a SELECT."""

    def stage(self, table: str, batch: "pa.RecordBatch") -> None:
        """Put a batch into the temporary table of this name, in place of what was in it."""

    def commit(self) -> None:
        """End the transaction; another begins by itself."""

    def rollback(self) -> None:
        """Undo the transaction; another begins by itself."""


def write(
    database: Database,
    conversations: Iterator[tuple[str, list[Turn]]],
    name: Callable[[int], str],
    manifest: dict[str, Any],
    dataset: str,
) -> dict[str, int]:
    """Bring a data set up to date; gives its conversations by split.

    `manifest["fingerprint"]` is the same for the same conversations in the same order only: then a run that was cut
    short goes on where it was, and else a new export begins. Raises UsageError where the data set's name is none,
    ExportError where the database refuses, or another run writes the same data set.
    """
    if not DATASET.fullmatch(dataset):
        raise UsageError(f"dataset: {dataset!r} is no name: letters, digits, '.', '_' and '-', 64 at most")
    _make_tables(database)
    number, done, turns, nuls = _begin(database, dataset, manifest, name)
    splits: Counter[str] = Counter()
    for split, _ in islice(conversations, done):
        splits[split] += 1
    for batch in _batches(conversations):
        rows, more_turns, more_nuls = _rows_of(batch, name, (dataset, number))
        splits.update(split for split, _ in batch)
        turns, nuls = turns + more_turns, nuls + more_nuls
        for table, row_list in rows.items():
            database.stage(f"incoming_{table}", _arrow(table, row_list))
            database.run(_upsert(table))
        database.run(ADVANCE, (done + len(batch), turns, nuls, dataset, number, done))
        done += len(batch)
        _check_alone(database, dataset, number, done)
        database.commit()
    _check_alone(database, dataset, number, done)
    for statement in REMOVE:
        database.run(statement, (dataset, number))
    database.commit()
    return dict(sorted(splits.items()))


def check(database: Database) -> Iterator[str]:
    """Say what breaks the rules that the exports into databases keep: one line a rule, with one row that breaks it."""
    missing = [problem for table in TABLES if (problem := _lacks(database, table))]
    yield from missing
    if missing:
        return
    for rule, select in RULES.items():
        # From a constant, above.
        [(broken, one)] = database.rows(f"select count(*), min(dataset || ': ' || id) from ({select}) as broken")  # noqa: S608
        if broken:
            yield f"{broken:,} {rule}, such as {one}"


def _make_tables(database: Database) -> None:
    """Make the tables where they are not there yet: who may write into tables may not always make them."""
    if not any(_lacks(database, table) for table in TABLES):
        return
    for statement in CREATE:
        database.run(statement)
    for table in TABLES:
        if problem := _lacks(database, table):
            raise ExportError(f"{problem}; name another database")
    if database.needs_index:
        database.run(INDEX)
    database.commit()


def _lacks(database: Database, table: str) -> str | None:
    """Say why a table cannot be read as an export writes it."""
    try:
        database.rows(f"select {', '.join(TABLES[table])} from {table} limit 0")  # noqa: S608 - from constants
    except ExportError as error:
        database.rollback()
        return f"there is no table {table} as an export writes it: {error}"
    return None


def _begin(
    database: Database, dataset: str, manifest: dict[str, Any], name: Callable[[int], str]
) -> tuple[int, int, int, int]:
    """Give the export's number, and how many conversations, turns and NULs of it are done."""
    text = json.dumps(manifest, sort_keys=True)
    manifest["fingerprint"]  # without it all exports would look the same
    # Another key gives other names, to no id the same.
    fingerprint = hashlib.sha256(f"{name(0)} {text}".encode()).hexdigest()
    number = 0
    for number, done, turns, nuls, made_of, unfinished in database.rows(LAST, (dataset,)):
        if unfinished and made_of == fingerprint:
            return number, done, turns, nuls
    database.run(BEGIN, (dataset, number + 1, fingerprint, text))
    database.commit()
    return number + 1, 0, 0, 0


def _check_alone(database: Database, dataset: str, number: int, done: int) -> None:
    """Raise ExportError where this export is no longer the data set's last, or is further than this run.

    Asked after a batch is written and before it is committed: no row of a later export is overwritten.
    """
    [(last, come, *_)] = database.rows(LAST, (dataset,))
    if (last, come) != (number, done):
        raise ExportError(f"another export of the data set {dataset} has begun; this one stopped")


def _batches(conversations: Iterator[tuple[str, list[Turn]]]) -> Iterator[list[tuple[str, list[Turn]]]]:
    batch: list[tuple[str, list[Turn]]] = []
    turns = 0
    for split, tree in conversations:
        batch.append((split, tree))
        turns += len(tree)
        if turns >= BATCH:
            yield batch
            batch, turns = [], 0
    if batch:
        yield batch


def _rows_of(
    batch: list[tuple[str, list[Turn]]], name: Callable[[int], str], first: tuple[str, int]
) -> tuple[dict[str, list[tuple[Any, ...]]], int, int]:
    """Give the rows of conversations by table, the number of turns, and that of the NULs that were taken from texts.

    PostgreSQL holds no NUL in a text, and SQLite's functions end at one.
    """
    dataset, number = first
    trees: list[tuple[Any, ...]] = []
    turns: list[tuple[Any, ...]] = []
    nuls = 0
    for split, tree in batch:
        root = tree[0]
        names = {turn.id: name(turn.id) for turn in tree}
        key = names[root.id]
        trees.append((dataset, key, number, split, _held(root.lang), len(tree), root.created_at))
        for place, turn in enumerate(tree):
            nuls += turn.text.count("\0")
            parent = None if turn.parent_id is None else names[turn.parent_id]
            turns.append(
                (
                    *(dataset, names[turn.id], number, key, parent, place, turn.depth, turn.role, turn.author),
                    *(_held(turn.lang), _held(turn.text), turn.like_count, turn.created_at),
                )
            )
    return {"conversations": trees, "turns": turns}, len(turns), nuls


def _held(text: str | None) -> str | None:
    return text.replace("\0", "") if text else text


def _arrow(table: str, rows: list[tuple[Any, ...]]) -> "pa.RecordBatch":
    import pyarrow as pa

    def kind(column: str) -> "pa.DataType":
        if column in NUMBERS:
            return pa.int64()
        return pa.timestamp("ms", "UTC") if column in TIMES else pa.string()

    columns = TABLES[table]
    arrays = [pa.array(values, kind(column)) for column, values in zip(columns, zip(*rows, strict=True), strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def _upsert(table: str) -> str:
    """Give the statement that takes rows over from the temporary table.

    `where true` keeps SQLite from reading `on conflict` as the condition of a join.
    """
    columns = ", ".join(TABLES[table])
    changes = ", ".join(f"{column} = excluded.{column}" for column in TABLES[table][2:])
    return (
        f"insert into {table} ({columns}) select {columns} from incoming_{table} where true "  # noqa: S608 - constants
        f"on conflict (dataset, id) do update set {changes}"
    )
