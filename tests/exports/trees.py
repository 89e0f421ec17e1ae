"""Draw trees of turns."""

from hypothesis import strategies as st

from chinwag.turns import Turn
from tests.workspaces import turn


@st.composite
def trees(draw: st.DrawFn) -> list[Turn]:
    """Draw two turns or more, parents first, each with a text of its own."""
    turns = [turn(1)]
    for n in range(2, draw(st.integers(2, 20)) + 1):
        parent = draw(st.sampled_from(turns))
        turns.append(turn(n, parent.id, parent.depth + 1, like_count=draw(st.none() | st.integers(0, 3))))
    return turns
