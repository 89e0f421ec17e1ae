import os
from pathlib import Path
from random import Random

import pytest

from chinwag import plan as plans
from chinwag.containers import Member
from chinwag.plan import OWN_JOB, SMALLEST_JOB, Plan, list_files
from chinwag.reading import Choice
from chinwag.workspace import Workspace
from tests.archives import folder, tar, write


def names(*paths: Path) -> tuple[list[str], list[str]]:
    errors: list[str] = []
    found = list_files(paths, errors)
    return [file.path.name for files in found.values() for file in files], errors


def plan(workspace: Path, *paths: Path) -> Plan:
    errors: list[str] = []
    listed = list_files(paths, errors)
    made = Plan(
        [file for files in listed.values() for file in files], Workspace(workspace, create=True), errors, Choice()
    )
    assert not errors
    return made


def jobs(workspace: Path, *paths: Path) -> list[list[tuple[str, int, bool]]]:
    """Give for each job the files, how many members it reads of each, and whether it ends it."""
    found = plan(workspace, *paths).jobs()
    return [[(task.path.name, len(task.members), task.entry["done"]) for task in job] for job in found]


def test_files_come_in_the_order_of_their_names_without_hidden_ones(tmp_path: Path) -> None:
    folder(tmp_path, {"b/2": b"", "a": b"", "b/1": b"", ".hidden": b"", ".git/config": b"", "c": b""})
    assert names(tmp_path) == (["a", "1", "2", "c"], [])
    assert names(tmp_path / ".hidden") == ([".hidden"], [])
    assert names(tmp_path / ".git") == (["config"], [])


def test_links_to_folders_are_not_followed_and_lost_ones_are_named(tmp_path: Path) -> None:
    folder(tmp_path, {"a/file": b""})
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "lost").symlink_to(tmp_path / "gone")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    os.mkfifo(tmp_path / "a" / "pipe")
    errors = [f"{tmp_path}/a/lost: No such file or directory"]
    assert names(tmp_path) == (["file"], errors)
    assert names(tmp_path / "link")[0] == ["file"]


def test_a_folder_can_be_left_out(tmp_path: Path) -> None:
    folder(tmp_path, {"a": b"", "ws/b": b"", "ws2/c": b""})
    [files] = list_files([tmp_path], [], leave_out=tmp_path / "x" / ".." / "ws").values()
    assert [file.path.name for file in files] == ["a", "c"]


def test_a_file_that_is_given_twice_is_planned_once(tmp_path: Path) -> None:
    folder(tmp_path / "in", {"a": b"1", "b": b"2"})
    made = plan(tmp_path / "ws", tmp_path / "in", tmp_path / "in" / "a", tmp_path / "in" / ".." / "in")
    assert [file.path.name for file in made.files] == ["a", "b"]


@pytest.mark.parametrize("order", [1, -1])
def test_jobs_follow_from_the_files_alone(tmp_path: Path, order: int) -> None:
    big = tar({f"{number}.json": os.urandom(SMALLEST_JOB // 3 + 1) for number in range(5)})
    small = {f"s{number}": b"%d" % number for number in range(3)}
    folder(tmp_path / "in", {"a": b"x", "b": big, **small, "t.tar": tar({"x": bytes(OWN_JOB)}), "u": b"u"})
    paths = sorted((tmp_path / "in").iterdir())[::order]
    assert jobs(tmp_path / "ws", *paths) == [
        [("a", 1, True), ("b", 3, False)],
        [("b", 2, True)],
        [("s0", 1, True), ("s1", 1, True), ("s2", 1, True), ("t.tar", 1, True)],
        [("u", 1, True)],
    ]


def test_a_plan_goes_on_behind_the_last_commit(tmp_path: Path) -> None:
    data = tar({f"{number}.json": os.urandom(SMALLEST_JOB // 3 + 1) for number in range(8)})
    path = write(tmp_path / "in.tar", data)
    whole = list(plan(tmp_path / "ws", path).jobs())
    assert len(whole) == 3
    for number, job in enumerate(whole):
        workspace = Workspace(tmp_path / "ws")
        workspace.commit("ingest", files=[{**task.entry, "source": ["v1"]} for task in job])
        left = list(plan(tmp_path / "ws", path).jobs())
        assert left == whole[number + 1 :]
    assert plan(tmp_path / "ws", path).passed == []


@pytest.fixture
def small_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in {"JOB": 40_000, "SMALLEST_JOB": 5_000, "OWN_JOB": 30_000}.items():
        monkeypatch.setattr(plans, name, size)


@pytest.mark.usefixtures("small_jobs")
def test_a_plan_of_many_files_goes_on_behind_any_commit(tmp_path: Path) -> None:
    random = Random(7)
    members = [{f"{number}": random.randbytes(random.randrange(9_000)) for number in range(n)} for n in (30, 3, 90, 1)]
    folder(tmp_path / "in", {f"{number}.tar": tar(inside) for number, inside in enumerate(members)})
    folder(tmp_path / "in", {f"{number}": random.randbytes(random.randrange(60_000)) for number in range(9)})
    whole = list(plan(tmp_path / "ws", tmp_path / "in").jobs())
    assert len(whole) > 20
    for number, job in enumerate(whole):
        workspace = Workspace(tmp_path / "ws")
        workspace.commit("ingest", files=[{**task.entry, "source": ["v1"]} for task in job])
        assert list(plan(tmp_path / "ws", tmp_path / "in").jobs()) == whole[number + 1 :]


@pytest.mark.usefixtures("small_jobs")
def test_jobs_are_smaller_at_the_end_and_large_files_come_first(tmp_path: Path) -> None:
    folder(tmp_path / "in", {"a": bytes(50_000), "b.tar": tar({f"{n}": os.urandom(1_000) for n in range(400)})})
    folder(tmp_path / "in", {"c": os.urandom(9_000), "z": os.urandom(60_000)})
    found = list(plan(tmp_path / "ws", tmp_path / "in").jobs())
    assert list(dict.fromkeys(task.path.name for job in found for task in job)) == ["b.tar", "z", "a", "c"]
    sizes = [sum(member.size for member in job[0].members) for job in found if job[0].path.name == "b.tar"]
    assert sizes[0] == 40_000 > sizes[-2]
    assert sizes[:-1] == sorted(sizes[:-1], reverse=True)


def test_a_file_that_no_source_knew_is_read_again_when_there_is_a_new_source(tmp_path: Path) -> None:
    path = write(tmp_path / "in", b"x")
    [[task]] = plan(tmp_path / "ws", path).jobs()
    workspace = Workspace(tmp_path / "ws")
    workspace.commit("ingest", files=[{**task.entry, "source": [], "junk": 1}])
    assert jobs(tmp_path / "ws", path) == []
    workspace.commit("ingest", files=[{**task.entry, "source": [], "junk": 1, "shelf": ["older"]}])
    assert jobs(tmp_path / "ws", path) == [[("in", 1, True)]]
    workspace.commit("ingest", files=[{**task.entry, "source": [], "junk": 1}])
    assert workspace.state.files[task.entry["file_id"]]["junk"] == 1


def test_a_pipe_is_told_by_what_comes_first(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    fd = os.open(tmp_path / "pipe", os.O_RDWR)  # both ends, so that neither waits
    os.write(fd, b"line\n")
    reader = list_files([tmp_path / "pipe"], [])[tmp_path / "pipe"]
    os.set_blocking(fd, False)
    assert [file.is_stream for file in reader] == [True]
    os.close(fd)


def test_members_say_where_they_lie(tmp_path: Path) -> None:
    path = write(tmp_path / "in.tar", tar({"a": b"12345"}))
    [[task]] = plan(tmp_path / "ws", path).jobs()
    assert task.members == [Member("a", 512, 5)]
    assert (task.entry["size"], task.entry["members"], task.entry["done"]) == (path.stat().st_size, 1, True)
