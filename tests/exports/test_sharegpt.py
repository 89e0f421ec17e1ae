import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from chinwag.exports.sharegpt import FILE, beside, check, check_folder, records
from chinwag.turns import Turn
from tests.exports.hostile import JSON, bent
from tests.exports.trees import trees
from tests.workspaces import TREE, turn

TAGS = ["human", "gpt"]


def chat(*texts: str) -> dict[str, Any]:
    return {"conversations": [{"from": TAGS[n % 2], "value": text} for n, text in enumerate(texts)]}


def test_a_chat_for_each_path() -> None:
    assert list(records(TREE, str)) == [
        chat("text 1", "text 3"),
        chat("text 1", "text 2", "text 4", "text 6"),
    ]


def test_of_replies_only_the_last_is_trained() -> None:
    *_, last = records(TREE, str, paths="replies")
    assert [message["value"] for message in last["conversations"]] == ["text 1", "text 2", "text 4", "text 6"]
    assert [message["train"] for message in last["conversations"]] == [False, False, False, True]


@given(trees())
@settings(max_examples=30)
def test_every_chat_passes(turns: list[Turn]) -> None:
    for paths, count in (("best", 1), ("replies", len(turns) - 1)):
        chats = list(records(turns, str, paths=paths))
        assert [check(one) for one in chats] == [None] * count


def test_a_long_chain() -> None:
    turns = [turn(n, n - 1 or None, n - 1) for n in range(1, 5001)]
    (one,) = records(turns, str, paths="best")
    assert (len(one["conversations"]), check(one)) == (5000, None)


def written(folder: Path, ending: str = "") -> dict[str, Any]:
    """Write two shards of one split, one of another; gives the manifest."""
    files = []
    for split, number in (("train", 0), ("train", 1), ("test", 0)):
        name = FILE.format(split=split, number=number, kind="jsonl") + ending
        data = json.dumps(chat("a", "b")).encode() + b"\n"
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(gzip.compress(data) if ending else data)
        files.append({"name": name, "split": split})
    (folder / "manifest.json").write_text("{}")
    return {"files": files}


def llama_factory_files(folder: Path, entry: dict[str, Any]) -> set[str]:
    """Name the files that LLaMA-Factory reads for an entry that names a folder: all that are in it, of one type."""
    place = folder / (entry.get("script_url") or entry["file_name"])
    return {str(path.relative_to(folder)) for path in place.iterdir()}


@pytest.mark.parametrize(("ending", "key"), [("", "file_name"), (".gz", "script_url"), (".zst", "script_url")])
def test_llama_factory_finds_every_shard(tmp_path: Path, ending: str, key: str) -> None:
    manifest = written(tmp_path, ending)
    beside(tmp_path, manifest, None, str)
    entries = json.loads((tmp_path / "dataset_info.json").read_text())
    stanza = {"formatting": "sharegpt", "columns": {"messages": "conversations"}}
    assert entries == {
        "chinwag_sharegpt_test": {key: "test", **stanza},
        "chinwag_sharegpt_train": {key: "train", **stanza},
    }
    found = [name for entry in entries.values() for name in llama_factory_files(tmp_path, entry)]
    assert sorted(found) == sorted(entry["name"] for entry in manifest["files"])
    assert list(check_folder(tmp_path)) == []


def test_a_folder_without_shards(tmp_path: Path) -> None:
    beside(tmp_path, {"files": []}, None, str)
    assert list(check_folder(tmp_path)) == ["dataset_info.json: is not there, or describes nothing"]


LOST: dict[str, str] = {
    "[]": "dataset_info.json: is not there, or describes nothing",
    "{": "dataset_info.json: is not there, or describes nothing",
    "[" * 100_000: "dataset_info.json: is not there, or describes nothing",
    '{"a": 1}': "dataset_info.json: a: is no entry",
    '{"a": {}}': "dataset_info.json: a: names no file or folder",
    '{"a": {"file_name": ["train"]}}': "dataset_info.json: a: names no file or folder",
    '{"a": {"file_name": "valid"}}': "dataset_info.json: a: there are no files at valid",
    '{"a": {"file_name": "tra\\u0000in"}}': "dataset_info.json: a: there are no files at tra\0in",
    json.dumps({"a": {"file_name": "x" * 9999}}): f"dataset_info.json: a: there are no files at {'x' * 9999}",
    '{"a": {"file_name": "."}}': "dataset_info.json: a: the files at . are not all of one type that is read",
    '{"a": {"file_name": "packed"}}': "dataset_info.json: a: the files at packed are not all of one type that is read",
}


@pytest.mark.parametrize("info", LOST, ids=range(len(LOST)))
def test_entries_that_lead_nowhere(tmp_path: Path, info: str) -> None:
    written(tmp_path)
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / "00000.jsonl.gz").write_bytes(b"")
    (tmp_path / "dataset_info.json").write_text(info)
    assert list(check_folder(tmp_path)) == [LOST[info]]


def test_entries_of_other_places_are_not_looked_for(tmp_path: Path) -> None:
    (tmp_path / "dataset_info.json").write_text('{"a": {"hf_hub_url": "someone/something"}}')
    assert list(check_folder(tmp_path)) == []


HUMAN, MODEL = {"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}
SYSTEM = {"from": "system", "value": "c"}


@pytest.mark.parametrize(
    "record",
    [
        {"conversations": [SYSTEM, HUMAN, MODEL]},
        {"conversations": [HUMAN, MODEL], "system": "c", "tools": None, "id": 1},
        {
            "conversations": [
                HUMAN,
                {"from": "function_call", "value": "{}"},
                {"from": "observation", "value": "1"},
                MODEL,
            ]
        },
    ],
)
def test_check_takes_what_llama_factory_takes(record: Any) -> None:
    assert check(record) is None


def said(*messages: Any) -> dict[str, Any]:
    return {"conversations": [*messages]}


BROKEN: dict[str, list[Any]] = {
    "no list of conversations": [None, [], "abc", {}, {"conversations": []}, {"conversations": "a"}, {"messages": []}],
    "a message lacks from or value": [said("a"), said({"from": "human"}, MODEL), said({"value": "a"}, MODEL)],
    "a message has no value": [chat("a", ""), said(HUMAN, {"from": "gpt", "value": None})],
    "train is not true or false": [said(HUMAN, {**MODEL, "train": 1})],
    "system or tools is no text": [{**chat("a", "b"), "system": 1}, {**chat("a", "b"), "tools": []}],
    "from does not alternate between human and gpt": [
        said(MODEL),
        said(HUMAN, HUMAN),
        said(HUMAN, MODEL, SYSTEM, MODEL),
        said({"from": [], "value": "a"}, MODEL),
        said({"from": "user", "value": "a"}, MODEL),
    ],
    "the last message is not gpt's": [chat("a"), chat("a", "b", "c"), said(SYSTEM)],
}


@pytest.mark.parametrize(("problem", "record"), [(problem, one) for problem, held in BROKEN.items() for one in held])
def test_check_refuses(problem: str, record: Any) -> None:
    assert check(record) == problem


@given(JSON | bent({**said(SYSTEM, HUMAN, {**MODEL, "train": True}), "system": "a"}))
def test_check_raises_at_nothing(record: Any) -> None:
    assert isinstance(check(record), str | None)
