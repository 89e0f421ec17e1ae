import json
import shutil
from pathlib import Path

import duckdb
import pytest

from chinwag import assemble, curate, ingest, marks
from chinwag.errors import EngineError, WorkspaceBusy, WorkspaceError
from chinwag.marks import Mark
from chinwag.recipe import Recipe
from chinwag.trees import READ, load
from chinwag.web import index as indexing
from chinwag.web.index import Index, fits, make, place
from chinwag.workspace import Workspace
from tests.web.serving import SENSITIVE, opened, tree_of
from tests.workspaces import assembled, chinwag_run, curated, status

STATUSES = [
    status(10, "What is up?"),
    status(11, "Nothing", to=10, author=2),
    status(12, "Bad", to=10, author=3, possibly_sensitive=True),
    status(20, "x" * 300, lang="ja"),
    status(21, "Bad", to=20, author=2, possibly_sensitive=True),
    status(30, "alone"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return curated(tmp_path_factory.mktemp("made"), STATUSES, SENSITIVE)


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "workspace"))


def test_a_row_sums_up_each_conversation(workspace: Path) -> None:
    with opened(workspace) as index:
        first, second = index.rows("select * from listed order by root_id")
        words = index.words
    assert first["snippet"] == "What is up?"
    names = ("root_id", "lang", "tweets", "authors", "depth", "turns", "whole", "rules")
    assert [first[name] for name in names] == [10, "en", 3, 3, 1, 2, False, ["sensitive"]]
    assert first["split"] in ("train", "validation", "test")
    assert (second["whole"], second["split"], second["turns"]) == (True, None, 0)
    assert second["rules"] == ["sensitive", "single_turn"]
    assert (second["snippet"], second["sources"]) == ("x" * 200, ["v1"])
    assert (first["reached"], second["reached"]) == (3, 5)
    assert words["rule"] == {"sensitive": 2, "single_turn": 1}
    assert words["lang"] == {"en": 1, "ja": 1}


def test_rows_are_the_same_however_many_are_made_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = curated(tmp_path, [one for number in range(1, 6) for one in tree_of(number)], SENSITIVE)
    with opened(workspace) as index:
        rows = index.rows("from listed")
    assert [row["root_id"] for row in rows] == [number * 1000 for number in range(1, 6)]
    for size in (2, 5):
        monkeypatch.setattr(indexing, "RANGE", size)
        place(Workspace(workspace)).unlink()
        with opened(workspace) as index:
            assert index.rows("from listed") == rows


def test_the_tables_of_a_tree_are_those_of_the_workspace(workspace: Path, tmp_path: Path) -> None:
    from chinwag.engines.duckdb import DuckDB

    with DuckDB(tmp_path) as engine, opened(workspace) as index:
        for table in READ:
            engine.read(table, Workspace(workspace).parts(table))
        wanted = load(engine, 10)
        assert wanted is not None
        posts = index.rows("select * from posts where root_id = 10 order by tweet_id")
        assert posts == sorted((post.row for post in wanted.posts), key=lambda row: row["tweet_id"])
        fallen = index.rows("select id, filter from fallen where root_id = 10")
        assert fallen == [{"id": 12, "filter": "sensitive"}]
        turns = index.rows("select * from turns where root_id = 10")
        assert {turn["turn_id"]: turn for turn in turns} == wanted.turns
        assert [index.root_of(tweet_id) for tweet_id in (10, 12, 21, 30)] == [10, 10, 20, None]


def test_an_index_is_kept_while_the_tables_are_those_it_was_made_of(workspace: Path) -> None:
    target = Workspace(workspace)
    make(target, quiet=True)
    made = place(target).stat()
    marks.put(workspace, 10, "keep", None)
    make(Workspace(workspace), quiet=True)
    assert place(target).stat().st_ino == made.st_ino
    curate.run(workspace, Recipe(), quiet=True)
    assert not fits(Workspace(workspace))
    with opened(workspace) as index:
        assert index.words["rule"] == {}


@pytest.mark.parametrize("spoil", ["layout", "bytes", "empty"])
def test_an_index_that_cannot_be_used_is_made_anew(
    workspace: Path, spoil: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Workspace(workspace)
    make(target, quiet=True)
    if spoil == "layout":
        monkeypatch.setattr(indexing, "LAYOUT", indexing.LAYOUT + 1)
    else:
        place(target).write_bytes(b"" if spoil == "empty" else b"no database" * 1000)
    assert not fits(target)
    with opened(workspace) as index:
        assert index.conversations == 2


def test_a_start_that_fails_leaves_no_index(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Workspace(workspace)
    monkeypatch.setitem(indexing.CHOSEN, "words", "select * from nowhere")
    with pytest.raises(EngineError, match="nowhere"):
        make(target, quiet=True)
    assert [path.name for path in workspace.glob("**/*.duckdb*")] == []
    assert list(workspace.glob("scratch-*")) == []


def test_what_a_killed_start_left_is_removed(workspace: Path) -> None:
    left = workspace / "scratch-killed"
    left.mkdir()
    (left / "index.duckdb").write_bytes(b"half")
    make(Workspace(workspace), quiet=True)
    assert not left.exists()
    assert [path.name for path in (workspace / "browse").iterdir()] == ["index.duckdb"]


def test_it_waits_for_no_other_run(workspace: Path) -> None:
    with Workspace(workspace).writing(), pytest.raises(WorkspaceBusy):
        make(Workspace(workspace), quiet=True)


def test_a_workspace_that_was_only_assembled_has_no_fates(tmp_path: Path) -> None:
    with opened(assembled(tmp_path, STATUSES)) as index:
        assert not index.curated
        assert index.rows("select split, turns from listed where root_id = 10") == [{"split": None, "turns": 0}]
        assert index.sampled == (2, 2)


def test_a_workspace_without_trees_says_what_to_do(tmp_path: Path) -> None:
    source = tmp_path / "empty.jsonl"
    source.write_text("")
    chinwag_run("ingest", source, "-w", tmp_path / "workspace")
    with pytest.raises(WorkspaceError, match="chinwag assemble -w"):
        make(Workspace(tmp_path / "workspace"), quiet=True)


def test_an_index_without_conversations_is_one_too(tmp_path: Path) -> None:
    with opened(curated(tmp_path, [status(1)])) as index:
        assert (index.conversations, index.tweets, index.sampled) == (0, 0, (0, 0))


def test_the_sample_is_of_whole_conversations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(indexing.VALUES, "sample.roots", [12, 12])
    workspace = curated(tmp_path, [one for number in range(1, 21) for one in tree_of(number)], SENSITIVE)
    marks.put(workspace, 1000, "keep", "mine")
    with opened(workspace) as index:
        sampled, total = index.sampled
        assert 2 <= sampled < total == 20
        everything = set(index.value("select list(root_id) from listed"))
        with index.sample() as cursor:
            roots = {root for (root,) in cursor.execute("select root_id from conversations").fetchall()}
            nodes = dict(cursor.execute("select tweet_id, root_id from nodes").fetchall())
            assert set(nodes.values()) == roots < everything
            assert {id for (id,) in cursor.execute("select id from tweets").fetchall()} == set(nodes)
            assert len(nodes) <= 12
            held = cursor.execute("select tweets from conversations").fetchall()
            assert sum(tweets for (tweets,) in held) == len(nodes)
            assert {id for (id,) in cursor.execute("select tweet_id from clusters").fetchall()} <= set(nodes)
            assert {id for (id,) in cursor.execute("select id from drops").fetchall()} <= set(nodes)
            assert cursor.execute("select count(*) from tweets where reply_to_id is not null").fetchone() != (0,)


def test_the_sample_knows_the_marks_as_they_are(workspace: Path) -> None:
    with opened(workspace) as index:
        for mark in ("keep", "drop"):
            marks.put(workspace, 10, mark, "why")
            with index.sample() as cursor:
                assert cursor.execute("select * from marks").fetchall() == [(10, mark, "why")]


def test_nothing_but_the_index_can_be_read_and_nothing_written(workspace: Path) -> None:
    part = Workspace(workspace).parts("tweets")[0]
    with opened(workspace) as index:
        for statement in (
            f"from read_parquet('{part}')",
            "attach ':memory:' as other; from other.x",
            "from read_text('/etc/hosts')",
        ):
            with pytest.raises(EngineError):
                index.rows(statement)
        with index.sample() as cursor, pytest.raises(duckdb.Error):
            cursor.execute("delete from nodes")


def test_a_mark_counts_for_the_tree_its_tweet_came_into(tmp_path: Path) -> None:
    replies = [status(20, to=10), status(21, to=20), status(30, to=11), status(31, to=30)]
    workspace = assembled(tmp_path, replies)
    marks.put(workspace, 20, "drop", None)
    marks.put(workspace, 30, "keep", "fine")
    older = tmp_path / "older.jsonl"
    older.write_text("".join(f"{json.dumps(one)}\n" for one in (status(10), status(11, to=10))))
    ingest.run([older], workspace, workers=1, quiet=True)
    assemble.run(workspace, quiet=True)
    with opened(workspace) as index:
        assert index.marked() == {10: (20, Mark("drop", None))}
        marks.put(workspace, 20, None, None)
        assert index.marked() == {10: (30, Mark("keep", "fine"))}


def test_trees_that_are_made_anew_take_the_index_with_them(workspace: Path) -> None:
    with opened(workspace):
        pass
    assert (workspace / "browse").exists()
    assemble.run(workspace, quiet=True)
    assert not (workspace / "browse").exists()


def test_it_tells_when_the_tables_have_changed(workspace: Path) -> None:
    with opened(workspace) as index:
        assert not index.stale()
        marks.put(workspace, 10, "keep", None)
        assert not index.stale()
        curate.run(workspace, Recipe(), quiet=True)
        assert index.stale()
        assert index.rows("select count(*) as n from listed") == [{"n": 2}]


def test_an_index_that_is_gone_is_an_error(workspace: Path) -> None:
    with pytest.raises(EngineError, match="cannot be read"):
        Index(Workspace(workspace))
