"""Find the dialogues in a tree of turns: paths that begin with a user's turn and end with an assistant's.

A turn's role is its place in the path: the first is the user's, the second the assistant's, and so on. So each path has
an even number of turns, two or more, as OpenAI's format, TRL and LLaMA-Factory (`data/converter.py`) demand it.
"""

from collections.abc import Callable, Iterator

from chinwag.errors import UsageError, check_known
from chinwag.turns import Turn

# Turns of a path of `leaves` or `replies`: a chain of n turns must not make n²/2. 50 tweets of 280 characters are some
# 3,500 tokens, what models with a small window take; PolyAI's sets (reddit/create_data.py) keep 10 before the last two.
MOST_TURNS = 50


def paths_of(turns: list[Turn], which: str, *, most_turns: int = MOST_TURNS) -> Iterator[list[Turn]]:
    """Give paths through one conversation, whose turns come parents first, each path from its first turn to its last.

    `which` is one of:
    - `best`: one path a conversation, from the root to the deepest turn of an assistant; of several that which is liked
      most along the path (unknown counts as none), then that with the oldest ids.
    - `leaves`: all paths from the root that go on as far as they can, cut after their last assistant's turn, each once.
      Of one that is longer than `most_turns` the last are given.
    - `replies`: for each turn that answers another one path that ends with it, whoever's turn it is by depth: roles are
      counted from the end, and where that would make the root an assistant's turn, it is left out. What lies further
      back than `most_turns`, an even number, is left out.

    Only the sequence of paths follows that of the turns. Takes time in proportion to what it is given and gives.
    Raises UsageError for another word or number.
    """
    check_known([which], WAYS, "paths", "way")
    if most_turns < 2 or most_turns % 2:
        raise UsageError(f"most_turns: {most_turns} is no even number of turns; the fewest are 2")
    by_id = {turn.id: turn for turn in turns}
    for last, length in WAYS[which](turns):
        yield _ending(last, length if which == "best" else min(length, most_turns), by_id)


def _ending(last: Turn, length: int, by_id: dict[int, Turn]) -> list[Turn]:
    """Give so many turns, the last of which is this one."""
    steps = [last]
    while len(steps) < length and (parent_id := steps[-1].parent_id) is not None:
        steps.append(by_id[parent_id])
    return steps[::-1]


def _best(turns: list[Turn]) -> Iterator[tuple[Turn, int]]:
    """Give the end of the best path, found from the leaves up: at each turn the better of the ways to go on."""
    # What the best way down from a turn reaches: depth of its last assistant's turn, likes, id of the turn, end.
    ways: dict[int, tuple[int, int, int, Turn]] = {}
    for turn in reversed(turns):
        likes = turn.like_count or 0
        depth, below, _, end = ways.get(turn.id, (turn.depth if turn.depth % 2 else -1, 0, 0, turn))
        # The smaller id is the better: of two ways from one turn that are alike, the one whose next turn is older.
        way = (depth, likes + below, -turn.id, end)
        if turn.parent_id is None:
            if depth > 0:
                yield end, depth + 1
        elif depth >= turn.depth and way[:3] > ways.get(turn.parent_id, (-1, 0, 0, turn))[:3]:
            ways[turn.parent_id] = way


def _leaves(turns: list[Turn]) -> Iterator[tuple[Turn, int]]:
    """Give each assistant's turn that no assistant's turn comes after."""
    parents = {turn.id: turn.parent_id for turn in turns}
    go_on = {parents[turn.parent_id] for turn in turns if turn.depth % 2 and turn.parent_id is not None}
    yield from ((turn, turn.depth + 1) for turn in turns if turn.depth % 2 and turn.id not in go_on)


def _replies(turns: list[Turn]) -> Iterator[tuple[Turn, int]]:
    """Give each turn that answers another; of an odd number of turns to it the root is left out."""
    yield from ((turn, (turn.depth + 1) // 2 * 2) for turn in turns if turn.parent_id is not None)


WAYS: dict[str, Callable[[list[Turn]], Iterator[tuple[Turn, int]]]] = {
    "best": _best,
    "leaves": _leaves,
    "replies": _replies,
}
