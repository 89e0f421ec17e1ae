from contextlib import closing
from pathlib import Path

import pytest

from chinwag.containers import Member, members
from chinwag.neighbours import place_of
from chinwag.stores import NO_FILE, opened
from tests.archives import folder, tar, write, zipped

FILES = {"a/tweets.js": b"t", "a/account.js": b"mine", "b/account.js": b"other", "account.js": b"top"}


def beside(path: Path, name: str, wanted: str) -> bytes | None:
    with closing(opened(path)) as file:
        [member] = [one for one in members(path) if isinstance(one, Member) and one.name == name]
        return place_of(file, path, member).beside(wanted)


@pytest.mark.parametrize("wanted", ["account.js", "none.js"])
@pytest.mark.parametrize("pack", [zipped, tar, lambda files: zipped(files, 8)])
def test_a_neighbour_lies_in_the_same_folder_of_the_container(tmp_path: Path, pack: object, wanted: str) -> None:
    path = write(tmp_path / "in.zip", pack(FILES))  # type: ignore[operator]
    assert beside(path, "a/tweets.js", wanted) == FILES.get(f"a/{wanted}")


def test_a_neighbour_lies_in_the_same_folder_of_the_disk(tmp_path: Path) -> None:
    folder(tmp_path, FILES)
    (tmp_path / "a" / "sub.js").mkdir()
    path = tmp_path / "a" / "tweets.js"
    assert [beside(path, "", name) for name in ("account.js", "none.js", "sub.js")] == [b"mine", None, None]


def test_what_came_through_a_pipe_has_no_neighbours(tmp_path: Path) -> None:
    assert place_of(NO_FILE, tmp_path, Member("a", 0, 1, data=b"x")).beside("account.js") is None


def test_a_neighbour_that_is_too_large_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chinwag.neighbours.LARGEST", 3)
    folder(tmp_path, FILES)
    assert beside(tmp_path / "a" / "tweets.js", "", "account.js") is None
