"""Put conversations in splits, so that training and evaluation share nothing.

A conversation's split follows from the hash of its root alone, so adding data never moves it to another; but where it
shares near-duplicates, or authors, with conversations of another split, it is left out.
"""

import hashlib
from pathlib import Path

from chinwag.engines import Engine
from chinwag.recipe import Split
from chinwag.sql import statement


def split_of(number: int, shares: Split) -> str:
    """Give the split for an id: that of the root or, where no author may be in two splits, of its author."""
    digest = hashlib.blake2b(number.to_bytes(8, "big", signed=number < 0), digest_size=8).digest()
    place = int.from_bytes(digest, "big") / 2**64
    if place < shares.test:
        return "test"
    return "validation" if place < shares.test + shares.validation else "train"


def find_leaks(engine: Engine, kept: Path, *, authors: bool) -> dict[str, int]:
    """Make `leaks`, the roots of what has to go, of the tweets in turns; counts what splits share without them.

    `kept` has the columns root_id, tweet_id and split; the engine knows `clusters` and `tweets`. Of authors the count
    is zero only where they may not be in two splits.
    """
    engine.read("kept", [kept])
    engine.make("groups", statement("groups"))
    engine.make("leaks", statement("leaks"), [authors])
    return {f"{kind}s": int(engine.value(statement("overlap"), [kind]) or 0) for kind in ("cluster", "author")}
