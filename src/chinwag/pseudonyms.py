"""Make keyed pseudonyms of ids: the same for the same key, of no use without it.

The key comes from the environment, or else from the tweets themselves: then whoever holds the same tweets can make it,
and nobody else; the same tweets always give the same pseudonyms.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from chinwag.errors import WorkspaceError
from chinwag.workspace import Workspace

VARIABLE = "CHINWAG_KEY"


def make_key(secret: str) -> bytes:
    """Make a key of any text."""
    return hashlib.blake2b(os.fsencode(secret), digest_size=32, person=b"chinwag").digest()


def given_key() -> bytes | None:
    """Give the key that the environment names, if it does."""
    secret = os.environ.get(VARIABLE)
    return make_key(secret) if secret else None


def key_of(target: Workspace) -> bytes:
    """Give the key that the pseudonyms in `turns` were made with: the one in the environment, or else the stored one.

    Raises WorkspaceError where that is another key, or none: one from the environment is never stored.
    """
    return key_by(target.state.options["curate"]["key"], target.path, "set that of then, or curate again")


def key_by(stored: Mapping[str, str | None], place: Path, remedy: str) -> bytes:
    """Give the key that `describe` said this of; `place` and what to do about a wrong one are told in errors."""
    given = given_key()
    key = given or bytes.fromhex(stored["hex"] or "")
    if not key:
        raise WorkspaceError(f"{place}: its pseudonyms were made with ${VARIABLE}; set it")
    if _check(key) != stored["check"]:
        if given is None:
            raise WorkspaceError(f"{place}: damaged: its key does not fit what is said of it")
        raise WorkspaceError(f"{place}: its pseudonyms were not made with this ${VARIABLE}; {remedy}")
    return key


def describe(key: bytes) -> dict[str, str | None]:
    """Say of a key what a workspace keeps: by what to know it again, and the key itself if it follows from the tweets.

    Such a key is no secret to those who hold the tweets; one from the environment is.
    """
    return {"hex": None if given_key() else key.hex(), "check": _check(key)}


def _check(key: bytes) -> str:
    return pseudonym("key", 0, key)


def pseudonym(prefix: str, number: int, key: bytes) -> str:
    """Give the keyed pseudonym of an id: 64 bits, the same for the same key, of no use without it."""
    digest = hashlib.blake2b(number.to_bytes(9, "big", signed=True), key=key, digest_size=8)
    return f"{prefix}_{digest.hexdigest()}"
