"""Build a data set with every export once, by the command line, for those who read it to read."""

import importlib.util
import json
import os
import tempfile
from pathlib import Path

import pytest

from tests.trainers.readers import FORMATS, Export, conversations
from tests.workspaces import chinwag_run

RECIPE = "[split]\nvalidation = 0.2\ntest = 0.2\n" + "".join(f"[exports.{name}]\n" for name in FORMATS)

# Read when they are imported. What they keep goes away with the tests, and nothing is asked of a hub.
if importlib.util.find_spec("datasets"):
    HOME = tempfile.TemporaryDirectory(prefix="chinwag-trainers-")
    os.environ |= {"HF_HOME": HOME.name, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    os.environ |= {"TOKENIZERS_PARALLELISM": "false", "CUDA_VISIBLE_DEVICES": ""}


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder that `chinwag build` wrote, with a folder an export, and the workspace."""
    folder = tmp_path_factory.mktemp("trainers")
    lines = (json.dumps(one) + "\n" for one in conversations())
    (folder / "statuses.jsonl").write_text("".join(lines))
    (folder / "recipe.toml").write_text(RECIPE)
    run("build", folder / "statuses.jsonl", "-o", folder / "dataset", "--recipe", folder / "recipe.toml")
    return folder / "dataset"


@pytest.fixture(scope="session")
def export(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Export:
    """Give what exports the same turns once more, with other options."""

    def write(format: str, *arguments: object) -> Path:
        folder = tmp_path_factory.mktemp(format)
        run("export", format, "-w", dataset / "workspace", "-o", folder, *arguments)
        return folder

    return write


def run(*arguments: object) -> None:
    done = chinwag_run(*arguments, "--quiet")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let what readers write into the home folder go elsewhere."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path
