"""Ingest what lies in an object store: the same bytes come of it as of the files, whatever happens on the way."""

import json
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
import pytest

from chinwag import cli, stores, survey
from chinwag.errors import UsageError
from chinwag.stores import Uri
from chinwag.workspace import Workspace
from tests.archives import (
    PACKINGS,
    command,
    expected,
    files,
    folder,
    ingest,
    minutes,
    rows,
    snapshot,
    table,
    tar,
    text,
    write,
    zipped,
)
from tests.sources.test_round_trip import FILES
from tests.stand_in.objects import Objects, served

IN = Uri("s3://bucket/in")
MINUTES = files()
NAMES = sorted(MINUTES)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Objects]:
    with served(tmp_path, monkeypatch) as server:
        yield server


def stored(store: Objects) -> Path:
    return store.folder / "bucket" / "in"


def test_the_same_bytes_come_of_a_store_and_of_a_disk(tmp_path: Path, store: Objects) -> None:
    archive = {
        "tar": tar(MINUTES),
        "zip": zipped({name: text(lines) for name, lines in minutes(seed=2)}, zipfile.ZIP_DEFLATED),
        "tgz": PACKINGS["gzip"](tar(files(seed=3))),
        "cut.tar": tar(files(seed=4))[:-9000],
    }
    folder(stored(store), archive)
    for name, made in FILES.items():
        folder(stored(store) / name, made)
    of_disk = ingest(tmp_path / "disk", stored(store))
    of_store = ingest(tmp_path / "store", IN, workers=2)
    assert of_store.errors == of_disk.errors == []
    assert snapshot(tmp_path / "store") == snapshot(tmp_path / "disk")
    told = [line.replace(str(stored(store)), str(IN)) for line in of_disk.damages]
    assert of_store.damages == told != []
    names = [row["name"].replace(str(stored(store)), str(IN)) for row in table(tmp_path / "disk", "files")]
    assert [row["name"] for row in table(tmp_path / "store", "files")] == names
    assert all(b"of-a-stand-in" not in path.read_bytes() for path in (tmp_path / "store" / "log").iterdir())


def test_what_is_unchanged_is_not_read_again(tmp_path: Path, store: Objects) -> None:
    folder(stored(store), MINUTES)
    assert ingest(tmp_path / "ws", IN).files == 3
    read = store.given.copy()
    again = ingest(tmp_path / "ws", IN, Uri(f"{IN}/{NAMES[0]}"))
    assert (again.files, again.known, again.errors) == (0, 3, [])
    assert store.given == read
    assert ingest(tmp_path / "ws", stored(store)).known == 3


def test_what_lies_beside_a_file_is_found(tmp_path: Path, store: Objects) -> None:
    tweets = [{"tweet": {"id_str": "1345018233543426048", "full_text": "mine"}}]
    account = [{"account": {"accountId": "7", "username": "anna"}}]
    folder(
        stored(store),
        {
            "data/tweets.js": b"window.YTD.tweets.part0 = " + json.dumps(tweets).encode(),
            "data/account.js": b"window.YTD.account.part0 = " + json.dumps(account).encode(),
        },
    )
    ingest(tmp_path / "ws", IN)
    [row] = table(tmp_path / "ws", "sightings")
    assert (row["text"], row["author_id"], row["author_handle"]) == ("mine", 7, "anna")


def test_each_file_that_cannot_be_read_is_told_in_one_line_and_the_others_are_read(
    tmp_path: Path, store: Objects
) -> None:
    folder(stored(store), MINUTES)
    store.forbidden.add(f"in/{NAMES[1]}")
    lost = [Uri("s3://bucket/none"), Uri("s3://nowhere/in")]
    summary = ingest(tmp_path / "ws", *lost, IN)
    denied, *missing = sorted(summary.errors, key=lambda line: "No such file" in line)
    assert missing == [f"{uri}: No such file or directory" for uri in lost]
    assert denied.startswith(f"{IN}/{NAMES[1]}: ")
    assert "ACCESS_DENIED" in denied
    assert (summary.files, len(summary.errors)) == (2, 3)
    store.forbidden.clear()
    assert ingest(tmp_path / "ws", IN).files == 1
    assert rows(tmp_path / "ws") == expected()


def test_a_connection_that_breaks_in_a_member_changes_nothing(tmp_path: Path, store: Objects) -> None:
    data = tar(MINUTES)
    write(stored(store) / "a.tar", data)
    ingest(tmp_path / "disk", stored(store))
    store.cut["in/a.tar"], store.breaks["in/a.tar"] = len(data) // 2, 3
    summary = ingest(tmp_path / "ws", IN)
    assert (summary.errors, summary.damages, store.breaks["in/a.tar"]) == ([], [], 0)
    assert snapshot(tmp_path / "ws") == snapshot(tmp_path / "disk")


def test_what_the_store_does_not_give_is_damage_of_its_member(
    tmp_path: Path, store: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "PAUSES", ())
    monkeypatch.setattr(stores, "AHEAD", stores.LEAST)
    write(stored(store) / "a.tar", tar({"b": bytes(300_000), **MINUTES}))
    hashed = stores.sha256(stored(store) / "a.tar")
    monkeypatch.setattr(stores, "sha256", lambda path: hashed)  # it was given then, and is lost now
    store.lost["in/a.tar"] = 200_000
    summary = ingest(tmp_path / "ws", IN)
    [damage] = summary.damages
    assert damage.startswith(f"{IN}/a.tar!b: read error: AWS Error")
    assert rows(tmp_path / "ws") == expected()


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path: Path, store: Objects) -> None:
    for number, (name, lines) in enumerate(minutes(count=3, statuses=250)):
        write(stored(store) / f"{number}.tar", tar({name: text(lines)}))
    ingest(tmp_path / "disk", stored(store))
    workspace = tmp_path / "ws"
    with subprocess.Popen(command(IN, workspace), start_new_session=True) as process:
        while not (workspace / "log" / "00000001.json").exists():
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.01)
                break
        process.kill()
    assert Workspace(workspace).state.number >= 1
    result = subprocess.run(command(IN, workspace), capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b"")
    assert snapshot(workspace) == snapshot(tmp_path / "disk")


def test_a_survey_looks_into_a_store(store: Objects) -> None:
    folder(stored(store), {"a.tar": tar(MINUTES)})
    errors: list[str] = []
    [guess] = survey.run([IN, Uri("s3://bucket/none")], errors)
    assert (guess.file, guess.source, guess.members) == (f"{IN}/a.tar", "v1", 3)
    assert errors == ["s3://bucket/none: No such file or directory"]


def test_commands_take_a_uri_for_what_they_read_and_for_nothing_else(tmp_path: Path, store: Objects) -> None:
    folder(stored(store), MINUTES)
    asked = ["ingest", "--quiet", "--workers", "1"]
    assert cli.cli([*asked, "s3a://bucket/in/", "-w", str(tmp_path / "ws")], standalone_mode=False) == 0
    assert {row["name"] for row in table(tmp_path / "ws", "files")} == {f"{IN}/{name}" for name in NAMES}
    with pytest.raises(UsageError, match=r"^s3://bucket/in: holds a password; leave it to the environment$"):
        cli.cli([*asked, "s3://key:secret@bucket/in", "-w", str(tmp_path / "ws")], standalone_mode=False)
    with pytest.raises(click.BadParameter, match=r"s3://bucket/ws is in a store; what is written goes to a disk$"):
        cli.cli([*asked, str(stored(store)), "-w", "s3://bucket/ws"], standalone_mode=False)
