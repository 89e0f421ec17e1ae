from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.rows import Rows
from chinwag.values import EXACT, FIRST_NAME, LARGEST_ID, any_time, float_id, iso_time, name_id, to_id

BIG = 1504092994747703301
FLOAT = float(BIG)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3.0, 3), ("3.0", 3), ("3", 3), (" 3.0 ", 3), (FLOAT, int(FLOAT)), ("1.5040929947477033e+18", int(FLOAT)),
     ("1504092994747703296.0", int(FLOAT)), ("1.50E+18", None), (1.5e18, None), (1.509681826e18, None), (3.5, None),
     ("nan", None), (float("nan"), None), ("inf", None), (-3.0, None), (0.0, None), (1e300, None), ("", None),
     ("x", None), (None, None), (3, None), (True, None)],
)  # fmt: skip
def test_the_number_an_id_became_in_a_float(value: Any, expected: int | None) -> None:
    assert float_id(value) == expected


@given(st.integers(10**17, LARGEST_ID - 1024))
def test_an_id_and_its_float_give_the_same_number(value: int) -> None:
    number = float_id(repr(float(value)))
    assert number is None or (number == int(float(value)) and float(number) == float(value))


@given(st.integers(1, EXACT - 1))
def test_a_small_id_survives_a_float(value: int) -> None:
    assert float_id(float(value)) == value == float_id(f"{value}.0")


LINKS: dict[str, tuple[Any, tuple[int | None, int | None], str | None]] = {
    "an id": (str(BIG), (BIG, None), None),
    "a number": (BIG, (BIG, None), None),
    "nothing": (None, (None, None), None),
    "an empty cell": ("", (None, None), None),
    "pandas' nothing": (float("nan"), (None, None), None),
    "a small float": ("3.0", (3, None), None),
    "a float": ("1.5040929947477033e+18", (None, int(FLOAT)), "reply_to_id went through a float"),
    "a spreadsheet's": ("1.50E+18", (None, None), "reply_to_id went through a float"),
    "a word": ("anna", (None, None), "reply_to_id is no id"),
    "below nothing": (-5, (None, None), "reply_to_id went through a float"),
}


@pytest.mark.parametrize(("value", "expected", "reason"), LINKS.values(), ids=LINKS)
def test_a_link_is_an_id_or_a_lost_one_that_is_counted(value: Any, expected: Any, reason: str | None) -> None:
    rows = Rows()
    assert rows.link(5, "reply_to_id", value) == expected
    rejects = rows.take().get("rejects")
    assert [row["reason"] for row in (rejects.to_pylist() if rejects else [])] == ([reason] if reason else [])


NOON = 1_609_502_400_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2021-01-01T12:00:00Z", NOON), ("2021-01-01T12:00:00.000Z", NOON), ("2021-01-01 12:00:00+00:00", NOON),
     ("2021-01-01 07:00:00-05:00", NOON), ("2021-01-01 12:00:00", NOON), ("2021-01-01 12:00:00 UTC", NOON),
     ("2021-01-01T12:00:00.123Z", NOON + 123), ("yesterday", None), ("", None), (None, None)],
)  # fmt: skip
def test_iso_times(text: str | None, expected: int | None) -> None:
    assert iso_time(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(NOON, NOON), (NOON // 1000, NOON), (str(NOON), NOON), ("1609502400.0", NOON), ("2021-01-01 12:00:00", NOON),
     ("Fri Jan 01 12:00:00 +0000 2021", NOON), (datetime(2021, 1, 1, 12, tzinfo=UTC), NOON),
     (date(2021, 1, 1), NOON - 43_200_000), (True, None), (-1, None), (0, None), ("nan", None), ("x", None),
     (None, None), (1e30, None)],
)  # fmt: skip
def test_times_of_any_kind(value: Any, expected: int | None) -> None:
    assert any_time(value) == expected


@given(st.text())
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    assert any_time(text) is None or isinstance(any_time(text), int)


@given(st.text(), st.text())
def test_a_name_stands_for_one_author(one: str, other: str) -> None:
    assert name_id(one) == name_id(one)
    assert FIRST_NAME <= name_id(one) <= LARGEST_ID
    assert to_id(name_id(one)) == name_id(one)
    if one.lower() != other.lower():
        assert name_id(one) != name_id(other)
