"""Tell from the words that stand in place of a tweet whether it is gone."""

from chinwag.rows import Rows

# Since 2023 they speak of a Post instead of a Tweet. Other words do not say that it is gone: that it is unavailable, or
# not for one's age, or not for one who has not logged in.
WORDS = (
    ("deleted by the", "delete"),  # This Tweet was deleted by the Tweet author. Learn more
    ("no longer exists", "delete"),  # This Post is from an account that no longer exists. Learn more
    ("violated the", "delete"),  # This Tweet violated the Twitter Rules. Learn more
    ("suspended account", "protected"),  # This Post is from a suspended account. Learn more
    ("limits who can view", "protected"),  # You're unable to view this Tweet because this account owner limits who ...
    ("private account", "protected"),
    ("protected account", "protected"),
    ("withheld", "status_withheld"),
)


def notice(text: str | None) -> str | None:
    """Give the kind of notice that the words are; None where they do not say that the tweet is gone."""
    return next((kind for words, kind in WORDS if words in text), None) if text else None


def tombstone(kind: str | None, tweet_id: int | None, number: int, rows: Rows) -> None:
    """Add a notice that a tweet is gone, or count what does not say that, or not of which tweet."""
    if kind is None:
        rows.field(number, "tombstone that does not say the tweet is gone")
    elif tweet_id is None:
        rows.field(number, "tombstone without an id")
    else:
        rows.delete(kind, tweet_id, None, at=None)
