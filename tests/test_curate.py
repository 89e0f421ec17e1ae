import shutil
from pathlib import Path

import pytest

import synthetic
from chinwag import assemble, curate, ingest, shaping
from chinwag.errors import WorkspaceError
from chinwag.recipe import Recipe, Split, check, load
from chinwag.rendering import Rendering
from chinwag.tables import schema
from chinwag.workspace import Workspace
from tests.workspaces import assembled, chinwag_run, curated, hashes, rows, status, values

PAIR = [status(1), status(2, to=1, author=2)]


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHINWAG_KEY", raising=False)


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the trees of a synthetic stream."""
    folder = tmp_path_factory.mktemp("stream")
    members = synthetic.members("2021", minutes=2, statuses=200, joined=0.3, seed=3)
    synthetic.pack(((name, synthetic.encode(lines, "2021")) for name, lines in members), folder / "in.zip", "zip")
    ingest.run([folder / "in.zip"], folder / "workspace", workers=1, quiet=True)
    assemble.run(folder / "workspace", quiet=True)
    return folder / "workspace"


@pytest.fixture
def workspace(stream: Path, tmp_path: Path) -> Path:
    shutil.copytree(stream, tmp_path / "workspace")
    return tmp_path / "workspace"


FILTERS = {"sensitive": {}, "incomplete": {}, "language": {"keep": ["en", "ja", "und"]}}


@pytest.mark.parametrize("filters", [{}, FILTERS])
def test_every_tweet_of_a_tree_is_in_a_turn_or_has_a_drop(workspace: Path, filters: dict[str, object]) -> None:
    summary = curate.run(workspace, check({"filters": filters}, "recipe"), quiet=True)
    assert dict(rows(workspace, "select filter, count(*) from drops group by all")) == {
        name: count for name, count in summary.drops.items() if count
    }
    assert values(workspace, "select count(*) from turns") == [summary.turns]
    assert values(workspace, "select count(distinct root_id) from turns") == [summary.conversations]
    # A turn has as many lines of tweets as its author wrote in one go: count them by climbing, as turns are made.
    parents = dict(rows(workspace, "select tweet_id, parent_id from nodes"))
    roots = dict(rows(workspace, "select tweet_id, root_id from nodes"))
    authors = dict(rows(workspace, "select id, author_id from tweets"))
    dropped = set(values(workspace, "select id from drops where level = 'tweet'"))
    whole = set(values(workspace, "select id from drops where level = 'conversation'"))
    firsts = set()
    for tweet_id, root_id in roots.items():
        if tweet_id in dropped or root_id in whole:
            continue
        first = tweet_id
        while parents[first] is not None and authors[parents[first]] == authors[first]:
            first = parents[first]
        firsts.add(first)
    assert firsts == set(values(workspace, "select turn_id from turns"))
    assert not dropped & firsts
    assert not whole & set(values(workspace, "select root_id from turns"))


def test_no_tweet_is_dropped_by_one_rule_twice(workspace: Path) -> None:
    curate.run(workspace, check({"filters": FILTERS}, "recipe"), quiet=True)
    assert rows(workspace, "select id, filter from drops group by all having count(*) > 1") == []
    cut = "('single_turn', 'empty', 'below_dropped')"
    assert rows(workspace, f"select id from drops where filter in {cut} group by all having count(*) > 1") == []


def test_the_tables_have_their_columns(workspace: Path) -> None:
    import pyarrow.parquet as pq

    curate.run(workspace, Recipe(), quiet=True)
    for table in ("turns", "drops"):
        for part in Workspace(workspace).parts(table):
            assert pq.read_schema(part).equals(schema(table))


def test_a_turn_as_a_row(tmp_path: Path) -> None:
    first = status(29_700_000_000 << 2, "@bob hello https://t.co/a")
    workspace = curated(tmp_path, [first, status(int(first["id"]) + 1, to=first["id"], author=2, lang="in")])
    (one, other) = rows(workspace, "from turns order by depth")
    author, author_2 = one[5], other[5]
    assert one[:5] == (first["id"], first["id"], None, 0, "prompter")
    assert one[5:10] == (author, "en", "@user1 hello", None, None)
    assert one[12:] == ([first["id"]], ["v1"], ["stream"])
    assert other[:5] == (first["id"] + 1, first["id"], first["id"], 1, "assistant")
    assert other[6:9] == ("id", "something", None)
    assert one[10] == rows(workspace, "select created_at from tweets order by id")[0][0]
    assert author.startswith("u_") and author_2.startswith("u_") and author != author_2
    assert one[11] == other[11]


def test_mentions_are_kept_where_the_recipe_says_so(tmp_path: Path) -> None:
    recipe = Recipe(turns=Rendering(mentions="keep"))
    workspace = curated(tmp_path, [status(1, "hi @bob"), status(2, "@bob?", to=1, author=2)], recipe)
    assert values(workspace, "select text from turns order by depth") == ["hi @bob", "@bob?"]


def test_the_same_trees_give_the_same_bytes(workspace: Path) -> None:
    made = []
    for _ in range(2):
        curate.run(workspace, Recipe(), quiet=True)
        parts = [part for table in ("turns", "drops") for part in Workspace(workspace).parts(table)]
        made.append([part.read_bytes() for part in parts])
    assert made[0] == made[1]
    assert len(list(workspace.glob("turns/*"))) == 1, "what was replaced is gone"


def test_one_batch_or_many_make_no_difference(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    curate.run(workspace, Recipe(), quiet=True)
    before = rows(workspace, "from turns"), rows(workspace, "from drops")
    monkeypatch.setattr(shaping, "BATCH", 7)
    monkeypatch.setattr(shaping, "AT_ONCE", 3)
    curate.run(workspace, Recipe(), quiet=True)
    assert (rows(workspace, "from turns"), rows(workspace, "from drops")) == before


def test_splits_do_not_move_when_data_is_added(tmp_path: Path) -> None:
    pairs = [one for n in range(1, 400, 2) for one in (status(n, f"{n} ways"), status(n + 1, to=n, author=2))]
    halves = Recipe(split=Split(validation=0.3, test=0.3))
    workspace = curated(tmp_path, pairs, halves)
    before = dict(rows(workspace, "select root_id, split from turns"))
    assert set(before.values()) == {"train", "validation", "test"}
    more = tmp_path / "more"
    more.mkdir()
    other = curated(more, [*pairs, *(status(1000 + n, f"{n} more", to=n, author=3) for n in range(1, 400, 4)), *[
        one for n in range(2001, 2400, 2) for one in (status(n, f"{n} ways"), status(n + 1, to=n, author=2))
    ]], halves)  # fmt: skip
    after = dict(rows(other, "select root_id, split from turns"))
    assert {root_id: after[root_id] for root_id in before} == before
    assert rows(other, "select root_id from turns group by all having count(distinct split) > 1") == []


def test_a_turn_holds_the_ids_of_its_tweets(workspace: Path) -> None:
    curate.run(workspace, Recipe(), quiet=True)
    held = rows(workspace, "select turn_id, tweet_ids from turns")
    assert {tweet_ids[0] == turn_id for turn_id, tweet_ids in held} == {True}
    ids = [tweet_id for _, tweet_ids in held for tweet_id in tweet_ids]
    dropped = values(workspace, "select id from drops")
    assert sorted(ids + dropped) == values(workspace, "select tweet_id from nodes order by 1")


def test_a_recipe_without_quotes_wants_trees_without_them(tmp_path: Path) -> None:
    workspace = assembled(tmp_path, PAIR)
    with pytest.raises(WorkspaceError, match=r"run: chinwag assemble -w .* --no-quotes$"):
        curate.run(workspace, Recipe(quotes=False), quiet=True)


def test_the_last_recipe_is_remembered(tmp_path: Path) -> None:
    recipe = check(
        {"filters": {"language": {"keep": ["en"]}}, "turns": {"mentions": "keep"}, "split": {"test": 0.5}}, "recipe"
    )
    workspace = assembled(tmp_path, PAIR)
    assert curate.last_recipe(Workspace(workspace)) == load(None)
    curate.run(workspace, recipe, quiet=True)
    assert curate.last_recipe(Workspace(workspace)) == recipe


def test_pseudonyms_hang_on_the_key_and_else_on_the_tweets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def authors(name: str, key: str, statuses: list[dict[str, object]]) -> list[str]:
        (tmp_path / name).mkdir()
        monkeypatch.setenv("CHINWAG_KEY", key)
        return values(curated(tmp_path / name, statuses), "select author from turns order by turn_id")

    more = [*PAIR, status(3, to=2, author=1)]
    own, again, grown = authors("a", "", PAIR), authors("b", "", PAIR[::-1]), authors("c", "", more)
    one, one_grown, other = authors("d", "one", PAIR), authors("e", "one", more), authors("f", "other", PAIR)
    assert own == again
    assert grown[0] == grown[2] != own[0]
    assert one == one_grown[:2]
    assert len({*own, *one, *other}) == 6


def test_a_given_key_is_written_nowhere(workspace: Path, tmp_path: Path) -> None:
    secret = "not-to-be-found-anywhere"
    for command in (("curate",), ("export", "oasst", "-o", tmp_path / "dataset")):
        done = chinwag_run(*command, "-w", workspace, key=secret)
        assert done.returncode == 0, done.stderr
        assert secret not in done.stdout + done.stderr
    from chinwag.pseudonyms import make_key

    key = make_key(secret)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not [form for form in (secret.encode(), key, key.hex().encode()) if form in data], path


def test_nothing_assembled(tmp_path: Path) -> None:
    Workspace(tmp_path / "workspace", create=True)
    with pytest.raises(WorkspaceError, match="nothing is assembled; run: chinwag assemble -w "):
        curate.run(tmp_path / "workspace", Recipe())


def test_a_failure_leaves_the_turns_as_they_were(workspace: Path) -> None:
    from chinwag.errors import EngineError

    curate.run(workspace, Recipe(), quiet=True)
    before = hashes(workspace)
    with pytest.raises(EngineError):
        curate.run(workspace, Recipe(), memory=1, quiet=True)
    assert hashes(workspace) == before


def test_the_summary_in_one_line() -> None:
    summary = curate.Summary(conversations=1, turns=2000, seconds=1.25)
    assert summary.line() == "2,000 turns in 1 conversations, drops: none, 1.2 s"
    summary.drops.update({"single_turn": 3, "empty": 1000})
    assert "drops: empty 1,000, single_turn 3, " in summary.line()


def test_turns_are_not_made_anew_with_a_weaker_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHINWAG_KEY", "secret")
    workspace = curated(tmp_path, [status(1, author=1), status(2, to=1, author=2)])
    monkeypatch.delenv("CHINWAG_KEY")
    assemble.run(workspace, quiet=True)
    before = hashes(workspace / "turns")
    with pytest.raises(WorkspaceError, match="CHINWAG_KEY; set it"):
        curate.again(workspace, quiet=True)
    assert chinwag_run("export", "messages", "-w", workspace, "-o", tmp_path / "out").returncode == 1
    assert hashes(workspace / "turns") == before
    assert chinwag_run("export", "messages", "-w", workspace, "-o", tmp_path / "out", key="secret").returncode == 0
    assert curate.again(workspace, quiet=True) is None


def test_a_recipe_that_excludes_what_is_in_the_trees_is_refused(tmp_path: Path) -> None:
    workspace = curated(tmp_path, [status(1, author=1), status(2, to=1, author=2)])
    recipe = Recipe(exclude_sources=("x-api",))
    with pytest.raises(WorkspaceError, match=r"run: chinwag assemble -w .* --exclude-source x-api"):
        curate.run(workspace, recipe, quiet=True)
    assemble.run(workspace, exclude=("web", "x-api"), quiet=True)
    assert curate.run(workspace, recipe, quiet=True).turns == 2
