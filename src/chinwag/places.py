"""Say where a member lies, and read what lies beside it."""

from collections.abc import Callable
from dataclasses import dataclass


def _nothing(_: str) -> bytes | None:
    return None


@dataclass(frozen=True)
class Place:
    """Say which member is being read; `beside` reads another file of its folder, None where there is none of that name.

    `folder` tells the folders of all files and containers apart.
    """

    folder: str = ""
    beside: Callable[[str], bytes | None] = _nothing
