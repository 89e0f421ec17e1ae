"""What is DuckDB's own: its errors, and its share of the memory."""

from pathlib import Path

import pytest

from chinwag.engines.duckdb import DuckDB
from chinwag.errors import EngineError

BROKEN = "select case when n = 400000 then error('broken') else 'a' end as kind, n as child_id, n as parent_id"


def test_an_error_after_the_first_rows_is_one_line(tmp_path: Path) -> None:
    with DuckDB(tmp_path, threads=1) as engine:
        rows = engine.rows(f"{BROKEN} from range(500000) as numbers(n)")
        assert next(rows).num_rows == 122_880
        with pytest.raises(EngineError, match=r"^.*broken.*$"):
            list(rows)


def test_a_part_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with DuckDB(tmp_path) as engine, pytest.raises(EngineError, match=r"^.*nowhere.*cannot write.*$"):
        engine.write("edges", "select 1 as child_id, 0 as parent_id, 'reply' as kind", tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("memory", "limit"),
    [(4_000_000_000, "2.7 GiB"), (600_000_000, "286.1 MiB")],
)
def test_a_limit_in_bytes_is_one_for_the_whole_process(tmp_path: Path, memory: int, limit: str) -> None:
    with DuckDB(tmp_path, memory=memory) as engine:
        assert engine.value("select current_setting('memory_limit')") == limit


def test_how_far_a_statement_is_can_be_asked_and_is_never_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with DuckDB(tmp_path, threads=1) as engine:
        assert engine.percent() is None
        engine.make("numbers", "select n, hash(n) as h from range(1000000) as numbers(n)")
        rows = engine.rows("select * from numbers where h % 2 = 0")
        next(rows)
        assert 0 < (engine.percent() or 0) <= 100
        assert list(rows)
    assert engine.percent() is None
    assert capfd.readouterr() == ("", "")
