"""Draw JSON that nobody means well with."""

import copy
from typing import Any

from hypothesis import strategies as st

SCALARS = (
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats(allow_nan=True) | st.text(max_size=3) | st.just(10**400)
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


@st.composite
def bent(draw: st.DrawFn, record: Any) -> Any:
    """Draw a record with one value somewhere in it replaced by any other, or left out."""
    places = list(_places(record, ()))
    place = draw(st.sampled_from(places))
    if not place:
        return draw(JSON)
    changed = copy.deepcopy(record)
    holder = changed
    for key in place[:-1]:
        holder = holder[key]
    if draw(st.booleans()):
        holder[place[-1]] = draw(JSON)
    else:
        del holder[place[-1]]
    return changed


def _places(value: Any, at: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, held in inner for place in _places(held, (*at, key)))]
