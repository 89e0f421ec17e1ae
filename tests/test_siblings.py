from math import inf, nan
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.errors import UsageError
from chinwag.siblings import SCORES, Rules, pairs_of
from chinwag.turns import Turn
from tests.workspaces import TREE, turn

MINUTE = 60_000


def reply(n: int, likes: int | None, minute: int | None = 0, **more: Any) -> Turn:
    return turn(n, 1, 1, like_count=likes, created_at=None if minute is None else minute * MINUTE, **more)


def chosen(replies: list[Turn], root: Turn | None = None, **rules: Any) -> list[tuple[int, int]]:
    """Give the ids of the pairs: preferred, other."""
    return [(pair.chosen.id, pair.rejected.id) for pair in pairs_of([root or turn(1), *replies], Rules(**rules))]


CASES: dict[str, tuple[list[Turn], dict[str, Any], list[tuple[int, int]]]] = {
    "written later and liked twice as much": ([reply(2, 5, 0), reply(3, 10, 1)], {}, [(3, 2)]),
    "written at the same time": ([reply(2, 10), reply(3, 5)], {}, [(2, 3)]),
    "written earlier: it may be seen by more people": ([reply(2, 10, 0), reply(3, 5, 1)], {}, []),
    "the order of ids is not that of time": ([reply(2, 10, 1), reply(3, 5, 0)], {}, [(2, 3)]),
    "less than twice": ([reply(2, 5, 0), reply(3, 9, 1)], {}, []),
    "less than twice, and enough": ([reply(2, 5, 0), reply(3, 9, 1)], {"ratio": 1.8}, [(3, 2)]),
    "as many": ([reply(2, 5, 0), reply(3, 5, 1)], {"ratio": 1.0}, []),
    "too few": ([reply(2, 1, 0), reply(3, 50, 1)], {}, []),
    "none at all, and allowed": ([reply(2, 0, 0), reply(3, 1, 1)], {"least": 0}, [(3, 2)]),
    "none both": ([reply(2, 0, 0), reply(3, 0, 1)], {"least": 0, "ratio": 1.0}, []),
    "likes that are not known": ([reply(2, None, 0), reply(3, 50, 1)], {}, []),
    "a time that is not known": ([reply(2, 5, None), reply(3, 50, 1), reply(4, 2, None)], {}, []),
    "the prompt's author": ([reply(2, 5, 0), reply(3, 50, 1, author="u_1")], {}, []),
    "the same text": ([reply(2, 5, 0, text="a"), reply(3, 50, 1, text="a")], {}, []),
    "the same text twice, and another": (
        [reply(2, 5, 0, text="a"), reply(3, 2, 0, text="a"), reply(4, 10, 1), reply(5, 90, 2, text="a")],
        {},
        [(4, 2)],
    ),
    "the strongest first, then the most liked, then the oldest": (
        [reply(2, 2, 0), reply(3, 3, 0), reply(4, 6, 1), reply(5, 4, 1), reply(6, 6, 2)],
        {"most": 9},
        [(4, 2), (6, 2), (4, 3), (6, 3), (5, 2)],
    ),
    "no more than": (
        [reply(2, 2, 0), reply(3, 3, 0), reply(4, 6, 1), reply(5, 4, 1), reply(6, 6, 2)],
        {"most": 2},
        [(4, 2), (6, 2)],
    ),
    "neighbours in time, whoever came first": (
        [reply(2, 8, 0), reply(3, 2, 1), reply(4, 9, 2), reply(5, 9, 3)],
        {"adjacent": True},
        [(4, 3), (2, 3)],
    ),
    "no neighbours": ([reply(2, 2, 0), reply(3, 3, 1), reply(4, 5, 2)], {"adjacent": True}, []),
    "neighbours that are near enough": (
        [reply(2, 8, 0), reply(3, 2, 60), reply(4, 9, 121)],
        {"adjacent": True, "hours": 1.0},
        [(2, 3)],
    ),
    "one with too few likes is a neighbour too": (
        [reply(2, 8, 0), reply(3, 1, 1), reply(4, 2, 2)],
        {"adjacent": True},
        [],
    ),
    "more for each follower": (
        [reply(2, 5, 0, followers=99), reply(3, 10, 1, followers=99)],
        {"per_follower": True},
        [(3, 2)],
    ),
    "more, but more followers": (
        [reply(2, 5, 0, followers=99), reply(3, 10, 1, followers=199)],
        {"per_follower": True},
        [],
    ),
    "more for each follower, but fewer": (
        [reply(2, 10, 0, followers=9999), reply(3, 5, 1, followers=0)],
        {"per_follower": True},
        [],
    ),
    "followers that are not known": (
        [reply(2, 5, 0, followers=None), reply(3, 10, 1, followers=9)],
        {"per_follower": True},
        [],
    ),
    "neighbours, more for each follower": (
        [reply(2, 10, 0, followers=10), reply(3, 5, 1, followers=4), reply(4, 2, 2, followers=9)],
        {"per_follower": True, "adjacent": True},
        [(3, 4)],
    ),
    "an only reply": ([reply(2, 50)], {"least": 0}, []),
}


@pytest.mark.parametrize("case", CASES)
def test_pairs(case: str) -> None:
    replies, rules, pairs = CASES[case]
    assert chosen(replies, **rules) == pairs
    assert chosen(replies[::-1], **rules) == pairs


@pytest.mark.parametrize(
    ("likes", "least", "kept"), [(9, 10, False), (10, 10, True), (None, 1, False), (None, 0, True)]
)
def test_a_prompt_may_need_likes(likes: int | None, least: int, kept: bool) -> None:
    found = chosen([reply(2, 5, 0), reply(3, 10, 1)], turn(1, like_count=likes), prompt_least=least)
    assert bool(found) == kept


# 2 is answered by 4 and 5, and 4 by 6; nothing answers 3.
@pytest.mark.parametrize(("by", "scores"), [("width", (2, 0)), ("depth", (2, 0)), ("volume", (3, 0))])
def test_what_comes_below_is_a_score(by: str, scores: tuple[int, int]) -> None:
    turns = [turn(one.id, one.parent_id, one.depth, created_at=0) for one in TREE]
    first, second = pairs_of(turns, Rules(by=by, least=0))
    assert (first.chosen.id, first.rejected.id, first.chosen_score, first.rejected_score) == (2, 3, *scores)
    assert (second.parent.id, second.chosen.id, second.rejected.id, second.chosen_score) == (2, 4, 5, 1)


def test_a_long_chain_below_takes_no_time() -> None:
    chain = [turn(n, n - 1, n - 1, created_at=0) for n in range(2, 5001)]
    (pair,) = pairs_of([turn(1), turn(9999, 1, 1, created_at=0), *chain], Rules(by="depth", least=0))
    assert (pair.chosen.id, pair.rejected.id, pair.chosen_score) == (2, 9999, 4998)


# To look at all 50 million pairs would take a minute.
@pytest.mark.parametrize("per_follower", [False, True])
def test_a_turn_with_many_replies_takes_no_time(per_follower: bool) -> None:
    count = 10_000
    replies = [reply(n, 2 + n * 7919 % count, n, followers=n * 104_729 % 1000) for n in range(2, count)]
    assert len(chosen(replies, per_follower=per_follower)) == 5


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"by": "like"}, "by: no score is called 'like'; do you mean likes?"),
    ({"ratio": 0.5}, "ratio: 0.5 is less than 1"),
    ({"ratio": nan}, "ratio: nan is less than 1"),
    ({"least": -1}, "least: -1 is less than 0"),
    ({"prompt_least": -1}, "prompt_least: -1 is less than 0"),
    ({"adjacent": True, "hours": -0.1}, "hours: -0.1 is less than 0"),
    ({"adjacent": True, "hours": nan}, "hours: nan is less than 0"),
    ({"hours": 1.0}, "hours: goes with adjacent only"),
    ({"most": 0}, "most: 0 leaves no pairs"),
]


@pytest.mark.parametrize(("rules", "message"), WRONG)
def test_rules_that_make_no_sense(rules: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        Rules(**rules)
    assert str(raised.value).startswith(message)


@st.composite
def liked_trees(draw: st.DrawFn) -> list[Turn]:
    """Draw trees of which all is known or not, with texts, authors, times and likes that coincide."""
    turns = [turn(1, like_count=draw(st.none() | st.integers(0, 20)))]
    for n in range(2, draw(st.integers(3, 16)) + 1):
        parent = draw(st.sampled_from(turns[:4]))
        turns.append(
            turn(
                n,
                parent.id,
                parent.depth + 1,
                text=draw(st.sampled_from("abcdefghij")),
                author=f"u_{draw(st.integers(1, 9))}",
                like_count=draw(st.none() | st.integers(0, 12)),
                followers=draw(st.none() | st.integers(0, 5)),
                created_at=draw(st.none() | st.integers(0, 5)),
            )
        )
    return turns


rules_drawn = st.builds(
    Rules,
    by=st.sampled_from(SCORES),
    ratio=st.sampled_from([1.0, 1.5, 2.0, inf]),
    least=st.integers(0, 3),
    prompt_least=st.sampled_from([0, 5]),
    most=st.integers(1, 6),
    adjacent=st.booleans(),
    per_follower=st.booleans(),
)


def naive(turns: list[Turn], rules: Rules) -> list[tuple[int, int]]:
    """Give the pairs by looking at them all."""
    replies = {one.id: [other for other in turns if other.parent_id == one.id] for one in turns}

    def below(one: Turn) -> list[Turn]:
        return [deeper for other in replies[one.id] for deeper in (other, *below(other))]

    def score(one: Turn) -> int | None:
        found = below(one)
        return {
            "likes": one.like_count,
            "width": len(replies[one.id]),
            "depth": max((other.depth for other in found), default=one.depth) - one.depth,
            "volume": len(found),
        }[rules.by]

    def known(one: Turn, parent: Turn) -> bool:
        told = score(one) is not None and (one.followers is not None or not rules.per_follower)
        return told and one.created_at is not None and one.author != parent.author

    def order(one: Turn) -> tuple[int, int]:
        return one.created_at or 0, one.id

    pairs = []
    for parent in turns:
        there = sorted((one for one in replies[parent.id] if known(one, parent)), key=order)
        kept = [one for n, one in enumerate(there) if one.text not in {other.text for other in there[:n]}]
        found = []
        for a in kept:
            for b in kept:
                high, low = score(a) or 0, score(b) or 0
                apart = abs(kept.index(a) - kept.index(b)) == 1
                rates = [high / ((a.followers or 0) + 1), low / ((b.followers or 0) + 1)]
                if (
                    high > low >= rules.least
                    and high >= rules.ratio * low
                    and (apart if rules.adjacent else (a.created_at or 0) >= (b.created_at or 0))
                    and (rates[0] > rates[1] or not rules.per_follower)
                    and (not rules.prompt_least or (parent.like_count or 0) >= rules.prompt_least)
                ):
                    found.append((-(high / low if low else inf), -high, a.id, b.id))
        pairs += [(one, other) for *_, one, other in sorted(found)[: rules.most]]
    return pairs


@given(liked_trees(), rules_drawn, st.randoms(use_true_random=False))
def test_the_pairs_are_those_found_by_looking_at_all(turns: list[Turn], rules: Rules, random: Random) -> None:
    found = naive(turns, rules)
    assert [(pair.chosen.id, pair.rejected.id) for pair in pairs_of(turns, rules)] == found
    # The order of siblings changes nothing.
    random.shuffle(turns)
    turns.sort(key=lambda one: one.depth)
    assert sorted((pair.chosen.id, pair.rejected.id) for pair in pairs_of(turns, rules)) == sorted(found)
