"""Hold a database that exports write into, and look into it by other means than theirs."""

import importlib
import sqlite3
from contextlib import closing
from types import ModuleType
from typing import Any

import duckdb
import pytest

from chinwag.turns import Turn
from tests.workspaces import turn

MADE_OF = {"chinwag": "0", "fingerprint": "these turns"}
Conversations = list[tuple[str, list[Turn]]]
# Milliseconds since 1970, in each database's own SQL.
TIME = {
    "duckdb": "epoch_ms({})",
    "sqlite": "cast(round((julianday({}) - 2440587.5) * 86400000) as integer)",
    "postgres": "cast(extract(epoch from {}) * 1000 as bigint)",
}


class Place:
    """Hold a database of a kind, and look into it by other means than the exports."""

    def __init__(self, kind: str, address: str) -> None:
        self.kind, self.address = kind, address
        self.part: ModuleType = importlib.import_module(f"chinwag.exports.{kind}")

    def write(self, conversations: Conversations, made_of: str = "these turns", **more: Any) -> dict[str, int]:
        manifest = {**MADE_OF, "fingerprint": made_of}
        counts: dict[str, int] = self.part.write(iter(conversations), "t_{}".format, self.address, manifest, **more)
        return counts

    def problems(self) -> list[str]:
        return list(self.part.check_database(self.address))

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        if self.kind == "sqlite":
            with closing(sqlite3.connect(self.address)) as connection:
                return connection.execute(select).fetchall()
        if self.kind == "duckdb":
            with duckdb.connect(self.address) as database:
                return database.execute(select).fetchall()
        with _connected(self.address) as connection, connection.cursor() as cursor:
            cursor.execute(select)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def change(self, *statements: str) -> None:
        if self.kind == "sqlite":
            with closing(sqlite3.connect(self.address)) as connection, connection:
                connection.executescript(";".join(statements))
        elif self.kind == "duckdb":
            with duckdb.connect(self.address) as database:
                database.execute(";".join(statements))
        else:
            with _connected(self.address) as connection, connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)

    def all_rows(self) -> list[tuple[Any, ...]]:
        """Give all rows, which break no rule, without what tells of the run."""
        assert self.problems() == []
        turns = "select dataset, id, conversation_id, parent_id, place, depth, role, author, lang, text, like_count, "
        trees = "select dataset, id, split, lang, turns, "
        return [
            *self.rows(f"{trees}{TIME[self.kind].format('started_at')} from conversations order by dataset, id"),
            *self.rows(f"{turns}{TIME[self.kind].format('created_at')} from turns order by dataset, id"),
        ]


def _connected(address: str) -> Any:
    return pytest.importorskip("adbc_driver_postgresql.dbapi").connect(address, autocommit=True)


def pair(first: int, text: str = "", **more: Any) -> list[Turn]:
    return [turn(first, text=text, **more), turn(first + 1, first, 1)]


def many(count: int) -> Conversations:
    return [("train", pair(10 * n)) for n in range(1, count + 1)]


def expected(conversations: Conversations, dataset: str = "chinwag") -> list[tuple[Any, ...]]:
    trees, turns = [], []
    for split, tree in conversations:
        root = tree[0]
        key = f"t_{root.id}"
        trees.append((dataset, key, split, root.lang, len(tree), root.created_at))
        for at, one in enumerate(tree):
            parent = None if one.parent_id is None else f"t_{one.parent_id}"
            row = (dataset, f"t_{one.id}", key, parent, at, one.depth, one.role, one.author, one.lang, one.text)
            turns.append((*row, one.like_count, one.created_at))
    return [*sorted(trees), *sorted(turns)]
