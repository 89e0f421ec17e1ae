"""Filters by duplicates: which of those that say the same are dropped, and which of one author's."""

import re
from pathlib import Path

import pytest

from chinwag import clusters, shelves
from chinwag.engines.duckdb import DuckDB
from chinwag.errors import UsageError
from chinwag.recipe import check
from chinwag.tables import schema
from tests import reference
from tests.engines.test_dialect import REFUSED
from tests.filters.judging import Case, Row, reply, tables

ASK = "please send us your order number by direct message and we will look into it"
SAID = "I have waited for my parcel for three weeks now and nobody answers the phone"
SHORT = "Thank you so much"

# The filter; its options; tweets, of which one without a parent answers the first; and what it drops.
CASES: dict[str, Case] = {
    "duplicates": ("duplicates", {}, [SAID, ASK, f"@a {ASK.upper()}!", f"{ASK} ^Bo", SHORT, SHORT], [3]),
    "duplicates: also of short ones": (
        "duplicates",
        {"least": 14},
        [SAID, SHORT, SHORT, "Thank you", "Thank you"],
        [3],
    ),
    "duplicates: without text": ("duplicates", {"least": 0}, ["👍", "👍", "ok", "OK"], [4]),
    "duplicates: in another tree": ("duplicates", {}, [reply(1, None, text=SAID), reply(2, None, text=SAID)], [2]),
    "near duplicates": ("near_duplicates", {}, [SAID, ASK, f"@a {ASK.upper()}!", f"{ASK} ^Bo", SHORT, SHORT], [3, 4]),
    "near duplicates: only long ones": ("near_duplicates", {"least": 63}, [SAID, ASK, f"Hi, {ASK}", ASK], [3]),
    "templates": (
        "templates",
        {"most": 2},
        [
            reply(1, None, author=1, text=SAID),
            reply(2, 1, author=7, text=f"Hi Ann, {ASK}"),
            reply(3, 1, author=8, text=f"Hi Bob, {ASK}"),
            reply(4, 1, author=7, text=f"Hi Eve, {ASK}"),
            reply(5, 1, author=7, text=f"{ASK} ^Bo"),
            reply(6, 1, author=7, text="no, that is not what we meant by it at all"),
            reply(7, 1, author=8, text=ASK),
            *(reply(number, 1, author=7, text=SHORT) for number in (8, 9, 10)),
            *(reply(number, 1, author=None, text=ASK) for number in (11, 12, 13)),
        ],
        [2, 4, 5],
    ),
    "templates: by default": (
        "templates",
        {},
        [f"{name}, {ASK}" for name in ("Ann", "Bob", "Eve", "Max")],
        [1, 2, 3, 4],
    ),
    "templates: as often as may be": ("templates", {}, [f"{name}, {ASK}" for name in ("Ann", "Bob", "Eve")], []),
}


@pytest.mark.parametrize("case", CASES)
def test_a_filter_by_duplicates_drops(case: str, tmp_path: Path) -> None:
    name, options, tweets, expected = CASES[case]
    check({"filters": {name: options}}, "recipe")
    select, values, *judge = shelves.load("filters", name).drop(**options)
    assert not judge
    assert {pattern: use for pattern, use in REFUSED.items() if re.search(pattern, select, re.IGNORECASE)} == {}
    made = tables([{"author_id": 1, **({"text": one} if isinstance(one, str) else one)} for one in tweets])
    with DuckDB(tmp_path, threads=1) as engine:
        for table, rows in made.items():
            engine.read(table, [reference.parquet(tmp_path / f"{table}.parquet", rows, schema(table))])
        engine.read("clusters", clusters.run(engine, tmp_path))
        assert sorted(number for batch in engine.rows(select, values) for number in batch["id"].to_pylist()) == expected


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("duplicates", {"least": -1}, "least: -1 is less than 0"),
        ("near_duplicates", {"least": -1}, "least: -1 is less than 0"),
        ("templates", {"most": 0}, "most: 0 is less than 1"),
    ],
)
def test_a_bad_value_is_refused(name: str, options: Row, says: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(says)}$"):
        shelves.load("filters", name).drop(**options)
