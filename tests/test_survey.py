import gzip
import json
import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from chinwag.survey import Guess, run
from tests.archives import files, folder, tar, write, zipped
from tests.sources.statuses import status

STATUS = json.dumps(status()).encode()
LIKES = b'window.YTD.like.part0 = [{"like": {"tweetId": "5", "fullText": "x"}}]'
ADS = b"window.YTD.ad_engagements.part0 = []"
SECRET = b'window.YTD.direct_messages.part0 = [{"secret": 1}]'
KEYS = "id, id_str, text, created_at, source, truncated, …"

OFFICE = "unknown shape, a file of Excel or the like: save its tables as CSV"
TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
ENCRYPTED = bytearray(zipped({"a": b"x"}))
ENCRYPTED[6] |= 1  # the flag stands in the member's header and in the directory
ENCRYPTED[ENCRYPTED.find(b"PK\x01\x02") + 8] |= 1

CASES: dict[str, tuple[bytes, list[str]]] = {
    "stream": (STATUS + b"\n" + STATUS, [f"in: v1, JSON lines: {KEYS}"]),
    "list": (b"[" + STATUS + b"]", [f"in: v1, JSON document: {KEYS}"]),
    "script": (LIKES, ["in: personal, script: window.YTD.like.part0"]),
    "empty script": (b"window.YTD.like.part0 = []", ["in: personal, script: window.YTD.like.part0"]),
    "private script": (SECRET, ["in: script window.YTD.direct_messages.part0: none of tweets, left alone"]),
    "unknown": (b'{"a": 1}', ["in: unknown shape, JSON lines: a"]),
    "unknown list": (b'[{"a": 1}]', ["in: unknown shape, JSON document: a"]),
    "unknown table": (b"x,y\n1,2\n", ["in: unknown shape, CSV: x, y"]),
    "text": (b"hello\n", ["in: neither JSON nor a table"]),
    "empty": (b"", ["in: empty"]),
    "Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), [f"in: {OFFICE}"]),
    "new Excel": (zipped({"[Content_Types].xml": TYPES}), [f"in![Content_Types].xml: {OFFICE} (1 of 1 members)"]),
    "UTF-16": ("key\tbody\n1\tx\n".encode("utf-16"), ["in: unknown shape, CSV: key, body"]),
    "encrypted": (bytes(ENCRYPTED), ["in!a: damage: encrypted (1 of 0 members)"]),
    "nothing but junk": (tar({".nfs1": b"x"}), ["in: empty"]),
    "zip": (
        zipped({"data/like.js": LIKES, "data/dm.js": SECRET, "data/ads.js": ADS, "a.json": STATUS, "b.json": STATUS}),
        [
            "in!data/like.js: personal, script: window.YTD.like.part0 (1 of 5 members)",
            "in!data/dm.js: script window.YTD.direct_messages.part0: none of tweets, left alone "
            "(2 of 5 members)",
            f"in!a.json: v1, JSON lines: {KEYS} (2 of 5 members)",
        ],
    ),
}  # fmt: skip


CASES["unknown ones"] = (
    zipped({"a.csv": b"x,y\n1,2\n", "b.json": b'{"a": 1}', "c.json": b'{"a": 2}'}),
    ["in!a.csv: unknown shape, CSV: x, y (1 of 3 members)", "in!b.json: unknown shape, JSON lines: a (2 of 3 members)"],
)


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
    assert (guess.source, guess.why) == ("twint", "CSV: x, y (forced)")
    [guess] = run([path], [], columns={"id": "x", "text": "nope"})
    assert (guess.source, guess.why) == (None, "unknown shape, CSV: x, y (without nope, which the map names)")


def test_of_a_large_container_some_members_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chinwag.survey.LOOKED_AT", 2)
    monkeypatch.setattr("chinwag.survey.STREAMED", 1)
    path = write(tmp_path / "in.tar", tar(files(count=6, statuses=2)))
    [guess] = run([path], [])
    assert (guess.source, guess.line().rpartition(" (")[2]) == ("v1", "2 of 6 members, 2 looked at)")


def test_a_pipe_and_a_compressed_tar_are_looked_at_from_the_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chinwag.survey.STREAMED", 2)
    os.mkfifo(tmp_path / "pipe")
    thread = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(STATUS,))
    thread.start()
    [guess] = run([tmp_path / "pipe"], [])
    thread.join()
    assert (guess.source, guess.example) == ("v1", None)
    path = write(tmp_path / "in.tgz", gzip.compress(tar({f"{number}.json": STATUS for number in range(3)})))
    [guess] = run([path], [])
    assert guess.line().endswith("(2 of the first 2 looked at)")


def test_a_database_names_its_tables(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "in.db")) as connection:
        for number in range(7):
            connection.execute(f"create table t{number} (a{number}, b)")
    [guess] = run([tmp_path / "in.db"], [])
    assert guess.why.startswith("unknown shape, SQLite table t0: a0, b; SQLite table t1: a1, b; ")
    assert guess.why.endswith("SQLite table t4: a4, b; and 2 more")


def test_a_folder_without_files_is_an_error(tmp_path: Path) -> None:
    errors: list[str] = []
    assert list(run([tmp_path], errors)) == []
    assert errors == [f"{tmp_path}: no files"]


def test_what_cannot_be_read_is_an_error_and_the_rest_is_told(tmp_path: Path) -> None:
    folder(tmp_path, {"a": STATUS})
    errors: list[str] = []
    guesses = list(run([tmp_path / "none", tmp_path / "a"], errors))
    assert [type(guess) for guess in guesses] == [Guess]
    assert errors == [f"{tmp_path}/none: No such file or directory"]
