"""What files say is gone is gone from every assemble; and what is due to be checked, in its order."""

import json
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chinwag import assemble, comply, ingest
from chinwag.errors import UsageError, WorkspaceError
from chinwag.tables import ASSEMBLED, schema
from chinwag.values import name_id
from chinwag.workspace import Workspace
from tests.sources.statuses import Json, sid
from tests.workspaces import assembled, chinwag_run, hashes, status, values

REAL = Path(__file__).parents[2] / "shared" / "real" / "x-api-v2" / "twarc-csv"
# A thread of two authors; a lone tweet of a third, whose id is not known; one that is written in a scraper's table.
THREAD = [
    status(sid(0), author=1),
    status(sid(1), to=sid(0), author=2),
    status(sid(2), to=sid(1), author=1),
    status(sid(3), to=sid(2), author=3),
    status(sid(4), user={"screen_name": "Carol"}),
]
TABLE = f"id,username,date,tweet\n{sid(5)},HANDLE2,2021-01-01 17:34:06,also said\n"
COLUMNS = {"id": "id", "author_handle": "username", "created_at": "date", "text": "tweet"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    workspace = assembled(folder, THREAD)
    table = folder / "table.csv"
    table.write_text(TABLE)
    ingest.run([table], workspace, source="mapped", columns=COLUMNS, workers=1)
    assemble.run(workspace, quiet=True)
    return workspace


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "workspace"))


def told(folder: Path, *lines: Any, name: str = "list") -> Path:
    path = folder / name
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def left(workspace: Path) -> list[int]:
    """Assemble, and give the tweets that are left, by their minute."""
    assemble.run(workspace, quiet=True)
    minutes = {sid(minute): minute for minute in range(9)}
    return [minutes[tweet] for tweet in values(workspace, "select id from tweets order by id")]


def result(minute: int, reason: str = "deleted") -> Json:
    created = f"2021-01-01T17:{29 + minute}:06.662Z"
    return {"id": str(sid(minute)), "action": "delete", "created_at": created, "reason": reason}


GONE: dict[str, tuple[list[Any], list[int]]] = {
    "nothing": (["# none"], [0, 1, 2, 3, 4, 5]),
    "what is not here": ([str(sid(8)), "@nobody", "user:99"], [0, 1, 2, 3, 4, 5]),
    "a tweet": ([str(sid(1))], [0, 2, 3, 4, 5]),
    "an author by id, and what is known of them by name alone": (["user:2"], [0, 2, 3, 4]),
    "an author by name": (["@Handle2"], [0, 2, 3, 4]),
    "an author by name, whose id is nowhere": (["https://x.com/CAROL"], [0, 1, 2, 3, 5]),
    "results": ([result(0), result(3, "protected"), result(4, "suspended")], [1, 2, 5]),
    "results about places": ([result(0, "scrub_geo")], [0, 1, 2, 3, 4, 5]),
}


@pytest.mark.parametrize(("lines", "expected"), GONE.values(), ids=GONE)
def test_what_a_file_names_is_gone_now_and_later(
    place: Path, tmp_path: Path, lines: list[Any], expected: list[int]
) -> None:
    assert left(place) == [0, 1, 2, 3, 4, 5]
    summary = comply.from_files([told(tmp_path, *lines)], place, quiet=True)
    assert (summary.rejects, left(place)) == (0, expected)
    late = told(tmp_path, *({**one, "lang": "de"} for one in THREAD), name="late.jsonl")
    ingest.run([late], place, workers=1, quiet=True)  # the same tweets again, seen after the notice
    assert left(place) == expected


def test_users_are_gone_with_all_their_tweets(place: Path, tmp_path: Path) -> None:
    results = [{"id": "1", "action": "delete", "created_at": "2013-06-04T16:25:04+00:00", "reason": "suspended"}]
    summary = comply.from_files([told(tmp_path, *results)], place, users=True, quiet=True)
    assert (summary.users, summary.users_here, summary.tweets) == (1, 1, 0)
    assert values(place, "select kind from deletes") == ["user_suspend"]
    assert left(place) == [1, 3, 4, 5]


def test_the_summary_says_how_much_of_it_is_here(place: Path, tmp_path: Path) -> None:
    lines = [str(sid(0)), str(sid(0)), str(sid(8)), "@Handle2", "@handle2", "@nobody", "user:3", "user:99", "bad line"]
    more = told(tmp_path, str(sid(0)), "", "worse", name="more")
    summary = comply.from_files([told(tmp_path, *lines), more], place, quiet=True)
    assert (summary.tweets, summary.tweets_here, summary.users) == (2, 1, 4)
    assert summary.users_here == len({2, name_id("handle2"), 3})
    assert summary.problems == [f"{tmp_path}/list:9: no tweet and no user", f"{tmp_path}/more:3: no tweet and no user"]
    assert summary.line() == ("gone: 2 tweets (1 of them here), 4 users (3 here), 2 lines rejected")
    places = comply.from_files([told(tmp_path, result(0, "scrub_geo"))], place, quiet=True)
    assert (places.places, places.tweets) == (1, 0)
    assert ", 1 tweets without their place" in places.line()


def test_the_same_file_again_changes_nothing(place: Path, tmp_path: Path) -> None:
    path = told(tmp_path, str(sid(0)), "user:2")
    comply.from_files([path], place, quiet=True)
    before = hashes(place)
    comply.from_files([path], place, quiet=True)
    comply.from_files([path, path], place, quiet=True)
    assert hashes(place) == before
    assert len(list((place / "answers" / "comply").iterdir())) == 1


OF_USERS = [
    [{"id": "1482680858", "action": "delete", "created_at": "2013-06-04T16:25:04+00:00", "reason": "protected"}],
    # A new account's id holds its time, as a tweet's does: most accounts are older.
    [result(0), *({"id": str(number), "created_at": "2013-06-04T16:25:04Z", "reason": "deleted"} for number in (5, 6))],
    [{**result(0), "created_at": "2013-06-04T16:25:04Z"}],
]


@pytest.mark.parametrize("lines", OF_USERS)
def test_results_about_users_are_not_taken_for_tweets(place: Path, tmp_path: Path, lines: list[Any]) -> None:
    before = hashes(place)
    paths = [told(tmp_path, str(sid(1)), name="first"), told(tmp_path, *lines)]
    with pytest.raises(UsageError, match="list: these may be ids of users: give --users"):
        comply.from_files(paths, place, quiet=True)
    assert hashes(place) == before
    comply.from_files(paths, place, users=True, quiet=True)
    assert set(values(place, "select distinct author_id is not null from deletes")) == {True}


def test_results_that_name_authors_and_no_tweets_are_not_taken_for_tweets(tmp_path: Path) -> None:
    workspace = assembled(tmp_path, [status(sid(1), author=sid(0))])
    with pytest.raises(UsageError, match="ids of users"):
        comply.from_files([told(tmp_path, result(0))], workspace, quiet=True)
    comply.from_files([told(tmp_path, result(0), result(1))], workspace, quiet=True)  # one is a tweet: so are all


def test_there_has_to_be_a_workspace(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no workspace here"):
        comply.from_files([told(tmp_path, "5")], tmp_path / "none", quiet=True)


NAMES = [
    *(str(sid(minute)) for minute in range(6)),
    *("@Handle1", "@handle2", "user:1", "user:3", "@carol", "https://x.com/Carol", "bad line", "# nothing"),
]


@settings(max_examples=6, deadline=None)
@given(lines=st.lists(st.sampled_from(NAMES), max_size=5), draw=st.randoms(use_true_random=False))
def test_order_and_repetition_of_lines_change_nothing_in_the_tables(
    made: Path, lines: list[str], draw: random.Random
) -> None:
    again = [*lines, *draw.choices(lines, k=len(lines))] if lines else []
    draw.shuffle(again)
    tables = []
    for chosen in (lines, again):
        with TemporaryDirectory() as folder:
            workspace = Path(shutil.copytree(made, Path(folder, "workspace")))
            comply.from_files([told(Path(folder), *chosen)], workspace, quiet=True)
            assemble.run(workspace, quiet=True)
            tables.append([Workspace(workspace).parts(table)[0].read_bytes() for table in ASSEMBLED])
    assert tables[0] == tables[1]


@pytest.mark.skipif(not REAL.is_dir(), reason="the published results are not at hand (../shared/real)")
def test_published_results(place: Path) -> None:
    summary = comply.from_files([REAL / "tweets_compliance.jsonl"], place, quiet=True)
    assert (summary.tweets, summary.users, summary.rejects) == (2, 0, 0)
    with pytest.raises(UsageError, match=r"users_compliance.jsonl: these may be ids of users"):
        comply.from_files([REAL / "users_compliance.jsonl"], place, quiet=True)
    summary = comply.from_files([REAL / "users_compliance.jsonl"], place, users=True, quiet=True)
    assert (summary.tweets, summary.users, summary.rejects) == (0, 1, 0)
    kinds = values(place, "select kind from deletes order by all")
    assert kinds == ["delete", "protected", "user_protect", "user_protect"]
    gone = datetime(2021, 8, 17, 17, 26, 15, 788_000, tzinfo=UTC)
    assert values(place, "select d.at from deletes as d where kind = 'delete'") == [gone]


# What is due ----------------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def add(workspace: Path, table: str, rows: list[Json]) -> None:
    """Put rows into a table as if a step had made them."""
    target = Workspace(workspace)
    with target.writing() as scratch:
        part = scratch / "part.parquet"
        whole = [{name: row.get(name) for name in schema(table).names} for row in rows]
        pq.write_table(pa.Table.from_pylist(whole, schema(table)), part)
        target.commit("test", add={table: [target.adopt(table, part, "added")]})


def due(workspace: Path, scope: str = "all", days: int = 30) -> list[int]:
    minutes = {sid(minute): minute for minute in range(9)}
    return [minutes[id] for id in comply.due(workspace, max_age_days=days, scope=scope, now=NOW)]


@pytest.mark.parametrize(
    ("scope", "expected"), [("turns", [2, 0]), ("trees", [2, 0, 3, 1]), ("all", [2, 0, 3, 1, 5, 4])]
)
def test_turns_are_checked_before_trees_and_those_before_the_rest(place: Path, scope: str, expected: list[int]) -> None:
    add(place, "turns", [{"turn_id": sid(0), "tweet_ids": [sid(0), sid(2)]}, {"turn_id": sid(9), "tweet_ids": None}])
    assert due(place, scope) == expected


def test_without_turns_the_trees_come_first(place: Path) -> None:
    assert (due(place, "turns"), due(place, "trees")) == ([], [3, 2, 1, 0])


def test_what_was_asked_lately_is_not_due(place: Path) -> None:
    asked = [
        (0, "tweet", 29), (1, "tweet", 31), (2, "conversation", 1), (3, "tweet", 400), (3, "tweet", 1), (5, "tweet", 0),
    ]  # fmt: skip
    at = {days: NOW - timedelta(days=days) for _, _, days in asked}
    told = [{"id": sid(minute), "level": level, "at": at[days]} for minute, level, days in asked]
    unknown = {"id": sid(2), "level": "tweet", "at": NOW, "outcome": "unknown"}  # proves nothing
    add(place, "asked", [*({**one, "outcome": "found"} for one in told), unknown])
    assert due(place) == [2, 1, 4]
    assert due(place, days=500) == [2, 4]
    assert due(place, days=0) == [3, 2, 1, 0, 4]


def test_what_an_answer_told_of_lately_is_not_due(place: Path) -> None:
    lately, terms = NOW - timedelta(days=3), ("x-api", "web", "stream")
    seen = [{"id": sid(minute), "seen_at": lately, "terms": one} for minute, one in enumerate(terms)]
    add(place, "sightings", [*seen, {"id": sid(3), "seen_at": NOW - timedelta(days=31), "terms": "x-api"}])
    assert due(place) == [3, 2, 1, 5, 4]


def test_ids_that_are_a_tables_own_are_never_due(place: Path) -> None:
    add(
        place,
        "tweets",
        [{"id": 5, "sources": ["mapped"]}, {"id": 20, "sources": ["v2"]}, {"id": 21, "sources": ["mapped", "v1"]}],
    )
    assert list(comply.due(place, max_age_days=1, scope="all", now=NOW))[-2:] == [21, 20]


def test_a_scope_has_to_be_one(place: Path) -> None:
    with pytest.raises(UsageError, match="no scope is called 'tree'; do you mean trees"):
        comply.due(place, max_age_days=1, scope="tree")


def test_names_that_nobody_here_is_known_by_are_told(tmp_path: Path) -> None:
    nameless = status(sid(2), author=7)
    del nameless["user"]["screen_name"]
    workspace = assembled(tmp_path, [status(sid(1), author=1), nameless])
    known, unknown = told(tmp_path, "@Handle1", name="known"), told(tmp_path, "@nobody", name="unknown")
    assert comply.from_files([known], workspace, quiet=True).warning() is None
    summary = comply.from_files([unknown], workspace, quiet=True)
    assert (summary.names_unknown, summary.nameless) == (1, 1)
    done = chinwag_run("comply", unknown, "-w", workspace)
    assert (done.returncode, "1 names were seen of nobody here, but 1 tweets" in done.stderr) == (1, True)
    done = chinwag_run("comply", told(tmp_path, "user:7", name="id"), "-w", workspace)
    assert (done.returncode, values(workspace, "select count(*) from tweets")) == (0, [0])
