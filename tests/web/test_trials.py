import html
import itertools
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chinwag import curate, marks, shelves
from chinwag.recipe import Recipe
from chinwag.web import index as indexing
from chinwag.web import trials
from chinwag.web.index import Index
from tests.web.serving import opened, served
from tests.workspaces import assembled, curated, status, values

HOSTILE = "<script>alert(1)</script> \"'><b onload=x>& \u202e\x00"
STATUSES = [
    status(10, "a question", favorite_count=9),
    status(11, HOSTILE, to=10, author=2, favorite_count=3),
    status(12, "BUY", to=10, author=3, favorite_count=1, possibly_sensitive=True),
    status(13, "well", to=11, author=1, favorite_count=1),
    status(20, "another", author=4, favorite_count=5),
    status(21, "an answer", to=20, author=5, favorite_count=5, possibly_sensitive=True),
    status(30, "so many #a #b #c #d of them are here", author=6, favorite_count=7),
    status(31, "so it is", to=30, author=7, favorite_count=7),
]
RECIPE = Recipe(
    filters={
        "marks": {},
        "sensitive": {},
        "likes": {"least": 2, "unknown": "drop"},
        "hashtags": {"most": 5, "share": 1.0},
    }
)
# What `likes` marks now. 12 and 21 are sensitive, so that 20 is a single turn.
NOW = {12, 13}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return curated(tmp_path_factory.mktemp("trials"), STATUSES, RECIPE)


@pytest.fixture(scope="module")
def index(workspace: Path) -> Iterator[Index]:
    with opened(workspace) as found:
        yield found


@pytest.fixture
def copy(workspace: Path, tmp_path: Path) -> Path:
    """Copy the workspace, for a test that changes it; without its index."""
    return shutil.copytree(workspace, tmp_path / "copy", ignore=shutil.ignore_patterns("browse"))


def changes(page: str) -> dict[str, tuple[int, int]]:
    """Read the table of changes: how many, and how many of them no other rule marks."""
    found = re.findall(r'<tr><th scope="row">([^<]+)</th><td class="number">(\d+)</td><td class="number">(\d+)', page)
    return {title: (int(marked), int(alone)) for title, marked, alone in found}


def linked(page: str) -> list[int]:
    """Read the ids of the examples, in their order."""
    found = re.findall(r'href="/conversation/(\d+)#t-(\d+)"', page)
    assert all(first == second for first, second in found)
    return [int(first) for first, _ in found]


def lines(page: str) -> dict[str, Any]:
    """Read the lines for the recipe."""
    [found] = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL)
    table: dict[str, Any] = tomllib.loads(html.unescape(found))["filters"]
    return table


def fault(page: str) -> str:
    """Read what is wrong; nothing where nothing is."""
    found = re.search(r'id="fault" role="status">(.*?)</p>', page, re.DOTALL)
    return html.unescape(re.sub("<[^>]+>", "", found[1])) if found else ""


CASES = [
    # parameters, now, then, newly marked, no longer marked, the examples, the lines for the recipe
    (  # the threshold goes up: 11 falls, which no other rule marks
        {"filter": "likes", "least": "4"}, (2, 1), (3, 2), (1, 1), (0, 0), [11],
        {"likes": {"least": 4, "unknown": "drop"}},
    ),
    (  # further up: 20 and 21 fall elsewhere already, and come last
        {"filter": "likes", "least": "6"}, (2, 1), (5, 2), (3, 1), (0, 0), [11, 20, 21],
        {"likes": {"least": 6, "unknown": "drop"}},
    ),
    (  # down: 13 comes back, and 12 would, but it is sensitive
        {"filter": "likes", "least": "1"}, (2, 1), (0, 0), (0, 0), (2, 1), [13, 12],
        {"likes": {"least": 1, "unknown": "drop"}},
    ),
    (  # another option, and one left empty: the recipe's holds
        {"filter": "likes", "least": "", "root": "8"}, (2, 1), (4, 2), (2, 1), (0, 0), [30, 20],
        {"likes": {"least": 2, "unknown": "drop", "root": 8}},
    ),
    (  # as in the recipe
        {"filter": "likes"}, (2, 1), (2, 1), (0, 0), (0, 0), [],
        {"likes": {"least": 2, "unknown": "drop"}},
    ),
    (  # not in the recipe; of the tree, 13 alone lies so deep, and likes marks it
        {"filter": "deep", "most": "1"}, (0, 0), (1, 0), (1, 0), (0, 0), [13], {"deep": {"most": 1}},
    ),
    (  # of whole conversations; of that of 20 every tweet is marked
        {"filter": "shallow", "least": "2"}, (0, 0), (2, 1), (2, 1), (0, 0), [30, 20], {"shallow": {"least": 2}},
    ),
    (  # a Judge, by a share that is at its default and by a number
        {"filter": "hashtags", "most": "3"}, (0, 0), (1, 1), (1, 1), (0, 0), [30],
        {"hashtags": {"most": 3, "share": 1.0}},
    ),
    (  # a Judge that is not in the recipe, with a number that is no whole one
        {"filter": "mentions", "share": "0.25"}, (0, 0), (0, 0), (0, 0), (0, 0), [], {"mentions": {"share": 0.25}},
    ),
    (  # yes or no: nothing is marked keep
        {"filter": "marks", "only": "true"}, (0, 0), (3, 2), (3, 2), (0, 0), [10, 30, 20], {"marks": {"only": True}},
    ),
    (  # no options at all; what it marks now it marks then
        {"filter": "sensitive"}, (2, 1), (2, 1), (0, 0), (0, 0), [], {"sensitive": {}},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("params", "now", "then", "newly", "gone", "examples", "told"), CASES)
def test_a_trial_says_what_would_change(
    index: Index, params: dict[str, str], now: Any, then: Any, newly: Any, gone: Any, examples: Any, told: Any
) -> None:
    page = trials.page(index, params)
    assert fault(page) == ""
    found = changes(page)
    assert found == {"Marked now": now, "Marked then": then, "Newly marked": newly, "No longer marked": gone}
    assert linked(page) == examples
    assert lines(page) == told
    assert ('id="same"' in page) == (told.items() <= {**RECIPE.filters}.items())


def test_what_a_trial_says_is_what_curate_does_then(index: Index, copy: Path) -> None:
    found = lines(trials.page(index, {"filter": "likes", "least": "6"}))
    curate.run(copy, Recipe(filters={**RECIPE.filters, **found}), quiet=True)
    assert set(values(copy, "select id from drops where filter = 'likes'")) == NOW | {11, 20, 21}


BAD = [
    ({"filter": "likes", "least": "many"}, "least: 'many' is not a whole number"),
    ({"filter": "likes", "least": "1.5"}, "least: '1.5' is not a whole number"),
    ({"filter": "likes", "least": "-1"}, "least: -1 is less than 0"),
    ({"filter": "likes", "least": str(2**60)}, f"options.least: {2**60} is more than any count"),
    ({"filter": "likes", "least": "9" * 4000}, f"least: '{'9' * 40}' is not a whole number"),
    ({"filter": "likes", "most": "1"}, "the address: no option is called 'most'; there are: least, root, unknown"),
    ({"filter": "likes", "unknown": "keep"}, "unknown: only a recipe can give it, for it may name a file"),
    ({"filter": "like_examples", "path": "/etc/passwd"}, ""),
    ({"filter": "language", "keep": "en"}, ""),
    ({"filter": "blocklist"}, "keywords, hashtags: "),
    ({"filter": "deep"}, "options: most has to be given"),
    ({"filter": "deep", "most": "  "}, "options: most has to be given"),
    ({"filter": "followers"}, "least, most: there is no limit"),
    ({"filter": "hashtags", "share": "2"}, "share: 2.0 is no share"),
    ({"filter": "hashtags", "share": "nan"}, "share: 'nan' is not a number that can be tried"),
    ({"filter": "hashtags", "share": "1e999"}, "share: '1e999' is not a number"),
    ({"filter": "marks", "only": "perhaps"}, "only: 'perhaps' is not yes or no"),
    ({"filter": "liks"}, "the address: no filter is called 'liks'; do you mean likes?"),
    ({"filter": "../recipe"}, "the address: no filter is called '../recipe'"),
    ({"filter": HOSTILE, "least": HOSTILE}, "the address: no filter is called '<script>"),
    ({"filter": "likes", "least": HOSTILE}, "least: '<script>"),
    ({"filter": "likes", HOSTILE: "1"}, "the address: no option is called '<script>"),
    ({"least": "1"}, "choose a rule first"),
]


@pytest.mark.parametrize(("params", "wanted"), BAD)
def test_what_cannot_be_tried_is_told(index: Index, params: dict[str, str], wanted: str) -> None:
    page = trials.page(index, params)
    assert fault(page).startswith(wanted or "It cannot be tried: it needs ")
    assert changes(page) == {}
    assert "<script>alert" not in page and "onload=x>" not in page
    assert "Rules of the recipe" in page


@settings(max_examples=20)
@given(
    st.dictionaries(
        st.sampled_from(["filter", "most", "share", "only"]), st.text() | st.integers().map(str), min_size=1
    )
)
def test_no_parameters_break_the_page(index: Index, params: dict[str, str]) -> None:
    assert "Rules of the recipe" in trials.page(index, {"filter": "hashtags", **params})


@pytest.mark.parametrize("name", shelves.names("filters"))
def test_any_filter_can_be_tried_or_says_why_not(index: Index, name: str) -> None:
    page = trials.page(index, {"filter": name})
    assert changes(page) or fault(page)
    if options := re.findall(r'id="o-(\w+)"', page):
        page = trials.page(index, {"filter": name, **dict.fromkeys(options, str(2**53))})
        assert changes(page) or fault(page)


def test_the_texts_of_tweets_stay_texts(index: Index) -> None:
    page = trials.page(index, {"filter": "likes", "least": "4"})
    shown = html.escape(HOSTILE).replace("\x00", "\ufffd").replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
    assert f'<bdi class="said" dir="auto">{shown}</bdi>' in page
    assert "<script>alert" not in page
    assert not re.search(r"<[^>]*\s(style|on\w+)=", page)


def test_the_recipe_is_listed_with_what_it_marked(index: Index) -> None:
    page = trials.page(index, {})
    [own] = re.findall(r'<table id="own">(.*?)</table>', page, re.DOTALL)
    told = re.findall(
        r'filter=(\w+)">.*?<td class="number">([^<]+)</td>\s*<td class="number">([^<]+)</td>', own, re.DOTALL
    )
    assert told == [
        ("marks", "0 conversations", "0"),
        ("sensitive", "2 tweets", "1"),
        ("likes", "2 tweets", "1"),
        ("hashtags", "0 tweets", "0"),
    ]
    assert "least = 2, unknown = &#34;drop&#34;" in own
    [others] = re.findall(r'<table id="others">(.*?)</table>', page, re.DOTALL)
    listed = re.findall(r'<th scope="row">(?:<a [^>]*>)?(\w+)', others)
    assert sorted([*listed, *RECIPE.filters]) == shelves.names("filters")
    assert "it needs keep, which only a recipe can give" in others
    assert "all <strong>3</strong> conversations, with 8 tweets" in page


def test_headings_are_in_order_and_controls_have_labels(index: Index) -> None:
    page = trials.page(index, {"filter": "likes", "least": "4"})
    levels = [int(level) for level in re.findall(r"<h(\d)", page)]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in itertools.pairwise(levels))
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    controls = re.findall(r'<(?:input|select)(?![^>]*type="hidden")[^>]*\sid="([^"]+)"', page)
    assert set(controls) <= set(re.findall(r'<label[^>]* for="([^"]+)"', page))
    assert len(re.findall("<table", page)) == len(re.findall("<caption", page))


def test_a_sample_is_said_to_be_one(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(indexing.VALUES, "sample.roots", [5, 5])
    with opened(copy) as index:
        page = trials.page(index, {"filter": "likes", "least": "9"})
        sampled, tweets = index.sampled[0], index.value("select count(*) from sample.nodes")
    assert 0 < sampled < 3
    assert f"sample: <strong>{sampled}</strong> of 3 conversations, with {tweets} tweets" in page
    assert changes(page)["Marked then"][0] <= tweets < len(STATUSES)


def test_what_is_marked_keep_stays(copy: Path) -> None:
    with opened(copy) as index:
        marks.put(copy, 10, "keep", None)
        page = trials.page(index, {"filter": "likes", "least": "6"})
    # 11 to 13 stay by the mark, which came after the last curate.
    assert changes(page)["Marked now"] == (0, 0) and linked(page) == [20, 21]
    assert "3 tweets it would mark stay" in page
    assert "The last curate marked 2 tweets here, not 0" in page


def test_what_was_not_curated_has_no_recipe(tmp_path: Path) -> None:
    with opened(assembled(tmp_path, STATUSES)) as index:
        page = trials.page(index, {"filter": "likes", "least": "2"})
    assert 'id="uncurated"' in page and "No recipe was run yet" in page
    assert changes(page)["Newly marked"] == (2, 2)


def test_a_filter_that_is_gone_is_told(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    filters = {"vanished": {"least": 1}, **RECIPE.filters}
    monkeypatch.setitem(index.target.state.options["curate"], "filters", filters)
    page = trials.page(index, {"filter": "likes", "least": "4"})
    gone = trials.page(index, {"filter": "vanished"})
    assert "no filter is called &#39;vanished&#39;" in page and changes(page)["Newly marked"] == (1, 1)
    assert "no filter is called 'vanished'" in fault(gone)


def test_the_site_serves_it(workspace: Path) -> None:
    with served(workspace) as client:
        page = client.get("/rules", params={"filter": "likes", "least": "4"})
        bad = client.get("/rules", params={"filter": "likes", "least": "x"})
        [example] = linked(page.text)
        led = client.get(f"/conversation/{example}")
    assert (page.status_code, bad.status_code) == (200, 200)
    assert changes(page.text)["Newly marked"] == (1, 1)
    assert led.headers["location"] == f"/conversation/10#t-{example}"
