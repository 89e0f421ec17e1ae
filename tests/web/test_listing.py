from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chinwag import marks
from chinwag.errors import UsageError
from chinwag.web import listing
from chinwag.web.index import Index
from chinwag.web.listing import Choice, beside, chosen, count, find
from tests.web.serving import LANGUAGES, many, opened, tree_of
from tests.workspaces import Json

Row = dict[str, Any]
MARKED = {3000: ("keep", None), 6000: ("drop", "a note"), 9000: (None, "only a note")}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    workspace = many(tmp_path_factory.mktemp("many"))
    for root, (mark, note) in MARKED.items():
        marks.put(workspace, root, mark, note)
    with opened(workspace) as made:
        yield made


def facts(tree: list[Json]) -> Row:
    """Say of a conversation what can be chosen by, from its statuses alone."""
    parents = {one["id"]: one.get("in_reply_to_status_id") for one in tree}
    gone = {one["id"] for one in tree if one.get("possibly_sensitive")}
    depths: dict[int, int] = {}
    below: set[int] = set()
    for one in tree:
        parent = parents[one["id"]]
        depths[one["id"]] = 0 if parent is None else depths[parent] + 1
        if parent in gone | below and one["id"] not in gone:
            below.add(one["id"])
    kept = len(tree) - len(gone | below) > 1
    rules = {"sensitive"} if gone else set()
    rules |= {"below_dropped"} if below else set()
    return {
        "root": tree[0]["id"],
        "lang": tree[0]["lang"],
        "tweets": len(tree),
        "depth": max(depths.values()),
        "authors": len({one["user"]["id"] for one in tree}),
        "texts": [one["text"] for one in tree],
        "state": "kept" if kept else "dropped",
        "rules": rules | (set() if kept else {"single_turn"}),
    }


FACTS = [facts(tree_of(number)) for number in range(1, 131)]
BY_MARK: dict[str, set[int]] = {
    "keep": {3000},
    "drop": {6000},
    "note": {6000, 9000},
    "none": {row["root"] for row in FACTS} - {*MARKED},
}
# What each filter demands of a conversation, and values worth choosing.
LAWS: dict[str, Callable[[Row, Any], bool]] = {
    "lang": lambda row, value: row["lang"] == value,
    "depth": lambda row, value: row["depth"] >= value,
    "tweets": lambda row, value: row["tweets"] >= value,
    "authors": lambda row, value: row["authors"] >= 3 if value == "3+" else row["authors"] == 2,
    "state": lambda row, value: row["state"] == value,
    "rule": lambda row, value: value in row["rules"],
    "source": lambda row, value: True,
    "mark": lambda row, value: row["root"] in BY_MARK[value],
    "text": lambda row, value: any(value.lower() in text.lower() for text in row["texts"]),
}
VALUES: dict[str, list[Any]] = {
    "lang": [*LANGUAGES],
    "depth": [1, 2, 4, 9],
    "tweets": [2, 3, 5],
    "authors": ["2", "3+"],
    "state": ["kept", "dropped"],
    "rule": ["sensitive", "single_turn"],
    "source": ["v1"],
    "mark": [*BY_MARK],
    "text": ["straße", "äpfel", "ANSWER 3", "of 1", "nowhere", "100%_", "'", "n.", "(?", "\\E"],
}
ORDERS = {True: ("newest", "oldest"), False: listing.ORDERS}  # texts are searched by age


@st.composite
def choices(draw: st.DrawFn) -> Choice:
    names = draw(st.lists(st.sampled_from([*VALUES]), unique=True, max_size=3))
    values = {name: draw(st.sampled_from(VALUES[name])) for name in names}
    return Choice(order=draw(st.sampled_from(ORDERS["text" in names])), **values)


def walked(index: Index, choice: Choice) -> list[int]:
    """Go through all pages of the list."""
    roots: list[int] = []
    after: int | None = None
    for _ in range(1000):
        page = find(index, choice, after)
        assert len(page.rows) <= listing.PAGE
        roots += [row["root_id"] for row in page.rows]
        after = page.after
        if after is None:
            return roots
    raise AssertionError("the list has no end")


def wanted(choice: Choice) -> list[int]:
    """Choose by the facts, one by one."""
    asked = {name: value for name, value in asdict(choice).items() if name in LAWS and value}
    rows = [row for row in FACTS if all(LAWS[name](row, value) for name, value in asked.items())]
    if choice.order == "largest":
        return [row["root"] for row in sorted(rows, key=lambda row: (row["tweets"], row["root"]), reverse=True)]
    return sorted((row["root"] for row in rows), reverse=choice.order == "newest")


@settings(max_examples=60)
@given(choices())
def test_all_pages_together_hold_what_is_chosen_once_in_order(index: Index, choice: Choice) -> None:
    expected = wanted(choice)
    assert walked(index, choice) == expected
    if not choice.text:
        assert count(index, choice) == (len(expected), sum(row["tweets"] for row in FACTS if row["root"] in expected))


def test_a_search_stops_and_goes_on(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "CHUNK", 20)
    monkeypatch.setattr(listing, "SEARCHED", 60)
    for order in ("newest", "oldest"):
        for text in ("ANSWER 3", "straße"):
            choice = Choice(text=text, order=order, lang="en")
            assert walked(index, choice) == wanted(choice)
    first = find(index, Choice(text="nowhere"))
    assert first.rows == []
    assert first.after is not None
    assert first.searched is not None
    assert 60 <= first.searched < 70
    second = find(index, Choice(text="nowhere"), first.after)
    assert second.searched is not None
    assert 120 <= second.searched < 140


def test_a_search_says_at_its_end_that_all_was_searched(index: Index) -> None:
    page = find(index, Choice(text="nowhere"))
    assert (page.rows, page.after, page.searched) == ([], None, index.tweets)


@settings(max_examples=20)
@given(choices())
def test_what_stands_beside_a_conversation_is_what_the_list_says(index: Index, choice: Choice) -> None:
    roots = wanted(choice)
    for place in {0, len(roots) // 2, len(roots) - 1} if roots else set():
        before = roots[place - 1] if place else None
        following = roots[place + 1] if place + 1 < len(roots) else None
        assert beside(index, choice, roots[place]) == (before, following)


def test_a_choice_is_read_back_from_its_address(index: Index) -> None:
    assert chosen({}, index) == Choice()
    assert Choice().query() == ""
    assert Choice(text="a&b=c", depth=3).query(after=5) == "?text=a%26b%3Dc&depth=3&after=5"
    read = {"lang": "ja", "depth": "3", "authors": "2", "mark": "none", "text": " x ", "order": "", "after": "7"}
    assert chosen(read, index) == Choice(lang="ja", depth=3, authors="2", mark="none", text="x")


def test_texts_are_searched_by_age(index: Index) -> None:
    assert chosen({"text": "x", "order": "largest"}, index).order == "newest"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"depth": "deep"}, "depth: 'deep' is no whole number"),
        ({"depth": "-1"}, "depth"),
        ({"tweets": "1.5"}, "tweets"),
        ({"tweets": "٣"}, "tweets"),
        ({"tweets": "99999999999999999999"}, "tweets"),
        ({"depth": str(2**63)}, "depth"),
        ({"authors": "two"}, "authors"),
        ({"authors": "2++"}, "authors"),
        ({"lang": "xx"}, "no lang is called 'xx'"),
        ({"split": "nowhere"}, "no split"),
        ({"rule": "sensitiv"}, "do you mean sensitive"),
        ({"source": "v9"}, "no source"),
        ({"state": "gone"}, "no state"),
        ({"mark": "maybe"}, "no mark"),
        ({"order": "random"}, "no order"),
        ({"langs": "en"}, "no parameter is called 'langs'; do you mean lang"),
        ({"text": "x" * 201}, "at most 200"),
    ],
)
def test_what_cannot_be_chosen_is_said(index: Index, query: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("+", r"\+")):
        chosen(query, index)
