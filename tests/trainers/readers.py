"""Import who reads the exports, and make the statuses that they are to read."""

import itertools
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chinwag import shelves
from tests.workspaces import Json, status

Export = Callable[..., Path]

WHY = "who reads the exports is not installed here; run: make test-trainers"
# All exports but databases.
FORMATS = [name for name in shelves.names("exports") if hasattr(shelves.load("exports", name), "KINDS")]
START = datetime(2021, 3, 1, 9, tzinfo=UTC)
# What trips readers: quotes, line breaks, other scripts, characters of four bytes, templates, tokens of other formats.
ODD = ['"yes"', "and\nso on", "да, конечно", "はい", "🍞🔥", "{{ messages }}", "<|assistant|>", "\\n", "null", "[INST]"]
WORDS = [
    "bread", "yeast", "flour", "oven", "water", "salt", "crust", "crumb", "dough", "rise", "knead", "warm", "cold",
    "slow", "fast", "night", "morning", "loaf", "rye", "wheat", "seed", "butter", "sugar", "milk", "stone",
    "steam", "towel", "bowl", "scale", "spoon", "hand", "window", "garden", "rain", "train", "paper", "letter",
    "music", "river", "mountain", "never", "always", "maybe", "again", "before", "after", "under", "over",
    "because", "although", "however", "therefore", "really", "quite", "almost", "nearly", "only",
]  # fmt: skip


def reader(name: str) -> Any:
    """Import a module of a reader, or skip all tests of the file that asks for it."""
    return pytest.importorskip(name, reason=WHY)


def conversations(count: int = 60) -> Iterator[Json]:
    """Give conversations of nine tweets by five people.

    A question has three answers, which are liked the more the later they are, by people with about as many followers;
    one answer is answered again, down to the author's own addendum.
    """
    rng = random.Random(5)
    ids = itertools.count(1)
    for number in range(count):
        people = [1000 * number + one for one in range(1, 6)]
        tweets = list(itertools.islice(ids, 9))
        # Each tweet's parent, by place: the first is the root.
        parents = [None, 0, 0, 0, 1, 4, 5, 4, 7]
        authors = [0, 1, 2, 3, 0, 1, 1, 2, 0]
        likes = [50, 2, 12, 70, 5, 9, 1, 30, 0]
        for place, (parent, author) in enumerate(zip(parents, authors, strict=True)):
            text = " ".join([*rng.choices(WORDS, k=rng.randrange(6, 25)), ODD[(number + place) % len(ODD)]])
            yield _status(
                _snowflake(tweets[place]), text, None if parent is None else _snowflake(tweets[parent]),
                people[author], likes[place], START + timedelta(minutes=tweets[place]),
            )  # fmt: skip


def _status(tweet_id: int, text: str, to: int | None, author: int, likes: int, at: datetime) -> Json:
    user = {"id": author, "id_str": str(author), "screen_name": f"handle{author}", "followers_count": 400}
    written = at.strftime("%a %b %d %H:%M:%S +0000 %Y")
    return status(tweet_id, text, to=to, author=author, user=user, favorite_count=likes, created_at=written)


def _snowflake(number: int) -> int:
    """Give the id of the tweet that is written in that minute."""
    return (int((START + timedelta(minutes=number)).timestamp() * 1000) - 1_288_834_974_657) << 22
