import json
from pathlib import Path

import pytest

from chinwag.survey import Guess, run
from tests.archives import files, folder, tar, write, zipped
from tests.sources.test_v1 import status

STATUS = json.dumps(status()).encode()
LIKES = b'window.YTD.like.part0 = [{"like": {"tweetId": "5", "fullText": "x"}}]'
SECRET = b'window.YTD.direct_messages.part0 = [{"secret": 1}]'
KEYS = "id, id_str, text, created_at, source, truncated, …"

CASES: dict[str, tuple[bytes, list[str]]] = {
    "stream": (STATUS + b"\n" + STATUS, [f"in: v1, JSON lines: {KEYS}"]),
    "list": (b"[" + STATUS + b"]", [f"in: v1, JSON document: {KEYS}"]),
    "script": (LIKES, ["in: personal, script: window.YTD.like.part0"]),
    "private script": (SECRET, ["in: script window.YTD.direct_messages.part0: none of tweets, left alone"]),
    "unknown": (b'{"a": 1}', ["in: unknown shape, JSON lines: a"]),
    "unknown list": (b'[{"a": 1}]', ["in: unknown shape, JSON document: a"]),
    "unknown table": (b"x,y\n1,2\n", ["in: unknown shape, CSV: x, y"]),
    "text": (b"hello\n", ["in: not JSON"]),
    "empty": (b"", ["in: not JSON"]),
    "nothing but junk": (tar({".nfs1": b"x"}), ["in: empty"]),
    "zip": (
        zipped({"data/like.js": LIKES, "data/direct-messages.js": SECRET, "a.json": STATUS, "b.json": STATUS}),
        [
            "in!data/like.js: personal, script: window.YTD.like.part0 (1 of 4 members looked at)",
            "in!data/direct-messages.js: script window.YTD.direct_messages.part0: none of tweets, left alone "
            "(1 of 4 members looked at)",
            f"in!a.json: v1, JSON lines: {KEYS} (2 of 4 members looked at)",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), CASES.values(), ids=CASES)
def test_each_file_is_told_with_the_reason(
    tmp_path: Path, data: bytes, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "in", data)
    monkeypatch.chdir(tmp_path)
    errors: list[str] = []
    assert [guess.line() for guess in run([Path("in")], errors)] == expected
    assert errors == []


def test_a_map_and_a_source_can_be_tried(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", b"x,y\n1,2\n")
    [guess] = run([path], [], columns={"id": "x", "text": "y"})
    assert (guess.source, guess.why) == ("mapped", "CSV: x, y")
    [guess] = run([path], [], source="twint")
    assert guess.source == "twint"


def test_of_a_large_container_some_members_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chinwag.survey.LOOKED_AT", 2)
    monkeypatch.setattr("chinwag.survey.STREAMED", 1)
    path = write(tmp_path / "in.tar", tar(files(count=6, statuses=2)))
    assert [(guess.source, guess.members, guess.looked_at) for guess in run([path], [])] == [("v1", 2, 2)]


def test_what_cannot_be_read_is_an_error_and_the_rest_is_told(tmp_path: Path) -> None:
    folder(tmp_path, {"a": STATUS})
    errors: list[str] = []
    guesses = list(run([tmp_path / "none", tmp_path / "a"], errors))
    assert [type(guess) for guess in guesses] == [Guess]
    assert errors == [f"{tmp_path}/none: No such file or directory"]
