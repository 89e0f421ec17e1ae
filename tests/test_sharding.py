"""What `export` writes of several parts of `turns`, in one process and in more."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from chinwag import shelves
from chinwag.errors import ChinwagError, ExportError
from chinwag.export import is_database, run
from chinwag.recipe import Recipe, Split
from tests.workspaces import curated, hashes, recut, status, thirty

FORMATS = [name for name in shelves.names("exports") if not is_database(name)]
SIZE = 1000  # bytes a shard

# A format of the tests' own. In a worker it kills that, or says so and waits; a marked text breaks its rule.
FORMAT = """
import multiprocessing, os, signal
KINDS = ("jsonl",)
def records(turns, name, *, then=""):
    if then == "die" and multiprocessing.parent_process():
        os.kill(os.getpid(), signal.SIGKILL)
    if then.startswith("/") and multiprocessing.parent_process():
        open(then + "/in", "w").close()
        open(then + "/out").close()
    yield {"text": turns[0].text}
def check(record):
    return "it is the bad one" if "bad" in record["text"] else None
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace whose turns are one part."""
    return thirty(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def workspace(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the same in five parts."""
    place = tmp_path_factory.mktemp("parts") / "workspace"
    shutil.copytree(whole, place)
    assert len(recut(place, 70)) == 5
    return place


def manifest(folder: Path) -> Any:
    return json.loads((folder / "manifest.json").read_text())


def held(folder: Path) -> dict[str, list[Any]]:
    """Give the records of each split and kind, in the order of the shards."""
    found: dict[str, list[Any]] = {}
    for entry in manifest(folder)["files"]:
        path = folder / entry["name"]
        parquet = entry["kind"] == "parquet"
        rows = pq.read_table(path).to_pylist() if parquet else list(map(json.loads, path.read_bytes().splitlines()))
        assert len(rows) == entry["records"]
        found.setdefault(f"{entry['split']} {entry['kind']}", []).extend(rows)
    return found


@pytest.mark.parametrize("name", FORMATS)
def test_parts_hold_what_the_whole_holds(whole: Path, workspace: Path, tmp_path: Path, name: str) -> None:
    run(name, whole, tmp_path / "whole", quiet=True)
    run(name, workspace, tmp_path / "parts", workers=1, quiet=True)
    assert held(tmp_path / "parts") == held(tmp_path / "whole") != {}
    one, other = manifest(tmp_path / "whole"), manifest(tmp_path / "parts")
    assert {**other, "files": 0, "beside": 0} == {**one, "files": 0, "beside": 0}
    single = name == "convokit"
    assert (hashes(tmp_path / "parts") == hashes(tmp_path / "whole")) == single


@pytest.mark.parametrize(("name", "compress"), [("prompts", "gzip"), ("convokit", "none")])
def test_any_number_of_workers_gives_the_same_bytes(workspace: Path, tmp_path: Path, name: str, compress: str) -> None:
    for workers in (1, 3):
        out = tmp_path / str(workers)
        run(name, workspace, out, shard_size=SIZE, compress=compress, workers=workers, quiet=True)
    assert hashes(tmp_path / "1") == hashes(tmp_path / "3")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "3"]


def test_a_shard_ends_where_it_is_full_and_where_its_part_ends(workspace: Path, tmp_path: Path) -> None:
    run("ids", workspace, tmp_path / "out", shard_size=SIZE, workers=1, quiet=True)
    files = manifest(tmp_path / "out")["files"]
    for split in ("train", "validation", "test"):
        names = [entry["name"] for entry in files if entry["split"] == split]
        assert names == [f"{split}-{number:05}.jsonl" for number in range(len(names))]
    roots = [
        [int(json.loads(line)["root_id"]) for line in (tmp_path / "out" / entry["name"]).read_text().splitlines()]
        for entry in files
    ]
    assert all(len({root // 70 for root in some}) == 1 for some in roots)
    assert all(entry["bytes"] <= SIZE for entry in files if entry["records"] > 1)
    assert max(map(len, roots)) > 1


@pytest.fixture
def format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Add the format `own`; gives the folder to import from."""
    info = tmp_path / "site" / "own-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[chinwag.exports]\nown = own_export\n")
    (tmp_path / "site" / "own_export.py").write_text(FORMAT)
    monkeypatch.syspath_prepend(tmp_path / "site")
    return tmp_path / "site"


@pytest.mark.usefixtures("format")
def test_a_worker_that_is_killed_is_an_error(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(ChinwagError) as caught:
        run("own", workspace, tmp_path / "there" / "out", options={"then": "die"}, workers=2, quiet=True)
    killed = "a worker was killed, most likely for want of memory; run it again with fewer --workers"
    assert str(caught.value) == killed
    assert list((tmp_path / "there").iterdir()) == []


@pytest.mark.usefixtures("format")
def test_the_first_part_that_breaks_a_rule_is_named(tmp_path: Path) -> None:
    texts = {20: "bad", 30: "bad"}
    statuses = []
    for root in (10, 20, 30, 40):
        statuses.append(status(root, texts.get(root, "good"), author=root))
        statuses.append(status(root + 1, "yes", to=root, author=1))
    place = curated(tmp_path, statuses, Recipe(split=Split(0, 0)))
    assert len(recut(place, 10)) == 4
    with pytest.raises(ExportError, match=r"^part 2 of turns: train-00000.jsonl: record 1: it is the bad one$"):
        run("own", place, tmp_path / "out", workers=1, quiet=True)
    assert not (tmp_path / "out").exists()


RUN = """
import sys
from pathlib import Path
from chinwag.export import run
workspace, place = map(Path, sys.argv[1:])
run("own", workspace, place / "there" / "out", options={"then": str(place)}, workers=2, quiet=True)
"""


def test_an_interrupted_run_leaves_nothing(workspace: Path, tmp_path: Path, format: Path) -> None:
    for name in ("in", "out"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "there").mkdir()
    command = [sys.executable, "-c", RUN, str(workspace), str(tmp_path)]
    path = os.pathsep.join([str(format), *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": path}, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        (tmp_path / "in").open().close()  # a worker is at a record
        assert list((tmp_path / "there" / ".out.partial" / "tasks").iterdir())
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)  # all that could say more have ended
    assert said.rstrip().endswith(b"KeyboardInterrupt")
    assert said.count(b"Traceback") == 1
    assert list((tmp_path / "there").iterdir()) == []
