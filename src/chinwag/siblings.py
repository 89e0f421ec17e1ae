"""Choose pairs of replies to one turn of which one was preferred to the other, by the rules of SHP and DialogRPT.

People prefer the reply that they like more. Two things beside the reply itself make likes too, and the rules are there
to take them out: what is written early is seen by more people, and so is what a well-known author writes.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from itertools import groupby, pairwise
from math import inf
from typing import NamedTuple

from chinwag.errors import UsageError, check_known
from chinwag.turns import Turn, replies_of

SCORES = ("likes", "width", "depth", "volume")
HOUR = 3_600_000  # milliseconds


@dataclass(frozen=True)
class Rules:
    """Say which pairs there are; raises UsageError where a value makes no sense.

    - `by`: what replies are compared by: `likes`, or, as DialogRPT has them, `width` (direct replies), `depth` (longest
      way down) or `volume` (all turns below), each as far as it is among the turns.
    - `ratio`: how many times the other's score the preferred one's is at least (2: SteamSHP); it is always more.
    - `least`: least score of both (2: SHP).
    - `prompt_least`: least likes of the turn they answer. SHP has 10; here 0, for only the first turn of a conversation
      is like a post of theirs, and the likes of many are not known: where some are demanded, unknown is not enough.
    - `most`: most pairs a turn, those of the highest ratio (5: SteamSHP).
    - `adjacent`: DialogRPT's answer to time in place of SHP's, below.
    - `hours`: with `adjacent`, how far apart the two are at most (DialogRPT trains with 1); 0: no matter.
    - `per_follower`: whether the preferred one must have more, too, for each follower of its author (and one).
    - `roots`: whether only replies to the first turn are compared, as in SHP, whose posts are that.
    """

    by: str = "likes"
    ratio: float = 2.0
    least: int = 2
    prompt_least: int = 0
    most: int = 5
    adjacent: bool = False
    hours: float = 0.0
    per_follower: bool = False
    roots: bool = False

    def __post_init__(self) -> None:
        check_known([self.by], SCORES, "by", "score")
        # As `not >=`, so that nan is refused.
        if not self.ratio >= 1:
            raise UsageError(f"ratio: {self.ratio} is less than 1, which would prefer what is liked less")
        for name in ("least", "prompt_least", "hours"):
            if not getattr(self, name) >= 0:
                raise UsageError(f"{name}: {getattr(self, name)} is less than 0")
        if self.most < 1:
            raise UsageError(f"most: {self.most} leaves no pairs; the fewest are 1")
        if self.hours and not self.adjacent:
            raise UsageError("hours: goes with adjacent only; SHP's rule of time has no limit")


class Pair(NamedTuple):
    """Hold two replies to one turn, with what they were compared by."""

    parent: Turn
    chosen: Turn
    rejected: Turn
    chosen_score: int
    rejected_score: int


class _Reply(NamedTuple):
    """Hold a reply that can be compared; the order is that of scores."""

    score: int
    id: int
    time: int
    rate: float
    turn: Turn


def pairs_of(turns: list[Turn], rules: Rules) -> Iterator[Pair]:
    """Give the pairs of one conversation, whose turns come parents first: for each turn the strongest, best first.

    The preferred reply was written no earlier than the other and has the higher score all the same: it had less time
    to be seen in, so that its score is no work of time (SHP). With `adjacent`, pairs are instead of replies that follow
    one another in time, whichever of them is preferred: they had nearly the same time (DialogRPT).

    What is not known decides nothing: a reply without a time, a score or, with `per_follower`, its author's followers
    is in no pair. Nor is one by the author of the turn it answers (SHP). Of replies that say the same only the oldest
    is compared, so that none is preferred to its like, and no pair comes twice.

    `per_follower` demands both: likes of a reply come from those who read the turn it answers, who are the same for all
    replies, and from its author's followers, and how many from either nobody knows. What has more by both counts is
    preferred wherever they came from.

    The order of siblings changes nothing. Takes time in proportion to the replies (and `most`), not to their pairs.
    """
    below = {} if rules.by == "likes" else _below(turns)
    replies = replies_of(turns)
    for parent in turns[:1] if rules.roots else turns:
        siblings = replies.get(parent.id, ())
        if len(siblings) < 2 or (rules.prompt_least and (parent.like_count or 0) < rules.prompt_least):
            continue
        compared = list(_compared(parent, siblings, below, rules))
        found = (_adjacent if rules.adjacent else _later)(compared, rules)
        for chosen, rejected in nsmallest(rules.most, found, key=_strength):
            yield Pair(parent, chosen.turn, rejected.turn, chosen.score, rejected.score)


def _strength(pair: tuple[_Reply, _Reply]) -> tuple[float, int, int, int]:
    """Order pairs: the highest ratio first, then the highest score, then the oldest."""
    chosen, rejected = pair
    return -(chosen.score / rejected.score if rejected.score else inf), -chosen.score, chosen.id, rejected.id


def _compared(
    parent: Turn, siblings: Iterable[Turn], below: dict[int, dict[str, int]], rules: Rules
) -> Iterator[_Reply]:
    """Give the replies of which all is known that counts, in the order of time."""
    said = set()
    for turn in sorted(siblings, key=lambda turn: (turn.created_at or 0, turn.id)):
        score = below[turn.id][rules.by] if below else turn.like_count
        if score is None or turn.created_at is None or turn.author == parent.author:
            continue
        if (rules.per_follower and turn.followers is None) or turn.text in said:
            continue
        said.add(turn.text)
        rate = score / (max(turn.followers or 0, 0) + 1) if rules.per_follower else 0.0
        yield _Reply(score, turn.id, turn.created_at, rate, turn)


def _below(turns: list[Turn]) -> dict[int, dict[str, int]]:
    """Count what comes below each turn, from the leaves up."""
    found = {turn.id: {"width": 0, "depth": 0, "volume": 0} for turn in turns}
    for turn in reversed(turns):
        if turn.parent_id is not None:
            own, above = found[turn.id], found[turn.parent_id]
            above["width"] += 1
            above["depth"] = max(above["depth"], own["depth"] + 1)
            above["volume"] += own["volume"] + 1
    return found


def _prefers(chosen: _Reply, rejected: _Reply, rules: Rules) -> bool:
    """Tell whether the first is preferred to the second, time apart."""
    return (
        chosen.score > rejected.score >= rules.least
        and chosen.score >= rules.ratio * rejected.score
        and (chosen.rate > rejected.rate or not rules.per_follower)
    )


def _adjacent(compared: list[_Reply], rules: Rules) -> Iterator[tuple[_Reply, _Reply]]:
    """Give the pairs of replies that follow one another in time."""
    for earlier, later in pairwise(compared):
        chosen, rejected = max(earlier, later), min(earlier, later)
        near = not rules.hours or later.time - earlier.time <= rules.hours * HOUR
        if near and _prefers(chosen, rejected, rules):
            yield chosen, rejected


def _later(compared: list[_Reply], rules: Rules) -> Iterator[tuple[_Reply, _Reply]]:
    """Give, for each reply, the pairs with those of the lowest scores among what was written no later than it.

    No other pair can be among the strongest: those with the same preferred reply would all be stronger.
    """
    liked = [one for one in compared if one.score >= rules.least]
    rates = sorted({one.rate for one in liked})
    lowest = _Lowest(len(rates), rules.most)
    place = bisect_left if rules.per_follower else bisect_right
    for _, group in groupby(liked, key=lambda one: one.time):
        together = list(group)
        for one in together:
            lowest.add(bisect_left(rates, one.rate) + 1, one)
        for one in together:
            yield from ((one, other) for other in lowest.upto(place(rates, one.rate)) if _prefers(one, other, rules))


class _Lowest:
    """Keep replies so that the lowest of those at the first places are at hand: a Fenwick tree, each node of `most`."""

    def __init__(self, places: int, most: int) -> None:
        self._nodes: list[list[_Reply]] = [[] for _ in range(places + 1)]
        self._most = most

    def add(self, place: int, reply: _Reply) -> None:
        """Add a reply at a place, from 1."""
        while place < len(self._nodes):
            insort(self._nodes[place], reply)
            del self._nodes[place][self._most :]
            place += place & -place

    def upto(self, place: int) -> list[_Reply]:
        """Give the lowest replies at the places up to this one, the lowest first; none for 0."""
        found: list[_Reply] = []
        while place:
            found += self._nodes[place]
            place &= place - 1
        return nsmallest(self._most, found)
