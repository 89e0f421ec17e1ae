import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chinwag import shelves
from chinwag.errors import UsageError
from tests.archives import write


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install a package that adds to the shelves."""
    write(tmp_path / "addon" / "__init__.py", b"raise RuntimeError('imported')")
    write(tmp_path / "addon" / "mine.py", b'"""Read my own format.\n\nMore.\n"""\nNAME = "mine"\n')
    write(tmp_path / "single.py", b'"""Read one file."""\n')
    write(
        tmp_path / "addon-1.0.dist-info" / "entry_points.txt",
        b"[chinwag.sources]\nmine = addon.mine\nsingle = single\nlost = nowhere.at_all\n",
    )
    write(tmp_path / "addon-1.0.dist-info" / "METADATA", b"Metadata-Version: 2.1\nName: addon\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in ("addon", "addon.mine", "single"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("shelf", shelves.SHELVES)
def test_everything_on_a_shelf_has_a_sentence_and_loads(shelf: str) -> None:
    assert shelves.names(shelf) == sorted(shelves.names(shelf))
    for name in shelves.names(shelf):
        assert shelves.sentence(shelf, name).endswith((".", ")"))
        assert shelves.load(shelf, name).__doc__


def test_the_sources_are_there() -> None:
    assert "v1" in shelves.names("sources")


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"^no source is called 'v9'; there are: .*v1"):
        shelves.load("sources", "v9")


@pytest.mark.usefixtures("installed")
def test_packages_add_to_a_shelf_and_are_listed_without_being_imported() -> None:
    assert {"mine", "single", "v1"} <= set(shelves.names("sources"))
    assert shelves.sentence("sources", "mine") == "Read my own format."
    assert shelves.sentence("sources", "single") == "Read one file."
    assert "addon" not in sys.modules


@pytest.mark.usefixtures("installed")
def test_what_cannot_be_imported_is_named() -> None:
    with pytest.raises(UsageError, match="source 'lost' cannot be imported"):
        shelves.load("sources", "lost")


def test_listing_imports_nothing() -> None:
    code = "import sys; from chinwag import shelves; shelves.names('sources'); shelves.sentence('sources', 'v1')"
    code += "; sys.exit('chinwag.sources.v1' in sys.modules or 'msgspec' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
