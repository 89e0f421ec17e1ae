"""The figures of whole workspaces, counted by hand; of tables, as cases; and where parents came from, as a law."""

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chinwag import assemble, ingest
from chinwag.answers import Answers
from chinwag.engines.duckdb import DuckDB
from chinwag.figures import PARENTS, READ, Figure, figures
from chinwag.recipe import check
from chinwag.tables import schema
from chinwag.workspace import Workspace
from shapes import Tweet, snscrape, v1_stream, v2_page
from tests import reference
from tests.reference import Row
from tests.workspaces import assembled, curated, status

NOON = 1_609_502_400_000  # 2021-01-01, 12:00
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000


def at(milliseconds: int) -> int:
    """Give the snowflake id of a moment after noon."""
    return (NOON + milliseconds - 1_288_834_974_657) << 22


def made(workspace: Path) -> dict[str, Figure]:
    target = Workspace(workspace)
    with TemporaryDirectory() as scratch, DuckDB(Path(scratch)) as engine:
        for table in READ:
            engine.read(table, target.parts(table))
        found = figures(target, engine)
        assert figures(target, engine) == found
    assert len({figure.name for figure in found}) == len(found)
    return {figure.name: figure for figure in found}


def rows(workspace: Path) -> dict[str, list[tuple[str, int]]]:
    return {name: figure.rows for name, figure in made(workspace).items()}


LONG = "the trains to the north are late again because of the snow"
# A tree of four, one whose root is a retweeted tweet, one that hangs on a missing tweet, and a reply that hangs alone.
STATUSES = [
    status(at(0), LONG, author=1),
    status(at(5 * SECOND), "Which ones?", to=at(0), author=2),
    status(at(2 * MINUTE), f"{LONG}!", to=at(5 * SECOND), author=1),
    status(at(2 * DAY), f"{LONG}, they say", to=at(0), author=3),
    status(at(DAY), "a retweet", author=9, retweeted_status=status(at(60), "雪だ", author=4, lang="ja")),
    status(at(60 + HOUR), "yes it is", to=at(60), author=5, lang="und"),
    status(at(3 * HOUR), "an answer to what is not here", to=at(1 * HOUR), author=6, lang="fr"),
    status(at(4 * HOUR), "one more", to=at(3 * HOUR), author=7, lang="fr"),
    status(at(5 * HOUR), "nothing hangs on it", to=at(2 * HOUR), author=8),
]


def test_the_figures_are_what_one_counts_by_hand(tmp_path: Path) -> None:
    recipe = {"filters": {"language": {"keep": ["en"], "detect": False}}, "split": {"validation": 0, "test": 0}}
    found = rows(curated(tmp_path, STATUSES, check(recipe, "recipe")))
    assert found == {
        "parents": list(zip(PARENTS, (4, 1, 0, 0, 0, 2), strict=True)),
        "tweets_a_tree": [("2", 2), ("3 to 4", 1)],
        "depths": [("1", 2), ("2", 1)],
        "authors": [("2", 2), ("3 to 4", 1)],
        "answers": [("0", 4), ("1", 3), ("2", 1)],
        "languages": [("en", 4), ("fr", 2), ("ja", 1), ("undetermined", 1)],
        "months": [("2021-01-01", 7), ("2021-01-02", 0), ("2021-01-03", 1)],
        "delays": [
            ("under 10 s", 1),
            ("10 s to 1 min", 0),
            ("1 to 10 min", 1),
            ("10 min to 1 h", 0),
            ("1 h to 1 day", 2),
            ("1 day to 1 week", 1),
            ("over 1 week", 0),
            ("unknown", 0),
        ],
        "sources": [("v1", 8)],
        "duplicates": [
            ("first to say it", 1),
            ("exact copy of an older one", 1),
            ("near-duplicate of an older one", 1),
            ("too short to tell", 5),
        ],
        "lengths": [("9 to 16", 1), ("17 to 32", 0), ("33 to 64", 2), ("65 to 128", 1)],
        "turns_a_conversation": [("3 to 4", 1)],
        "languages_kept": [("en", 4)],
        "splits": [("train", 1), ("validation", 0), ("test", 0)],
        "splits_turns": [("train", 4), ("validation", 0), ("test", 0)],
        "most_wanted": [(str(at(1 * HOUR)), 2), (str(at(2 * HOUR)), 1)],
    }


def test_a_figure_is_there_once_its_tables_are_made(tmp_path: Path) -> None:
    folder = assembled(tmp_path, STATUSES)
    kept = {"duplicates", "lengths", "turns_a_conversation", "languages_kept", "splits", "splits_turns"}
    assert not kept & made(folder).keys()
    Workspace(tmp_path / "empty", create=True)
    assert made(tmp_path / "empty") == {}


def test_parents_come_from_where_they_were_read(tmp_path: Path) -> None:
    """Parents: of the stream's own, in includes, of another source, only fetched, and nowhere."""
    one = [Tweet(at(n * MINUTE), 10 + n, f"handle{n}", f"words {n}") for n in range(12)]

    def answer(tweet: Tweet, parent: Tweet) -> Tweet:
        return Tweet(
            tweet.id, tweet.author_id, tweet.author_handle, tweet.text, reply_to_id=parent.id,
            reply_to_author_id=parent.author_id, reply_to_handle=parent.author_handle,
        )  # fmt: skip

    files = {
        "stream": v1_stream.write([one[0], *(answer(one[5 + n], one[n]) for n in (0, 2, 3, 4))]),
        "web": snscrape.write([one[2]]),
    }
    pages = v2_page.write([one[1], answer(one[6], one[1])])
    files["pages"] = {"posts.json": pages["posts.json"]}  # the page of the reply, which includes its parent
    for group, held in files.items():
        for name, data in held.items():
            path = tmp_path / group / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    workspace = tmp_path / "workspace"
    assert ingest.run([tmp_path / group for group in files], workspace, workers=1, quiet=True).errors == []
    answers = Answers(workspace, "friend")
    with answers.writing():
        sealed = answers.seal(json.dumps(status(one[n].id, "words")).encode() + b"\n" for n in (0, 3))
    assert sealed is not None
    ingest.run([sealed], workspace, workers=1, quiet=True)
    assemble.run(workspace, quiet=True)
    assert made(workspace)["parents"].rows == list(zip(PARENTS, (1, 0, 1, 1, 1, 1), strict=True))


def months(*days: str | None) -> dict[str, list[Row]]:
    """Give tables of tweets in trees that were written on some days."""
    times = [datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None for day in days]
    tweets = [{"id": n, "created_at": time, "lang": "en", "sources": ["v1"]} for n, time in enumerate(times, 1)]
    return {"tweets": tweets, "nodes": [{"tweet_id": tweet["id"], "root_id": 1} for tweet in tweets]}


def conversations(**columns: Sequence[int]) -> dict[str, list[Row]]:
    return {"conversations": [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]}


def languages(*codes: str | None) -> dict[str, list[Row]]:
    return {"turns": [{"turn_id": n, "root_id": 1, "text": "", "lang": code} for n, code in enumerate(codes)]}


CASES: dict[str, tuple[dict[str, list[Row]], str, list[tuple[str, int]]]] = {
    "steps double, and none between is left out": (
        conversations(tweets=[3, 4, 5, 8, 9, 16, 17, 1024, 1025, 1025]),
        "tweets_a_tree",
        [("3 to 4", 2), ("5 to 8", 2), ("9 to 16", 2), ("17 to 32", 1), ("33 to 64", 0), ("65 to 128", 0),
         ("129 to 256", 0), ("257 to 512", 0), ("513 to 1,024", 1), ("1,025 to 2,048", 2)],
    ),
    "none, one and two are steps of their own": (
        conversations(authors=[0, 0, 1, 2, 2, 2]), "authors", [("0", 2), ("1", 1), ("2", 3)]
    ),
    "nothing of a text may be left": (languages("en"), "lengths", [("0", 1)]),
    "of many languages the first 15 are shown, those of as many by their code": (
        languages("zz", "zz", *"qponmlkjihgfedcba"),
        "languages_kept",
        [("zz", 2), *((code, 1) for code in "abcdefghijklmn"), ("others", 3)],
    ),
    "what is no language is named": (
        languages("und", None, "zxx"), "languages_kept", [("undetermined", 2), ("nothing in words (zxx)", 1)]
    ),
    "whatever stands for a language is one short line": (
        languages("e\nn\u202e", "x" * 4000), "languages_kept", [("e\\nn\\u202e", 1), ("x" * 40 + "…", 1)]
    ),
    "62 days are shown by days": (
        months("2021-01-01 00:00", "2021-03-03 23:59"),
        "months",
        [("2021-01-01", 1), *((str(datetime(2021, 1, 1) + timedelta(day))[:10], 0) for day in range(1, 61)),
         ("2021-03-03", 1)],
    ),
    "63 days are shown by months": (
        months("2021-01-01", "2021-03-04", "2021-03-05"), "months", [("2021-01", 1), ("2021-02", 0), ("2021-03", 2)]
    ),
    "36 months are shown by months, with what is not known": (
        months("2020-01-31", None, "2022-12-01"),
        "months",
        [("2020-01", 1), *((f"{month // 12}-{month % 12 + 1:02}", 0) for month in range(24241, 24275)),
         ("2022-12", 1), ("unknown", 1)],
    ),
    "37 months are shown by years": (
        months("2019-12-31", "2022-12-01"), "months", [("2019", 1), ("2020", 0), ("2021", 0), ("2022", 1)]
    ),
    "of years without end only those with tweets are shown": (
        months("0900-01-01", "2021-01-01", "9999-12-31"), "months", [("0900", 1), ("2021", 1), ("9999", 1)]
    ),
    "the first 20 that unlock most, without those asked for in vain": (
        {
            "wanted": [{"tweet_id": n, "replies": 1 + (n == 30), "unlocks": 100 - n // 2} for n in range(1, 40)],
            "asked": [
                {"id": 1, "level": "tweet", "provider": "a", "outcome": "not_found"},
                {"id": 2, "level": "tweet", "provider": "a", "outcome": "unknown"},
            ],
        },
        "most_wanted",
        [(str(n), 100 - n // 2) for n in range(2, 22)],
    ),
    "each split has its conversations and turns": (
        {
            "turns": [
                {"turn_id": n, "root_id": n // 3, "text": "", "split": "test" if n < 3 else "train"} for n in range(9)
            ]
        },
        "splits",
        [("train", 2), ("validation", 0), ("test", 1)],
    ),
    "tweets are shown by all sources that show them": (
        {
            "tweets": [{"id": n, "sources": ["v1", "v2"] if n else ["v2"]} for n in range(3)],
            "nodes": [{"tweet_id": n, "root_id": 0} for n in range(3)],
        },
        "sources",
        [("v1 + v2", 2), ("v2", 1)],
    ),
}  # fmt: skip


def read_figures(target: Workspace, tables: dict[str, list[Row]]) -> list[Figure]:
    """Give the figures of some tables; the others are empty."""
    with TemporaryDirectory() as folder, DuckDB(Path(folder)) as engine:
        for table in READ:
            held = tables.get(table)
            engine.read(table, [reference.parquet(Path(folder, table), held, schema(table))] if held else [])
        return figures(target, engine)


@pytest.mark.parametrize("name", CASES)
def test_a_figure_of_tables(tmp_path: Path, name: str) -> None:
    tables, figure, expected = CASES[name]
    target = Workspace(tmp_path / "workspace", create=True)
    assert {one.name: one.rows for one in read_figures(target, tables)}[figure] == expected


# Sightings of few tweets, all of them replies; file 9 was fetched.
SIGHTINGS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(1, 6),
            "reply_to_id": st.integers(1, 7),
            "source": st.sampled_from(["v1", "v2", "snscrape"]),
            "terms": st.sampled_from([None, "x-api", "web"]),
            "file_id": st.sampled_from([1, 2, 9]),
            "seen_as": st.sampled_from(["own", "retweeted", "quoted", "parent", "included"]),
        }
    ),
    max_size=25,
)
EDITS = st.dictionaries(st.integers(4, 6), st.integers(1, 3), max_size=2)  # versions, by what they are versions of


def place(reply: Row, shown: list[Row]) -> int:
    """Say by a plain look at the sightings of a known parent where a reply got it from."""
    given = [one for one in shown if one["file_id"] != 9]
    if not given:
        return 4
    ways = {one["seen_as"] for one in given if one["source"] in reply["sources"]}
    steps: list[set[Any]] = [{"own"}, {"retweeted", "quoted", "parent"}, {"included"}]
    return next((step for step, named in enumerate(steps) if ways & named), 3)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Hold a workspace that knows of a file that was fetched."""
    made = Workspace(tmp_path_factory.mktemp("figures") / "workspace", create=True)
    made.commit("ingest", files=[{"file_id": 9, "name": "it/answers/x-api/00000001.jsonl.gz", "source": ["v2"]}])
    return made


@settings(max_examples=20)
@given(SIGHTINGS, EDITS, st.sets(st.integers(1, 6), max_size=2), st.sampled_from([(), ("v2",), ("x-api", "snscrape")]),
       st.randoms(use_true_random=False))  # fmt: skip
def test_every_reply_has_its_parent_from_one_place(
    target: Workspace, seen: list[Row], first: dict[int, int], gone: set[int], exclude: Sequence[str],
    draw: random.Random,
) -> None:  # fmt: skip
    shown = defaultdict[int, list[Row]](list)
    for one in seen:
        if not {one["source"], one["terms"]} & {*exclude}:
            shown[first.get(one["id"]) or one["id"]].append(one)
    tweets: list[Row] = [
        {"id": number, "reply_to_id": min(one["reply_to_id"] for one in held),
         "sources": sorted({one["source"] for one in held})}
        for number, held in shown.items() if number not in gone
    ]  # fmt: skip
    expected = [0] * len(PARENTS)
    for tweet in tweets:
        known = any(one["id"] == tweet["reply_to_id"] for one in tweets)
        expected[place(tweet, shown[tweet["reply_to_id"]]) if known else 5] += 1
    target.state.options["assemble"] = {"exclude": exclude}
    edits = [{"tweet_id": version, "initial_id": initial} for version, initial in first.items()]
    for _ in range(2):
        found = [one.rows for one in read_figures(target, {"sightings": seen, "tweets": tweets, "edits": edits})
                 if one.name == "parents"]  # fmt: skip
        assert found == ([list(zip(PARENTS, expected, strict=True))] if tweets else [])
        assert sum(expected) == len(tweets)
        for held in (seen, tweets):
            draw.shuffle(held)
