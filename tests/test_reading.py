import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from chinwag import parts, reading
from chinwag.containers import Member
from chinwag.reading import FileTask, read_job
from chinwag.tables import schema
from tests.archives import accounted, minutes, text, write

LINES = [line for _, lines in minutes() for line in lines]


def task(path: Path, **more: Any) -> FileTask:
    size = path.stat().st_size if path.exists() else 0
    return FileTask(path, {"file_id": 5, "name": path.name, "members": 1, **more}, [Member("", 0, size)])


def test_a_job_writes_its_parts_and_says_what_became_of_every_record(tmp_path: Path) -> None:
    path = write(tmp_path / "in.json", text([*LINES, b"rubbish", b""]))
    done: list[int] = []
    result = read_job([task(path)], tmp_path, "key", done.append)
    assert (result.damages, result.errors, done) == ([], [], [path.stat().st_size])
    [entry] = result.entries
    assert accounted(entry)
    assert entry["source"] == ["v1"]
    assert set(result.parts) == {"sightings", "deletes", "rejects"}
    for name, part in result.parts.items():
        assert part == tmp_path / f"key.{name}.parquet"
        assert pq.read_schema(part).equals(schema(name))
        assert pq.read_metadata(part).num_rows == entry[name]
        assert pq.read_metadata(part).row_group(0).column(0).compression == "ZSTD"


def test_a_file_that_is_gone_is_an_error_that_the_log_does_not_hear_of(tmp_path: Path) -> None:
    path = write(tmp_path / "in.json", text(LINES))
    result = read_job([task(tmp_path / "gone"), task(path, file_id=6)], tmp_path, "key", lambda size: None)
    assert result.errors == ["gone: No such file or directory"]
    assert [entry["file_id"] for entry in result.entries] == [6]


def test_a_file_that_cannot_be_read_on_is_damage(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()  # it can be opened, and reading it fails
    result = read_job([task(tmp_path / "folder")], tmp_path, "key", lambda size: None)
    assert result.damages == ["folder: read error: Is a directory"]
    assert result.entries[0]["damages"] == 1


def test_row_groups_are_full_whatever_the_members(tmp_path: Path) -> None:
    line = b'{"delete":{"status":{"id":5}}}\n'
    count = parts.ROW_GROUP + reading.BATCH
    path = write(tmp_path / "in.json", line * count)
    part = read_job([task(path)], tmp_path, "key", lambda size: None).parts["deletes"]
    about = pq.read_metadata(part)
    groups = [about.row_group(number).num_rows for number in range(about.num_row_groups)]
    assert (sum(groups), groups[0]) == (count, parts.ROW_GROUP)


def test_the_keys_of_an_unknown_shape_are_told_and_no_more(tmp_path: Path) -> None:
    record = {f"key{number}\u2028": "secret" for number in range(9)} | {"z" * 1000: 1}
    path = write(tmp_path / "in.json", json.dumps(record).encode())
    one = task(path)
    read_job([one], tmp_path, "key", lambda size: None)
    keys = [f"key{number}\\u2028" for number in range(6)]
    assert one.entry["others"][""] == f"unknown shape, JSON lines: {', '.join(keys)}, …"
