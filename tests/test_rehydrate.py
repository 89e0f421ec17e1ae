import gzip
import hashlib
import json
import random
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

import pyarrow.parquet as pq
import pytest

from chinwag import assemble, curate, ingest, rehydrate, shaping
from chinwag.errors import WorkspaceError
from chinwag.export import run as export
from chinwag.pseudonyms import VARIABLE
from chinwag.recipe import Recipe, Split
from chinwag.rendering import Rendering
from chinwag.tables import schema
from chinwag.workspace import Workspace
from tests.workspaces import assembled, chinwag_run, curated, hashes, rows, status, values

Json = dict[str, Any]
SPOKEN = ("messages", "oasst", "prompts")
RECIPE = Recipe(filters={"language": {"keep": ["en", "ja"]}}, split=Split(validation=0.3, test=0.3))
FIRST = 1_345_000_000_000_000_000
TEXTS = [
    "words",
    "ask @Ann",
    "@bob and @Ann",
    "RT@carol.",
    "https://t.co/x",
    "",
    "è @dave\n@bob",
    "look https://a.org/b",
]


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def world(seed: int, conversations: int = 40) -> list[Json]:
    """Write conversations of every shape: forks, authors who go on, texts of nothing, mentions, other languages."""
    draw = random.Random(seed)
    statuses: list[Json] = []
    for _ in range(conversations):
        ids: list[int] = []
        for _ in range(draw.randint(2, 14)):
            ids.append(FIRST + (len(statuses) + 1) * 4_194_304_000)
            parent = draw.choice(ids[:-1]) if ids[:-1] else None
            text = f"{draw.choice(TEXTS)} {draw.choice(['', '', len(statuses)])}".strip()
            statuses.append(
                status(
                    ids[-1],
                    text,
                    to=parent,
                    author=draw.randint(1, 5),
                    lang=draw.choice(["en"] * 9 + ["ja", "fr"]),
                    full_text=text,
                    favorite_count=draw.randint(0, 9),
                )
            )
    return statuses


def noise(statuses: list[Json]) -> list[Json]:
    """Write tweets of others, some of which answer those that are there, and are older than their ids."""
    pairs = [status(FIRST + n, f"@zoe {n}", to=FIRST + n - 1 if n % 2 else None, author=9 + n % 2) for n in range(40)]
    return [*pairs, *(status(one["id"] + 7, "@zoe too", to=one["id"], author=9) for one in statuses[::3])]


def packed(folder: Path, statuses: Iterable[Json]) -> Path:
    """Put statuses in another order into files of a zip, and go on to the trees; gives the workspace."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(one).encode() + b"\n" for one in statuses]
    random.Random(7).shuffle(lines)
    with zipfile.ZipFile(folder / "in.zip", "w") as out:
        for n in range(5):
            out.writestr(f"{n}.json.gz", gzip.compress(b"".join(lines[n::5])))
    assert ingest.run([folder / "in.zip"], folder / "workspace", workers=1, quiet=True).errors == []
    return folder / "workspace"


def dehydrated(folder: Path, statuses: Iterable[Json], recipe: Recipe = RECIPE, **writing: Any) -> tuple[Path, Path]:
    """Go the whole way; gives the workspace and the dehydrated set."""
    folder.mkdir(exist_ok=True)
    workspace = curated(folder, statuses, recipe)
    export("ids", workspace, folder / "ids", quiet=True, **writing)
    return workspace, folder / "ids"


def shards(workspace: Path, out: Path) -> dict[str, str]:
    """Give the hashes of the shards of all exports."""
    for name in SPOKEN:
        export(name, workspace, out / name, quiet=True)
    return {name: value for name, value in hashes(out).items() if not name.endswith(("manifest.json", "README.md"))}


def lines_of(ids: Path) -> list[Json]:
    return [json.loads(line) for path in sorted(ids.glob("*.jsonl")) for line in path.read_bytes().splitlines()]


def manifest_of(folder: Path) -> Json:
    held: Json = json.loads((folder / "manifest.json").read_text())
    return held


@pytest.mark.parametrize(("seed", "mentions"), [(0, "placeholder"), (1, "placeholder"), (2, "keep")])
def test_the_same_tweets_give_the_same_data_set(
    tmp_path: Path, seed: int, mentions: Literal["placeholder", "keep"]
) -> None:
    statuses = world(seed)
    recipe = Recipe(filters=RECIPE.filters, split=RECIPE.split, turns=Rendering(mentions=mentions))
    workspace, ids = dehydrated(tmp_path / "a", statuses, recipe)
    copy = packed(tmp_path / "b", [*statuses, *noise(statuses)])
    summary = rehydrate.run(ids, copy, quiet=True)
    everything = "from turns order by root_id, depth, turn_id"
    assert rows(copy, everything) == rows(workspace, everything) != []
    assert (summary.turns, summary.conversations) == (
        values(workspace, "select count(*) from turns")[0],
        values(workspace, "select count(distinct root_id) from turns")[0],
    )
    assert (summary.missing, summary.changed, values(copy, "select id from drops")) == (0, 0, [])
    assert shards(copy, tmp_path / "b" / "out") == (own := shards(workspace, tmp_path / "a" / "out"))
    assert len(own) == 12
    assert max(len(one) for one in values(workspace, "select tweet_ids from turns")) > 2
    text = "".join(values(workspace, "select text from turns"))
    assert ("@user3" in text) == (mentions == "placeholder")


def test_a_set_of_a_set_is_the_same(tmp_path: Path) -> None:
    _, ids = dehydrated(tmp_path / "a", world(3))
    copy = packed(tmp_path / "b", world(3))
    rehydrate.run(ids, copy, quiet=True)
    export("ids", copy, tmp_path / "again", quiet=True)
    assert lines_of(tmp_path / "again") == lines_of(ids)
    rehydrate.run(tmp_path / "again", copy, quiet=True)


def pruned(turns: list[Json], gone: set[int]) -> tuple[list[int], dict[int, str]]:
    """Say in plain Python which turns are left without some tweets, and why others are dropped."""
    kept: dict[int, list[int]] = {}
    why: dict[int, str] = {}
    roots: Counter[int] = Counter()
    for one in sorted(turns, key=lambda one: int(one["depth"])):
        if gone.isdisjoint(one["tweet_ids"]) and (one["parent_turn_id"] is None or one["parent_turn_id"] in kept):
            kept[one["turn_id"]] = one["tweet_ids"]
            roots[one["root_id"]] += 1
        else:
            why |= {tweet_id: "missing" if tweet_id in gone else "below_dropped" for tweet_id in one["tweet_ids"]}
    single = {one["turn_id"] for one in turns if roots[one["root_id"]] == 1} & set(kept)
    why |= {tweet_id: "single_turn" for turn_id in single for tweet_id in kept[turn_id]}
    return sorted(set(kept) - single), why


def table(workspace: Path, name: str) -> list[Json]:
    return [row for part in Workspace(workspace).parts(name) for row in pq.read_table(part).to_pylist()]


@pytest.mark.parametrize(("seed", "share"), [(4, 0.03), (5, 0.2), (6, 1)])
def test_without_some_tweets_the_trees_are_pruned(tmp_path: Path, seed: int, share: float) -> None:
    statuses = world(seed)
    workspace, ids = dehydrated(tmp_path / "a", statuses)
    draw = random.Random(seed)
    gone = {one["id"] for one in statuses if draw.random() < share}
    copy = packed(tmp_path / "b", [one for one in statuses if one["id"] not in gone] + noise(statuses))
    summary = rehydrate.run(ids, copy, quiet=True)
    turns = table(workspace, "turns")
    kept, why = pruned(turns, gone)
    assert table(copy, "turns") == [one for one in turns if one["turn_id"] in kept]
    drops = table(copy, "drops")
    assert {one["id"]: one["filter"] for one in drops} == why != {}
    assert {one["level"] for one in drops} == {"tweet"}
    assert len(drops) == len(why)
    assert summary.turns == len(kept)
    assert summary.missing == list(why.values()).count("missing") > 0
    assert summary.changed == 0, "placeholders keep their numbers"
    if share < 1:
        assert set(why.values()) == {"missing", "below_dropped", "single_turn"}
    export("oasst", copy, tmp_path / "out", quiet=True)


@pytest.mark.parametrize("compress", ["none", "gzip", "zstd"])
def test_the_order_of_records_and_how_they_are_packed_change_nothing(tmp_path: Path, compress: str) -> None:
    statuses = world(7)
    workspace, ids = dehydrated(tmp_path / "a", statuses)
    copy = packed(tmp_path / "b", statuses[3:])
    rehydrate.run(ids, copy, quiet=True)
    made = {part.parent.name: part.read_bytes() for name in ("turns", "drops") for part in Workspace(copy).parts(name)}
    export("ids", workspace, tmp_path / "small", shard_size=2000, compress=compress, quiet=True)
    held = manifest_of(tmp_path / "small")
    held["files"].reverse()
    (tmp_path / "small" / "manifest.json").write_text(json.dumps(held))
    if compress == "none":
        rewrite(tmp_path / "small", lambda lines: random.Random(1).shuffle(lines))
    rehydrate.run(tmp_path / "small", copy, quiet=True)
    again = {part.parent.name: part.read_bytes() for name in ("turns", "drops") for part in Workspace(copy).parts(name)}
    assert again == made
    assert len(held["files"]) > 6


def rewrite(ids: Path, change: Callable[[list[bytes]], None], shard: int = 0) -> None:
    """Change the lines of a shard, and mend the manifest."""
    held = manifest_of(ids)
    entry = held["files"][shard]
    path = ids / entry["name"]
    lines = path.read_bytes().splitlines(keepends=True)
    change(lines)
    path.write_bytes(b"".join(lines))
    entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    entry["records"] = len(lines)
    (ids / "manifest.json").write_text(json.dumps(held))


PAIR = [status(1, "hi @bob"), status(2, "@carol, @bob?", to=1, author=2), status(3, "@dave @carol!", to=2)]
ALL = Recipe(split=Split(0, 0))


def changed_copy(tmp_path: Path, statuses: list[Json]) -> tuple[rehydrate.Summary, list[str]]:
    _, ids = dehydrated(tmp_path / "a", PAIR, ALL)
    copy = packed(tmp_path / "b", statuses)
    return rehydrate.run(ids, copy, quiet=True), values(copy, "select text from turns order by depth")


def test_a_text_that_is_another_is_kept_and_counted(tmp_path: Path) -> None:
    summary, texts = changed_copy(tmp_path, [PAIR[0], {**PAIR[1], "text": "@carol, @…"}, PAIR[2]])
    assert texts == ["hi @user1", "@user2, @…", "@user3 @user2!"]
    assert (summary.turns, summary.changed, summary.missing) == (3, 1, 0)
    assert "3 turns in 1 conversations, 0 tweets missing, 1 texts changed (edited, or cut in these copies), " in (
        summary.line()
    )


@pytest.mark.parametrize(
    ("first", "text"),
    [
        ("hi @bob!", "hi @user1!"),  # he is the one the second names
        ("hi, @erin", "hi, @user4"),  # the second says whose 1 and 2 are
        ("hi @erin @bob", "hi @user4 @user1"),
        ("hi, @carol", "hi, @user2"),
    ],
)
def test_whoever_an_edited_text_names_has_a_placeholder_of_his_own(tmp_path: Path, first: str, text: str) -> None:
    summary, texts = changed_copy(tmp_path, [{**PAIR[0], "text": first}, *PAIR[1:]])
    assert texts == [text, "@user2, @user1?", "@user3 @user2!"]
    assert summary.changed == 1


@pytest.mark.parametrize("last", [[{**PAIR[2], "text": "@dave, @carol!"}], []])
def test_a_number_of_the_set_goes_to_nobody_else(tmp_path: Path, last: list[Json]) -> None:
    summary, texts = changed_copy(tmp_path, [PAIR[0], {**PAIR[1], "text": "@carol, @bob? @erin"}, *last])
    assert texts == ["hi @user1", "@user2, @user1? @user4", "@user3, @user2!"][: 2 + len(last)]
    assert (summary.changed, summary.missing) == (1 + len(last), 1 - len(last))


def test_a_text_that_is_empty_now_takes_what_answers_it(tmp_path: Path) -> None:
    summary, texts = changed_copy(tmp_path, [*PAIR[:2], {**PAIR[2], "text": " "}])
    assert len(texts) == 2
    assert (summary.turns, summary.changed) == (2, 0)
    assert rows(tmp_path / "b" / "workspace", "from drops") == [(3, "tweet", "empty")]


def test_what_is_deleted_in_the_copy_is_missing(tmp_path: Path) -> None:
    notice = {"delete": {"status": {"id": 3, "id_str": "3", "user_id": 1, "user_id_str": "1"}}}
    summary, texts = changed_copy(tmp_path, [*PAIR, notice])
    assert (len(texts), summary.missing) == (2, 1)
    assert rows(tmp_path / "b" / "workspace", "from drops") == [(3, "tweet", "missing")]


def test_a_later_version_is_found_under_its_first(tmp_path: Path) -> None:
    first, later = FIRST + 1, FIRST + 4_194_304_000
    _, ids = dehydrated(tmp_path / "a", [status(1, "hi"), status(later, "better", to=1, author=2)], ALL)
    answer = {
        "data": {
            "id": str(later),
            "text": "better",
            "author_id": "2",
            "created_at": "2021-01-01T10:00:00.000Z",
            "edit_history_tweet_ids": [str(first), str(later)],
            "referenced_tweets": [{"type": "replied_to", "id": "1"}],
        }
    }
    copy = packed(tmp_path / "b", [status(1, "hi"), answer])
    assert first in values(copy, "select initial_id from edits")
    assert list(rehydrate.missing(ids, copy)) == []
    summary = rehydrate.run(ids, copy, quiet=True)
    assert (summary.turns, summary.missing, summary.changed) == (2, 0, 0)
    assert values(copy, "select turn_id from turns order by 1") == [1, later]


def test_trees_that_are_older_than_the_tweets_are_made_anew_as_they_were(tmp_path: Path) -> None:
    _, ids = dehydrated(tmp_path / "a", PAIR, ALL)
    copy = packed(tmp_path / "b", PAIR[:1])
    assemble.run(copy, quotes=False, exclude=["web"], quiet=True)
    (tmp_path / "more.jsonl").write_text("".join(json.dumps(one) + "\n" for one in PAIR[1:]))
    ingest.run([tmp_path / "more.jsonl"], copy, workers=1, quiet=True)
    assert rehydrate.run(ids, copy, quiet=True).turns == 3
    made = Workspace(copy).state.options["assemble"]
    assert (made["quotes"], made["exclude"]) == (False, ["web"])
    before = Workspace(copy).state.number
    rehydrate.run(ids, copy, quiet=True)
    assert Workspace(copy).state.number == before + 1, "trees that are new enough stay"


def test_the_tables_have_their_columns(tmp_path: Path) -> None:
    _, ids = dehydrated(tmp_path / "a", PAIR, ALL)
    copy = packed(tmp_path / "b", PAIR)
    rehydrate.run(ids, copy, quiet=True)
    for name in ("turns", "drops"):
        for part in Workspace(copy).parts(name):
            assert pq.read_schema(part).equals(schema(name))


def test_a_later_manifest_is_the_same_but_for_a_word_of_where_it_is_from(tmp_path: Path) -> None:
    workspace, ids = dehydrated(tmp_path / "a", PAIR, RECIPE)
    copy = packed(tmp_path / "b", PAIR[:2])
    rehydrate.run(ids, copy, quiet=True)
    for place in (workspace, copy):
        export("messages", place, place.parent / "messages", quiet=True)
    said, own = manifest_of(tmp_path / "b" / "messages"), manifest_of(tmp_path / "a" / "messages")
    assert said["curate"].pop("rehydrated") == {"assemble": own["assemble"], "missing": 1, "changed": 0}
    for name in ("chinwag", "format", "options", "curate", "assemble"):
        assert said[name] == own[name]


def test_no_recipe_makes_the_turns_of_a_set_anew(tmp_path: Path) -> None:
    _, ids = dehydrated(tmp_path / "a", PAIR, ALL)
    copy = packed(tmp_path / "b", PAIR)
    rehydrate.run(ids, copy, quiet=True)
    export_it = ("export", "messages", "-w", copy, "-o", tmp_path / "out")
    assert chinwag_run(*export_it).returncode == 0
    assemble.run(copy, quiet=True)
    done = chinwag_run(*export_it)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"run again: chinwag rehydrate IDS -w {copy}" in done.stderr
    with pytest.raises(WorkspaceError, match="those of a dehydrated set, which no recipe makes"):
        curate.last_recipe(Workspace(copy))
    rehydrate.run(ids, copy, quiet=True)
    assert chinwag_run(*export_it).returncode == 0
    curate.run(copy, ALL, quiet=True)
    assert curate.last_recipe(Workspace(copy)) == ALL


def test_a_secret_key_has_to_be_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "secret")
    workspace, ids = dehydrated(tmp_path / "a", PAIR, ALL)
    assert manifest_of(ids)["ids"]["key"]["hex"] is None
    copy = packed(tmp_path / "b", PAIR)
    rehydrate.run(ids, copy, quiet=True)
    assert shards(copy, tmp_path / "b" / "out") == shards(workspace, tmp_path / "a" / "out")
    before = hashes(copy)
    monkeypatch.setenv(VARIABLE, "another")
    with pytest.raises(WorkspaceError, match=r"not made with this \$CHINWAG_KEY; set that of those who made the set$"):
        rehydrate.run(ids, copy, quiet=True)
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(WorkspaceError, match=r"were made with \$CHINWAG_KEY; set it$"):
        rehydrate.run(ids, copy, quiet=True)
    assert hashes(copy) == before
    assert list(rehydrate.missing(ids, copy)) == [], "no key is needed to see what is missing"


def test_a_key_that_follows_from_the_tweets_is_in_the_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, ids = dehydrated(tmp_path / "a", PAIR, ALL)
    copy = packed(tmp_path / "b", PAIR[:2])
    rehydrate.run(ids, copy, quiet=True)
    assert values(copy, "select author from turns order by depth") == values(
        workspace, "select author from turns where depth < 2 order by depth"
    )
    monkeypatch.setenv(VARIABLE, "secret")
    with pytest.raises(WorkspaceError, match=r"not made with this \$CHINWAG_KEY; unset it$"):
        rehydrate.run(ids, copy, quiet=True)


def test_what_is_missing(tmp_path: Path) -> None:
    statuses = world(9)
    workspace, ids = dehydrated(tmp_path / "a", statuses)
    held = sorted(tweet_id for one in values(workspace, "select tweet_ids from turns") for tweet_id in one)
    deleted, *others = held
    notice = {"delete": {"status": {"id": deleted, "id_str": str(deleted), "user_id": 1, "user_id_str": "1"}}}
    copy = packed(tmp_path / "b", [notice, *(one for one in statuses if one["id"] not in held[::5]), *noise(statuses)])
    before = hashes(copy)
    assert list(rehydrate.missing(ids, copy)) == held[5::5] == sorted(set(held[::5]) & set(others)) != []
    assert hashes(copy) == before
    assert list(rehydrate.missing(ids, tmp_path / "nowhere")) == held
    assert not (tmp_path / "nowhere").exists()
    assert list(rehydrate.missing(ids, workspace)) == []


def test_sightings_that_are_left_out_are_missing(tmp_path: Path) -> None:
    _, ids = dehydrated(tmp_path / "a", PAIR, ALL)
    copy = packed(tmp_path / "b", PAIR)
    assert list(rehydrate.missing(ids, copy)) == []
    assemble.run(copy, exclude=["v1"], quiet=True)
    assert list(rehydrate.missing(ids, copy)) == [1, 2, 3]


def test_an_empty_set(tmp_path: Path) -> None:
    _, ids = dehydrated(tmp_path / "a", [status(1)])
    copy = assembled(tmp_path, PAIR)
    summary = rehydrate.run(ids, copy, quiet=True)
    assert summary.line().startswith("0 turns in 0 conversations, 0 tweets missing, 0 texts changed, ")
    assert values(copy, "select * from turns") == []


def test_a_workspace_without_tweets(tmp_path: Path) -> None:
    _, ids = dehydrated(tmp_path / "a", PAIR)
    with pytest.raises(WorkspaceError, match="no workspace here"):
        rehydrate.run(ids, tmp_path / "nowhere", quiet=True)
    Workspace(tmp_path / "empty", create=True)
    with pytest.raises(WorkspaceError, match="nothing was ingested"):
        rehydrate.run(ids, tmp_path / "empty", quiet=True)


def test_one_batch_or_many_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from chinwag.engines import duckdb

    workspace, ids = dehydrated(tmp_path / "a", world(10))
    copy = packed(tmp_path / "b", world(10))
    monkeypatch.setattr(shaping, "BATCH", 7)
    monkeypatch.setattr(shaping, "AT_ONCE", 3)
    monkeypatch.setattr(duckdb, "ROW_GROUP", 5)
    rehydrate.run(ids, copy, quiet=True)
    assert table(copy, "turns") == table(workspace, "turns")
