"""Whole worlds through every step, held against a plain Python walk; and the bytes that come of them."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.sightings import World, fill
from chinwag import assemble
from chinwag.errors import EngineError, WorkspaceError
from chinwag.renewal import GIVEN
from chinwag.tables import ASSEMBLED, TABLES, schema
from chinwag.workspace import Workspace
from tests import reference
from tests.reference import Row

TIMES = [None, *(datetime(2021, 1, 1, 0, minute, tzinfo=UTC) for minute in range(3))]
# Ids before snowflake; in the milliseconds of the sample; outside of them; one that no other has the float of; two of
# one float.
EARLY = [(ms << 22) + 1 for ms in (10_000, 10_001, 20_000, 20_003)]
IDS = [5, 6, 7, 8, *EARLY, (1 << 61) + 1, (1 << 62) + 1, (1 << 62) + 2]
FIELDS: dict[str, list[Any]] = {
    "created_at": TIMES,
    "author_id": [None, 1, 2, 3, (1 << 62) + 2],
    "author_handle": [None, "a", "b"],
    "author_followers": [None, 0, 1],
    "author_verified": [None, False, True],
    "text": ["", "short", "ßhört", "e\u0301clat", "😀 long enough to be the fullest"],
    "reply_prefix": [None, "@a"],
    "lang": [None, "en", "ja"],
    "reply_to_id": [None, None, None, *IDS[:-1]],
    "reply_to_rounded": [None, None, 1 << 61, 1 << 62],
    "reply_to_author_id": [None, 1, 3, (1 << 62) + 1],
    "quoted_id": [None, None, None, *IDS[:-1]],
    "conversation_id": [None, 1, *IDS],
    "reply_count": [None, 0, 1],
    "retweet_count": [None, 0, 1],
    "like_count": [None, 0, 1],
    "quote_count": [None, 0, 1],
    "possibly_sensitive": [None, False, True],
    "client": [None, "web"],
    "urls": [None, [], ["https://example.com/a"]],
    "hashtags": [None, ["b", "a"], ["a"]],
    "media": [None, [{"kind": "photo", "url": "https://example.com/a.jpg", "alt": None}]],
    "seen_as": ["own", "retweeted"],
    "seen_at": TIMES,
    "source": ["v1", "v2"],
    "terms": [None, "x-api", "stream"],
    "file_id": [1, 2],
}
KINDS = ["delete", "protected", "scrub_geo", "status_withheld", "user_withheld", "user_delete"]

sightings = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from(IDS), **{name: st.sampled_from(FIELDS[name]) for name in FIELDS}}),
    min_size=1,
    max_size=25,
)
deletes = st.lists(
    st.fixed_dictionaries(
        {
            "tweet_id": st.sampled_from([None, *IDS]),
            "author_id": st.sampled_from([None, 1]),
            "author_handle": st.sampled_from([None, None, "A"]),
            "kind": st.sampled_from(KINDS),
        }
    ),
    max_size=3,
)
edits = st.lists(
    st.lists(st.sampled_from(IDS), min_size=2, max_size=2, unique=True).map(
        lambda two: {"tweet_id": max(two), "initial_id": min(two)}
    ),
    max_size=3,
)


def workspace(
    folder: Path, parts: Sequence[Sequence[Row]], gone: Sequence[Row] = (), edited: Sequence[Row] = ()
) -> Path:
    """Make a workspace of the sightings in each part, of deletes, and, where there are any, of edits."""
    target = Workspace(folder, create=True)
    add: dict[str, list[str]] = {table: [] for table in GIVEN}
    with target.writing() as scratch:
        held = [("sightings", part) for part in parts] + [("deletes", gone)] + [("edits", edited)] * bool(edited)
        for number, (table, rows) in enumerate(held):
            part = reference.parquet(scratch / f"{number}.parquet", rows, schema(table))
            add[table].append(target.adopt(table, part, f"{number:08}"))
        target.commit("ingest", add=add)
    return folder


def made(folder: Path) -> dict[str, list[bytes]]:
    """Give the bytes of the parts of each table."""
    return {table: [part.read_bytes() for part in Workspace(folder).parts(table)] for table in ASSEMBLED}


def sighting(tweet_id: int, **more: Any) -> Row:
    return {**dict.fromkeys(TABLES["sightings"]), "id": tweet_id, "text": "", "seen_as": "own", "source": "v1", **more}


@settings(max_examples=20, deadline=None)
@given(rows=sightings, gone=deletes, edited=edits, quotes=st.booleans())
@example(rows=[sighting(7, reply_to_id=5), sighting(6, reply_to_id=5, reply_to_author_id=1)],
         gone=[{"tweet_id": None, "author_id": 1, "kind": "user_withheld"}], edited=[], quotes=True)  # fmt: skip
def test_tables_equal_those_of_a_plain_walk(rows: list[Row], gone: list[Row], edited: list[Row], quotes: bool) -> None:
    expected = reference.assemble(rows, gone, edited, quotes=quotes)
    with TemporaryDirectory() as folder:
        place = workspace(Path(folder), [rows], gone, edited)
        summary = assemble.run(place, quotes=quotes, quiet=True)
        for table in ASSEMBLED:
            assert reference.read(Workspace(place).parts(table)[0], table) == expected[table], table
        assert summary.rows == {table: len(expected[table]) for table in ASSEMBLED}
        assert (summary.newer, summary.joined, summary.lost) == reference.left_out(expected, quotes=quotes)


@settings(max_examples=12, deadline=None)
@given(rows=sightings, gone=deletes, edited=edits, draw=st.randoms(use_true_random=False))
def test_bytes_do_not_depend_on_how_the_rows_lie(
    rows: list[Row], gone: list[Row], edited: list[Row], draw: random.Random
) -> None:
    shuffled = [{**row, "file_id": draw.randint(1, 9)} for row in draw.sample(rows, len(rows))]
    cut = draw.randint(0, len(rows))
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        assemble.run(workspace(Path(one), [rows], gone, edited), quiet=True)
        parts = [shuffled[:cut], shuffled[cut:]]
        assemble.run(workspace(Path(other), parts, gone[::-1], draw.sample(edited, len(edited))), quiet=True)
        assert made(Path(one)) == made(Path(other))


@settings(max_examples=6, deadline=None)
@given(rows=sightings, gone=deletes, edited=edits)
def test_seeing_everything_again_changes_no_more_than_the_number_of_sightings(
    rows: list[Row], gone: list[Row], edited: list[Row]
) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        assemble.run(workspace(Path(one), [rows], gone, edited), quiet=True)
        assemble.run(workspace(Path(other), [rows, rows], [*gone, *gone], [*edited, *edited]), quiet=True)
        once, twice = ({**made(Path(folder))} for folder in (one, other))
        del once["tweets"], twice["tweets"]
        assert once == twice
        first, second = (Workspace(Path(folder)).parts("tweets")[0] for folder in (one, other))
        expected = reference.read(first, "tweets")
        for tweet in expected:
            tweet["sightings"] *= 2
        assert reference.read(second, "tweets") == expected


@settings(max_examples=20, deadline=None)
@given(
    told=st.lists(
        st.tuples(
            st.integers(1, 12),
            st.none() | st.datetimes(datetime(1960, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
            st.sampled_from(["reply_to_id", "quoted_id", "conversation_id"]),
            st.integers(1, 12),
        ),
        max_size=40,
    ),
    far=st.integers(0, 12),
)
def test_no_tweet_answers_itself_over_others(told: list[tuple[int, datetime | None, str, int]], far: int) -> None:
    ids = {number: number if number < far else number << 57 for number in range(13)}  # small ones, and snowflakes
    rows = [sighting(ids[one], created_at=time, **{link: ids[other]}) for one, time, link, other in told]
    with TemporaryDirectory() as folder:
        place = Workspace(workspace(Path(folder), [rows]))
        assemble.run(place.path, quiet=True)
        place.refresh()
        edges, nodes = (reference.read(place.parts(table)[0], table) for table in ("edges", "nodes"))
    found = {node["tweet_id"]: node for node in nodes}
    assert {node["tweet_id"] for node in nodes if node["parent_id"]} == {edge["child_id"] for edge in edges}
    for node in nodes:
        above = found[node["parent_id"]] if node["parent_id"] else {"depth": -1, "root_id": node["tweet_id"]}
        assert (node["depth"], node["root_id"]) == (above["depth"] + 1, above["root_id"])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hold a world of several row groups, with chains 6,000 deep."""
    folder = fill(tmp_path_factory.mktemp("world"), World(160_000))
    assemble.run(folder, threads=1, quiet=True)
    return folder


def test_bytes_do_not_depend_on_threads_or_memory(world: Path) -> None:
    tables = made(world)
    assemble.run(world, threads=3, memory=600_000_000, quiet=True)
    assert made(world) == tables


def test_row_groups_are_even(world: Path) -> None:
    metadata = pq.read_metadata(Workspace(world).parts("tweets")[0])
    sizes = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]
    assert len(sizes) > 1
    assert set(sizes[:-1]) == {122_880}


def test_chains_of_thousands_have_their_root(world: Path) -> None:
    nodes = pq.read_table(Workspace(world).parts("nodes")[0]).to_pylist()
    depths = {node["tweet_id"]: node for node in nodes}
    deepest = max(nodes, key=lambda node: node["depth"])
    assert deepest["depth"] >= 5_000
    steps, node = 0, deepest
    while node["parent_id"] is not None:
        steps, node = steps + 1, depths[node["parent_id"]]
    assert (steps, node["tweet_id"]) == (deepest["depth"], deepest["root_id"])


def test_a_second_run_replaces_what_the_first_made(tmp_path: Path) -> None:
    place = workspace(tmp_path, [[sighting(6, quoted_id=5), sighting(5)]])
    assemble.run(place, quiet=True)
    first = made(place)
    assert assemble.run(place, quotes=False, quiet=True).rows["edges"] == 0
    assert [len(Workspace(place).parts(table)) for table in ASSEMBLED] == [1] * len(ASSEMBLED)
    assert assemble.run(place, quiet=True).rows["edges"] == 1
    assert made(place) == first


def test_nothing_ingested_is_an_error(tmp_path: Path) -> None:
    Workspace(tmp_path, create=True)
    with pytest.raises(WorkspaceError, match="nothing was ingested"):
        assemble.run(tmp_path, quiet=True)


def test_too_little_memory_is_an_error_in_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    place = fill(tmp_path, World(50_000))
    with pytest.raises(EngineError, match=r"^.*[Mm]emory.*$"):
        assemble.run(place, memory=10_000_000, quiet=True)
    assert not Workspace(place).parts("tweets")
    assert not list(place.glob("scratch*"))


def test_the_summary_says_what_was_made(tmp_path: Path) -> None:
    place = workspace(tmp_path, [[sighting(5), sighting(6, reply_to_id=5), sighting(7, reply_to_id=4)]])
    summary = assemble.run(place, quiet=True)
    assert summary.line() == f"3 tweets, 1 edges, 2 tweets in 1 conversations, 1 wanted, {summary.seconds:.1f} s"
    assert list(summary.steps) == list(assemble.STEPS)


def test_the_summary_says_what_came_to_nothing_where_anything_did(tmp_path: Path) -> None:
    number = 1504092994747703296
    rows = [
        sighting(5, reply_to_id=6), sighting(6), sighting(number + 1),
        *(sighting(number + 1000 + more, reply_to_rounded=number + 256 * more) for more in range(3)),
    ]  # fmt: skip
    line = assemble.run(workspace(tmp_path, [rows]), quiet=True).line()
    assert "0 wanted, 1 links to tweets that are not older left out, lost ids: 1 joined, 2 not, " in line
