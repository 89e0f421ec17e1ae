"""Hold every promise of the documents that a machine can check against the code."""

import inspect
import json
import re
import sys
import tomllib
import types
from dataclasses import fields, replace
from pathlib import Path

import msgspec
import pytest

import chinwag
from chinwag import recipe, shelves
from chinwag.cli import cli
from chinwag.providers import x_api
from chinwag.records import Records, Source, claimant, load
from chinwag.rendering import Rendering
from chinwag.rows import Rows
from chinwag.tables import TABLES, TERMS
from docs import render

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md"]
PAGES += ["docs/originals.md", "docs/training.md"]


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", render.PARTS)
def test_what_follows_from_the_code_is_up_to_date(page: str) -> None:
    assert render.render(page, read(page)) == read(page), "run: make docs"


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_each_command_is_in_the_readme(command: str) -> None:
    assert f"chinwag {command}" in read("README.md")


@pytest.mark.parametrize("page", PAGES)
def test_each_command_that_a_page_names_exists(page: str) -> None:
    code = re.findall(r"```sh\n.*?```|`[^`\n]+`", read(page), re.DOTALL)
    named = {name for piece in code for name in re.findall(r"(?:^|`)chinwag ([a-z]+)\b", piece, re.MULTILINE)}
    assert named <= set(cli.commands)


@pytest.mark.parametrize("page", PAGES)
def test_each_make_target_that_a_page_names_exists(page: str) -> None:
    named = set(re.findall(r"`make ([a-z-]+)|^make ([a-z-]+)", read(page), re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    assert {one or other for one, other in named} <= targets


@pytest.mark.parametrize("page", PAGES)
def test_each_file_that_a_page_links_to_is_there(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[a-z-]+)?\)", read(page))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


def test_the_readme_names_every_table() -> None:
    assert [table for table in TABLES if f"`{table}`" not in read("README.md")] == []


def test_the_recipe_in_the_readme_has_every_key_with_its_default() -> None:
    found = re.search(r"```toml\n(.*?)```", read("README.md"), re.DOTALL)
    assert found
    table = tomllib.loads(found[1])
    shown = recipe.check(table, "README.md")
    assert replace(shown, filters={}, exclude_sources=tuple(shown.exclude_sources)) == recipe.Recipe()


def test_the_page_on_training_sets_has_every_key_of_turns() -> None:
    page = read("docs/training.md")
    assert [field.name for field in fields(Rendering) if f"| `{field.name}` |" not in page] == []


def test_the_source_in_contributing_reads_what_it_claims() -> None:
    found = re.search(r"```python\n(.*?)```", read("CONTRIBUTING.md"), re.DOTALL)
    assert found
    toot = types.ModuleType("toot")
    sys.modules["toot"] = toot  # where msgspec looks for the types of annotations
    exec(found[1], vars(toot))
    source = Source("toot", toot.Record, toot.claims, toot.read, msgspec.json.Decoder(toot.Record))
    line = b'{"toot_id": "7", "written": "2009-01-01T00:00:00Z", "body": "hi", "answers": "5"}\n'
    assert source.claims(json.loads(line))
    assert claimant(json.loads(line), load()) is None
    rows = Rows()
    Records(source, [source], rows).lines(range(1, 4), line + b'{"toot_id": "x", "body": ""}\n{"toot_id": "7"}\n')
    assert (rows.counts["tweets"], rows.counts["rejects"]) == (1, 2)
    [row] = rows.take()["sightings"].to_pylist()
    assert (row["id"], row["text"], row["reply_to_id"], row["created_at"].year) == (7, "hi", 5, 2009)


def test_every_source_is_in_the_readme() -> None:
    assert [
        name for name in shelves.names("sources") if f"| `{name}`" not in read("README.md").replace(", `", "| `")
    ] == []


def test_the_page_on_originals_knows_all_terms_providers_and_columns() -> None:
    page = read("docs/originals.md")
    assert [name for name in TERMS if f"| `{name}` |" not in page] == []
    assert [column for column in TABLES["wanted"] if f"| `{column}` |" not in page] == []
    assert f"${x_api.PRICE}" in page
    for name in shelves.names("providers"):
        options = inspect.signature(shelves.load("providers", name).open).parameters
        assert [option for option in options if not re.search(rf"`{option}`|-O {option}=", page)] == [], name


def test_the_changelog_begins_with_this_version() -> None:
    found = re.search(r"^## (\S+)", read("CHANGELOG.md"), re.MULTILINE)
    assert found and found[1] == chinwag.__version__


def test_no_module_is_above_400_lines() -> None:
    long = {path.name: n for path in (ROOT / "src").rglob("*.py") if (n := path.read_text().count("\n")) > 400}
    assert long == {}
