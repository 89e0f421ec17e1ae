"""Put conversations in splits, so that training and evaluation share nothing.

A conversation's split follows from the hash of its root alone, so adding data never moves it to another; but where it
shares near-duplicates, an answer to the same text, or authors, with conversations of another split, it is left out.
"""

import hashlib
from collections.abc import Sequence

from chinwag.engines import Engine
from chinwag.recipe import Split
from chinwag.sql import statement
from chinwag.turns import Turn

KINDS = ("cluster", "answer", "author")


def split_of(number: int, shares: Split) -> str:
    """Give the split for an id: that of the root or, where no author may be in two splits, of its author."""
    digest = hashlib.blake2b(number.to_bytes(8, "big", signed=number < 0), digest_size=8).digest()
    place = int.from_bytes(digest, "big") / 2**64
    if place < shares.test:
        return "test"
    return "validation" if place < shares.test + shares.validation else "train"


def answer_of(turn: Turn, answered: Turn) -> int:
    """Give a number that stands for what a turn says to what, in whatever case and spacing: short texts too."""
    said = "\0".join(" ".join(one.text.casefold().split()) for one in (answered, turn))
    return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest(), "big") >> 1


def answers_in(turns: Sequence[Turn]) -> dict[int, int]:
    """Give the number of what each turn of a conversation says to what, but for the first, which answers nothing."""
    by_id = {turn.id: turn for turn in turns}
    return {turn.id: answer_of(turn, by_id[turn.parent_id]) for turn in turns if turn.parent_id is not None}


def find_leaks(engine: Engine, *, authors: bool) -> dict[str, int]:
    """Make `leaks`, the roots of what has to go, of the tweets in turns; counts what splits share without them.

    The engine knows `shaped`, with the numbers of `answers_in`, `clusters` and `tweets`. Of authors the count
    is zero only where they may not be in two splits.
    """
    engine.make("groups", statement("groups"))
    engine.make("leaks", statement("leaks"), [authors])
    return {
        f"{kind}s": int(engine.value(statement("overlap"), [kind]) or 0) for kind in ("cluster", "answer", "author")
    }
