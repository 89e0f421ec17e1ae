import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chinwag.errors import WorkspaceBusy, WorkspaceError
from chinwag.tables import schema
from chinwag.workspace import Workspace, sync_write
from tests.archives import write

FILE: dict[str, Any] = {"file_id": 1, "name": "a", "size": 9, "sha256": "x", "source": ["v1"], "shelf": ["v1"]}


def part(folder: Path, name: str = "part.parquet") -> Path:
    pq.write_table(schema("deletes").empty_table(), folder / name)
    return folder / name


def content(path: Path) -> list[str]:
    return sorted(str(file.relative_to(path)) for file in path.rglob("*"))


def test_there_is_no_workspace_until_one_is_made(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no workspace here; make one with: chinwag ingest PATH -w"):
        Workspace(tmp_path / "ws")
    Workspace(tmp_path / "ws", create=True)
    assert Workspace(tmp_path / "ws").state.number == 0


def test_what_is_committed_is_seen_by_all_and_what_is_not_by_none(tmp_path: Path) -> None:
    one = Workspace(tmp_path, create=True)
    other = Workspace(tmp_path)
    with one.writing() as scratch:
        name = one.adopt("deletes", part(scratch), "first")
        assert other.parts("deletes") == []
        one.commit("ingest", add={"deletes": [name]}, options={"a": 1})
        other.refresh()
        for workspace in (one, other, Workspace(tmp_path)):
            assert workspace.parts("deletes") == [tmp_path / "deletes" / "first.parquet"]
            assert workspace.state.options == {"ingest": {"a": 1}}
            assert workspace.state.steps == {"ingest": 1}


def test_parts_that_are_replaced_are_removed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, create=True)
    for name in ("first", "second"):
        with workspace.writing() as scratch:
            workspace.commit("assemble", replace={"tweets": [workspace.adopt("tweets", part(scratch), name)]})
    assert content(tmp_path / "tweets") == ["second.parquet"]
    assert Workspace(tmp_path).parts("tweets") == [tmp_path / "tweets" / "second.parquet"]


def test_a_step_is_fresh_until_an_earlier_one_is_done_again(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, create=True)
    assert not workspace.fresh("assemble", "ingest")
    workspace.commit("ingest")
    workspace.commit("assemble")
    assert workspace.fresh("assemble", "ingest")
    workspace.commit("ingest")
    assert not workspace.fresh("assemble", "ingest")


def test_a_commit_takes_the_place_of_those_that_say_the_same(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, create=True)
    made: dict[int, Workspace] = {}

    def put(step: str, name: str, *, instead: bool, **more: Any) -> None:
        with workspace.writing() as scratch:
            replaced = {"deletes": [workspace.adopt("deletes", part(scratch), name)]}
            workspace.commit(step, replace=replaced, instead=instead, **more)
        made[workspace.state.number] = Workspace(tmp_path)

    put("a", "1", instead=False)
    put("a", "2", instead=True)
    put("a", "3", instead=True, options={"x": 1})
    workspace.commit("b")
    put("a", "5", instead=True)
    put("a", "6", instead=True)
    put("a", "7", instead=True)
    assert content(tmp_path / "log") == [f"0000000{number}.json" for number in (2, 3, 4, 7)]
    for reader in made.values():
        reader.refresh()
        assert reader.state == workspace.state == Workspace(tmp_path).state
    assert content(tmp_path / "deletes") == ["7.parquet"]


def test_an_entry_that_leaves_the_log_while_it_is_read_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader = Workspace(tmp_path, create=True), Workspace(tmp_path)
    writer.commit("a", replace={"deletes": []})
    listed = Workspace._numbers

    def then_another(self: Workspace) -> list[int]:
        monkeypatch.setattr(Workspace, "_numbers", listed)
        numbers = listed(self)
        writer.commit("a", replace={"deletes": []}, instead=True)
        return numbers

    monkeypatch.setattr(Workspace, "_numbers", then_another)
    reader.refresh()
    assert content(tmp_path / "log") == ["00000002.json"]
    assert reader.state == writer.state


def test_what_a_killed_run_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, create=True)
    with workspace.writing() as scratch:
        workspace.commit("ingest", add={"deletes": [workspace.adopt("deletes", part(scratch), "kept")]})
    mine = ["mine/my.parquet", "my.parquet", "deletes/my.txt"]
    left = ["scratch-x/1.parquet", "deletes/left.parquet", "log/.00000002.json.partial"]
    for name in [*mine, *left]:
        write(tmp_path / name, b"")
    with workspace.writing():
        pass
    found = {name for name in content(tmp_path) if (tmp_path / name).is_file()}
    assert found == {"deletes/kept.parquet", "log/00000001.json", "lock", *mine}


def test_no_workspace_is_made_in_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    write(tmp_path / "tweets" / "precious.parquet", b"")
    with pytest.raises(WorkspaceError, match="holds other files and is no workspace"):
        Workspace(tmp_path, create=True)
    assert content(tmp_path) == ["tweets", "tweets/precious.parquet"]


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, create=True)
    with pytest.raises(ZeroDivisionError), workspace.writing() as scratch:
        part(scratch)
        workspace.adopt("deletes", part(scratch, "other"), "name")
        raise ZeroDivisionError
    assert content(tmp_path) == ["deletes", "lock", "log"]


def test_a_commit_that_was_interrupted_in_force_keeps_its_parts(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, create=True)
    with pytest.raises(KeyboardInterrupt), workspace.writing() as scratch:
        name = workspace.adopt("deletes", part(scratch), "name")
        Workspace(tmp_path).commit("ingest", add={"deletes": [name]})  # this object has not heard of it
        raise KeyboardInterrupt
    assert Workspace(tmp_path).parts("deletes")[0].exists()


def test_one_writes_at_a_time_and_who_waits_harms_nothing(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, create=True)
    with workspace.writing() as scratch:
        made = part(scratch)
        with pytest.raises(WorkspaceBusy), Workspace(tmp_path).writing():
            pass
        assert made.exists()
    with Workspace(tmp_path).writing():
        pass


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"5", b'{"format": null}', b'{"format": "x"}', b"\xff"])
def test_a_damaged_log_entry_is_named(tmp_path: Path, data: bytes) -> None:
    Workspace(tmp_path, create=True)
    path = write(tmp_path / "log" / "00000001.json", data)
    with pytest.raises(WorkspaceError, match=f"{path}: damaged log entry: "):
        Workspace(tmp_path)


def test_an_older_format_is_refused(tmp_path: Path) -> None:
    Workspace(tmp_path, create=True)
    write(tmp_path / "log" / "00000001.json", b'{"format": 1}')
    with pytest.raises(WorkspaceError, match=r"written by an older chinwag \(format 1\); read its files anew$"):
        Workspace(tmp_path)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    Workspace(tmp_path, create=True)
    write(tmp_path / "log" / "00000001.json", b'{"format": 99}')
    with pytest.raises(WorkspaceError, match=r"written by a newer chinwag \(format 99\); update chinwag$"):
        Workspace(tmp_path)


def test_what_is_no_log_entry_is_left_alone(tmp_path: Path) -> None:
    Workspace(tmp_path, create=True).commit("ingest")
    for name in ("notes.json", "00000002.json.bak", "1x.json"):
        write(tmp_path / "log" / name, b"mine")
    assert Workspace(tmp_path).state.number == 1


def test_files_are_summed_over_commits_and_missing_counts_are_zero(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, create=True)
    workspace.commit("ingest", files=[FILE | {"lines": 5, "tweets": 5, "seconds": 0.5, "done": False}])
    workspace.commit("ingest", files=[FILE | {"lines": 2, "rejects": 2, "seconds": 0.5, "source": ["x"], "done": True}])
    workspace.commit("ingest", files=[FILE | {"file_id": 2, "source": [], "sha256": None}])
    found = Workspace(tmp_path).files()
    assert found.schema.equals(schema("files"))
    first, second = found.to_pylist()
    assert {name: first[name] for name in ("lines", "tweets", "rejects", "junk", "size", "source", "seconds")} == {
        "lines": 7, "tweets": 5, "rejects": 2, "junk": 0, "size": 9, "source": "v1,x", "seconds": 1.0}  # fmt: skip
    assert (second["source"], second["sha256"], second["lines"]) == (None, None, 0)
    assert isinstance(found, pa.Table)


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    sync_write(tmp_path / "a", b"1")
    sync_write(tmp_path / "a", b"2")
    assert (tmp_path / "a").read_bytes() == b"2"
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="Is a directory"):
        sync_write(tmp_path / "folder", b"3")
    assert content(tmp_path) == ["a", "folder"]


def test_the_log_is_plain_json(tmp_path: Path) -> None:
    Workspace(tmp_path, create=True).commit("ingest", files=[FILE | {"name": os.fsdecode(b"\xff")}])
    entry = json.loads((tmp_path / "log" / "00000001.json").read_text(encoding="ascii"))
    assert set(entry) == {"format", "step", "add", "replace", "files", "options"}


def test_the_folder_of_a_data_set_names_its_workspace(tmp_path: Path) -> None:
    Workspace(tmp_path / "dataset" / "workspace", create=True)
    with pytest.raises(WorkspaceError, match=r"dataset: no workspace here; it is .*dataset/workspace$"):
        Workspace(tmp_path / "dataset")
