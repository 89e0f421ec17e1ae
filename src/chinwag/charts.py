"""Work out the shapes of charts: bars, columns, and a flow whose width is what is left. Pages draw them as inline SVG.

All lengths are percent of the box a shape is drawn in, which is stretched to its place: so text stands beside shapes as
text of the page, and stays readable on any screen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

UPRIGHT = 18  # steps of a scale from which on bars stand, so that they fit on a screen
BAND = 76.0  # the flow's width where nothing has fallen yet; beside it is room for what falls
THICK = (5.0, 75.0)  # the least and most of a branch's box that it fills where it leaves


@dataclass(frozen=True, slots=True)
class Bar:
    """Hold one bar: what it counts, its share of the whole as it is written, its length to that of the longest."""

    label: str
    value: int
    share: str
    length: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Hold the bars of one figure; they are `upright` where there are too many to lie one below the other."""

    name: str
    title: str
    unit: str
    note: str
    bars: list[Bar]
    total: int
    upright: bool

    @property
    def most(self) -> int:
        """Give the greatest number."""
        return max(bar.value for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Fall:
    """Hold what falls at one rule: `edge` is where the band ends below it, `branch` a path in a box of 100 by 100."""

    rule: str
    said: str
    lost: int
    share: str
    left: int
    height: float
    edge: float
    branch: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hold the part of a flow that counts in one unit, on a scale of its own: from `start` to `left`.

    `parts` are bars that share what is left, with where each begins; they are of splits.
    """

    title: str
    start: int
    started: str
    falls: list[Fall]
    left: int
    ended: str
    edge: float
    parts: list[tuple[float, Bar]]


def percent(part: int, whole: int) -> str:
    """Write a share for people: what is there is never 0, and what is not all is never 100."""
    share = 100 * part / whole if whole else 0.0
    if 0 < share < 0.05:
        return "< 0.1 %"
    if part != whole and share >= 99.95:
        return "> 99.9 %"
    return f"{share:.1f} %"


def bars(rows: Iterable[tuple[str, int]]) -> list[Bar]:
    """Give a bar for each label and number."""
    held = list(rows)
    total, most = sum(value for _, value in held), max((value for _, value in held), default=0)
    return [Bar(label, value, percent(value, total), _length(value, most)) for label, value in held]


def chart(
    name: str, title: str, unit: str, rows: Sequence[tuple[str, int]], *, note: str = "", ordered: bool = True
) -> Chart:
    """Give the chart of a figure; `ordered` rows are steps of a scale, and many of them stand."""
    upright = ordered and len(rows) >= UPRIGHT
    return Chart(name, title, unit, note, bars(rows), sum(value for _, value in rows), upright)


def stretch(
    title: str,
    start: tuple[int, str],
    losses: Iterable[tuple[str, str, int]] = (),
    ended: str = "",
    parts: Iterable[tuple[str, int]] = (),
) -> Stretch:
    """Give a part of a flow that begins with a number and what it counts, and loses some to each rule in turn.

    A loss is a rule, what it means and how many fall; where none falls nothing is drawn. `ended` says what is left.
    """
    first, started = start
    left, falls = first, []
    for rule, said, lost in losses:
        if lost:
            falls.append(_fall(rule, said, lost, left, first))
            left -= lost
    return Stretch(title, first, started, falls, left, ended, BAND * left / first if first else 0.0, _beside(parts))


def _fall(rule: str, said: str, lost: int, before: int, first: int) -> Fall:
    """Bend what falls out of the band, at its right edge, to the right."""
    left, share = before - lost, lost / first
    edge, old_edge = BAND * left / first, BAND * before / first
    least, most = THICK
    thick = least + (most - least) * share
    above, below = 50 - thick / 2, 50 + thick / 2
    branch = (
        f"M{edge:.2f} 0C{edge:.2f} {below:.1f} {edge:.2f} {below:.1f} 100 {below:.1f}"
        f"V{above:.1f}C{old_edge:.2f} {above:.1f} {old_edge:.2f} {above:.1f} {old_edge:.2f} 0Z"
    )
    return Fall(rule, said, lost, percent(lost, before), left, round(share, 3), round(edge, 2), branch)


def _beside(parts: Iterable[tuple[str, int]]) -> list[tuple[float, Bar]]:
    """Put bars one behind the other, so that they fill the band together."""
    held = list(parts)
    total = sum(value for _, value in held)
    placed, place = [], 0.0
    for label, value in held:
        length = round(BAND * value / total, 2) if total else 0.0
        placed.append((round(place, 2), Bar(label, value, percent(value, total), length)))
        place += length
    return placed


def _length(value: int, most: int) -> float:
    return round(100 * value / most, 2) if most else 0.0
