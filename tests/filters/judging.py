"""Run filters over small tables made of tweets, each a text or a row."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chinwag import shelves
from chinwag.engines.duckdb import DuckDB
from chinwag.tables import schema
from tests import reference

Row = dict[str, Any]
Case = tuple[str, Row, list[str | Row], list[int]]
Run = Callable[[str, Row, list[str | Row]], list[int]]


def reply(tweet_id: int, to: int | None, author: int | None = 1, text: str = "words", **more: Any) -> Row:
    return {"id": tweet_id, "parent_id": to, "author_id": author, "text": text, **more}


def dropped(folder: Path, name: str, options: Row, tweets: list[str | Row]) -> list[int]:
    """Give the ids that a filter drops, in order; a tweet that is a text alone answers the first."""
    with DuckDB(folder, threads=1) as engine:
        for table, rows in tables(tweets).items():
            engine.read(table, [reference.parquet(folder / f"{table}.parquet", rows, schema(table))])
        part = shelves.load("filters", name)
        select, values, *judge = part.drop(**options)
        if order := getattr(part, "ORDER", ()):
            select = f"select * from ({select}) as r order by {', '.join(order)}"
        found = engine.rows(select, values)
        if judge:  # an engine may run it in another process
            return sorted(pickle.loads(pickle.dumps(judge[0]))(found))
        return sorted(number for batch in found for number in batch["id"].to_pylist())


def tables(tweets: list[str | Row]) -> dict[str, list[Row]]:
    """Make the tables of tweets, parents first."""
    rows: list[Row] = []
    nodes: dict[int | None, Row] = {}
    for number, tweet in enumerate(tweets, 1):
        given = {"text": tweet} if isinstance(tweet, str) else tweet
        row = {"id": number, "parent_id": 1 if number > 1 else None, **given}
        above = nodes.get(row["parent_id"])
        root, depth = (above["root_id"], above["depth"] + 1) if above else (row["id"], 0)
        nodes[row["id"]] = {"tweet_id": row["id"], "root_id": root, "parent_id": row["parent_id"], "depth": depth}
        rows.append({"reply_to_id": row["parent_id"], **row})
    made = sorted(nodes.values(), key=lambda node: (node["root_id"], node["depth"], node["tweet_id"]))
    deepest = {node["root_id"]: node["depth"] for node in made}
    return {
        "tweets": rows,
        "nodes": made,
        "conversations": [{"root_id": root, "depth": depth} for root, depth in deepest.items()],
    }
