from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chinwag import parts
from chinwag.parts import Parts

COUNT = 1000


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROW_GROUP", 300)


def written(folder: Path, at_once: int, text: str = "tweet") -> Path:
    folder.mkdir()
    ids = list(range(COUNT))
    with Parts(folder, "0") as made:
        for start in range(0, COUNT, at_once):
            some = ids[start : start + at_once]
            made.add({"edits": pa.record_batch({"id": some, "lang": [f"{text} {number % 7}" for number in some]})})
    return made.paths["edits"]


def groups(path: Path) -> list[int]:
    about = pq.ParquetFile(path).metadata
    return [about.row_group(number).num_rows for number in range(about.num_row_groups)]


@pytest.mark.parametrize("at_once", [7, 299, 300, 301, 650, COUNT])
def test_a_part_is_the_same_however_many_rows_come_at_once(tmp_path: Path, at_once: int) -> None:
    path = written(tmp_path / "a", at_once)
    assert groups(path) == [300, 300, 300, 100]
    assert path.read_bytes() == written(tmp_path / "b", 50).read_bytes()


def test_a_row_group_of_large_rows_is_written_before_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "LARGEST_GROUP", 100_000)
    path = written(tmp_path / "a", 100, "x" * 1000)
    assert groups(path) == [100] * 10
    assert pq.read_table(path)["id"].to_pylist() == list(range(COUNT))
