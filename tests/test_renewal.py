"""What is renewed ends as what is made of everything at once."""

import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.sightings import World, fill
from chinwag import assemble
from chinwag.engines import writing
from chinwag.tables import schema
from chinwag.workspace import Workspace
from tests import reference
from tests.reference import Row
from tests.test_assemble import deletes, edits, made, sighting, sightings

Batch = dict[str, list[Row]]


def add(folder: Path, name: str, batch: Batch) -> None:
    """Commit rows, as an ingest does."""
    target = Workspace(folder, create=True)
    with target.writing() as scratch:
        parts = {
            table: [target.adopt(table, reference.parquet(scratch / table, rows, schema(table)), name)]
            for table, rows in batch.items()
            if rows
        }
        target.commit("ingest", add=parts)


def batches(rows: list[Row], gone: list[Row], edited: list[Row], draw: random.Random) -> list[Batch]:
    """Deal rows out to some batches, mostly to the first, so that the others are little beside it."""
    dealt: list[Batch] = [{"sightings": [], "deletes": [], "edits": []} for _ in range(draw.randint(2, 4))]
    for table, given_rows in (("sightings", rows), ("deletes", gone), ("edits", edited)):
        for row in given_rows:
            dealt[draw.choice([0, 0, *range(len(dealt))])][table].append(row)
    if not dealt[0]["sightings"]:
        dealt[0]["sightings"].append(sighting(1))
    return dealt


@pytest.fixture(autouse=True)
def cut_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut parts before every second or third key, and renew whatever there is."""
    monkeypatch.setattr(writing, "CUT", 2)
    monkeypatch.setattr(assemble, "MOST_NEW", 1.0)


@settings(max_examples=15, deadline=None)
@given(
    rows=sightings,
    gone=deletes,
    edited=edits,
    draw=st.randoms(use_true_random=False),
    quotes=st.booleans(),
    exclude=st.sampled_from([(), ("v2",)]),
)
def test_bytes_are_those_of_everything_at_once(
    rows: list[Row], gone: list[Row], edited: list[Row], draw: random.Random, quotes: bool, exclude: Sequence[str]
) -> None:
    dealt = batches(rows, gone, edited, draw)
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        for number, batch in enumerate(dealt):
            for folder in (one, other):
                add(Path(folder), f"{number:08}", batch)
            assemble.run(Path(one), quotes=quotes, exclude=exclude, quiet=True)
        assemble.run(Path(other), quotes=quotes, exclude=exclude, quiet=True)
        assert made(Path(one)) == made(Path(other))


def test_a_day_that_is_added_changes_only_the_parts_it_has_to_do_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "CUT", 53)
    whole = Workspace(fill(tmp_path / "whole", World(20_000, by_time=True), 1_000))
    target = Workspace(tmp_path / "target", create=True)
    for first, last in ((0, 18), (18, 20)):
        with target.writing():
            parts = {
                table: [str(part) for part in whole.parts(table)[first:last]] for table in ("sightings", "deletes")
            }
            target.commit("ingest", add=parts)
        before = {table: {part.name for part in target.parts(table)} for table in ("tweets", "nodes")}
        assemble.run(target.path, quiet=True)
        target.refresh()
    for table, names in before.items():
        now = {part.name for part in target.parts(table)}
        assert names & now, table
        assert names - now, table
    assemble.run(whole.path, quiet=True)
    assert made(target.path) == made(whole.path)
    summary = assemble.run(target.path, anew=True, quiet=True)
    assert made(target.path) == made(whole.path)
    assert summary.rows["tweets"] > 17_000


def test_nothing_new_changes_nothing(tmp_path: Path) -> None:
    add(tmp_path, "first", {"sightings": [sighting(5), sighting(6, reply_to_id=5)]})
    assemble.run(tmp_path, quiet=True)
    first = {table: Workspace(tmp_path).parts(table) for table in ("tweets", "nodes", "wanted")}
    assemble.run(tmp_path, quiet=True)
    assert {table: Workspace(tmp_path).parts(table) for table in first} == first


def test_other_options_make_all_anew(tmp_path: Path) -> None:
    add(tmp_path, "first", {"sightings": [sighting(5), sighting(6, quoted_id=5), sighting(7, reply_to_id=6)]})
    assert assemble.run(tmp_path, quiet=True).rows["edges"] == 2
    assert assemble.run(tmp_path, quotes=False, quiet=True).rows["edges"] == 1
    assert assemble.run(tmp_path, quiet=True).rows["edges"] == 2
