import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.errors import UsageError
from chinwag.paths import MOST_TURNS, paths_of
from chinwag.turns import Turn
from tests.exports.trees import trees
from tests.workspaces import TREE, path, turn

Ids = list[list[int]]


def ids(turns: list[Turn], which: str, most_turns: int = MOST_TURNS) -> Ids:
    return [[step.id for step in one] for one in paths_of(turns, which, most_turns=most_turns)]


def chain(length: int) -> list[Turn]:
    return [turn(n, n - 1 or None, n - 1) for n in range(1, length + 1)]


CASES: list[tuple[list[Turn], str, Ids]] = [
    (TREE, "best", [[1, 2, 4, 6]]),
    (TREE, "leaves", [[1, 3], [1, 2, 4, 6]]),
    (TREE, "replies", [[1, 2], [1, 3], [2, 4], [2, 5], [1, 2, 4, 6]]),
    # A question that nobody answers is left out, its path is there once.
    ([turn(1), turn(2, 1, 1), turn(3, 2, 2), turn(4, 2, 2)], "leaves", [[1, 2]]),
    ([turn(1), turn(2, 1, 1), turn(3, 2, 2), turn(4, 2, 2)], "best", [[1, 2]]),
    ([turn(1)], "best", []),
    ([turn(1)], "leaves", []),
    ([turn(1)], "replies", []),
]


@pytest.mark.parametrize(("turns", "which", "expected"), CASES)
def test_paths(turns: list[Turn], which: str, expected: Ids) -> None:
    assert ids(turns, which) == expected


# Turns after the first, as id, parent, depth and likes.
BEST: dict[str, tuple[list[tuple[int, int, int, int | None]], list[int]]] = {
    "the deepest, however liked others are": (
        [(2, 1, 1, 99), (3, 1, 1, None), (4, 3, 2, None), (5, 4, 3, None)],
        [1, 3, 4, 5],
    ),
    "the most liked of those equally deep": ([(2, 1, 1, 1), (3, 1, 1, 2)], [1, 3]),
    "likes count along the path": (
        [(2, 1, 1, 9), (3, 1, 1, 1), (4, 2, 2, 0), (5, 3, 2, 4), (6, 4, 3, 0), (7, 5, 3, 3)],
        [1, 2, 4, 6],
    ),
    "unknown likes count as none": ([(2, 1, 1, None), (3, 1, 1, 0)], [1, 2]),
    "the oldest ids, from the root down": (
        [(2, 1, 1, 1), (3, 1, 1, 1), (4, 3, 2, 0), (9, 2, 2, 0), (5, 4, 3, 0), (6, 9, 3, 0)],
        [1, 2, 9, 6],
    ),
    "likes behind the last assistant's turn do not count": ([(2, 1, 1, 0), (3, 1, 1, 1), (4, 2, 2, 99)], [1, 3]),
}


@pytest.mark.parametrize("case", BEST)
def test_best(case: str) -> None:
    rest, expected = BEST[case]
    turns = [turn(1), *(turn(one, parent, depth, like_count=likes) for one, parent, depth, likes in rest)]
    assert ids(turns, "best") == [expected]


@given(trees(), st.sampled_from(["best", "leaves", "replies"]))
def test_a_path_goes_from_parent_to_child_and_is_even(turns: list[Turn], which: str) -> None:
    for steps in paths_of(turns, which):
        assert len(steps) >= 2 and len(steps) % 2 == 0
        assert [step.parent_id for step in steps[1:]] == [step.id for step in steps[:-1]]
        # Only in `replies` may a turn of even depth be the last, and then the root alone is left out.
        assert steps[0].depth == (1 if steps[-1].depth % 2 == 0 else 0)
        assert which == "replies" or steps[0].parent_id is None


@given(trees())
def test_one_best_path_which_no_other_is_before(turns: list[Turn]) -> None:
    by_id = {one.id: one for one in turns}
    ways = [path(one, by_id) for one in turns if one.depth % 2]
    ways.sort(key=lambda way: (-len(way), -sum(one.like_count or 0 for one in way), [one.id for one in way]))
    assert list(paths_of(turns, "best")) == ways[:1]


@given(trees())
def test_leaves_hold_each_answer_and_no_path_begins_another(turns: list[Turn]) -> None:
    found = ids(turns, "leaves")
    assert {one for steps in found for one in steps[1::2]} == {one.id for one in turns if one.depth % 2}
    assert not [a for a in found for b in found if a is not b and b[: len(a)] == a]


@given(trees(), st.integers(1, 4))
def test_each_reply_ends_one_path_which_holds_its_context(turns: list[Turn], half: int) -> None:
    by_id = {one.id: one for one in turns}
    found = ids(turns, "replies", 2 * half)
    assert sorted(steps[-1] for steps in found) == sorted(one.id for one in turns[1:])
    for steps in found:
        whole = [one.id for one in path(by_id[steps[-1]], by_id)]
        assert steps == whole[-len(steps) :]
        assert len(steps) == min(2 * half, len(whole) // 2 * 2)


@given(trees(), st.sampled_from(["best", "leaves", "replies"]), st.randoms())
def test_the_order_of_siblings_changes_no_path(turns: list[Turn], which: str, random: object) -> None:
    shuffled = sorted(turns, key=lambda one: (one.depth, random.random()))  # type: ignore[attr-defined]
    assert sorted(ids(shuffled, which)) == sorted(ids(turns, which))


@pytest.mark.parametrize(
    ("which", "count", "longest"), [("best", 1, 5000), ("leaves", 1, MOST_TURNS), ("replies", 4999, MOST_TURNS)]
)
def test_a_chain_of_5000(which: str, count: int, longest: int) -> None:
    found = [len(one) for one in paths_of(chain(5000), which)]
    assert (len(found), max(found)) == (count, longest)


def test_a_comb_of_5000_has_one_best_path() -> None:
    comb = [*chain(5000), *(turn(n + 5000, n, n) for n in range(1, 5000))]
    assert ids(sorted(comb, key=lambda one: one.depth), "best") == [list(range(1, 5001))]


@pytest.mark.parametrize(
    ("which", "most_turns", "message"),
    [
        ("leafs", 50, "paths: no way is called 'leafs'; do you mean leaves?"),
        ("", 50, "paths: no way is called ''; there are: best, leaves, replies"),
        ("replies", 3, "most_turns: 3 is no even number of turns; the fewest are 2"),
        ("replies", 0, "most_turns: 0 is no even number of turns; the fewest are 2"),
        ("best", -2, "most_turns: -2 is no even number of turns; the fewest are 2"),
    ],
)
def test_misuse(which: str, most_turns: int, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        ids(TREE, which, most_turns)
    assert str(raised.value) == message
