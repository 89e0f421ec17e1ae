import itertools
import json
import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import synthetic
from chinwag.build import Summary, run
from chinwag.errors import NothingToRead, UsageError
from chinwag.export import CARD, MANIFEST
from chinwag.recipe import Recipe, check
from chinwag.tables import ASSEMBLED
from chinwag.workspace import Workspace
from tests.workspaces import chinwag_run, hashes, rows, values

FORMATS = ("oasst", "messages", "prompts")


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHINWAG_KEY", raising=False)


def archive(path: Path, container: str, era: str = "2021", seed: int = 7) -> Path:
    members = synthetic.members(era, minutes=2, statuses=150, joined=0.4, seed=seed)
    synthetic.pack(((name, synthetic.encode(lines, era)) for name, lines in members), path, container)
    return path


def build(source: Path, out: Path, recipe: Recipe | None = None) -> Summary:
    return run([source], out, recipe or Recipe(), workers=1, quiet=True)


def dataset(out: Path) -> dict[str, str]:
    return {name: digest for name, digest in hashes(out).items() if not name.startswith("workspace")}


def tables(out: Path) -> dict[str, str]:
    target = Workspace(out / "workspace")
    found = {}
    for table in (*ASSEMBLED, "turns", "drops"):
        for number, part in enumerate(target.parts(table)):
            found[f"{table} {number}"] = hashes(part.parent)[part.name]
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a data set, which no test may change, of a tar."""
    folder = tmp_path_factory.mktemp("built")
    build(archive(folder / "in.tar", "tar"), folder / "out")
    return folder


def test_each_format_has_a_folder(built: Path) -> None:
    out = built / "out"
    assert sorted(path.name for path in out.iterdir()) == sorted([*FORMATS, "report.html", "workspace"])
    for name in FORMATS:
        assert (out / name / MANIFEST).is_file()
    assert values(out / "workspace", "select count(*) from turns")[0] > 50


@pytest.mark.parametrize("container", synthetic.CONTAINERS)
def test_the_packing_changes_nothing(built: Path, tmp_path: Path, container: str) -> None:
    build(archive(tmp_path / f"in.{container}", container), tmp_path / "out")
    assert tables(tmp_path / "out") == tables(built / "out")
    assert dataset(tmp_path / "out") == dataset(built / "out")


def test_the_number_of_workers_and_the_order_of_files_change_nothing(tmp_path: Path) -> None:
    sources = [archive(tmp_path / f"{era}.zip", "zip", era) for era in ("2013", "2019", "2022")]
    made = []
    for number, (workers, order) in enumerate(itertools.product((1, 2), (sources, sources[::-1]))):
        out = tmp_path / f"out{number}"
        run(order, out, Recipe(), workers=workers, quiet=True)
        made.append((tables(out), dataset(out)))
    assert all(one == made[0] for one in made)


def test_building_again_reads_nothing_and_gives_the_same(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / "out", tmp_path / "out")
    summary = build(built / "in.tar", tmp_path / "out")
    assert (summary.ingested.known, summary.ingested.counts["tweets"]) == (1, 0)
    assert tables(tmp_path / "out") == tables(built / "out")
    assert dataset(tmp_path / "out") == dataset(built / "out")


def test_a_conversation_stays_in_its_split_when_files_are_added(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / "out", tmp_path / "out")
    before = dict(rows(tmp_path / "out/workspace", "select root_id, split from turns"))
    build(archive(tmp_path / "more.zip", "zip", seed=8), tmp_path / "out")
    after = dict(rows(tmp_path / "out/workspace", "select root_id, split from turns"))
    assert len(after) > len(before)
    both = before.keys() & after.keys()  # some are left out now, for what was added says the same
    assert len(both) > 0.8 * len(before)
    assert {root_id: after[root_id] for root_id in both} == {root_id: before[root_id] for root_id in both}


def test_the_workspace_elsewhere(built: Path, tmp_path: Path) -> None:
    run([built / "in.tar"], tmp_path / "out", Recipe(), workspace=tmp_path / "tables", workers=1, quiet=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "tables"]
    assert hashes(tmp_path / "out") == dataset(built / "out")


def test_a_recipe_decides(built: Path, tmp_path: Path) -> None:
    table = {
        "quotes": False,
        "turns": {"mentions": "keep"},
        "filters": {"language": {"keep": ["en"]}, "sensitive": {}, "incomplete": {}},
        "split": {"validation": 0.0, "test": 0.0},
        "exports": {"messages": {}},
    }
    summary = build(built / "in.tar", tmp_path / "out", check(table, "recipe"))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["messages", "report.html", "workspace"]
    workspace = tmp_path / "out/workspace"
    assert values(workspace, "select distinct kind from edges") == ["reply"]
    assert values(workspace, "select distinct lang from turns") == ["en"]
    assert values(workspace, "select distinct split from turns") == ["train"]
    assert values(workspace, "select count(*) from turns semi join conversations using (root_id) where depth > 0") != [
        0
    ]
    assert values(workspace, "from turns join conversations using (root_id) select root_id where not complete") == []
    assert "language" in values(workspace, "select distinct filter from drops")
    assert summary.curated and summary.curated.turns == values(workspace, "select count(*) from turns")[0]


def test_writing_options_go_to_every_export(built: Path, tmp_path: Path) -> None:
    run([built / "in.tar"], tmp_path, Recipe(), workers=1, quiet=True, compress="gzip", shard_size=10_000, ids=True)
    names = [path.name for name in FORMATS for path in (tmp_path / name).iterdir()]
    assert {name.partition(".")[2] for name in names} == {"json", "jsonl.gz", "md", "parquet"}
    assert "train-00001.jsonl.gz" in names


@pytest.mark.parametrize("content", [None, b"", b"no tweets here", b'{"a": 1}\n'])
def test_nothing_to_read(tmp_path: Path, content: bytes | None) -> None:
    source = tmp_path / "source.json"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(NothingToRead) as caught:
        build(source, tmp_path / "out")
    assert str(source) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert dataset(tmp_path / "out") == {}


def test_what_can_be_read_is_read(built: Path, tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").touch()
    recipe = ["--recipe", tmp_path / "recipe.toml"]
    done = chinwag_run("build", tmp_path / "none", built / "in.tar", "-o", tmp_path / "out", "--workers", 1, *recipe)
    assert done.returncode == 1
    assert f"chinwag: {tmp_path}/none: No such file or directory\n" in done.stderr
    assert dataset(tmp_path / "out") == dataset(built / "out")


def test_from_the_command_line(built: Path, tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text("[exports.oasst]\n")
    arguments = ["build", built / "in.tar", "-o", tmp_path / "out", "-w", tmp_path / "tables", "--memory", "500MB"]
    done = chinwag_run(*arguments, "--recipe", tmp_path / "recipe.toml", "--compress", "zstd", "--workers", 2)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert len(done.stderr.splitlines()) == 5
    assert sorted(path.name for path in (tmp_path / "out").rglob("*")) == [
        "README.md", "manifest.json", "oasst", "report.html",
        *(f"{split}-00000.jsonl.zst" for split in ("test", "train", "validation")),
    ]  # fmt: skip


def test_parquet_of_the_data_set_says_nothing_of_its_origin(built: Path) -> None:
    for path in (built / "out" / "prompts").glob("*.parquet"):
        assert pq.read_metadata(path).metadata.keys() == {b"ARROW:schema"}
        assert os.fsencode(built) not in path.read_bytes()


def test_a_recipe_maps_the_columns_of_a_table(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("key,body,answers,who\n10,how are you,,anna\n11,fine,10,bob\n")
    recipe = check({"columns": {"id": "key", "text": "body", "reply_to_id": "answers", "author_id": "who"}}, "recipe")
    summary = build(source, tmp_path / "out", recipe)
    assert summary.ingested.errors == []
    assert values(tmp_path / "out" / "workspace", "select text from turns order by depth") == ["how are you", "fine"]


def test_what_the_recipe_and_the_caller_leave_out_is_as_if_it_had_not_been_read(built: Path, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("key,body,answers,who\n10,how are you,,anna\n11,fine,10,bob\n")
    names = {"id": "key", "text": "body", "reply_to_id": "answers", "author_id": "who"}
    recipe = check({"columns": names, "exclude_sources": ["mapped", "web"]}, "recipe")
    summary = run([built / "in.tar", source], tmp_path / "out", recipe, exclude=["x-api"], workers=1, quiet=True)
    assert summary.assembled and summary.assembled.excluded == 2
    found, expected = dataset(tmp_path / "out"), dataset(built / "out")
    said = json.loads((tmp_path / "out" / "oasst" / MANIFEST).read_text())
    assert said["assemble"] == {"quotes": True, "exclude": ["mapped", "web", "x-api"]}
    manifests = {f"{name}/{file}" for name in FORMATS for file in (MANIFEST, CARD)}
    changed = {name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)}
    assert changed == manifests | {"report.html"}


def test_a_source_that_is_none_is_refused_before_anything_is_read(built: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no source or terms is called 'twnt'; do you mean twint"):
        run([built / "in.tar"], tmp_path / "out", Recipe(), exclude=["twnt"], workers=1, quiet=True)
    assert list(tmp_path.iterdir()) == []
