import time
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.rendering import Rendering, Tweet
from chinwag.turns import Turn, replies_of, turns_of
from tests.workspaces import path, turn, tweet

KEY = b"key"

# What is on each line: the tweets as (id, parent, author[, text or "dropped"]); the turns as (id, parent, depth, text);
# and why the others are in none.
CASES = {
    "one answers the other": (
        [(1, None, "a"), (2, 1, "b")],
        [(1, None, 0, "1"), (2, 1, 1, "2")],
        {},
    ),
    "an author goes on": (
        [(1, None, "a"), (2, 1, "a"), (3, 2, "a"), (4, 3, "b")],
        [(1, None, 0, "1\n2\n3"), (4, 1, 1, "4")],
        {},
    ),
    "an author goes on in the middle and at the end": (
        [(1, None, "a"), (2, 1, "b"), (3, 2, "b"), (4, 3, "a"), (5, 4, "a")],
        [(1, None, 0, "1"), (2, 1, 1, "2\n3"), (4, 2, 2, "4\n5")],
        {},
    ),
    "an author answers himself twice": (
        [(1, None, "a"), (2, 1, "a"), (3, 1, "a"), (4, 2, "b"), (5, 3, "c")],
        [(1, None, 0, "1\n2\n3"), (4, 1, 1, "4"), (5, 1, 1, "5")],
        {},
    ),
    "a fork is joined in the order of time": (
        [(1, None, "a"), (2, 1, "a"), (9, 1, "b"), (7, 2, "a")],
        [(1, None, 0, "1\n2\n7"), (9, 1, 1, "9")],
        {},
    ),
    "two of one author that do not answer each other stay apart": (
        [(1, None, "a"), (2, 1, "b"), (3, 1, "b")],
        [(1, None, 0, "1"), (2, 1, 1, "2"), (3, 1, 1, "3")],
        {},
    ),
    "unknown authors are never the same": (
        [(1, None, None), (2, 1, None), (3, 2, "a")],
        [(1, None, 0, "1"), (2, 1, 1, "2"), (3, 2, 2, "3")],
        {},
    ),
    "a shallow turn whose tweet is deep comes after its parent": (
        [(1, None, "a"), (2, 1, "a"), (3, 1, "b"), (4, 2, "a"), (5, 3, "c"), (6, 4, "b")],
        [(1, None, 0, "1\n2\n4"), (3, 1, 1, "3"), (5, 3, 2, "5"), (6, 1, 1, "6")],
        {},
    ),
    "a dropped tweet takes what answers it": (
        [(1, None, "a"), (2, 1, "b", "dropped"), (3, 1, "c"), (4, 2, "a"), (5, 4, "b")],
        [(1, None, 0, "1"), (3, 1, 1, "3")],
        {4: "below_dropped", 5: "below_dropped"},
    ),
    "a dropped tweet parts its author's others": (
        [(1, None, "a"), (2, 1, "a", "dropped"), (3, 1, "b"), (4, 2, "a")],
        [(1, None, 0, "1"), (3, 1, 1, "3")],
        {4: "below_dropped"},
    ),
    "a dropped root takes all": (
        [(1, None, "a", "dropped"), (2, 1, "b"), (3, 2, "a")],
        [],
        {2: "below_dropped", 3: "below_dropped"},
    ),
    "an empty turn takes what answers it": (
        [(1, None, "a"), (2, 1, "b", " "), (3, 1, "c"), (4, 2, "a")],
        [(1, None, 0, "1"), (3, 1, 1, "3")],
        {2: "empty", 4: "below_dropped"},
    ),
    "an empty tweet in a turn with words leaves no line": (
        [(1, None, "a"), (2, 1, "a", ""), (3, 2, "a"), (4, 3, "b")],
        [(1, None, 0, "1\n3"), (4, 1, 1, "4")],
        {},
    ),
    "a turn of one is no conversation": (
        [(1, None, "a"), (2, 1, "a")],
        [],
        {1: "single_turn", 2: "single_turn"},
    ),
    "what is left when the answer is empty is no conversation": (
        [(1, None, "a"), (2, 1, "b", "")],
        [],
        {1: "single_turn", 2: "empty"},
    ),
}


def tweets_of(
    case: list[tuple[int, int | None, str | None] | tuple[int, int | None, str | None, str]],
) -> Iterator[Tweet]:
    for tweet_id, parent_id, author, *text in case:
        dropped = text == ["dropped"]
        yield tweet(
            tweet_id,
            parent_id,
            None if author is None else ord(author),
            text[0] if text and not dropped else str(tweet_id),
            dropped=dropped,
        )


def test_a_turn_names_its_tweets_in_the_order_of_their_texts() -> None:
    own = [tweet(4, created_at=10), tweet(9, 4, created_at=20, text="b"), tweet(7, 9, created_at=30, text="")]
    turns, _ = turns_of([*own, tweet(5, 4, created_at=40, text="c"), tweet(6, 4, author=2)], KEY)
    assert [(one.tweet_ids, one.text) for one in turns] == [([4, 9, 7, 5], "words\nb\nc"), ([6], "words")]


@pytest.mark.parametrize("case", CASES)
def test_turns(case: str) -> None:
    tweets, expected, why = CASES[case]
    turns, dropped = turns_of(tweets_of(tweets), KEY)  # type: ignore[arg-type]
    assert [(turn.id, turn.parent_id, turn.depth, turn.text) for turn in turns] == expected
    assert dropped == why


def test_a_turn_has_its_first_tweets_language_and_time_and_the_most_likes() -> None:
    tweets = [
        tweet(1, lang="ja", created_at=10, like_count=3),
        tweet(2, 1, lang="en", created_at=20, like_count=None),
        tweet(3, 2, lang=None, created_at=30, like_count=7),
        tweet(4, 3, author=2, like_count=None),
        tweet(5, 4, author=1, like_count=0),
    ]
    turns, _ = turns_of(tweets, KEY)
    assert [(one.lang, one.created_at, one.like_count) for one in turns] == [
        ("ja", 10, 7),
        ("en", None, None),
        ("en", None, 0),
    ]
    assert [one.role for one in turns] == ["prompter", "assistant", "prompter"]
    assert turns[0].author == turns[2].author != turns[1].author


def test_unknown_authors_have_names_of_their_own() -> None:
    turns, _ = turns_of([tweet(1, author=None), tweet(2, 1, author=None)], KEY)
    assert turns[0].author != turns[1].author


@pytest.mark.parametrize("authors", [2, 1])
def test_a_chain_of_5_000_is_walked_without_recursion(authors: int) -> None:
    started = time.perf_counter()
    turns, dropped = turns_of((tweet(n, n - 1 or None, n % authors) for n in range(1, 5001)), KEY)
    assert (len(turns), len(dropped)) == ((5000, 0) if authors == 2 else (0, 5000))
    if turns:
        assert path(turns[-1], {turn.id: turn for turn in turns}) == turns
    assert time.perf_counter() - started < 2


@st.composite
def trees(draw: st.DrawFn) -> list[Tweet]:
    """Draw a tree, parents first as the workspace gives it: by depth, then by id."""
    size = draw(st.integers(1, 25))
    parents = [None, *(draw(st.integers(0, n - 1)) for n in range(1, size))]
    depths = [0]
    for parent in parents[1:]:
        depths.append(depths[parent or 0] + 1)
    tweets = [
        tweet(
            n + 1,
            None if parent is None else parent + 1,
            draw(st.sampled_from([None, 1, 2, 3])),
            draw(st.sampled_from(["words", "", "@a and @b", "@B", "@c", "https://t.co/x", " "])),
            dropped=draw(st.sampled_from([False] * 9 + [True])),
            like_count=draw(st.none() | st.integers(0, 9)),
        )
        for n, parent in enumerate(parents)
    ]
    return sorted(tweets, key=lambda one: (depths[one.id - 1], one.id))


@given(trees())
def test_every_tweet_is_in_one_turn_or_has_a_reason(tweets: list[Tweet]) -> None:
    turns, dropped = turns_of(tweets, KEY)
    marked = {one.id for one in tweets if one.dropped}
    assert not marked & set(dropped)
    kept = [one for one in tweets if one.id not in dropped and one.id not in marked]
    firsts = Counter(first_of(one, kept) for one in kept)
    assert set(firsts) == {turn.id for turn in turns}
    assert firsts.total() + len(dropped) + len(marked) == len(tweets)


def first_of(one: Tweet, kept: list[Tweet]) -> int:
    """Say in which turn a tweet has to be, by climbing while the author is the same."""
    by_id = {tweet.id: tweet for tweet in kept}
    while one.parent_id in by_id and one.author_id is not None and by_id[one.parent_id].author_id == one.author_id:
        one = by_id[one.parent_id]
    return one.id


@given(trees())
def test_turns_make_a_tree_in_which_roles_and_authors_alternate(tweets: list[Tweet]) -> None:
    turns, _ = turns_of(tweets, KEY)
    by_id: dict[int, Turn] = {}
    for one in turns:
        if one.parent_id is None:
            assert (one.depth, one.role, by_id) == (0, "prompter", {})
        else:
            parent = by_id[one.parent_id]  # parents first
            assert one.depth == parent.depth + 1
            assert {one.role, parent.role} == {"prompter", "assistant"}
            assert one.author != parent.author
        assert one.text
        by_id[one.id] = one
    assert len(turns) != 1


@given(trees(), st.lists(st.integers(1, 10**6), min_size=25, max_size=25), st.permutations([1, 2, 3]))
def test_other_ids_in_the_same_order_and_other_authors_change_nothing(
    tweets: list[Tweet], steps: list[int], authors: list[int]
) -> None:
    new = {n: sum(steps[:n]) for n in range(1, 26)}
    moved = [
        one._replace(
            id=new[one.id],
            parent_id=new[one.parent_id] if one.parent_id else None,
            author_id=authors[one.author_id - 1] if one.author_id else None,
        )
        for one in tweets
    ]
    (turns, dropped), (other_turns, other_dropped) = turns_of(tweets, KEY), turns_of(moved, KEY)
    assert {new[tweet_id]: why for tweet_id, why in dropped.items()} == other_dropped
    assert [
        (new[one.id], one.parent_id and new[one.parent_id], one.depth, one.text, one.like_count) for one in turns
    ] == [(one.id, one.parent_id, one.depth, one.text, one.like_count) for one in other_turns]
    names = {(one.author, other.author) for one, other in zip(turns, other_turns, strict=True)}
    assert len({one for one, _ in names}) == len({other for _, other in names}) == len(names)


def test_placeholders_are_the_same_throughout_a_conversation() -> None:
    texts = ["ask @Bob", "no, @carol", "@BOB?", "@Carol!"]
    tweets = [tweet(n, n - 1 or None, n, text) for n, text in enumerate(texts, 1)]
    assert [turn.text for turn in turns_of(tweets, KEY)[0]] == ["ask @user1", "no, @user2", "@user1?", "@user2!"]
    assert [turn.text for turn in turns_of(tweets, KEY, Rendering(mentions="keep"))[0]] == texts


def test_a_turn_that_is_cut_takes_no_placeholder() -> None:
    texts = {1: "ask @a", 2: " ", 3: "@b says", 4: "or @c", 5: "@b?"}
    parents = {1: None, 2: 1, 3: 2, 4: 1, 5: 4}
    turns, dropped = turns_of([tweet(n, parents[n], n, texts[n]) for n in (1, 2, 4, 3, 5)], KEY)
    assert dropped == {2: "empty", 3: "below_dropped"}
    assert [one.text for one in turns] == ["ask @user1", "or @user2", "@user3?"]


@given(trees())
def test_texts_follow_from_the_tweets_of_the_turns_alone(tweets: list[Tweet]) -> None:
    turns, _ = turns_of(tweets, KEY)
    kept = {tweet_id for one in turns for tweet_id in one.tweet_ids}
    assert turns_of([one for one in tweets if one.id in kept], KEY) == (turns, {})


def test_replies_keep_their_order() -> None:
    turns = [turn(1), turn(3, 1, 1), turn(2, 1, 1), turn(4, 3, 2)]
    assert {parent: [one.id for one in held] for parent, held in replies_of(turns).items()} == {
        None: [1],
        1: [3, 2],
        3: [4],
    }
