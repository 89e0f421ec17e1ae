import gc
import random
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chinwag import assemble, curate, wanted
from chinwag.errors import WorkspaceError
from chinwag.recipe import Recipe, check
from chinwag.tables import schema
from chinwag.values import FIRST_SNOWFLAKE, TWITTER_EPOCH
from chinwag.workspace import Workspace
from tests import reference
from tests.reference import Row
from tests.test_assemble import deletes, edits, sighting, sightings, workspace
from tests.workspaces import rows, values

KEPT = {"language": {"keep": ["en", "de"]}, "sensitive": {}, "incomplete": {}}
START = datetime(2021, 1, 1, tzinfo=UTC)
FIRST = ((int(START.timestamp() * 1000) - TWITTER_EPOCH) << 22) + 1  # the id of a tweet of that time


def recipe(**filters: Any) -> Recipe:
    return check({"filters": filters}, "recipe")


def made(folder: Path, tweets: list[Row], **more: Any) -> Path:
    place = workspace(folder, [tweets], **more)
    assemble.run(place, quiet=True)
    return place


def ask(place: Path, *outcomes: tuple[int, str, str]) -> None:
    """Note what became of ids that were asked for."""
    target = Workspace(place)
    with target.writing() as scratch:
        asked = [{"id": id, "level": level, "provider": "x-api", "outcome": outcome} for id, level, outcome in outcomes]
        part = reference.parquet(scratch / "asked.parquet", asked, schema("asked"))
        target.commit("fetch", add={"asked": [target.adopt("asked", part, "00000001")]})


def mark(place: Path, marked: dict[int, str]) -> None:
    """Mark tweets, as when they were roots."""
    target = Workspace(place)
    with target.writing() as scratch:
        given = [{"tweet_id": tweet_id, "mark": word} for tweet_id, word in marked.items()]
        part = reference.parquet(scratch / "marks.parquet", given, schema("marks"))
        target.commit("marks", replace={"marks": [target.adopt("marks", part, "marked")]})


def ranking(place: Path, chosen: Recipe | None = None, **choice: Any) -> list[Row]:
    found = wanted.run(place, chosen or Recipe(), price=0.005, **choice)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows()]


def unlocks(place: Path, chosen: Recipe | None = None, **choice: Any) -> dict[int, int]:
    return {row["tweet_id"]: row["unlocks"] for row in ranking(place, chosen, **choice)}


def reply(tweet_id: int, to: int, author: int = 2, to_author: int | None = 1, **more: Any) -> Row:
    told = {"text": "words", "lang": "en", **more}
    return sighting(tweet_id, author_id=author, reply_to_id=to, reply_to_author_id=to_author, **told)


@st.composite
def forests(draw: st.DrawFn) -> tuple[list[Row], list[int]]:
    """Give trees in which authors go on with their own tweets, and the roots of some: these are missing."""
    size = draw(st.integers(2, 40))
    tweets: list[Row] = []
    for number in range(size):
        above = draw(st.none() | st.sampled_from(tweets)) if tweets else None
        author = draw(st.sampled_from([None, 1, 2, 3]))
        lang, sensitive = draw(st.sampled_from([None, "ja", "en", "en", "de"])), draw(st.sampled_from([None, 0, 0, 1]))
        link = {"reply_to_id": above["id"], "reply_to_author_id": above["author_id"]} if above else {}
        told = {"lang": lang, "possibly_sensitive": None if sensitive is None else sensitive == 1}
        tweets.append(sighting(FIRST + number, author_id=author, text=f"text {number}", **told, **link))
    roots = [tweet for tweet in tweets if tweet["reply_to_id"] is None]
    missing = draw(st.lists(st.sampled_from(roots), unique_by=id, min_size=1))
    for root in missing:  # nobody knows whether a missing tweet will pass the filters: these do
        root |= {"lang": "en", "possibly_sensitive": None}
    return tweets, [tweet["id"] for tweet in missing]


@settings(max_examples=8)
@given(
    forest=forests(),
    filters=st.sampled_from([{}, {"incomplete": {}}, KEPT, {"sensitive": {}}]),
    marked=st.none() | st.lists(st.sampled_from(["keep", "drop", None]), min_size=40, max_size=40),
    only=st.booleans(),
)
def test_as_many_turns_join_as_was_said(
    forest: tuple[list[Row], list[int]], filters: Any, marked: list[str | None] | None, only: bool
) -> None:
    """Add the missing tweets, make everything again by the same recipe, and count the turns of their conversations."""
    tweets, missing = forest
    known = [tweet for tweet in tweets if tweet["id"] not in missing]
    answered = {tweet["reply_to_id"] for tweet in tweets} & set(missing)
    orphans = [tweet["id"] for tweet in known if tweet["reply_to_id"] in answered]
    marks = {tweet_id: word for tweet_id, word in zip(orphans, marked or (), strict=False) if word}
    filters = filters if marked is None else {**filters, "marks": {"only": only}}
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        said = {}
        if known:
            place = made(Path(one), known)
            mark(place, marks)
            said = unlocks(place, recipe(**filters))
        place = made(Path(other), tweets)
        mark(place, marks)
        curate.run(place, recipe(**filters), quiet=True)
        turns = dict(rows(place, "select root_id, count(*) - 1 from turns group by root_id"))  # but for its own
    assert said == {tweet_id: turns.get(tweet_id, 0) for tweet_id in answered}


@settings(max_examples=5)
@given(tweets=sightings, gone=deletes, edited=edits)
def test_a_filter_that_drops_nothing_changes_nothing(tweets: list[Row], gone: list[Row], edited: list[Row]) -> None:
    tweets = [{**tweet, "lang": tweet["lang"] or "en"} for tweet in tweets]
    with TemporaryDirectory() as folder:
        place = made(Path(folder), tweets, gone=gone, edited=edited)
        table = reference.read(Workspace(place).parts("wanted")[0], "wanted")
        ranked = sorted(table, key=lambda row: (-row["unlocks"], -row["replies"], row["tweet_id"]))
        assert ranking(place) == ranked
        assert ranking(place, recipe(language={"keep": ["en", "ja"]})) == ranked
        assert ranking(place, recipe(language={"keep": ["tlh"]})) == sorted(
            ({**row, "unlocks": 0} for row in table), key=lambda row: (-row["replies"], row["tweet_id"])
        )


@pytest.mark.parametrize(
    ("tree", "turns"),
    [
        ([(1, None, 7, False)], 1),
        ([(1, None, 7, True), (2, 1, 8, False), (3, 2, 9, False)], 0),
        ([(1, None, 7, False), (2, 1, 7, False), (3, 2, 8, False), (4, 2, 7, False)], 2),
        ([(1, None, None, False), (2, 1, None, False), (3, 2, 8, False), (4, 3, None, False)], 4),
        ([(1, None, 7, False), (2, 1, 8, True), (3, 1, 8, False), (4, 2, 7, False), (5, 3, 7, False)], 3),
    ],
)
def test_turns_that_are_kept_in_a_tree(tree: list[tuple[int, int | None, int | None, bool]], turns: int) -> None:
    assert wanted.kept_turns((1, *member) for member in tree) == turns


def test_a_chain_of_thousands_ends_at_what_is_dropped(tmp_path: Path) -> None:
    chain = [
        reply(FIRST + n, FIRST + n - 1, 1 + n % 2, 1 + (n - 1) % 2, possibly_sensitive=n == 4_000)
        for n in range(1, 6_000)
    ]
    place = made(tmp_path, chain)
    assert unlocks(place) == {FIRST: 5_999}
    assert unlocks(place, recipe(sensitive={})) == {FIRST: 3_999}


def test_a_filter_ranks_anew(tmp_path: Path) -> None:
    place = made(
        tmp_path,
        [
            *(reply(FIRST + n, FIRST, lang="ja") for n in range(10, 13)),
            reply(FIRST + 20, FIRST + 1),
            reply(FIRST + 21, FIRST + 20, author=3),
        ],
    )
    assert list(unlocks(place).items()) == [(FIRST, 3), (FIRST + 1, 2)]
    english = recipe(language={"keep": ["en"]}, incomplete={})
    assert list(unlocks(place, english).items()) == [(FIRST + 1, 2), (FIRST, 0)]


def test_marks_count_for_all_that_hangs_on_the_same_tweet(tmp_path: Path) -> None:
    place = made(
        tmp_path,
        [
            *(reply(FIRST + n, FIRST, n) for n in range(10, 13)),
            reply(FIRST + 13, FIRST + 10),
            *(reply(FIRST + n, FIRST + 1, n, possibly_sensitive=True) for n in range(20, 23)),
            reply(FIRST + 23, FIRST + 20),
            reply(FIRST + 30, FIRST + 2),
        ],
    )
    mark(place, {FIRST + 10: "drop", FIRST + 20: "keep"})
    assert unlocks(place, recipe(sensitive={})) == {FIRST: 4, FIRST + 2: 1, FIRST + 1: 0}
    assert unlocks(place, recipe(sensitive={}, marks={})) == {FIRST + 1: 4, FIRST + 2: 1, FIRST: 0}
    assert unlocks(place, recipe(marks={"only": True})) == {FIRST + 1: 4, FIRST: 0, FIRST + 2: 0}


def test_who_is_gone_stays_gone_under_a_filter(tmp_path: Path) -> None:
    gone = [{"tweet_id": FIRST, "kind": "delete"}, {"author_id": 7, "kind": "user_withheld"}]
    tweets = [reply(FIRST + 10, FIRST), reply(FIRST + 11, FIRST + 1, to_author=7), reply(FIRST + 12, FIRST + 2)]
    place = made(tmp_path, tweets, gone=gone)
    assert set(unlocks(place, recipe(sensitive={}))) == set(unlocks(place)) == {FIRST + 2}


HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hold five missing tweets: of one before snowflake ids, and of four hours, with one to four replies."""
    missing = [7, *(FIRST + (hour * 3_600_000 << 22) for hour in range(4))]
    langs = ["en", "en", "ja", "de", None]
    tweets = [
        reply(FIRST + (1 << 60) + 10 * number + more, to, lang=langs[number])
        for number, to in enumerate(missing)
        for more in range(max(number, 1))
    ]
    place = made(tmp_path_factory.mktemp("wanted"), tweets)
    ask(
        place, (missing[2], "tweet", "suspended"), (missing[3], "tweet", "found"), (missing[4], "conversation", "whole")
    )
    return place


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({}, [4, 3, 0, 1]),
        ({"top": 2}, [4, 3]),
        ({"top": 0}, []),
        ({"top": 10**12}, [4, 3, 0, 1]),
        ({"min_replies": 3}, [4, 3]),
        ({"lang": ("en",)}, [0, 1]),
        ({"lang": ("de", "en"), "top": 1}, [3]),
        ({"lang": ("ja",)}, []),
        ({"since": START}, [4, 3, 1]),
        ({"since": START + 2 * HOUR, "until": START + 3 * HOUR}, [3]),
        ({"since": START.replace(tzinfo=None) + 3 * HOUR}, [4]),
        ({"since": START + timedelta(microseconds=1)}, [4, 3]),
        ({"until": START}, []),
        ({"until": START + timedelta(microseconds=1)}, [1]),
        ({"until": (START + HOUR).astimezone(timezone(5 * HOUR))}, [1]),
        ({"since": datetime(1, 1, 1), "until": datetime(9999, 12, 31)}, [4, 3, 1]),
        ({"until": datetime(1, 1, 1, tzinfo=UTC)}, []),
        ({"memory": 1_000_000_000}, [4, 3, 0, 1]),
    ],
)
@pytest.mark.parametrize("filters", [{}, {"sensitive": {}}])
def test_what_is_chosen(place: Path, choice: dict[str, Any], expected: list[int], filters: dict[str, Any]) -> None:
    missing = [7, *(FIRST + (hour * 3_600_000 << 22) for hour in range(4))]
    assert [missing.index(row["tweet_id"]) for row in ranking(place, recipe(**filters), **choice)] == expected


def test_the_smallest_and_the_largest_ids_of_a_time() -> None:
    first = datetime.fromtimestamp(TWITTER_EPOCH / 1000, UTC)
    assert wanted._range(first, None)[0] == FIRST_SNOWFLAKE
    assert wanted._range(START, START + timedelta(milliseconds=1)) == (FIRST - 1, FIRST - 2 + (1 << 22))


def test_the_rows_can_be_had_again_and_as_batches(place: Path) -> None:
    found = wanted.run(place, recipe(sensitive={}), price=0.005, top=3)
    again = [row for batch in found.batches() for row in zip(*batch.to_pydict().values(), strict=True)]
    assert again == list(found.rows()) == list(found.rows())
    assert len(again) == 3
    assert {tuple(batch.schema.names) for batch in found.batches()} == {tuple(found.columns)}


def test_nothing_is_left_behind(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = sorted(path for path in place.rglob("*"))
    found = wanted.run(place, recipe(sensitive={}), price=0.005)
    assert list(tmp_path.iterdir())
    next(found.rows())
    del found
    gc.collect()
    assert not list(tmp_path.iterdir())
    assert sorted(path for path in place.rglob("*")) == before


def test_the_summary_is_about_all_that_are_chosen(place: Path) -> None:
    summary = wanted.run(place, Recipe(), price=0.005, top=1, lang=("en",)).summary
    assert (summary.tweets, summary.replies, summary.turns, summary.vain) == (2, 2, 2, 1)
    assert summary.firsts == [wanted.First(2, 2, 2, 0.01)]
    assert summary.line() == (
        "2 missing tweets, 2 replies wait for them; all unlock 100.0 % of the replies and 100.0 % of the turns "
        f"for $0.01; 1 asked for in vain left out; {summary.seconds:.1f} s"
    )


def test_what_the_first_thousands_unlock(tmp_path: Path) -> None:
    draw = random.Random(1)
    tweets = [reply(FIRST + (1 << 60) + n, FIRST + draw.randrange(30_000)) for n in range(20_000)]
    place = made(tmp_path, tweets)
    summary = wanted.run(place, Recipe(), price=0.5).summary
    counts = values(place, "select replies from wanted order by unlocks desc, replies desc")
    expected = [wanted.First(n, sum(counts[:n]), sum(counts[:n]), n / 2) for n in (1_000, 10_000, len(counts))]
    assert 10_000 < len(counts) < 100_000
    assert summary.firsts == expected
    share = f"{sum(counts[:1000]) / 200:.1f} %"
    assert f"; the first 1,000 unlock {share} of the replies and {share} of the turns for $500.00; " in summary.line()


def test_nothing_wanted(tmp_path: Path) -> None:
    place = made(tmp_path, [sighting(5), sighting(6, reply_to_id=5)])
    assert ranking(place) == ranking(place, recipe(sensitive={})) == []
    assert (
        wanted.run(place, Recipe(), price=0.005)
        .summary.line()
        .startswith("0 missing tweets, 0 replies wait for them; ")
    )


def test_nothing_assembled_is_an_error(tmp_path: Path) -> None:
    Workspace(tmp_path, create=True)
    with pytest.raises(WorkspaceError, match="nothing is assembled; run: chinwag assemble -w "):
        wanted.run(tmp_path, Recipe(), price=0.005)
