"""Write a database of somebody's own making: the tweets are in one table of several."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from shapes import Tweet, mapped_csv

SOURCE, KEPT, COLUMNS = "mapped", mapped_csv.KEPT, mapped_csv.COLUMNS


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    names = ", ".join(f'"{column}"' for column in COLUMNS.values())
    marks = ", ".join("?" for _ in COLUMNS)
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE runs (started TEXT)")
        database.execute(f"CREATE TABLE tweets ({names})")
        database.executemany(f"INSERT INTO tweets VALUES ({marks})", map(mapped_csv.cells, tweets))
        database.execute("CREATE INDEX by_user ON tweets (User)")
        database.execute("CREATE VIEW newest AS SELECT * FROM tweets ORDER BY Tweet DESC LIMIT 10")
        database.commit()
        return {"tweets.db": database.serialize()}
