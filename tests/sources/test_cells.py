"""Values that Python wrote into the cells of a table."""

import pytest

from chinwag.sources._cells import opened


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (" [1, -2.5, (3,), {4}] ", [1, -2.5, [3], [4]]),
        ("{'a': None, 'b': [True]}", {"a": None, "b": [True]}),
        ('{"a": null, "b": [true, NaN]}', {"a": None, "b": [True, None]}),
        ("a.b.C(d=1)", {"_type": "C", "d": 1}),
        ("datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)", "2020-01-02T03:04:05"),
        ("'\\d'", "\\d"),
    ],
)
def test_cells_are_opened(cell: str, value: object) -> None:
    assert opened(cell) == value


@pytest.mark.parametrize(
    "cell",
    [
        "", "a", "1 + 1", "a.b", "-'a'", "{**{}}", "{[1]: 2}", "datetime(2020, 13, 1)", "[" * 1000, "1" * 5000,
        "[" + "1," * (1 << 20) + "]",
    ],
)  # fmt: skip
def test_nothing_but_values_is_taken_from_a_cell(cell: str) -> None:
    with pytest.raises(ValueError):
        opened(cell)
