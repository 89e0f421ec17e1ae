"""The filter of bots: by the client, by the share of an author's tweets, by tweets an hour."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chinwag.engines.duckdb import DuckDB
from chinwag.errors import UsageError
from chinwag.filters.bots import CLIENTS, drop
from chinwag.recipe import check
from chinwag.tables import schema
from tests import reference
from tests.engines.test_dialect import REFUSED
from tests.filters.judging import Row

START = datetime(2021, 1, 1, 12, tzinfo=UTC)


def by(
    author: int | None, count: int, client: str | None = "Twitter Web App", minutes: float | None = 600
) -> list[Row]:
    """Make tweets of an author, so many minutes apart."""
    return [
        {
            "author_id": author,
            "client": client,
            "created_at": None if minutes is None else START + timedelta(minutes=number * minutes),
        }
        for number in range(count)
    ]


def dropped(folder: Path, options: Row, tweets: list[Row], nodes: list[int] | None = None) -> list[int]:
    """Give the ids that are dropped; they are the places of the tweets from 1 on, all of them in trees."""
    numbered = [{"id": number, **row} for number, row in enumerate(tweets, 1)]
    tree = [{"tweet_id": row["id"]} for row in numbered if nodes is None or row["id"] in nodes]
    select, values = drop(**options)  # type: ignore[misc]
    with DuckDB(folder, threads=1) as engine:
        for table, rows in (("tweets", numbered), ("nodes", tree)):
            engine.read(table, [reference.parquet(folder / f"{table}.parquet", rows, schema(table))])
        return sorted(number for batch in engine.rows(select, values) for number in batch["id"].to_pylist())


CASES: dict[str, tuple[Row, list[Row], list[int]]] = {
    "clients": ({}, [*by(1, 1, "twittbot.net"), *by(2, 1), *by(3, 1, None), *by(4, 1, " ifttt ")], [1, 4]),
    "a name with a comma": ({}, [*by(1, 1, "Cheap Bots, Done Quick!"), *by(2, 1, "Done Quick!")], [1]),
    "other clients": ({"clients": ["My Bot"]}, [*by(1, 1, "my bot"), *by(2, 1, "IFTTT")], [1]),
    "of an unknown author": ({}, [*by(None, 1, "IFTTT"), *by(None, 1)], [1]),
    "authors by the share": ({}, [*by(1, 2, "IFTTT"), *by(1, 1), *by(2, 2, "IFTTT"), *by(2, 2)], [1, 2, 3, 4, 5]),
    "any share": ({"share": 0.0}, [*by(2, 1, "IFTTT"), *by(2, 3), *by(3, 1)], [1, 2, 3, 4]),
    "no share": ({"share": 1.0}, [*by(1, 2, "IFTTT"), *by(1, 1)], [1, 2]),
    "authors by the rate": (
        {"rate": 3},
        [
            *by(1, 4, minutes=1),
            *by(2, 3, minutes=1),
            *by(3, 9, minutes=30),
            *by(4, 5, minutes=None),
            *by(None, 5, minutes=1),
        ],
        [1, 2, 3, 4],
    ),
    "no rate": ({"rate": 0, "clients": []}, [*by(1, 70, minutes=0.5), *by(2, 1, "IFTTT")], []),
    "the rate by default": ({}, [*by(1, 61, minutes=0.9), *by(2, 60, minutes=0.9)], list(range(1, 62))),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_filter_drops(case: str, tmp_path: Path) -> None:
    options, tweets, expected = CASES[case]
    check({"filters": {"bots": options}}, "recipe")
    assert dropped(tmp_path, options, tweets) == expected


def test_tweets_in_no_tree_tell_of_an_author_and_are_not_dropped(tmp_path: Path) -> None:
    tweets = [*by(1, 2, "IFTTT"), *by(1, 1), *by(2, 61, minutes=0.5)]
    assert dropped(tmp_path, {}, tweets, nodes=[3, 4]) == [3, 4]


def test_the_select_is_in_the_shared_dialect() -> None:
    select = drop()[0]
    assert {pattern: use for pattern, use in REFUSED.items() if re.search(pattern, select, re.IGNORECASE)} == {}


def test_each_client_is_named_once() -> None:
    assert len({name.lower() for name in CLIENTS}) == len(CLIENTS)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"rate": -1}, "rate: -1 is less than 0"),
        ({"share": 1.5}, "share: 1.5 is no share, which is from 0 to 1"),
        ({"clients": [" "]}, "clients: a name has to be one line and not empty"),
    ],
)
def test_a_bad_value_is_refused(options: Row, says: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(says)}$"):
        drop(**options)
