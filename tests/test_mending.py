from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.mending import mend, objects

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


class Inner(msgspec.Struct):
    name: str | None = None
    size: int | None = None


class Outer(msgspec.Struct):
    id: Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)] | None = None
    id_str: str | None = None
    flag: bool | None = None
    numbers: list[int] | None = None
    inner: Inner | None = None
    inners: list[Inner] | None = None
    more: "Outer | None" = None
    either: Inner | list[Inner] | None = None
    named: int | None = msgspec.field(default=None, name="_named")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"a": 1}', [{"a": 1}]),
        (b'{"a": 1}{"b": 2} {"c": 3}', [{"a": 1}, {"b": 2}, {"c": 3}]),
        (b'{"a": 1}{"b": ', [{"a": 1}, "broken or cut JSON"]),
        (b'{"a": 1} rubbish', [{"a": 1}, "not JSON"]),
        (b"rubbish", ["not JSON"]),
        (b"[1, 2]", ["not a JSON object"]),
        (b'"text" {"a": 1}', ["not a JSON object", {"a": 1}]),
        (b'\xef\xbb\xbf{"a": 1}', [{"a": 1}]),
        (b'{"a": "\xff\x00\x01"}', [{"a": "\ufffd\0\x01"}]),
        (b'{"a": "\\ud83d"}', [{"a": "\ud83d"}]),
        (b'{"a": 1, "a": 2}', [{"a": 2}]),
        (b'{"a": ' + b"9" * 5000 + b"}", ["broken or cut JSON"]),
        (b'{"a": ' + b"[" * 100_000, ["nested too deep"]),
        (b" \x0b ", []),
        (b"\xef\xbb\xbf", []),
    ],
)
def test_objects_of_a_line(line: bytes, expected: list[Any]) -> None:
    assert list(objects(line)) == expected


@given(st.binary(max_size=100))
def test_no_line_breaks_it(line: bytes) -> None:
    assert all(isinstance(found, dict | str) for found in objects(line))


@pytest.mark.parametrize(
    ("value", "expected", "problems"),
    [
        ({"id": 5, "unknown": 1}, Outer(id=5), []),
        ({"id": "5"}, Outer(id=5), []),
        ({"_named": 5, "named": 6}, Outer(named=5), []),
        ({"id": None}, Outer(), []),
        ({"id_str": 5}, Outer(id_str="5"), []),
        ({"id": 5.5, "flag": True}, Outer(flag=True), ["id: wrong type or out of range"]),
        ({"id": 1e18}, Outer(), ["id: wrong type or out of range"]),
        ({"id": 1 << 63}, Outer(), ["id: wrong type or out of range"]),
        ({"id": -1}, Outer(), ["id: wrong type or out of range"]),
        ({"id": True}, Outer(), ["id: wrong type or out of range"]),
        ({"flag": "true"}, Outer(flag=True), []),
        ({"flag": 7}, Outer(), ["flag: wrong type or out of range"]),
        ({"numbers": [1, "2"]}, Outer(numbers=[1, 2]), []),
        ({"numbers": [1, {}]}, Outer(), ["numbers: wrong type or out of range"]),
        ({"inner": {"name": "a", "size": []}}, Outer(inner=Inner("a")), ["inner.size: wrong type or out of range"]),
        ({"inner": []}, Outer(), ["inner: wrong type"]),
        ({"inners": [{"name": "a"}, None, 5]}, Outer(inners=[Inner("a")]), ["inners: wrong type"] * 2),
        ({"either": {"name": "a"}}, Outer(either=Inner("a")), []),
        ({"either": [{"name": "a"}, 5]}, Outer(either=[Inner("a")]), ["either: wrong type"]),
        ({"either": 5}, Outer(), ["either: wrong type"]),
        ({"inners": {}}, Outer(), ["inners: wrong type or out of range"]),
        ({"more": {"more": {"id": 1}}}, Outer(more=Outer(more=Outer(id=1))), []),
    ],
)
def test_what_is_certain_is_kept_and_the_rest_reported(value: Any, expected: Outer, problems: list[str]) -> None:
    reported: list[str] = []
    assert mend(value, Outer, reported.append) == expected
    assert reported == problems


@pytest.mark.parametrize("value", [None, [], "x", 5])
def test_what_is_no_object_is_reported(value: Any) -> None:
    reported: list[str] = []
    assert mend(value, Outer, reported.append, "name") is None
    assert reported == ["name: wrong type"]


@given(st.dictionaries(st.sampled_from(Outer.__struct_fields__), JSON))
def test_any_value_in_any_field_gives_a_record_that_can_be_written(value: Any) -> None:
    record = mend(value, Outer, lambda reason: None)
    assert msgspec.json.decode(msgspec.json.encode(record), type=Outer) == record
