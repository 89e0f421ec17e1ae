"""Each filter over the same small workspace: which tweets and conversations it drops, and what is left."""

from pathlib import Path
from typing import Any

import pytest

from chinwag import shelves
from chinwag.curate import run
from chinwag.recipe import check
from tests.workspaces import assembled, chinwag_run, rows, status, values

# Three conversations, and a tweet that is in none; 20 answers a tweet that is missing.
STATUSES = [
    status(10, possibly_sensitive=False),
    status(11, to=10, author=2, lang="ja"),
    status(12, to=11, author=3, possibly_sensitive=True),
    status(13, to=12, author=4),
    status(14, to=10, author=5, lang=None),
    status(20, to=9),
    status(21, to=20, author=2),
    status(30, lang="ja"),
    status(31, to=30, author=2, lang="in"),
    status(40, possibly_sensitive=True, lang="fr"),
]

# The filters as in a recipe; what is in `drops`; the turns that are left.
CASES: dict[str, tuple[dict[str, Any], list[tuple[str, str, int]], list[int]]] = {
    "none": ({}, [], [10, 11, 12, 13, 14, 20, 21, 30, 31]),
    "sensitive": (
        {"sensitive": {}},
        [("below_dropped", "tweet", 13), ("sensitive", "tweet", 12)],
        [10, 11, 14, 20, 21, 30, 31],
    ),
    "incomplete": (
        {"incomplete": {}},
        [("incomplete", "conversation", 20)],
        [10, 11, 12, 13, 14, 30, 31],
    ),
    "language": (
        {"language": {"keep": ["en", "id"]}},
        [
            ("below_dropped", "tweet", 12),
            ("below_dropped", "tweet", 13),
            ("below_dropped", "tweet", 31),
            ("language", "tweet", 11),
            ("language", "tweet", 14),
            ("language", "tweet", 30),
            ("single_turn", "tweet", 10),
        ],
        [20, 21],
    ),
    "language, nothing kept": (
        {"language": {"keep": []}},
        [("language", "tweet", n) for n in (10, 11, 12, 13, 14, 20, 21, 30, 31)],
        [],
    ),
    "kinds": (
        {"kinds": {"keep": ["quote", "inferred"]}},
        [("kinds", "tweet", n) for n in (11, 12, 13, 14, 21, 31)] + [("single_turn", "tweet", n) for n in (10, 20, 30)],
        [],
    ),
    "kinds, replies kept": ({"kinds": {"keep": ["reply"]}}, [], [10, 11, 12, 13, 14, 20, 21, 30, 31]),
    "two at once": (
        {"incomplete": {}, "language": {"keep": ["ja", "en"]}},
        [
            ("incomplete", "conversation", 20),
            ("language", "tweet", 14),
            ("language", "tweet", 31),
            ("single_turn", "tweet", 30),
        ],
        [10, 11, 12, 13],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_filter(case: str, tmp_path: Path) -> None:
    filters, dropped, left = CASES[case]
    workspace = assembled(tmp_path, STATUSES)
    summary = run(workspace, check({"filters": filters, "split": {"validation": 0, "test": 0}}, "recipe"), quiet=True)
    assert rows(workspace, "select filter, level, id from drops order by all") == dropped
    assert values(workspace, "select turn_id from turns order by all") == left
    assert summary.turns == len(left)
    assert summary.drops.total() == len(dropped)


def test_each_filter_has_a_case() -> None:
    cases = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in shelves.names("filters") if f'"{name}"' not in cases] == []


@pytest.mark.parametrize("name", shelves.names("filters"))
def test_a_filter_says_what_it_drops(name: str) -> None:
    part = shelves.load("filters", name)
    assert part.LEVEL in ("tweet", "conversation")
    assert shelves.sentence("filters", name).startswith("Drop ")


def test_filters_of_a_recipe_from_the_command_line(tmp_path: Path) -> None:
    workspace = assembled(tmp_path, STATUSES)
    recipe = tmp_path / "recipe.toml"
    recipe.write_text("[filters.sensitive]\n[filters.incomplete]\n[filters.language]\nkeep = ['en', 'ja']\n")
    done = chinwag_run("curate", "-w", workspace, "--recipe", recipe)
    assert done.returncode == 0, done.stderr
    assert "drops: below_dropped 1, incomplete 1, language 2, sensitive 1, single_turn 1" in done.stderr
    assert values(workspace, "select turn_id from turns order by all") == [10, 11]
