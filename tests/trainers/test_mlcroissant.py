"""Let mlcroissant validate what describes the Parquet, and read the records by it."""

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.trainers.readers import reader

mlcroissant = reader("mlcroissant")

# mlcroissant calls rdflib and pandas in ways that these are about to give up.
pytestmark = [
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame:DeprecationWarning"),
]


def test_the_validator_finds_nothing_to_mend(dataset: Path, home: Path) -> None:
    program = Path(sys.executable).with_name("mlcroissant")
    file = dataset / "hf" / "croissant.json"
    done = subprocess.run([program, "validate", f"--jsonld={file}"], capture_output=True, text=True, check=False)
    told = done.stdout + done.stderr
    assert (done.returncode, "Done." in told, "Found the following" in told) == (0, True, False), told


def test_records_are_read_by_the_description(dataset: Path, home: Path) -> None:
    folder = dataset / "hf"
    described = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    found = [
        (
            record["parquet/split"].decode(),
            record["parquet/conversation_id"].decode(),
            [(one["parquet/messages/role"], one["parquet/messages/content"]) for one in record["parquet/messages"]],
            record["parquet/like_count"],
        )
        for record in described.records("parquet")
    ]
    expected = [
        (
            path.name.partition("-")[0],
            row["conversation_id"],
            [(one["role"].encode(), one["content"].encode()) for one in row["messages"]],
            row["like_count"],
        )
        for path in sorted(folder.glob("*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]
    assert sorted(found) == sorted(expected)
    assert len(found) > 0


def test_the_splits_are_described(dataset: Path, home: Path) -> None:
    described = mlcroissant.Dataset(jsonld=str(dataset / "hf" / "croissant.json"))
    assert [record["splits/name"] for record in described.records("splits")] == ["train", "validation", "test"]
