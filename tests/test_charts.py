"""The shapes of charts: what they say is what was counted."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.charts import BAND, UPRIGHT, chart, percent, stretch

COUNTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "0.0 %"),
        (0, 7, "0.0 %"),
        (7, 7, "100.0 %"),
        (1, 3, "33.3 %"),
        (1, 10**6, "< 0.1 %"),
        (10**6 - 1, 10**6, "> 99.9 %"),
        (999, 1000, "99.9 %"),
    ],
)
def test_a_share_is_written_for_people(part: int, whole: int, said: str) -> None:
    assert percent(part, whole) == said


@given(COUNTS)
def test_bars_are_as_long_as_what_they_count(values: list[int]) -> None:
    made = chart("name", "Title", "tweets", [(str(place), value) for place, value in enumerate(values)])
    assert [(bar.label, bar.value) for bar in made.bars] == [(str(place), value) for place, value in enumerate(values)]
    assert (made.total, made.most) == (sum(values), max(values))
    for bar in made.bars:
        assert bar.length == pytest.approx(100 * bar.value / max(values) if any(values) else 0, abs=0.01)


@pytest.mark.parametrize(
    ("rows", "ordered", "upright"), [(UPRIGHT - 1, True, False), (UPRIGHT, True, True), (UPRIGHT, False, False)]
)
def test_many_steps_of_a_scale_stand(rows: int, ordered: bool, upright: bool) -> None:
    assert chart("name", "Title", "tweets", [("step", 1)] * rows, ordered=ordered).upright is upright


@given(st.integers(0, 10**9), COUNTS)
def test_a_flow_narrows_by_what_falls(rest: int, losses: list[int]) -> None:
    first = rest + sum(losses)
    made = stretch("Title", (first, "tweets"), [(f"rule {n}", "said", lost) for n, lost in enumerate(losses)], "kept")
    assert made.left == rest
    assert [fall.lost for fall in made.falls] == [lost for lost in losses if lost]
    left, edge = first, BAND
    for fall in made.falls:
        left -= fall.lost
        assert fall.left == left
        assert fall.edge == pytest.approx(BAND * left / first, abs=0.01)
        numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", fall.branch)]
        assert all(0 <= number <= 100 for number in numbers)
        # It leaves the band where this ends before and after it.
        assert [numbers[0], numbers[-2]] == pytest.approx([fall.edge, edge], abs=0.01)
        edge = fall.edge
    assert made.edge == pytest.approx(BAND * rest / first if first else 0)


def test_nothing_at_all_has_no_width() -> None:
    assert stretch("Title", (0, "tweets"), [("rule", "said", 0)], "kept").falls == []
    assert [part.length for _, part in stretch("Title", (0, "tweets"), parts=[("train", 0)]).parts] == [0]


def test_parts_fill_the_band() -> None:
    parts = stretch("Title", (10, "tweets"), parts=[("train", 7), ("validation", 2), ("test", 1)]).parts
    assert [place for place, _ in parts] == pytest.approx([0, BAND * 0.7, BAND * 0.9], abs=0.02)
    assert [part.share for _, part in parts] == ["70.0 %", "20.0 %", "10.0 %"]
    assert parts[-1][0] + parts[-1][1].length == pytest.approx(BAND, abs=0.02)
