"""What `export` writes on Spark is what it writes on one machine, byte by byte."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chinwag.engines import Engine
from chinwag.errors import ExportError
from chinwag.export import run
from chinwag.sharding import Sharding, on_engine
from tests.workspaces import hashes, recut, thirty


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give turns in five parts."""
    place = thirty(tmp_path_factory.mktemp("parts"))
    assert len(recut(place, 70)) == 5
    return place


@pytest.mark.spark
@pytest.mark.parametrize("name", ["prompts", "oasst", "convokit"])
def test_the_same_bytes(session: Any, workspace: Path, tmp_path: Path, name: str) -> None:
    written = {}
    for engine in ("duckdb", "spark"):
        run(name, workspace, tmp_path / engine, shard_size=1000, engine=engine, workers=1, quiet=True)
        written[engine] = hashes(tmp_path / engine)
    assert len(written["duckdb"]) > 4
    assert written["spark"] == written["duckdb"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["duckdb", "spark"]


def sharding(folder: Path, **options: Any) -> Sharding:
    (folder / "tasks").mkdir()
    (folder / "new").mkdir()
    return Sharding("messages", options, str, False, 1000, "none", folder / "tasks")


def test_each_part_is_a_task_and_an_attempt_that_was_lost_does_not_count(
    engine: Engine, workspace: Path, tmp_path: Path
) -> None:
    by = sharding(tmp_path)
    tasks = by.tasks(sorted((workspace / "turns").glob("*.parquet")))
    by.write(tasks[2], lambda _: None)
    written = on_engine(by, tasks, engine, tmp_path)
    assert len({one.folder for one in written}) == len(tasks) == 5
    assert [one.counts["turns"] for one in written] == [18, 21, 21, 21, 9]
    files = [entry["name"] for entry in by.gather(written, tmp_path / "new")["files"]]
    assert files == sorted(path.name for path in (tmp_path / "new").iterdir())


def test_a_rule_that_is_broken_is_told_in_one_line(engine: Engine, workspace: Path, tmp_path: Path) -> None:
    parts = sorted((workspace / "turns").glob("*.parquet"))
    turns = pq.read_table(parts[1])
    empty = pa.array([""] * turns.num_rows)
    pq.write_table(turns.set_column(turns.schema.get_field_index("text"), "text", empty), tmp_path / "bad.parquet")
    by = sharding(tmp_path)
    with pytest.raises(ExportError, match=r"^part 2 of turns: train-00000.jsonl: record 1: [^\n]+$"):
        on_engine(by, by.tasks([parts[0], tmp_path / "bad.parquet", tmp_path / "bad.parquet"]), engine, tmp_path)
