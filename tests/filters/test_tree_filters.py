"""Filters by counts, by depth, by parties, and of whole conversations: what each drops of small trees."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag import shelves
from tests.filters.judging import Case, Row, dropped, reply

# The filter; its options; tweets, of which one without a parent answers the first; and what it drops.
CASES: dict[str, Case] = {
    "about: a keyword": (
        "about",
        {"keywords": ["Bread"]},
        [
            reply(1, None, text="my bread never rises"),
            reply(2, 1),
            reply(3, None),
            reply(4, 3, text="BREAD!"),
            reply(5, None, text="breadth"),
            reply(6, 5, text="gingerbread"),
        ],
        [5],
    ),
    "about: a hashtag": (
        "about",
        {"hashtags": ["#Baking"]},
        [reply(1, None, text="my #baking"), reply(2, None, text="my baking"), reply(3, None, text="#bakingday")],
        [2, 3],
    ),
    "likes": (
        "likes",
        {"least": 2},
        [{"text": "a", "like_count": 1}, {"text": "a", "like_count": 2}, {"text": "a", "like_count": None}],
        [1],
    ),
    "likes: of roots and unknown": (
        "likes",
        {"least": 2, "root": 10, "unknown": "drop"},
        [reply(1, None, like_count=9), reply(2, 1, like_count=2), reply(3, 1), reply(4, None, like_count=10)],
        [1, 3],
    ),
    "followers": (
        "followers",
        {"least": 10, "most": 100},
        [{"text": "a", "author_followers": number} for number in (9, 10, 100, 101, None)],
        [1, 4],
    ),
    "followers: unknown": (
        "followers",
        {"least": 10, "unknown": "drop"},
        [{"text": "a", "author_followers": number} for number in (10, 10**9, None)],
        [3],
    ),
    "deep": ("deep", {"most": 1}, [reply(1, None), reply(2, 1), reply(3, 2), reply(4, 3), reply(5, 1)], [3, 4]),
    "shallow": (
        "shallow",
        {"least": 2},
        [reply(1, None), reply(2, 1), reply(3, None), reply(4, 3), reply(5, 4)],
        [1],
    ),
    "two party": (
        "two_party",
        {},
        [
            reply(1, None, 1),
            reply(2, 1, 1),
            reply(3, 2, 2),
            reply(4, 3, 3),
            reply(5, 4, 1),
            reply(6, 4, 3),
            reply(7, 2, 3),
            reply(8, 7, 1),
            reply(9, 8, 2),
        ],
        [4, 6, 9],
    ),
    "two party: unknown authors": (
        "two_party",
        {},
        [reply(1, None, None), reply(2, 1, 2), reply(3, 2, 3), reply(4, 3, None), reply(5, 4, 4)],
        [5],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_filter_of_trees_drops(case: str, tmp_path: Path) -> None:
    name, options, tweets, expected = CASES[case]
    assert dropped(tmp_path, name, options, tweets) == expected


@given(
    trees=st.lists(st.lists(st.tuples(st.integers(0, 99), st.none() | st.integers(1, 4)), max_size=12), max_size=2),
    sizes=st.integers(1, 5),
)
def test_no_branch_that_is_left_has_a_third_author(trees: list[list[tuple[int, int | None]]], sizes: int) -> None:
    rows: list[Row] = []
    for root, tree in enumerate(trees):
        for place, (above, author) in enumerate(tree):
            parent = root * 1000 + above % place if place else None
            rows.append(
                {"root_id": root * 1000, "tweet_id": root * 1000 + place, "parent_id": parent, "author_id": author}
            )
    columns = pa.schema([(name, pa.int64()) for name in ("root_id", "tweet_id", "parent_id", "author_id")])
    batches = pa.Table.from_pylist(rows, columns).to_batches(max_chunksize=sizes)
    third = set(shelves.load("filters", "two_party").drop()[2](iter(batches)))
    ways: dict[int | None, set[int]] = {None: set()}
    for row in rows:
        authors = ways[row["parent_id"]] | ({row["author_id"]} - {None})
        assert (len(authors) > 2) == (row["tweet_id"] in third)
        ways[row["tweet_id"]] = ways[row["parent_id"]] if row["tweet_id"] in third else authors


def test_a_conversation_may_lie_in_several_batches() -> None:
    roots, texts = [1, 1, 2, 2, 3, 3], ["bread", "words", "words", "words", "words", "bread"]
    table = pa.table({"root_id": roots, "text": texts})
    judge = shelves.load("filters", "about").drop(keywords=["bread"])[2]
    assert [list(judge(iter(table.to_batches(max_chunksize=size)))) for size in (1, 2, 3, 4, 6)] == [[2]] * 5
