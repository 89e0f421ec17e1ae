"""Curating gives the same tables, byte by byte, wherever its functions run."""

import pickle
import random
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chinwag import curate
from chinwag.engines import Function, Value, writing
from chinwag.engines.duckdb import DuckDB
from chinwag.progress import Steps
from chinwag.recipe import Recipe, check
from chinwag.workspace import Workspace
from tests.workspaces import Json, assembled, status

FORM = "Hello {}, please send us your order number by direct message and we will look into it"
SAID = ["yes", "no", "@bob hello", "see https://example.org/a", "so so so so so", "", "call +1 202 555 0143"]
MADE = ("clusters", "turns", "drops", "account")

# Judges that see any rows and judges that need them in order, SELECTs, and conversations that leak.
RECIPE = check(
    {
        "filters": {
            "noise": {}, "two_party": {}, "about": {"keywords": ["hello", "yes", "no"]}, "sensitive": {},
            "near_duplicates": {}, "templates": {"most": 2},
        },
        "turns": {"quoted": "text"},
        "split": {"validation": 0.3, "test": 0.3},
    },
    "recipe",
)  # fmt: skip


def statuses() -> Iterator[Json]:
    """Write trees of a few authors, of whom some answer themselves."""
    draw = random.Random(7)
    for root in range(1000, 3000, 100):
        for place in range(draw.randint(2, 12)):
            to = root + draw.randrange(place) if place else None
            text = FORM.format(draw.choice(("Ann", "Bob", "Christopher"))) if draw.random() < 0.1 else draw.choice(SAID)
            more: Json = {"possibly_sensitive": draw.random() < 0.05}
            if draw.random() < 0.1:
                more |= {"quoted_status_id": root - 100, "quoted_status_id_str": str(root - 100)}
            yield status(root + place, text, to=to, author=draw.randint(1, 4), **more)


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assembled(tmp_path_factory.mktemp("trees"), statuses())


class Spread(DuckDB):
    """Pickle functions and call them several times, each with some of the rows, as an engine of many machines does."""

    def apply(
        self,
        name: str,
        select: str,
        function: Function,
        columns: pa.Schema,
        values: Sequence[Value] = (),
        *,
        order: Sequence[str] = (),
        show: Steps | None = None,
    ) -> None:
        sent = pickle.dumps(function)

        def spread(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for share in shares(pa.Table.from_batches(batches), order[0] if order else None):
                yield from pickle.loads(sent)(iter(share.to_batches(max_chunksize=7)))

        if self.value(f"select count(*) from ({select}) as r", values):
            super().apply(name, select, spread, columns, values, order=order, show=show)
        else:
            super().apply(name, select, pickle.loads(sent), columns, values, order=order)


def shares(rows: pa.Table, key: str | None) -> Iterator[pa.Table]:
    """Cut rows anywhere; with a key into those of some of its values, the last first."""
    if key is None:
        yield from (rows.slice(start, 20) for start in range(0, rows.num_rows, 20))
    else:
        places = [number // 100 % 3 for number in rows[key].to_pylist()]
        for one in (2, 1, 0):
            yield rows.filter(pa.array([place == one for place in places]))


def made(workspace: Path, recipe: Recipe, **options: Any) -> dict[str, list[Path]]:
    curate.run(workspace, recipe, quiet=True, **options)
    return {table: Workspace(workspace).parts(table) for table in MADE}


@pytest.fixture
def expected(trees: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Path]]:
    monkeypatch.delenv("CHINWAG_KEY", raising=False)
    monkeypatch.setattr(writing, "CUT", 3)
    found = made(Path(shutil.copytree(trees, tmp_path / "duckdb")), RECIPE)
    rules = {rule for part in found["drops"] for rule in pq.read_table(part)["filter"].to_pylist()}
    assert rules > {"noise", "two_party", "about", "sensitive", "near_duplicates", "split_leak", "below_dropped"}
    assert min(len(found[table]) for table in ("clusters", "turns", "drops")) > 2
    return found


def check_same(found: dict[str, list[Path]], expected: dict[str, list[Path]]) -> None:
    for table, parts in expected.items():
        rows, same = (
            [row for part in these for row in pq.read_table(part).to_pylist()] for these in (found[table], parts)
        )
        assert rows == same, table
        assert [part.read_bytes() for part in found[table]] == [part.read_bytes() for part in parts], table


def test_functions_may_be_pickled_and_called_with_shares_of_the_rows(
    trees: Path, tmp_path: Path, expected: dict[str, list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curate, "opened", lambda engine, scratch, **options: Spread(scratch))
    check_same(made(Path(shutil.copytree(trees, tmp_path / "spread")), RECIPE), expected)


@pytest.mark.usefixtures("session")
@pytest.mark.spark
def test_spark_makes_the_same_bytes(trees: Path, tmp_path: Path, expected: dict[str, list[Path]]) -> None:
    check_same(made(Path(shutil.copytree(trees, tmp_path / "spark")), RECIPE, engine="spark"), expected)
