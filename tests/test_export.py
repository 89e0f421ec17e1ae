import gc
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import synthetic
from chinwag import __version__, shelves
from chinwag.build import run as build
from chinwag.curate import run as curate
from chinwag.errors import ExportError, UsageError, WorkspaceError
from chinwag.export import is_database, run
from chinwag.pseudonyms import VARIABLE
from chinwag.recipe import Recipe, Split
from chinwag.redaction import KINDS as PRIVATE
from chinwag.rendering import Rendering
from chinwag.workspace import Workspace
from tests.workspaces import assembled, curated, hashes, rows, status, values

Json = dict[str, Any]
FORMATS = [name for name in shelves.names("exports") if not is_database(name)]
SPOKEN = [name for name in FORMATS if name != "ids"]  # the formats that hold texts
FULL = [name for name in SPOKEN if name != "preference"]  # of every conversation; pairs need likes
HALVES = Recipe(split=Split(validation=0.3, test=0.3), exports={name: {} for name in FORMATS})


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "in.zip"
    members = synthetic.members("2021", minutes=2, statuses=300, joined=0.4, seed=5)
    synthetic.pack(((name, synthetic.encode(lines, "2021")) for name, lines in members), path, "zip")
    return path


@pytest.fixture(scope="module")
def dataset(archive: Path) -> Path:
    """Make a data set, which no test may change."""
    out = archive.parent / "dataset"
    build([archive], out, HALVES, workers=1, quiet=True)
    return out


@pytest.fixture(scope="module")
def workspace(dataset: Path) -> Path:
    return dataset / "workspace"


def lines(folder: Path, split: str = "") -> list[Json]:
    """Read the records of an export in its first form, those of one split or of all."""
    held = []
    files = [entry for entry in manifest(folder)["files"] if split in ("", entry["split"])]
    for path in [folder / entry["name"] for entry in files if entry["kind"] == files[0]["kind"]]:
        data = path.read_bytes()
        if path.suffix == ".parquet":
            held += pq.read_table(path).to_pylist()
            continue
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        elif path.suffix == ".zst":
            data = pa.CompressedInputStream(path, "zstd").read()
        held += [json.loads(line) for line in data.splitlines()]
    return held


def manifest(folder: Path) -> Any:
    return json.loads((folder / "manifest.json").read_text())


def nodes(tree: Json) -> Iterator[Json]:
    waiting = [tree["prompt"]]
    while waiting:
        yield (node := waiting.pop())
        waiting += node["replies"]


@pytest.mark.parametrize("name", FORMATS)
def test_each_record_passes(dataset: Path, name: str) -> None:
    check = shelves.load("exports", name).check
    records = lines(dataset / name)
    assert records or name not in FULL
    assert [problem for record in records if (problem := check(record))] == []


def test_oasst_holds_the_turns(dataset: Path, workspace: Path) -> None:
    found = [
        (node["text"], node["role"], node["user_id"], node["lang"], (node["emojis"] or {}).get("+1"))
        for tree in lines(dataset / "oasst")
        for node in nodes(tree)
    ]
    assert sorted(found, key=str) == sorted(
        rows(workspace, "select text, role, author, lang, like_count from turns"), key=str
    )


def test_oasst_ids_hold_the_tree_together(dataset: Path, workspace: Path) -> None:
    trees = lines(dataset / "oasst")
    ids = [node["message_id"] for tree in trees for node in nodes(tree)]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("t_") for one in ids)
    edges = {(node["message_id"], node["parent_id"]) for tree in trees for node in nodes(tree)}
    texts = {node["message_id"]: node["text"] for tree in trees for node in nodes(tree)}
    pairs = [(texts[one], texts.get(parent or "")) for one, parent in edges]
    select = "select t.text, p.text from turns as t left join turns as p on t.parent_turn_id = p.turn_id"
    assert sorted(pairs, key=str) == sorted(rows(workspace, select), key=str)


def test_messages_hold_each_answer(dataset: Path, workspace: Path) -> None:
    answers = {message["content"] for one in lines(dataset / "messages") for message in one["messages"][1::2]}
    assert answers == set(values(workspace, "select text from turns where role = 'assistant'"))


def test_prompts_are_the_same_in_both_forms(dataset: Path) -> None:
    for split in ("train", "validation", "test"):
        paths = sorted((dataset / "prompts").glob(f"{split}-*.parquet"))
        held = [row for path in paths for row in pq.read_table(path).to_pylist()]
        assert held == lines(dataset / "prompts", split) != []


def test_ids_hold_the_turns(dataset: Path, workspace: Path) -> None:
    for split in ("train", "validation", "test"):
        found = [
            (int(one["root_id"]), int(turn["id"]), turn["parent_id"] and int(turn["parent_id"]), turn["role"],
             [int(tweet_id) for tweet_id in turn["tweet_ids"]])
            for one in lines(dataset / "ids", split)
            for turn in one["turns"]
        ]  # fmt: skip
        columns = "root_id, turn_id, parent_turn_id, role, tweet_ids"
        assert sorted(found) == sorted(rows(workspace, f"select {columns} from turns where split = '{split}'")) != []


def test_the_manifest_of_ids_says_how_to_go_back(dataset: Path, workspace: Path) -> None:
    key = Workspace(workspace).state.options["curate"]["key"]
    assert key["hex"]
    rebuild = "chinwag rehydrate IDS -w WORKSPACE, where IDS is this folder and WORKSPACE has the tweets"
    assert manifest(dataset / "ids")["ids"] == {
        "rebuild": rebuild,
        "key": key,
        "turns": {**asdict(Rendering()), "redact": list(PRIVATE)},
    }
    assert not [name for name in SPOKEN if name in manifest(dataset / name)]


@pytest.mark.parametrize("name", FULL)
def test_records_are_in_the_file_of_their_split(dataset: Path, workspace: Path, name: str) -> None:
    for split in ("train", "validation", "test"):
        text = json.dumps(lines(dataset / name, split), ensure_ascii=False, default=str)
        roots = values(workspace, f"select text from turns where depth = 0 and split = '{split}'")
        assert roots
        assert [one for one in roots if json.dumps(one, ensure_ascii=False)[1:-1] not in text] == []


@pytest.mark.parametrize("name", FORMATS)
def test_the_manifest_is_true(dataset: Path, workspace: Path, name: str) -> None:
    folder = dataset / name
    said = manifest(folder)
    named = {entry["name"] for entry in (*said["files"], *said["beside"])}
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == {"manifest.json", *named}
    assert "README.md" in named
    for entry in (*said["files"], *said["beside"]):
        data = (folder / entry["name"]).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    for entry in said["files"]:
        data = (folder / entry["name"]).read_bytes()
        parquet = entry["kind"] == "parquet"
        assert entry["records"] == (pq.read_metadata(folder / entry["name"]).num_rows if parquet else data.count(b"\n"))
        assert entry["name"].startswith(entry["split"])
    counts = rows(workspace, "select count(distinct root_id), count(*) from turns")
    assert (said["counts"]["conversations"], said["counts"]["turns"]) == counts[0]
    assert (said["chinwag"], said["format"]) == (__version__, name)
    assert said["options"] == {"shard_size": 256 * 2**20, "compress": "none", "ids": False}
    assert said["curate"] == {
        "filters": {},
        "turns": {**asdict(Rendering()), "redact": list(PRIVATE)},
        "split": {"validation": 0.3, "test": 0.3, "authors": False},
        "overlap": said["curate"]["overlap"],
    }
    assert said["curate"]["overlap"]["clusters"] == 0
    examples = {by: sum(sum(one.values()) for one in found.values()) for by, found in said["examples"].items()}
    assert examples == dict.fromkeys(("language", "source"), len(lines(folder)))
    assert said["assemble"] == {"quotes": True, "exclude": []}


def test_what_is_too_deep_is_counted(tmp_path: Path) -> None:
    chain = [status(n, to=n - 1 or None, author=n % 2 + 1) for n in range(1, 211)]
    workspace = curated(tmp_path, chain, Recipe(split=Split(0, 0)))
    run("oasst", workspace, tmp_path / "oasst")
    assert manifest(tmp_path / "oasst")["counts"] == {"conversations": 1, "turns": 210, "turns_too_deep": 10}
    (tree,) = lines(tmp_path / "oasst")
    assert len(list(nodes(tree))) == 200
    run("messages", workspace, tmp_path / "messages", options={"paths": "best"})
    assert manifest(tmp_path / "messages")["counts"] == {"conversations": 1, "turns": 210}
    assert len(lines(tmp_path / "messages")[0]["messages"]) == 210


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_turns_give_the_same_bytes(dataset: Path, workspace: Path, tmp_path: Path, name: str) -> None:
    run(name, workspace, tmp_path / "again", quiet=True)
    assert hashes(tmp_path / "again") == hashes(dataset / name)


@pytest.mark.parametrize("compress", ["gzip", "zstd"])
def test_compressed_shards_hold_the_same(dataset: Path, workspace: Path, tmp_path: Path, compress: str) -> None:
    summary = run("messages", workspace, tmp_path / "out", shard_size=1500, compress=compress, quiet=True)
    assert summary.files > 5
    for split in ("train", "validation", "test"):
        assert lines(tmp_path / "out", split) == lines(dataset / "messages", split)
    assert summary.records == {split: len(lines(tmp_path / "out", split)) for split in ("train", "validation", "test")}


def people(archive: Path) -> tuple[set[str], set[str], set[str]]:
    """Give the ids of tweets, the ids of accounts and the names of all who occur in the archive."""
    tweets, accounts, names = set(), set(), set()
    waiting: list[Any] = [
        json.loads(line)
        for _, held in synthetic.members("2021", minutes=2, statuses=300, joined=0.4, seed=5)
        for line in held
    ]
    while waiting:
        found = waiting.pop()
        if isinstance(found, list):
            waiting += found
        elif isinstance(found, dict):
            waiting += found.values()
            if "screen_name" in found:
                accounts.add(found["id_str"])
                names |= {found["screen_name"], found["name"]}
            elif "id_str" in found:
                tweets.add(found["id_str"])
    return tweets, accounts, names


def test_nobody_is_named_in_what_is_written(archive: Path, dataset: Path) -> None:
    tweets, accounts, names = people(archive)
    assert min(len(tweets), len(accounts), len(names)) > 400
    for name in FORMATS:
        hidden = accounts | names | (tweets if name in SPOKEN else set())
        for path in (path for path in (dataset / name).rglob("*") if path.is_file()):
            data = pq.read_table(path).to_pylist() if path.suffix == ".parquet" else path.read_text()
            text = str(data).lower()
            assert [one for one in hidden if one.lower() in text] == [], path
            raw = path.read_bytes()
            assert [one for one in hidden if one.encode() in raw] == [], path


def test_ids_are_kept_on_request(workspace: Path, archive: Path, tmp_path: Path) -> None:
    _, accounts, names = people(archive)
    run("oasst", workspace, tmp_path / "out", ids=True, quiet=True)
    ids = {node["message_id"] for tree in lines(tmp_path / "out") for node in nodes(tree)}
    assert ids == set(map(str, values(workspace, "select turn_id from turns")))
    text = "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    assert [one for one in accounts | names if one in text] == []
    assert manifest(tmp_path / "out")["options"]["ids"] is True


def test_a_key_hides_what_the_tweets_would_tell(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(workspace, tmp_path / "workspace")
    monkeypatch.setenv(VARIABLE, "secret")
    with pytest.raises(WorkspaceError, match="curate again"):
        run("oasst", tmp_path / "workspace", tmp_path / "out", quiet=True)
    assert not (tmp_path / "out").exists()
    curate(tmp_path / "workspace", HALVES, quiet=True)
    run("oasst", tmp_path / "workspace", tmp_path / "out", quiet=True)
    ids = {node["message_id"] for tree in lines(tmp_path / "out") for node in nodes(tree)}
    run("oasst", workspace := tmp_path / "workspace", tmp_path / "again", quiet=True)
    assert hashes(tmp_path / "out") == hashes(tmp_path / "again")
    monkeypatch.delenv(VARIABLE)
    curate(workspace, HALVES, quiet=True)
    run("oasst", workspace, tmp_path / "own", quiet=True)
    assert not ids & {node["message_id"] for tree in lines(tmp_path / "own") for node in nodes(tree)}


def test_an_export_is_replaced_as_a_whole(workspace: Path, dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("messages", workspace, out, shard_size=700, quiet=True)
    assert len(list(out.iterdir())) > 10
    run("oasst", workspace, out, quiet=True)
    assert hashes(out) == hashes(dataset / "oasst")
    assert list(tmp_path.iterdir()) == [out], "nothing hidden is left beside it"


def foreign_file(out: Path) -> None:
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")


def foreign_manifest(out: Path) -> None:
    out.mkdir()
    (out / "manifest.json").write_text('{"name": "a web page", "files": []}')


def odd_manifest(out: Path) -> None:
    out.mkdir()
    (out / "manifest.json").write_text("[1]")


def broken_manifest(out: Path) -> None:
    out.mkdir()
    (out / "manifest.json").write_text("{")


def notes_in_an_export(out: Path) -> None:
    out.mkdir()
    (out / "manifest.json").write_text('{"chinwag": "0.1.0", "files": [{"name": "train-00000.jsonl"}], "beside": []}')
    (out / "notes.txt").write_text("years of work")


@pytest.mark.parametrize("make", [foreign_file, foreign_manifest, odd_manifest, broken_manifest, notes_in_an_export])
def test_a_folder_that_holds_something_else_is_refused(
    workspace: Path, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    out = tmp_path / "messages"
    make(out)
    before = hashes(tmp_path)
    with pytest.raises(ExportError) as caught:
        run("messages", workspace, out, quiet=True)
    assert str(caught.value) == f"{out}: holds something that is no export; name another folder"
    assert hashes(tmp_path) == before
    with pytest.raises(ExportError):
        build([], tmp_path, Recipe(exports={"messages": {}}))
    assert hashes(tmp_path) == before


def test_an_empty_folder_is_filled(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    run("messages", workspace, tmp_path / "out", quiet=True)
    assert manifest(tmp_path / "out")["format"] == "messages"


def test_an_export_goes_where_a_link_leads(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there")
    for _ in range(2):
        run("messages", workspace, tmp_path / "link", quiet=True)
    assert (tmp_path / "link").is_symlink()
    assert manifest(tmp_path / "there")["format"] == "messages"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "there"]


@pytest.mark.parametrize(("inside", "why"), [("file", "Not a directory"), ("file/out", "Not a directory")])
def test_a_place_that_cannot_be_written(workspace: Path, tmp_path: Path, inside: str, why: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match=why) as caught:
        run("messages", workspace, tmp_path / inside, quiet=True)
    assert "\n" not in str(caught.value)


def test_a_full_disk(workspace: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))"
    start: list[str | Path] = [sys.executable, "-c", f"{limit}; from chinwag.cli import main; main()", "export"]
    for name, compress in [("messages", "none"), ("messages", "zstd"), ("prompts", "gzip")]:
        command = [*start, name, "-w", workspace, "-o", tmp_path / "out", "--compress", compress]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("chinwag: ") and "File too large" in done.stderr, done.stderr
        # Arrow says something of its own when it cannot close a compressed file.
        assert [line[:40] for line in done.stderr.splitlines() if "arrow" not in line][1:] == []
        assert list(tmp_path.iterdir()) == []


@pytest.fixture
def part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add an export whose second record breaks its own rule, and which has an option."""
    info = tmp_path / "site" / "strict-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strict\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[chinwag.exports]\nstrict = strict_export\n")
    (tmp_path / "site" / "strict_export.py").write_text(
        "KINDS = ('jsonl',)\n"
        "def records(turns, name, *, limit=1):\n"
        "    yield from [{'turn': name(turn.id)} for turn in turns][:limit]\n"
        "numbers = iter(range(99))\n"
        "def check(record):\n"
        "    return 'too many' if next(numbers) else None\n"
    )
    monkeypatch.syspath_prepend(tmp_path / "site")


@pytest.mark.usefixtures("part")
def test_a_record_that_breaks_the_rules_stops_all(tmp_path: Path) -> None:
    workspace = curated(tmp_path, [status(1), status(2, to=1, author=2)], Recipe(split=Split(0, 0)))
    run("strict", workspace, tmp_path / "out", quiet=True)
    before = hashes(tmp_path / "out")
    assert manifest(tmp_path / "out")["options"] == {"shard_size": 256 * 2**20, "compress": "none", "ids": False}
    with pytest.raises(ExportError, match=r"^train-00000.jsonl: record 1: too many$"):
        run("strict", workspace, tmp_path / "out", options={"limit": 2}, quiet=True)
    assert hashes(tmp_path / "out") == before


@pytest.mark.usefixtures("part")
@pytest.mark.parametrize("compress", ["none", "gzip"])
def test_a_failure_leaves_no_file_open(workspace: Path, tmp_path: Path, compress: str) -> None:
    with pytest.raises(ExportError):
        run("strict", workspace, tmp_path / "out", options={"limit": 9}, compress=compress, quiet=True)
    gc.collect()  # a file that is still open says so when it goes, and warnings are errors here
    assert not (tmp_path / "out").exists()


def test_without_conversations_there_is_a_manifest_and_no_file(tmp_path: Path) -> None:
    workspace = curated(tmp_path, [status(1)])
    summary = run("prompts", workspace, tmp_path / "out", quiet=True)
    assert summary.line() == f"{tmp_path / 'out'}: no records, in 0 files"
    assert manifest(tmp_path / "out")["files"] == []


def test_the_summary_counts_records_once(dataset: Path, workspace: Path, tmp_path: Path) -> None:
    summary = run("prompts", workspace, tmp_path / "out", quiet=True)
    assert summary.records.total() == len(lines(dataset / "prompts"))
    assert summary.files == 6
    assert summary.line().startswith(f"{tmp_path / 'out'}: test {summary.records['test']}, train ")


def test_no_such_format(workspace: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no export is called 'csv'; there are: alpaca, "):
        run("csv", workspace, tmp_path / "out")


def test_without_turns(tmp_path: Path) -> None:
    workspace = assembled(tmp_path, [status(1), status(2, to=1, author=2)])
    with pytest.raises(WorkspaceError, match="there are no turns yet; run: chinwag curate -w"):
        run("oasst", workspace, tmp_path / "out")
    assert Workspace(workspace).parts("turns") == []
