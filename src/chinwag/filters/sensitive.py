"""Drop tweets that Twitter marks as possibly sensitive."""

LEVEL = "tweet"


def drop() -> tuple[str, list[str]]:
    """Select them; a tweet without the mark stays."""
    return "select id from tweets where possibly_sensitive", []
