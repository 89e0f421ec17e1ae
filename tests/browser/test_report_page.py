"""The report in a real browser: a file that opens offline, light, dark, narrow and on paper, for everybody."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from chinwag import report
from chinwag.recipe import load
from tests.browser.conftest import NARROW, opened, violations
from tests.browser.test_site import HOSTILE
from tests.workspaces import curated, status

STATUSES = [
    status(100, "What is the best way to learn to bake bread?"),
    status(101, "Begin with a plain loaf, and bake it every week.", to=100, author=2),
    status(102, "Thank you, that is good advice!", to=101, author=1, lang="fr"),
    status(103, "I would buy a book about it.", to=100, author=3, possibly_sensitive=True),
    status(200, HOSTILE, lang="<b>ar</b>"),
    status(201, "That is hard to read, if it is not a joke.", to=200, author=2),
    status(301, "The one I answer is not here.", to=300),
]
LOOKS: dict[str, dict[str, Any]] = {"light": {}, "dark": {"color_scheme": "dark"}, "narrow": {"viewport": NARROW}}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    recipe = load(None)
    kept = {name: options for name, options in recipe.filters.items() if name != "noise"}
    workspace = curated(folder, STATUSES, type(recipe)(filters=kept))
    report.run(workspace, folder / "report.html", quiet=True)
    return folder / "report.html"


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_violation_and_nothing_is_wider_than_the_screen(
    chromium: Browser, written: Path, tmp_path: Path, look: str
) -> None:
    with opened(chromium, **LOOKS[look]) as page:
        page.goto(written.as_uri())
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert len(page.screenshot(path=tmp_path / f"{look}.png", full_page=True)) > 20_000
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert background == ("rgb(22, 23, 25)" if look == "dark" else "rgb(251, 250, 248)")


def test_hostile_text_stays_text(chromium: Browser, written: Path) -> None:
    with opened(chromium) as page:
        page.goto(written.as_uri())
        assert page.locator("script, img, .said *, b b").count() == 0
        said = [str(one.text_content()) for one in page.locator(".said").all()]
        assert any(
            "<script>alert(1)</script><img src=x onerror=alert(2)><h1>big</h1> {{ 7 * 7 }}" in one for one in said
        )


def test_numbers_are_exact_on_hover_and_in_tables(chromium: Browser, written: Path) -> None:
    with opened(chromium) as page:
        page.goto(written.as_uri())
        titles = page.locator("svg g > title, svg > title").all_text_contents()
        assert any("sensitive: 1 fall" in title for title in titles)
        parents = page.locator("#figure-parents tr", has_text="still missing")
        assert parents.locator("td.number").first.text_content() == "1"


def test_links_lead_to_their_rules_by_the_keyboard(chromium: Browser, written: Path) -> None:
    with opened(chromium) as page:
        page.goto(written.as_uri())
        page.get_by_role("link", name="sensitive").first.focus()
        page.keyboard.press("Enter")
        assert page.url.endswith("#rule-sensitive")
        assert page.locator("#rule-sensitive").bounding_box() is not None
        dead = "all => all.filter(one => !document.getElementById(one.hash.slice(1))).map(one => one.hash)"
        assert page.locator("a[href^='#']").evaluate_all(dead) == []


def test_it_prints(chromium: Browser, written: Path) -> None:
    with opened(chromium, color_scheme="dark") as page:
        page.goto(written.as_uri())
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.pdf().startswith(b"%PDF")
