import importlib

import pytest

from chinwag import shelves

DATABASES = ["duckdb", "postgres", "sqlite"]
FOLDERS = sorted({*shelves.names("exports")} - {*DATABASES})


@pytest.mark.parametrize("name", DATABASES)
def test_a_database_keeps_its_bargain(name: str) -> None:
    part = shelves.load("exports", name)
    assert callable(part.write) and callable(part.check_database)
    assert shelves.sentence("exports", name).startswith("Write ")


@pytest.mark.parametrize("name", FOLDERS)
def test_an_export_keeps_the_bargain(name: str) -> None:
    part = shelves.load("exports", name)
    assert set(part.KINDS) <= {"jsonl", "parquet"}
    assert callable(part.records) and callable(part.check)
    assert ("parquet" in part.KINDS) == hasattr(part, "schema")
    assert shelves.sentence("exports", name).startswith("Write ")


@pytest.mark.parametrize("name", FOLDERS)
def test_each_export_has_tests(name: str) -> None:
    tests = importlib.import_module(f"tests.exports.test_{name}")
    assert tests.BROKEN and tests.test_check_refuses
