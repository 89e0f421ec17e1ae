"""The site in a real browser: list, filter, open, mark, undo, keys, a deep thread, hostile tweets."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from chinwag import marks
from chinwag.marks import Mark
from chinwag.recipe import load
from tests.browser.conftest import NARROW, WIDTH, opened, served, violations
from tests.workspaces import curated, status

DEEP = 2_000
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)><h1>big</h1> {{ 7 * 7 }} &lt;b&gt; \"' \u202etxet\u202c "
    "\u2067 \x00 \x1b[31m javascript:alert(3) https://example.org/<b> " + "W" * 4096
)
JANUARY: dict[str, Any] = {"created_at": "Fri Jan 01 10:00:00 +0000 2021"}
STATUSES = [
    status(100, "What is the best way to learn to bake bread?", **JANUARY),
    status(101, "Begin with a plain loaf, and bake it every week.", to=100, author=2, **JANUARY),
    status(102, "Thank you, that is good advice!", to=101, author=1, lang="fr", **JANUARY),
    status(103, "I would buy a book about it.", to=100, author=3, possibly_sensitive=True, **JANUARY),
    status(200, HOSTILE, lang="ar"),
    status(201, f"So it is: {HOSTILE}", to=200, author=2, possibly_sensitive=True),
    status(300, "A long thread begins here."),
    *(status(300 + n, f"Step {n} of many, said in words.", to=299 + n, author=1 + n % 2) for n in range(1, DEEP)),
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return curated(tmp_path_factory.mktemp("site"), STATUSES, load(None))


@pytest.fixture(scope="module")
def address(workspace: Path, chromium: Browser) -> Iterator[str]:
    with served(workspace) as found:
        yield found


@pytest.fixture(autouse=True)
def unmarked(workspace: Path) -> Iterator[None]:
    yield
    for tweet_id in marks.read(workspace):
        marks.put(workspace, tweet_id, None, None)


def rows(page: Page) -> list[str]:
    return [*map(str, page.locator("[data-row]").evaluate_all("all => all.map(one => one.id)"))]


def test_the_list_holds_every_conversation(page: Page, address: str) -> None:
    page.goto(address)
    assert rows(page) == ["c-300", "c-200", "c-100"]
    expect(page.locator("#count")).to_contain_text("3 of 3 conversations")


@pytest.mark.parametrize(
    ("field", "value", "left"),
    [
        ("Language", "ar", ["c-200"]),
        ("Tweets, at least", "5", ["c-300"]),
        ("Depth, at least", "2", ["c-300", "c-100"]),
        ("Authors", "3+", ["c-100"]),
        ("State", "dropped", ["c-200"]),
        ("Dropped by", "sensitive", ["c-200", "c-100"]),
        ("Order", "oldest", ["c-100", "c-200", "c-300"]),
    ],
)
def test_the_form_chooses(page: Page, address: str, field: str, value: str, left: list[str]) -> None:
    page.goto(address)
    control = page.get_by_label(field, exact=True)
    if control.evaluate("one => one.tagName") == "SELECT":
        control.select_option(value)
    else:
        control.fill(value)
    page.get_by_role("button", name="Show").click()
    assert rows(page) == left
    page.get_by_role("link", name="Clear all").click()
    assert len(rows(page)) == 3


def test_texts_are_searched(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Search texts").fill("BAKE it")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("text=BAKE"))
    assert rows(page) == ["c-100"]


def test_a_conversation_tells_what_became_of_each_tweet(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#c-100 .row-link").click()
    assert rows(page) == ["t-100", "t-101", "t-102", "t-103"]
    expect(page.locator("#t-101")).to_contain_text("assistant")
    expect(page.locator("#t-103 .fell")).to_contain_text("sensitive")
    expect(page.locator("#t-102 .edge")).to_contain_text("handle2")
    page.locator("#t-102 .edge a").click()
    assert page.url.endswith("#t-101")


def test_a_thread_of_thousands_opens_in_parts(page: Page, address: str) -> None:
    page.goto(f"{address}/conversation/300")
    assert len(rows(page)) == 500
    page.get_by_role("link", name="Last").first.click()
    assert rows(page)[-1] == f"t-{300 + DEEP - 1}"
    # Deep down nothing is squeezed: each tweet has room for its words.
    assert page.locator(f"#t-{300 + DEEP - 1} .text").evaluate("one => one.clientWidth") > 300
    page.locator(f"#t-{300 + DEEP - 500} .edge a").click()
    expect(page.locator(f"#t-{299 + DEEP - 500}")).to_be_in_viewport()
    page.goto(f"{address}/conversation/{300 + 1234}")
    expect(page.locator("#t-1534")).to_be_in_viewport()


@pytest.mark.parametrize("path", ["/", "/conversation/200", "/?text=script", "/rules"])
def test_a_hostile_tweet_stays_text(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    assert page.locator("img, main script, .said h1, .text h1, .said b").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    if path == "/conversation/200":
        shown = str(page.locator("#t-200 .said").text_content())
        assert shown.startswith("<script>alert(1)</script><img src=x onerror=alert(2)><h1>big</h1> {{ 7 * 7 }}")
        assert "\ufffd" in shown
        assert shown.endswith("W" * 4096)
        # What follows a mark of direction stands where it would stand without it.
        after, handle = page.locator("#t-200 .meta").bounding_box(), page.locator("#t-200 .text").bounding_box()
        assert after and handle and abs(after["x"] - handle["x"]) < 2


def test_marks_by_the_mouse(page: Page, address: str, workspace: Path) -> None:
    page.goto(address)
    page.locator("#c-100").get_by_role("button", name="Drop").click()
    expect(page.locator("#done")).to_contain_text("Marked drop")
    expect(page.locator("#c-100 .badge.mark")).to_have_text("marked drop")
    assert marks.read(workspace) == {100: Mark("drop", None)}
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#c-100 .badge.mark")).to_have_count(0)
    assert marks.read(workspace) == {}


def test_a_note_is_kept_beside_the_mark(page: Page, address: str, workspace: Path) -> None:
    page.goto(f"{address}/conversation/100")
    page.get_by_role("button", name="Keep").click()
    page.get_by_label("Note").fill("ask <b>somebody</b>")
    page.get_by_role("button", name="Save note").click()
    assert marks.read(workspace) == {100: Mark("keep", "ask <b>somebody</b>")}
    page.get_by_label("Note").press("End")
    page.keyboard.type(" else")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#done")).to_contain_text("Note saved")
    assert marks.read(workspace) == {100: Mark("keep", "ask <b>somebody</b> else")}
    page.goto(f"{address}/?mark=note")
    assert rows(page) == ["c-100"]
    expect(page.locator("#c-100")).to_contain_text("ask <b>somebody</b> else")


def test_everything_by_the_keyboard(page: Page, address: str, workspace: Path) -> None:
    page.goto(address)
    for key in ("j", "j", "j", "k", "j"):
        page.keyboard.press(key)
    expect(page.locator("#l-100")).to_be_focused()
    page.keyboard.press("Shift+K")
    expect(page.locator("#done")).to_contain_text("Marked keep")
    page.wait_for_load_state()  # of the script too
    assert marks.read(workspace) == {100: Mark("keep", None)}
    page.keyboard.press("u")
    expect(page.locator("#c-100 .badge.mark")).to_have_count(0)
    assert marks.read(workspace) == {}
    page.locator("#l-100").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/conversation/100"))
    page.wait_for_load_state()
    page.keyboard.press("j")
    expect(page.locator("#t-100")).to_be_focused()
    page.keyboard.press("d")
    expect(page.locator("#done")).to_contain_text("Marked drop")
    page.wait_for_load_state()
    assert marks.read(workspace) == {100: Mark("drop", None)}
    page.keyboard.press("n")
    page.keyboard.type("d k u /")  # in a field keys are letters
    expect(page.get_by_label("Note")).to_have_value("d k u /")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_have_attribute("open", "")


def test_every_control_is_reached_by_tab(page: Page, address: str) -> None:
    page.goto(address)
    wanted = set(page.locator("a:visible, button:visible, input:visible, select:visible").evaluate_all(
        "all => all.map((one, place) => (one.dataset.place = place, String(place)))"
    ))  # fmt: skip
    reached = set()
    for _ in range(len(wanted) + 5):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.place || ''"))
    assert wanted - reached == set()


def test_all_of_it_works_without_scripts(chromium: Browser, address: str, workspace: Path) -> None:
    with opened(chromium, java_script_enabled=False) as page:
        page.goto(f"{address}/?lang=en")
        page.locator("#c-100").get_by_role("button", name="Keep").click()
        assert marks.read(workspace) == {100: Mark("keep", None)}
        page.get_by_role("button", name="Undo").click()
        assert marks.read(workspace) == {}


@pytest.mark.parametrize(
    "path", ["/", "/conversation/100", "/conversation/200", "/rules", "/?depth=x", "/conversation/1"]
)
def test_axe_finds_no_violation(chromium: Browser, address: str, path: str) -> None:
    for viewport in (WIDTH, NARROW):
        with opened(chromium, refused=True, viewport=viewport) as page:
            page.goto(address + path)
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                assert violations(page) == []


@pytest.mark.parametrize(
    ("name", "options"), {"light": {}, "dark": {"color_scheme": "dark"}, "narrow": {"viewport": NARROW}}.items()
)
def test_pictures_are_taken(
    chromium: Browser, address: str, tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    sizes = []
    with opened(chromium, **options) as page:
        for path in ("/", "/conversation/100"):
            page.goto(address + path)
            sizes.append(len(page.screenshot(path=tmp_path / f"{name}{path.replace('/', '-')}.png", full_page=True)))
            background = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert background == ("rgb(22, 23, 25)" if name == "dark" else "rgb(251, 250, 248)")
    assert min(sizes) > 10_000  # an empty page has some 5 kB
