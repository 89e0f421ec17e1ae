"""Ingest files of several shapes: what the user chooses, what is private, and what of one shape completes another."""

import errno
import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from chinwag import ingest
from chinwag.errors import ChinwagError, UsageError, WorkspaceError
from chinwag.ingest import Summary
from tests.archives import Json, folder, table, write, zipped
from tests.sources.statuses import reply, sid, status
from tests.sources.test_round_trip import FILES, PARENT, REPLY

STATUS = json.dumps(status(sid(1), "whole")).encode()
SECRET = b'window.YTD.direct_messages.part0 = [{"dmConversation": {"secret": "s3cret"}}]'
TWEETS = b"window.YTD.tweets.part0 = " + json.dumps([{"tweet": {"id_str": str(sid(2)), "full_text": "mine"}}]).encode()
ACCOUNT = b'window.YTD.account.part0 = [{"account": {"accountId": "7", "username": "anna"}}]'
ARCHIVE = {"data/tweets.js": TWEETS, "data/account.js": ACCOUNT, "data/direct-messages.js": SECRET}
CSV = b"key,body,answers\n10,first,\n11,second,10\n"
COLUMNS = {"id": "key", "text": "body", "reply_to_id": "answers"}


def run(workspace: Path, *paths: Path, **choice: object) -> Summary:
    return ingest.run(list(paths), workspace, workers=1, quiet=True, **choice)  # type: ignore[arg-type]


def texts(workspace: Path) -> list[str]:
    return sorted(row["text"] for row in table(workspace, "sightings"))


def everything(workspace: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(workspace.rglob("*")) if path.is_file())


@pytest.mark.parametrize("packed", [True, False])
def test_what_is_private_in_a_personal_archive_is_left_alone(tmp_path: Path, packed: bool) -> None:
    path = write(tmp_path / "in" / "a.zip", zipped(ARCHIVE)) if packed else folder(tmp_path / "in", ARCHIVE)
    summary = run(tmp_path / "ws", path)
    assert (summary.errors, summary.damages, summary.shapeless) == ([], [], {})
    assert summary.unread == (0 if packed else 2)
    [row] = table(tmp_path / "ws", "sightings")
    assert (row["text"], row["author_id"], row["author_handle"]) == ("mine", 7, "anna")
    assert b"s3cret" not in everything(tmp_path / "ws")
    if not packed:
        assert [file["name"] for file in table(tmp_path / "ws", "files")] == [f"{path}/data/tweets.js"]


def test_a_private_script_is_left_alone_even_where_a_source_is_forced(tmp_path: Path) -> None:
    path = write(tmp_path / "in.zip", zipped(ARCHIVE))
    run(tmp_path / "ws", path, source="personal")
    assert texts(tmp_path / "ws") == ["mine"]
    assert table(tmp_path / "ws", "rejects") == []


def test_a_script_that_was_given_and_is_left_alone_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "direct-messages.js", SECRET)
    summary = run(tmp_path / "ws", path)
    assert summary.errors == [f"{path}: no tweets found: files of a personal archive without tweets, left alone"]


def test_a_table_is_read_by_its_map_once_it_is_given(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", CSV)
    summary = run(tmp_path / "ws", path)
    assert summary.errors[0].startswith(f"{path}: no tweets found: unknown shape, CSV: key, body, answers; ")
    summary = run(tmp_path / "ws", path, columns=COLUMNS)
    assert (summary.errors, texts(tmp_path / "ws")) == ([], ["first", "second"])
    again = run(tmp_path / "ws", path)
    assert (again.known, again.errors) == (1, [])


def test_another_map_or_source_for_a_file_that_was_read_is_an_error(tmp_path: Path) -> None:
    csv, stream = write(tmp_path / "in.csv", CSV), write(tmp_path / "in.json", STATUS)
    run(tmp_path / "ws", csv, stream, columns=COLUMNS)
    summary = run(tmp_path / "ws", csv, stream, columns={"id": "key", "text": "answers"})
    hint = "to read it otherwise, use a new workspace"
    assert summary.errors == [f"{csv}: was read as mapped before; {hint}"]
    summary = run(tmp_path / "ws", csv, stream, source="mapped", columns=COLUMNS)
    assert summary.errors == [f"{stream}: was read as v1 before; {hint}"]
    assert texts(tmp_path / "ws") == ["first", "second", "whole"]


def test_a_wrong_source_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no source is called 'twitter'"):
        run(tmp_path / "ws", tmp_path, source="twitter")
    assert not (tmp_path / "ws").exists()


def test_sources_complete_each_other(tmp_path: Path) -> None:
    """A reply is in the stream, its parent only in API v2's includes."""
    answer = json.dumps(reply(sid(5), "answer", id=sid(9), id_str=str(sid(9)))).encode()
    page: Json = {
        "data": [{"id": str(sid(7)), "text": "other", "author_id": "4", "conversation_id": str(sid(7))}],
        "includes": {"tweets": [{"id": str(sid(5)), "text": "parent", "author_id": "5"}]},
    }
    folder(tmp_path / "in", {"a.json": answer, "b.json": json.dumps(page).encode()})
    run(tmp_path / "ws", tmp_path / "in")
    seen = {row["id"]: (row["text"], row["seen_as"], row["source"]) for row in table(tmp_path / "ws", "sightings")}
    assert seen == {
        sid(9): ("answer", "own", "v1"),
        sid(7): ("other", "own", "v2"),
        sid(5): ("parent", "included", "v2"),
    }


UNKNOWN = "unknown shape, CSV: key, body, answers"


def test_a_member_of_an_unknown_shape_is_named_and_read_once_it_is_known(tmp_path: Path) -> None:
    path = write(
        tmp_path / "in.zip", zipped({"a.json": STATUS, "b.csv": CSV, "c.txt": b"hello", "d.csv": b"p,q\n1,2\n"})
    )
    first = run(tmp_path / "ws", path)
    assert first.shapeless == {f"{path}!b.csv": UNKNOWN, f"{path}!d.csv": "unknown shape, CSV: p, q"}
    assert (first.errors, first.counts["junk"], texts(tmp_path / "ws")) == ([], 3, ["whole"])
    assert run(tmp_path / "ws", path).counts == {}
    again = run(tmp_path / "ws", path, columns=COLUMNS)
    assert again.shapeless == {
        f"{path}!d.csv": "unknown shape, CSV: p, q (without key, body, answers, which the map names)"
    }
    assert texts(tmp_path / "ws") == ["first", "second", "whole"]
    [row] = table(tmp_path / "ws", "files")
    assert (row["junk"], row["tweets"], row["lines"], row["source"]) == (2, 3, 3, "mapped,v1")
    assert run(tmp_path / "ws", path, columns=COLUMNS).counts == {}


def test_a_file_that_gave_nothing_can_be_read_in_another_way(tmp_path: Path) -> None:
    path = write(tmp_path / "in.json", STATUS)
    wrong = run(tmp_path / "ws", path, source="v2")
    assert wrong.errors == [f"{path}: no tweets found: all 1 records were rejected, read as v2; table rejects says why"]
    right = run(tmp_path / "ws", path)
    assert (right.errors, texts(tmp_path / "ws")) == ([], ["whole"])


def test_a_table_without_rows_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", b"key,body,answers\n")
    summary = run(tmp_path / "ws", path, columns=COLUMNS)
    assert summary.errors == [f"{path}: no tweets found: no records, read as mapped"]


@pytest.mark.parametrize("name", ["community_parquet", "twint_sqlite"])
@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped({"a": data}, zipfile.ZIP_DEFLATED), None])
def test_tables_that_need_a_disk_are_read_from_where_they_lie(
    tmp_path: Path, name: str, pack: Callable[[bytes], bytes] | None
) -> None:
    [data] = FILES[name].values()
    write(tmp_path / "in", pack(data) if pack else data)
    run(tmp_path / "ws", tmp_path / "in")
    assert {row["id"] for row in table(tmp_path / "ws", "sightings")} >= {PARENT.id, REPLY.id}
    assert {row["text"] for row in table(tmp_path / "ws", "sightings") if row["id"] == PARENT.id} == {PARENT.body}
    assert not list((tmp_path / "ws").glob("scratch*"))


def test_a_full_disk_ends_the_run_and_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> tuple[int, str]:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    path = write(tmp_path / "in.zip", zipped({"a.db": b"SQLite format 3\0" + bytes(100)}))
    with pytest.raises(WorkspaceError, match="cannot write here: No space left on device"):
        run(tmp_path / "ws", path)


class Broken:
    Record = dict
    read = None


def test_a_source_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("chinwag.shelves.load", lambda shelf, name: Broken)
    with pytest.raises(ChinwagError, match="source 'v1' has no claims"):
        run(tmp_path / "ws", tmp_path, source="v1")
