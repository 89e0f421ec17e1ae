import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given

from chinwag import __version__
from chinwag.export import run
from chinwag.exports.convokit import check, check_folder, records
from chinwag.recipe import Recipe, Split
from chinwag.turns import Turn
from tests.exports.trees import trees
from tests.workspaces import curated, hashes, status, turn, values

Json = dict[str, Any]


def name(turn_id: int) -> str:
    return f"t_{turn_id}"


ROOT: Json = {
    "id": "t_1",
    "conversation_id": "t_1",
    "text": "text 1",
    "speaker": "u_1",
    "meta": {"lang": "en", "like_count": 3, "time_known": True},
    "reply_to": None,
    "timestamp": 1609522193,
    "vectors": [],
}


def test_every_field() -> None:
    first, second = records([turn(1, like_count=3, created_at=1609522193660), turn(2, 1, 1, lang=None)], name)
    assert first == ROOT
    assert second == {
        "id": "t_2",
        "conversation_id": "t_1",
        "text": "text 2",
        "speaker": "u_2",
        "meta": {"lang": None, "like_count": None, "time_known": False},
        "reply_to": "t_1",
        "timestamp": 1609522193,
        "vectors": [],
    }


@pytest.mark.parametrize(
    ("times", "written"),
    [
        ([1000, 2000, 3000, 4000], [1, 2, 3, 4]),
        ([1000, None, 3000, None], [1, 1, 3, 1]),
        ([None, 7000, 5000, None], [5, 7, 5, 7]),
        ([None, None, None, None], [0, 0, 0, 0]),
        ([1999, 1999, 2000, 2001], [1, 1, 2, 2]),
    ],
)
def test_a_turn_without_a_time_has_that_of_the_turn_it_answers(times: list[int | None], written: list[int]) -> None:
    parents = [None, 1, 1, 2]
    turns = [turn(n, parents[n - 1], created_at=time) for n, time in enumerate(times, 1)]
    assert [one["timestamp"] for one in records(turns, name)] == written
    assert [one["meta"]["time_known"] for one in records(turns, name)] == [time is not None for time in times]


@given(trees())
def test_every_turn_is_an_utterance_and_replies_as_it_did(turns: list[Turn]) -> None:
    made = list(records(turns, name))
    assert [check(one) for one in made] == [None] * len(made)
    assert [(one["id"], one["reply_to"]) for one in made] == [
        (name(one.id), name(one.parent_id) if one.parent_id else None) for one in turns
    ]
    assert {one["conversation_id"] for one in made} == {name(turns[0].id)}


BROKEN = {
    "del one['id']": "an utterance lacks one of id, conversation_id, text, speaker, timestamp and reply_to",
    "del one['timestamp']": "an utterance lacks one of id, conversation_id, text, speaker, timestamp and reply_to",
    "del one['reply_to']": "an utterance lacks one of id, conversation_id, text, speaker, timestamp and reply_to",
    "one['id'] = 1": "an id, a speaker or a conversation is no text",
    "one['speaker'] = ''": "an id, a speaker or a conversation is no text",
    "one['conversation_id'] = None": "an id, a speaker or a conversation is no text",
    "one['text'] = None": "the text is no text",
    "one['reply_to'] = 3": "reply_to is neither an id nor null",
    "one['reply_to'] = ''": "reply_to is neither an id nor null",
    "one['reply_to'] = 't_1'": "an utterance replies to itself",
    "one['reply_to'] = 't_2'": "a conversation is not named by the utterance that replies to none",
    "one['conversation_id'] = 't_2'": "a conversation is not named by the utterance that replies to none",
    "one['timestamp'] = True": "the timestamp is no number, text or null",
    "one['timestamp'] = []": "the timestamp is no number, text or null",
    "one['meta'] = []": "the metadata is no object",
    "one['vectors'] = None": "vectors are no list of names",
    "one['vectors'] = [1]": "vectors are no list of names",
}


@pytest.mark.parametrize("change", BROKEN)
def test_check_refuses(change: str) -> None:
    one = copy.deepcopy(ROOT)
    exec(change, {"one": one})
    assert check(one) == BROKEN[change]


@pytest.mark.parametrize("record", [None, [], "id", 3, {}])
def test_check_refuses_what_is_no_utterance(record: Any) -> None:
    assert check(record) == BROKEN["del one['id']"]


def test_check_takes_what_convokit_itself_writes() -> None:
    written = {key: value for key, value in ROOT.items() if key not in ("reply_to", "meta", "vectors")}
    assert check({**written, "timestamp": None, "reply-to": None, "meta": {}, "vectors": []}) is None


# Two conversations, in the first of which an author speaks twice, and one of another author.
STATUSES = [
    status(1, "one", author=1),
    status(2, "two", to=1, author=2, lang="de"),
    status(3, "three", to=2, author=1),
    status(11, "eleven", author=3, lang="fr"),
    status(12, "twelve", to=11, author=1),
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return curated(tmp_path_factory.mktemp("convokit"), STATUSES, Recipe(split=Split(validation=0, test=0)))


@pytest.fixture(scope="module")
def exported(workspace: Path) -> Path:
    run("convokit", workspace, workspace.parent / "corpora", quiet=True)
    return workspace.parent / "corpora"


def held(path: Path) -> Any:
    return json.loads(path.read_text())


def test_a_corpus_has_all_its_files(workspace: Path, exported: Path) -> None:
    corpus = exported / "train"
    assert {path.name for path in corpus.iterdir()} == {
        "utterances.jsonl",
        "speakers.json",
        "conversations.json",
        "corpus.json",
        "index.json",
    }
    utterances = [json.loads(line) for line in (corpus / "utterances.jsonl").read_text().splitlines()]
    speakers = set(values(workspace, "select distinct author from turns"))
    assert len(speakers) == 3
    assert held(corpus / "speakers.json") == {one: {"meta": {}, "vectors": []} for one in speakers}
    roots = [one for one in utterances if one["reply_to"] is None]
    assert held(corpus / "conversations.json") == {
        one["id"]: {"meta": {"lang": one["meta"]["lang"]}, "vectors": []} for one in roots
    }
    assert sorted(one["meta"]["lang"] for one in roots) == ["en", "fr"]
    assert held(corpus / "corpus.json") == {
        "made_by": f"chinwag {__version__}",
        "split": "train",
        "utterances": 5,
        "speakers": 3,
        "conversations": 2,
    }
    assert held(corpus / "index.json") == {
        "utterances-index": {
            "lang": ["<class 'str'>"],
            "like_count": ["<class 'int'>"],
            "time_known": ["<class 'bool'>"],
        },
        "speakers-index": {},
        "conversations-index": {"lang": ["<class 'str'>"]},
        "overall-index": {
            "made_by": ["<class 'str'>"],
            "split": ["<class 'str'>"],
            "utterances": ["<class 'int'>"],
            "speakers": ["<class 'int'>"],
            "conversations": ["<class 'int'>"],
        },
        "version": 1,
        "vectors": [],
    }
    assert list(check_folder(exported)) == list(check_folder(corpus)) == []


def test_the_same_turns_give_the_same_bytes(workspace: Path, exported: Path) -> None:
    before = hashes(exported)
    run("convokit", workspace, exported, quiet=True)
    assert hashes(exported) == before
    assert not [path for path in exported.rglob("*") if path.is_dir() and path.name != "train"]


def test_convokit_reads_nothing_compressed(workspace: Path, tmp_path: Path) -> None:
    run("convokit", workspace, tmp_path / "out", compress="gzip", quiet=True)
    assert json.loads((tmp_path / "out" / "manifest.json").read_bytes())["options"]["compress"] == "none"
    assert next((tmp_path / "out").glob("*/utterances.jsonl")).read_bytes()[:1] == b"{"


def changed(file: str, change: Callable[[Any], Any]) -> Callable[[Path], None]:
    """Change a file of JSON, or the utterances."""

    def write(corpus: Path) -> None:
        path = corpus / file
        if file != "utterances.jsonl":
            path.write_bytes(msgspec.json.encode(change(held(path))))
            return
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        path.write_text("".join(json.dumps(one) + "\n" for one in change(lines)))

    return write


def utterances(change: str) -> Callable[[Path], None]:
    def make(lines: list[Json]) -> list[Json]:
        exec(change, {"lines": lines})
        return lines

    return changed("utterances.jsonl", make)


ANY = {"lang": "<class 'str'>", "like_count": [], "time_known": ["bin"]}

# The lines of the corpus are 1, its answer 2 and the answer to that, 3; and then 11 and 12.
WRONG: list[tuple[Callable[[Path], object], list[str]]] = [
    (lambda corpus: (corpus / "index.json").unlink(), ["index.json: is no object that can be read"]),
    (lambda corpus: (corpus / "speakers.json").write_text("["), ["speakers.json: is no object that can be read"]),
    (changed("corpus.json", lambda _: []), ["corpus.json: is no object that can be read"]),
    (changed("conversations.json", lambda _: {"t": 3}), ["conversations.json: is no object that can be read"]),
    (
        changed("index.json", lambda index: {**index, "version": "1"}),
        ["index.json: lacks one of utterances-index, speakers-index, conversations-index, overall-index and version"],
    ),
    (
        changed("index.json", lambda index: {**index, "utterances-index": {"lang": "<class 'str'>"}}),
        ["utterances.jsonl: line 1: its metadata is not as index.json tells"],
    ),
    (
        utterances("lines[3]['meta']['lang'] = 7"),
        ["utterances.jsonl: line 4: its metadata is not as index.json tells"],
    ),
    (utterances("lines[1]['speaker'] = 'u_0'"), ["utterances.jsonl: line 2: its speaker is not in speakers.json"]),
    (
        utterances("del lines[1]"),
        ["utterances.jsonl: line 2: it replies to an utterance that is not there"],
    ),
    (
        utterances("lines[2]['reply_to'] = lines[3]['id']"),
        ["utterances.jsonl: line 3: it replies to an utterance of another conversation"],
    ),
    (
        utterances("lines[0]['reply_to'] = lines[2]['id']"),
        ["utterances.jsonl: line 1: every utterance of its conversation replies to another"],
    ),
    (
        utterances("lines[2]['reply_to'] = None"),
        ["utterances.jsonl: two utterances of one conversation reply to none"],
    ),
    (utterances("lines.append(lines[4])"), ["utterances.jsonl: two utterances have one id"]),
    (utterances("lines[4]['id'] = 12"), ["utterances.jsonl: line 5: cannot be read as an utterance"]),
    (
        lambda corpus: (corpus / "utterances.jsonl").write_bytes(b"\xff\n"),
        ["utterances.jsonl: line 1: cannot be read as an utterance"],
    ),
    (
        lambda corpus: (corpus / "speakers.json").write_text('{"u": ' + '{"a": ' * 5000 + "1" + "}" * 5001),
        ["speakers.json: is no object that can be read"],
    ),
    # What is right, though not as it is written here.
    (utterances("lines.reverse()"), []),
    (utterances("lines[2]['reply-to'] = lines[2].pop('reply_to')"), []),
    (changed("index.json", lambda index: {**index, "utterances-index": ANY}), []),
    (changed("conversations.json", lambda _: {}), []),
]


@pytest.mark.parametrize(("change", "problems"), WRONG)
def test_a_corpus_that_is_broken(
    change: Callable[[Path], object], problems: list[str], exported: Path, tmp_path: Path
) -> None:
    shutil.copytree(exported / "train", tmp_path / "corpus")
    change(tmp_path / "corpus")
    assert list(check_folder(tmp_path / "corpus")) == problems
    assert list(check_folder(tmp_path)) == [f"corpus: {problem}" for problem in problems]


def test_a_folder_without_corpora_has_no_problems(tmp_path: Path) -> None:
    assert list(check_folder(tmp_path)) == []
