import os
import sys
from pathlib import Path

import pytest

import synthetic
from benchmarks import __main__ as suite
from benchmarks import comparison
from benchmarks.processes import Run, run
from benchmarks.sightings import World, fill
from benchmarks.tables import Table, ratio

BUSY = """
import multiprocessing, time
def work(_):
    started = time.process_time()
    while time.process_time() - started < 0.3: pass
if __name__ == "__main__":
    with multiprocessing.get_context("forkserver").Pool(2) as pool: pool.map(work, range(2))
"""


@pytest.fixture
def tar(tmp_path: Path) -> Path:
    held = synthetic.members("2021", minutes=2, statuses=100)
    synthetic.pack(((name, synthetic.encode(lines, "2021")) for name, lines in held), tmp_path / "two.tar", "tar")
    return tmp_path / "two.tar"


@pytest.mark.skipif(sys.platform != "linux", reason="no other system tells it")
def test_time_of_processes_nobody_waits_for_is_counted(tmp_path: Path) -> None:
    (tmp_path / "busy.py").write_text(BUSY)
    took = run([sys.executable, str(tmp_path / "busy.py")], 60)
    assert took is not None
    assert took.cpu >= 0.6


def test_what_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    started = tmp_path / "pids"
    os.mkfifo(started)
    keeper = os.open(started, os.O_RDWR)
    command = f"echo $$ > {started}; sh -c 'echo $$ > {started}; while :; do :; done'"
    assert run(["sh", "-c", command], 0.5) is None
    pids = os.read(keeper, 100).split()
    os.close(keeper)
    assert len(pids) == 2
    for pid in map(int, pids):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_what_fails_says_why() -> None:
    with pytest.raises(SystemExit, match="no such thing"):
        run([sys.executable, "-c", "raise SystemExit('no such thing')"], 60)


def test_peers_read_the_same_from_a_tar(tar: Path) -> None:
    compared = comparison.Comparison("read", tar, ["chinwag", "duckdb"], 1, 20)
    compared.round()
    assert compared.expected["rows"] > 200
    assert set(compared.runs) == {"chinwag", "duckdb"}


def test_peers_make_the_same_trees_and_one_that_cannot_run_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.peers.polars.NEEDS", ("no_such_library",))
    source = fill(tmp_path / "workspace", World(500))
    compared = comparison.Comparison("assemble", source, ["chinwag", "duckdb", "polars"], 1, 20)
    compared.round()
    assert set(compared.runs) == {"chinwag", "duckdb"}
    assert "no_such_library is missing" in compared.table("Trees", "").markdown()


def test_a_peer_that_does_other_work_is_told(tar: Path) -> None:
    compared = comparison.Comparison("read", tar, ["duckdb"], 1, 20)
    compared.runs["chinwag"] = [Run(1, 1, 1)]
    compared.expected["replies"] = 1
    with pytest.raises(SystemExit, match=r"duckdb: .* replies, and not 1"):
        compared.round()


def test_one_benchmark_gives_its_tables(capsys: pytest.CaptureFixture[str]) -> None:
    suite.main(["sources", "--tweets", "10", "--rounds", "1"])
    assert "## Read each source" in capsys.readouterr().out


@pytest.mark.parametrize("name", suite.BENCHMARKS)
def test_small_form_has_options_that_there_are(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    run_it, least = suite.BENCHMARKS[name]
    with pytest.raises(SystemExit):
        run_it(["--help"])
    told = capsys.readouterr().out.split()
    assert [option for option in least.split() if option.startswith("--") and option not in told] == []


@pytest.mark.parametrize(
    ("work", "base", "said"),
    [([2.0, 4.0, 6.0], [2.0, 2.0, 2.0], "2.00 (1.00 to 3.00)"), ([3.0], [2.0], "1.50")],
)
def test_ratio(work: list[float], base: list[float], said: str) -> None:
    assert ratio(work, base) == said


def test_markdown() -> None:
    table = Table("Title", ("", "s"), [("one", "1.0")], "Note.")
    assert table.markdown() == "## Title\n\nNote.\n\n|  | s |\n| --- | ---: |\n| one | 1.0 |\n"
