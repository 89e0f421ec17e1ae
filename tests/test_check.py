import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from chinwag import check, export, shelves
from chinwag.errors import ExportError, UsageError
from chinwag.recipe import Recipe, Split
from tests.workspaces import chinwag_run, curated, status

FOLDERS = [name for name in shelves.names("exports") if not export.is_database(name)]
CHAT = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make trees in which siblings are liked, so that every format has records."""
    statuses = []
    for root in range(100, 1100, 100):
        statuses += [
            status(root, f"what is the {root}th best tea?", author=root, favorite_count=20, created_at=when(0)),
            status(root + 1, "green tea it is", to=root, author=root + 1, created_at=when(1)),
            status(root + 2, "no, black tea, and hot", to=root, author=root + 2, created_at=when(2)),
            status(root + 3, "thank you both so much", to=root + 2, author=root, created_at=when(3)),
            status(root + 4, "you are most welcome", to=root + 3, author=root + 2, created_at=when(4)),
        ]
    # Counts are known only of what was seen inside another tweet.
    statuses += [
        status(
            root + 50,
            "RT",
            author=9,
            created_at=when(9),
            retweeted_status=status(root + place, f"{said} {root}", to=root, author=root + place,
                                    favorite_count=likes, created_at=when(place)),
        )
        for root in range(100, 1100, 100)
        for place, said, likes in ((1, "green tea it is", 3), (2, "no, black tea, and hot", 9))
    ]  # fmt: skip
    return curated(tmp_path_factory.mktemp("check"), statuses, Recipe(split=Split(0.2, 0.2)))


def when(minute: int) -> str:
    return f"Mon Mar 05 09:{minute:02}:00 +0000 2018"


@pytest.mark.parametrize("name", FOLDERS)
def test_an_export_passes_as_a_folder_and_file_by_file(workspace: Path, tmp_path: Path, name: str) -> None:
    summary = export.run(name, workspace, tmp_path / name, quiet=True)
    found = check.run(str(tmp_path / name))
    assert (found.problems, found.broken, found.format) == ([], 0, name)
    assert found.files == summary.files > 0
    assert found.records >= summary.records.total() > 0
    for path in (tmp_path / name).rglob("*0.*"):
        one = check.run(str(path))
        assert (one.format, one.problems) == (name, [])


@pytest.mark.parametrize("name", sorted({*FOLDERS} - {"convokit"}))
def test_the_format_is_told_by_the_first_record(workspace: Path, tmp_path: Path, name: str) -> None:
    export.run(name, workspace, tmp_path / "out", quiet=True)
    (tmp_path / "out" / "manifest.json").unlink()
    path = next(one for one in sorted((tmp_path / "out").rglob("*0.*")) if "train" in str(one))
    found = check.run(str(path), format=None if name not in ("messages", "hf") else name)
    assert (found.format, found.problems) == (name, [])


def lines(*records: object) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_a_data_set_is_checked_export_by_export(workspace: Path, tmp_path: Path) -> None:
    for name in ("messages", "hf"):
        export.run(name, workspace, tmp_path / name, quiet=True)
    (tmp_path / "workspace").mkdir()
    found = check.run(str(tmp_path))
    assert (found.format, found.problems, found.files) == ("2 exports", [], 2)
    (tmp_path / "hf" / "train-00007.parquet").write_bytes(b"more")
    (tmp_path / "messages" / "train-00000.jsonl").write_bytes(lines(CHAT))
    problems = check.run(str(tmp_path)).problems
    assert [problem.partition(": ")[2].split(",")[0] for problem in problems] == [
        "the manifest does not name it",
        "is not what the manifest says: its sha256 is another",
    ]


BROKEN: dict[str, tuple[str, bytes, list[str]]] = {
    "a rule": ("a.jsonl", lines(CHAT, {"messages": CHAT["messages"][:1]}), ["record 2: the assistant says nothing"]),
    "no JSON": ("a.jsonl", lines(CHAT) + b"{\n" + lines(CHAT), ["record 2: no JSON: Expecting property name"]),
    "no text": ("a.jsonl", lines(CHAT) + b"\xff\n", ["record 2: no JSON: 'utf-8' codec can't decode byte 0xff"]),
    "too deep": ("a.jsonl", lines(CHAT) + b"[" * 10**6 + b"\n", ["record 2: nested too deep"]),
    "a cut file": ("a.jsonl.gz", gzip.compress(lines(*[CHAT] * 9))[:-20], ["after record"]),
    "an array": ("a.json", json.dumps([CHAT, 1]).encode(), ["record 2: the record is no object"]),
    "a document": ("a.json", b"[1,", ["after record 0: no JSON: Expecting value"]),
    "no Parquet": ("a.parquet", b"PAR1", ["after record 0: "]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_breaks_the_rules_is_told(tmp_path: Path, case: str) -> None:
    name, data, expected = BROKEN[case]
    (tmp_path / name).write_bytes(data)
    found = check.run(str(tmp_path / name), format="messages")
    assert found.broken == len(expected)
    for problem, start in zip(found.problems, expected, strict=True):
        assert problem.startswith(f"{tmp_path / name}: {start}")


def folder_without_files(folder: Path) -> None:
    (folder / "notes.txt").write_text("nothing")


def nothing(folder: Path) -> None:
    folder.rmdir()


def unknown_records(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(lines({"a": 1}))


def manifest_that_leads_away(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"chinwag": "1", "format": "messages", "files": [{"name": "../x.jsonl"}]}')


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (folder_without_files, "no files of records here"),
        (nothing, "is not there"),
        (unknown_records, "the first record fits no format; name the format with --format"),
        (manifest_that_leads_away, "no files of records here"),
    ],
)
def test_what_cannot_be_checked(tmp_path: Path, make: Callable[[Path], None], problem: str) -> None:
    (tmp_path / "x.jsonl").write_bytes(lines(CHAT))
    place = tmp_path / "place"
    place.mkdir()
    make(place)
    with pytest.raises(ExportError, match=problem):
        check.run(str(place))


def test_no_such_format(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(CHAT))
    with pytest.raises(UsageError, match="no export is called 'chat'"):
        check.run(str(tmp_path / "a.jsonl"), format="chat")


def test_the_command(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(*[CHAT] * 2))
    done = chinwag_run("check", path, "--format", "messages")
    assert (done.returncode, done.stderr) == (0, "messages: 2 records in 1 files, nothing breaks a rule\n")
    path.write_bytes(lines(*[1] * 30))
    done = chinwag_run("check", path, "--format", "messages", "--json")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-2:] == ["… and 10 more like these", "messages: 30 records in 1 files, 30 problems"]
    assert json.loads(done.stdout)["broken"] == 30
