from pathlib import Path

import pytest

from chinwag.errors import ExportError
from chinwag.replacing import LOCK, NEW, OLD, replacing


def held(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def replace(place: Path, text: str = "new") -> None:
    with replacing(place) as hidden:
        write(hidden / NEW / "file", text)
        write(hidden / "tasks" / "half", "left")


@pytest.mark.parametrize("place", ["out", "deep/er/out"])
def test_a_folder_appears_and_is_replaced(tmp_path: Path, place: str) -> None:
    for text in ("one", "other"):
        replace(tmp_path / place, text)
        assert held(tmp_path) == {f"{place}/file": text}
        assert [path.name for path in (tmp_path / place).parent.iterdir()] == ["out"]


def test_where_it_fails_all_stays(tmp_path: Path) -> None:
    replace(tmp_path / "out", "one")
    with pytest.raises(KeyboardInterrupt), replacing(tmp_path / "out") as hidden:
        write(hidden / NEW / "file", "other")
        raise KeyboardInterrupt
    assert held(tmp_path) == {"out/file": "one"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_where_the_last_rename_fails_what_was_there_is_put_back(tmp_path: Path) -> None:
    replace(tmp_path / "out", "one")
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "out") as hidden:
        (hidden / NEW).rmdir()
    assert held(tmp_path) == {"out/file": "one"}


def test_one_run_at_a_time(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with replacing(out) as hidden:
        write(hidden / NEW / "file", "one")
        with pytest.raises(ExportError) as caught:
            replace(out)
        assert str(caught.value) == f"{out}: another export is being written there; wait for it to end"
        replace(tmp_path / "other")
    assert held(tmp_path) == {"out/file": "one", "other/file": "new"}


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    for name in (LOCK, f"{NEW}/file", "tasks/1/train-00000.jsonl"):
        write(tmp_path / ".out.partial" / name, "left")
    replace(tmp_path / "out")
    assert held(tmp_path) == {"out/file": "new"}


def test_what_stood_there_before_a_run_that_was_killed_is_put_back(tmp_path: Path) -> None:
    """It was killed between the two renames; the next one fails."""
    write(tmp_path / ".out.partial" / LOCK, "")
    write(tmp_path / ".out.partial" / NEW / "file", "new")
    write(tmp_path / ".out.partial" / OLD / "file", "old")
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "out"):
        raise ZeroDivisionError
    assert held(tmp_path) == {"out/file": "old"}


def test_what_is_none_of_ours_is_left_alone(tmp_path: Path) -> None:
    hidden, others = tmp_path / ".out.partial", tmp_path / ".out.old"
    write(hidden / "thesis.txt", "years of work")
    write(others / "thesis.txt", "years of work")
    with pytest.raises(ExportError) as caught:
        replace(tmp_path / "out")
    assert str(caught.value) == f"{hidden}: is in the way, and not of ours; move it to another place"
    hidden.rename(tmp_path / "safe")
    replace(tmp_path / "out")
    kept = {f"{name}/thesis.txt": "years of work" for name in ("safe", ".out.old")}
    assert held(tmp_path) == {**kept, "out/file": "new"}
