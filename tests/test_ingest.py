import bz2
import os
import subprocess
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chinwag.workspace import Workspace
from tests.archives import (
    LINES,
    PACKINGS,
    accounted,
    command,
    expected,
    files,
    folder,
    ingest,
    minutes,
    rows,
    snapshot,
    streams,
    table,
    tar,
    text,
    write,
    zipped,
)

REAL = Path(__file__).parents[2] / "shared" / "real" / "twitterstream"


def quiet(path: Path, *paths: Path, workers: int = 1) -> list[str]:
    """Ingest what must give no word of complaint, and give its rows."""
    summary = ingest(path, *paths, workers=workers)
    assert (summary.errors, summary.damages, summary.shapeless) == ([], [], {})
    assert accounted(summary.counts)
    return rows(path)


# Containers -----------------------------------------------------------------------------------------------------------


def days(members: dict[str, bytes]) -> dict[str, bytes]:
    return {f"day-{day}.zip": zipped({name: data}) for day, (name, data) in enumerate(members.items())}


CONTAINERS: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "tar": tar,
    "tar.gz": lambda members: PACKINGS["gzip"](tar(members)),
    "zip stored": zipped,
    "zip deflated": lambda members: zipped(members, zipfile.ZIP_DEFLATED),
    "tar of zips": lambda members: tar(days(members)),
    "zip of tars": lambda members: zipped({"one.tar": tar(members)}),
}


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("container", [*CONTAINERS, "folder"])
def test_every_container_and_packing_gives_the_same_rows(tmp_path: Path, container: str, packing: str) -> None:
    members = files(PACKINGS[packing])
    if container == "folder":
        path = folder(tmp_path / "in", members)
    else:
        path = write(tmp_path / "in", CONTAINERS[container](members))
    assert quiet(tmp_path / "ws", path) == expected()


PRETTY = [line.replace(b',"', b',\n  "') for line in LINES]

DOCUMENTS: dict[str, bytes] = {
    "lines": b"\n".join(LINES),
    "lines with a byte order mark": b"\xef\xbb\xbf" + b"\n".join(LINES),
    "blank lines first": b"\r\n\r\n" + b"\r\n".join(LINES),
    "an array on one line": b"[" + b",".join(LINES) + b"]",
    "an array on one line with its end": b"[" + b",".join(LINES) + b"]\n",
    "an array of lines": b"[\n" + b",\n".join(LINES) + b"\n]\n",
    "a pretty array": b"\xef\xbb\xbf[\n" + b",\n".join(PRETTY) + b"\n]\n",
    "a page": b'{"statuses": [' + b",".join(LINES) + b'], "search_metadata": {}}\n',
    "a page without its end": b'{"statuses": [' + b",".join(LINES) + b"]}",
    "a pretty page": b'{\n "search_metadata": {},\n "statuses": [\n' + b",\n".join(PRETTY) + b"]\n}\n",
}


@pytest.mark.parametrize("data", DOCUMENTS.values(), ids=DOCUMENTS)
def test_json_documents_give_the_same_rows(tmp_path: Path, data: bytes) -> None:
    found = quiet(tmp_path / "ws", write(tmp_path / "in.json", data))
    # A page is the answer to a search: what was asked for is under other terms than a stream.
    assert [row.replace("'terms': 'x-api'", "'terms': 'stream'") for row in found] == expected()


def test_one_pretty_record_a_file(tmp_path: Path) -> None:
    for number, line in enumerate(PRETTY):
        write(tmp_path / "in" / f"{number:05}.json", line)
    assert quiet(tmp_path / "ws", tmp_path / "in") == expected()


@pytest.mark.parametrize("container", ["lines", "tar"])
def test_a_pipe_is_read(tmp_path: Path, container: str) -> None:
    data = {"lines": b"\n".join(LINES), "tar": tar(files())}[container]
    os.mkfifo(tmp_path / "in")
    writer = threading.Thread(target=write, args=(tmp_path / "in", data))
    writer.start()
    found = quiet(tmp_path / "ws", tmp_path / "in")
    writer.join()
    assert found == expected()


def test_standard_input_is_read(tmp_path: Path) -> None:
    result = subprocess.run(
        command(Path("/dev/stdin"), tmp_path / "ws"), input=tar(files()), capture_output=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, b"")
    assert rows(tmp_path / "ws") == expected()


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_split_into_files_containers_and_orders_gives_the_same_sightings(data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(LINES) - 1), max_size=6)))
    parts = [LINES[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(LINES)], strict=True)]
    parts = data.draw(st.permutations(parts))
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for number, part in enumerate(parts):
            member = {f"{number}.json": PACKINGS[data.draw(st.sampled_from(list(PACKINGS)))](text(part))}
            kind = data.draw(st.sampled_from(["file", "tar", "zip deflated", "tar.gz"]))
            write(place / "in" / str(number), member.popitem()[1] if kind == "file" else CONTAINERS[kind](member))
        paths = data.draw(st.permutations(list((place / "in").iterdir())))
        assert quiet(place / "ws", *paths) == expected()


# Knowing what was read ------------------------------------------------------------------------------------------------


def test_a_second_run_reads_nothing(tmp_path: Path) -> None:
    path = folder(tmp_path / "in", files())
    ingest(tmp_path / "ws", path)
    before = snapshot(tmp_path / "ws")
    again = ingest(tmp_path / "ws", path)
    assert (again.known, again.files, again.errors) == (3, 0, [])
    assert not again.counts
    assert snapshot(tmp_path / "ws") == before


def test_moved_and_repeated_files_are_known_by_their_content(tmp_path: Path) -> None:
    members = files()
    path = folder(tmp_path / "in", {**members, **{f"copy/{name}": data for name, data in members.items()}})
    (path / "link").symlink_to(path / next(iter(members)))
    summary = ingest(tmp_path / "ws", path, path, path / "copy")
    assert (summary.files, summary.known, summary.errors) == (3, 3, [])
    (path / "link").unlink()
    path.rename(tmp_path / "moved")
    again = ingest(tmp_path / "ws", tmp_path / "moved")
    assert (again.files, again.known, again.errors) == (0, 6, [])
    assert rows(tmp_path / "ws") == expected()


def test_new_files_are_added_to_old_ones(tmp_path: Path) -> None:
    for name, data in files().items():
        write(tmp_path / "in" / name, data)
        assert ingest(tmp_path / "ws", tmp_path / "in").files == 1
    assert rows(tmp_path / "ws") == expected()


def test_a_folder_of_links_is_not_empty(tmp_path: Path) -> None:
    path = folder(tmp_path / "in", files())
    (tmp_path / "links").mkdir()
    for number, file in enumerate(path.rglob("*.bz2")):
        (tmp_path / "links" / str(number)).symlink_to(file)
    assert quiet(tmp_path / "ws", tmp_path / "links", path) == expected()


def test_the_files_table_accounts_for_every_record(tmp_path: Path) -> None:
    path = write(tmp_path / "in.json", text([*LINES, b"", b"rubbish", b'{"limit":{}}', LINES[0][:100]]))
    ingest(tmp_path / "ws", path)
    [row] = table(tmp_path / "ws", "files")
    assert accounted(row)
    assert (row["blanks"], row["rejects"], row["damages"], row["source"]) == (1, 2, 0, "v1")
    assert [item["line"] for item in table(tmp_path / "ws", "rejects")] == [len(LINES) + 2, len(LINES) + 4]


# Damage ---------------------------------------------------------------------------------------------------------------


def test_a_damaged_bz2_stream_in_the_middle_loses_only_its_records(tmp_path: Path) -> None:
    name, lines = minutes()[0]
    parts = streams(text(lines), 15)
    broken = bytearray(parts[7])
    broken[len(broken) // 2] ^= 0xFF
    damaged = b"".join([*parts[:7], bytes(broken), *parts[8:]])
    kept = b"".join(map(bz2.decompress, parts[:7])) + b"\n" + b"".join(map(bz2.decompress, parts[8:]))
    summary = ingest(tmp_path / "ws", write(tmp_path / "in.tar", tar({name: damaged})))
    assert summary.damages == [f"{tmp_path}/in.tar!{name}: damaged bz2 stream"]
    assert accounted(summary.counts)
    ingest(tmp_path / "kept", write(tmp_path / "kept.json", kept))
    assert rows(tmp_path / "ws") == rows(tmp_path / "kept")
    assert len(rows(tmp_path / "ws")) > len(lines) // 2
    [row] = table(tmp_path / "ws", "files")
    assert (row["damages"], summary.counts["damages"]) == (1, 1)


def test_what_is_before_a_cut_is_read(tmp_path: Path) -> None:
    whole = files(bytes)
    data = tar(whole)
    last = data.index(list(whole)[2].encode())
    for name, end in (("mid-member", last + 30_000), ("boundary", last), ("header", last + 100)):
        summary = ingest(tmp_path / name, write(tmp_path / f"{name}.tar", data[:end]))
        assert summary.damages
        assert not summary.errors
        assert accounted(summary.counts)
        assert summary.counts["tweets"] >= 2 * 40
    zip_file = write(tmp_path / "cut.zip", zipped(files())[:-200])
    summary = ingest(tmp_path / "zip", zip_file)
    assert [line.partition(": ")[2] for line in summary.damages] == [
        "zip has no readable directory: its members are found by their own headers"
    ]
    assert rows(tmp_path / "zip") == expected()


def test_junk_is_counted_and_other_shapes_are_named(tmp_path: Path) -> None:
    path = folder(
        tmp_path / "in", {**files(), "readme.txt": b"hello\n", "other.json": b'{"b": 1, "a": 2}\n', ".hidden": b"x"}
    )
    write(path / "in.tar", tar({"a.png": b"\x89PNG\n", ".nfs1": b"x", "b.json": b'{"a": 1}'}))
    (path / "loop").symlink_to(path)
    summary = ingest(tmp_path / "ws", path)
    assert summary.shapeless == {
        f"{path}/other.json": "unknown shape, JSON lines: b, a",
        f"{path}/readme.txt": "neither JSON nor a table",
        f"{path}/in.tar!b.json": "unknown shape, JSON lines: a",
    }
    assert (summary.errors, summary.damages, summary.counts["junk"]) == ([], [], 3)
    assert rows(tmp_path / "ws") == expected()


@pytest.mark.parametrize("data", [b"", b"hello\n", b'{"a": 1}', b"\n\n", os.urandom(5000), tar({}), tar({"a": b"x"})])
def test_a_given_file_without_tweets_is_an_error_and_the_others_are_read(tmp_path: Path, data: bytes) -> None:
    path = folder(tmp_path / "in", files())
    empty = write(tmp_path / "empty", data)
    summary = ingest(tmp_path / "ws", empty, path)
    [error] = summary.errors
    assert error.startswith(f"{empty}: no tweets found: ")
    assert rows(tmp_path / "ws") == expected()


def test_a_folder_without_tweets_and_a_path_that_is_not_there_are_errors(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    summary = ingest(tmp_path / "ws", tmp_path / "empty", tmp_path / "none", tmp_path / "loop")
    assert [error.partition(str(tmp_path))[2] for error in summary.errors] == [
        "/none: No such file or directory",
        "/loop: Too many levels of symbolic links",
        "/empty: no tweets found: nothing of a known shape",
    ]


def test_names_that_are_no_text_are_read(tmp_path: Path) -> None:
    name = os.fsdecode(b"bad\xff\nname")
    path = write(tmp_path / "in" / name, b"\n".join([*LINES, b"rubbish"]))
    write(tmp_path / "in" / (name + ".tar"), tar({name: b"rubbish\n" + LINES[0], name * 500: b"\xff" + LINES[0]}))
    for workers in (1, 2):
        summary = ingest(tmp_path / f"ws{workers}", path.parent, workers=workers)
        assert (summary.errors, summary.counts["rejects"]) == ([], 2)
        assert all(row["name"].isprintable() for row in table(tmp_path / f"ws{workers}", "files"))


def test_a_line_beyond_all_measure_is_a_reject(tmp_path: Path) -> None:
    data = b"\n".join([LINES[0], b'{"id":1,"text":"' + b"x" * (17 << 20) + b'"}', LINES[1], b"y" * (20 << 20)])
    for packing in ("plain", "bz2"):
        summary = ingest(tmp_path / packing, write(tmp_path / f"{packing}.json", PACKINGS[packing](data)))
        assert (summary.counts["tweets"] + summary.counts["notices"], summary.counts["rejects"]) == (2, 2)
        assert accounted(summary.counts)
        assert [row["line"] for row in table(tmp_path / packing, "rejects")] == [2, 4]


def test_tweets_behind_rubbish_are_found(tmp_path: Path) -> None:
    rubbish = b"\n".join(b"rubbish" * 20 for _ in range(20_000))
    summary = ingest(tmp_path / "ws", write(tmp_path / "in.json", rubbish + b"\n" + text(LINES)))
    assert summary.counts["rejects"] == 20_000
    assert accounted(summary.counts)
    assert rows(tmp_path / "ws") == expected()


def test_the_workspace_may_lie_in_the_folder(tmp_path: Path) -> None:
    folder(tmp_path, files())
    assert quiet(tmp_path / "ws", tmp_path) == expected()
    assert ingest(tmp_path / "ws", tmp_path).known == 3


# Real files -----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not here")
@pytest.mark.parametrize(("year", "tweets", "notices"), [("2013", 8290, 949), ("2021", 3173, 307)])
def test_real_files_give_what_was_measured(tmp_path: Path, year: str, tweets: int, notices: int) -> None:
    summary = ingest(tmp_path / "loose", REAL / year)
    assert (summary.counts["tweets"], summary.counts["deletes"]) == (tweets, notices)
    assert (summary.errors, summary.damages, summary.counts["rejects"]) == ([], [], 0)
    assert accounted(summary.counts)
    members = {path.name: path.read_bytes() for path in sorted((REAL / year).rglob("*.bz2"))}
    for name in ("tar", "zip stored", "tar of zips"):
        ingest(tmp_path / name, write(tmp_path / f"{name}.file", CONTAINERS[name](members)))
        for held in ("sightings", "deletes"):
            assert columns(tmp_path / name, held).equals(columns(tmp_path / "loose", held))


def columns(workspace: Path, name: str) -> pa.Table:
    return pa.concat_tables(map(pq.read_table, Workspace(workspace).parts(name))).drop_columns(["file_id"])
