"""Read a map of columns: which column of a table that no source knows holds what of a tweet."""

from collections.abc import Mapping
from typing import Any

from chinwag.errors import UsageError, check_known

NEEDED = ("id", "text")
# Those columns of `sightings` that one value can tell.
TARGETS = (
    *NEEDED,
    "created_at",
    "author_id",
    "author_handle",
    "author_followers",
    "author_verified",
    "lang",
    "reply_to_id",
    "reply_to_author_id",
    "quoted_id",
    "conversation_id",
    "reply_count",
    "retweet_count",
    "like_count",
    "quote_count",
    "possibly_sensitive",
    "client",
)
TWCS = {  # "Customer Support on Twitter"
    "id": "tweet_id",
    "text": "text",
    "created_at": "created_at",
    "author_id": "author_id",
    "reply_to_id": "in_response_to_tweet_id",
}
TWCS_HEADER = frozenset({*TWCS.values(), "inbound", "response_tweet_id"})
READY = {"twcs": TWCS}

_in_use: Mapping[str, str] | None = None


def use(mapping: Mapping[str, str] | None) -> None:
    """Set the map that the source `mapped` reads by, in this process; None where the user gave none."""
    global _in_use  # noqa: PLW0603 - sources are modules, so what they are told lies in one too
    _in_use = mapping


def in_use() -> Mapping[str, str] | None:
    """Give the map that was set."""
    return _in_use


def parse(text: str) -> Mapping[str, str]:
    """Read a map as it is given on a command line: `id=tweet_id,text=body`, or the name of a ready one.

    A value inside another is named by both: `user.id`. Raises UsageError where it is no map.
    """
    where = f"map {text!r}"
    if "=" not in text:
        check_known([text.strip()], READY, where, "ready map")
        return READY[text.strip()]
    pairs = [[part.strip() for part in pair.partition("=")] for pair in text.split(",")]
    targets = [target for target, _, _ in pairs]
    if doubled := next((target for target in targets if targets.count(target) > 1), None):
        raise UsageError(f"{where}: {doubled} is given twice")
    return check({target: column for target, _, column in pairs}, where)


def check(mapping: Mapping[str, Any], where: str) -> Mapping[str, str]:
    """Hold a map against the columns there are; `where` names it in errors."""
    check_known(mapping, TARGETS, where, "column of sightings")
    for target, column in mapping.items():
        if not isinstance(column, str) or not column:
            raise UsageError(f"{where}: {target}: the name of a column is missing")
    if missing := [target for target in NEEDED if target not in mapping]:
        raise UsageError(f"{where}: {' and '.join(missing)} {'have' if len(missing) > 1 else 'has'} to be given")
    return mapping
