"""Drop conversations whose root answers a tweet that is missing."""

LEVEL = "conversation"


def drop() -> tuple[str, list[str]]:
    """Select them by their roots."""
    return "select root_id as id from conversations where not complete", []
