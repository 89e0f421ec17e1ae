"""What a dehydrated set can have wrong with it: nothing of it may reach the workspace."""

import gzip
import hashlib
import json
import os
import shutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from chinwag import rehydrate
from chinwag.errors import ChinwagError, ExportError
from chinwag.pseudonyms import VARIABLE
from tests.test_rehydrate import ALL, PAIR, dehydrated, manifest_of, rewrite
from tests.workspaces import hashes, status


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def manifested(ids: Path, change: str) -> None:
    held = manifest_of(ids)
    exec(change, {"held": held, "file": held["files"][0]})
    (ids / "manifest.json").write_text(json.dumps(held))


def lined(ids: Path, change: str) -> None:
    def act(lines: list[bytes]) -> None:
        exec(change, {"lines": lines})

    rewrite(ids, act)


def fifo(ids: Path) -> None:
    (ids / "train-00000.jsonl").unlink()
    os.mkfifo(ids / "train-00000.jsonl")


def cut_gzip(ids: Path) -> None:
    data = gzip.compress((ids / "train-00000.jsonl").read_bytes())[:-20]
    (ids / "train-00000.jsonl.gz").write_bytes(data)
    manifested(ids, f"file['name'] += '.gz'; file['sha256'] = '{hashlib.sha256(data).hexdigest()}'")


def no_gzip(ids: Path) -> None:
    data = (ids / "train-00000.jsonl").read_bytes()
    (ids / "train-00000.jsonl.gz").write_bytes(data)
    manifested(ids, "file['name'] += '.gz'")


DAMAGES: list[tuple[str, Callable[[Path], object]]] = [
    ("no dehydrated set here; chinwag export ids makes one$", lambda ids: (ids / "manifest.json").unlink()),
    ("manifest.json: damaged: Input data was truncated$", lambda ids: (ids / "manifest.json").write_text("{")),
    ("manifest.json: damaged: .*recursion", lambda ids: (ids / "manifest.json").write_text("[" * 99_999)),
    ("no dehydrated set, but something else", lambda ids: (ids / "manifest.json").write_text("[1]")),
    ("no dehydrated set, but something else", lambda ids: manifested(ids, "held['format'] = 'messages'")),
    ("damaged: .*missing.*`ids`", lambda ids: manifested(ids, "del held['ids']")),
    (r"damaged: .*`\$.ids.turns.mentions`", lambda ids: manifested(ids, "held['ids']['turns']['mentions'] = 'x'")),
    (r"damaged: .*`\$.ids.key.hex`", lambda ids: manifested(ids, "held['ids']['key']['hex'] = '00'")),
    (r"damaged: .*`\$.ids.key.hex`", lambda ids: manifested(ids, "held['ids']['key']['hex'] = 'z' * 64")),
    ("damaged: its key does not fit", lambda ids: manifested(ids, "held['ids']['key']['hex'] = '0' * 64")),
    (r"damaged: .*`\$.files\[0\].name`", lambda ids: manifested(ids, "file['name'] = '../train-00000.jsonl'")),
    (r"damaged: .*`\$.files\[0\].name`", lambda ids: manifested(ids, "file['name'] += '\\n'")),
    (r"damaged: .*`\$.files\[0\].split`", lambda ids: manifested(ids, "file['split'] = 'all\\n\\x1b'")),
    ("train-00000.jsonl: is missing from the set$", lambda ids: (ids / "train-00000.jsonl").unlink()),
    ("train-00000.jsonl: is missing from the set$", fifo),
    ("its sha256 is another$", lambda ids: (ids / "train-00000.jsonl").write_bytes(b"{}\n")),
    ("2 records, not 3$", lambda ids: manifested(ids, "file['records'] = 3")),
    ("train-00000.jsonl: record 1: JSON is malformed", lambda ids: lined(ids, "lines[0] = b'{no JSON\\n'")),
    ("record 2: Input data was truncated$", lambda ids: lined(ids, "lines[1] = lines[1][:-9]")),
    ("record 1: Input data was truncated$", lambda ids: lined(ids, "lines.insert(0, b'\\n')")),
    ("record 1: .*recursion", lambda ids: lined(ids, "lines[0] = b'[' * 99_999 + b'\\n'")),
    ("record 1: other keys than root_id and turns$", lambda ids: lined(ids, "lines[0] = b'null\\n'")),
    ("record 2: a tweet stands twice$", lambda ids: lined(ids, "lines[1] = lines[1].replace(b'\"5\"', b'\"4\"')")),
    ("a/ids: tweet 1 stands in it twice$", lambda ids: lined(ids, "lines.append(lines[0])")),
    ("a/ids: tweet 2 stands in it twice$", lambda ids: lined(ids, "lines[1] = lines[1].replace(b'\"5\"', b'\"2\"')")),
    ("train-00000.jsonl.gz: damaged after record ", cut_gzip),
    ("train-00000.jsonl.gz: damaged after record 0: ", no_gzip),
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a workspace and a set, one made of the other and then back; no test may change it."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(VARIABLE, raising=False)
        workspace, ids = dehydrated(folder, [*PAIR, status(4), status(5, to=4, author=2)], ALL)
        rehydrate.run(ids, workspace, quiet=True)
    return folder


@pytest.mark.parametrize("damage", range(len(DAMAGES)))
def test_a_damaged_set_is_refused_in_one_line(whole: Path, tmp_path: Path, damage: int) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "a"))
    workspace, ids = folder / "workspace", folder / "ids"
    before = hashes(workspace)
    message, harm = DAMAGES[damage]
    harm(ids)
    with pytest.raises(ChinwagError, match=message) as caught:
        rehydrate.run(ids, workspace, quiet=True)
    assert "\n" not in str(caught.value)
    assert str(ids) in str(caught.value)
    assert hashes(workspace) == before


def test_a_line_without_end_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, ids = dehydrated(tmp_path / "a", PAIR, ALL)
    monkeypatch.setattr(rehydrate, "LONGEST", 40_000)
    rehydrate.run(ids, workspace, quiet=True)
    data = gzip.compress(b" " * 50_000_000)
    (ids / "train-00000.jsonl.gz").write_bytes(data)
    manifested(ids, f"file['name'] += '.gz'; file['sha256'] = '{hashlib.sha256(data).hexdigest()}'")
    tracemalloc.start()
    with pytest.raises(ExportError, match="record 1: is longer than 40,000 bytes"):
        rehydrate.run(ids, workspace, quiet=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000
