"""Make the text of a tweet readable: cut the reply prefix, undo the escaping, put links in place of t.co."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

SHORT_LINK = re.compile(r"https?://t\.co/[A-Za-z0-9]+")
# Text of another script may follow at once; what follows as in "@name's" or "@name:" makes it a part of the sentence.
LEADING_MENTION = re.compile(r"[@\uff20]([A-Za-z0-9_]{1,20})(?![!-?A-~\u2019])\s*")
ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|#39);")  # all that Twitter ever escaped; each is undone once
JOINERS = "\u200c\u200d"  # within emoji, and words of some scripts
CHARACTER = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "#39": "'"}


def cut_at(text: str, start: int) -> tuple[str | None, str]:
    """Cut a text into its reply prefix and the rest; no prefix is None."""
    return (text[:start].strip(), text[start:]) if start else (None, text)


def prefix_length(text: str, handles: Iterable[str]) -> int:
    """Give the length of the leading mentions of a reply that are explained by the handles the record names.

    For sources that do not say themselves where the text begins; a mention the record does not explain is the author's.
    """
    known = {handle.lower() for handle in handles}
    start = 0
    while (found := LEADING_MENTION.match(text, start)) and found[1].lower() in known:
        start = found.end()
    return start


def unescaped(text: str) -> str:
    """Undo the escaping of HTML, once."""
    return ENTITY.sub(lambda found: CHARACTER[found[1]], text) if "&" in text else text


def expanded(text: str, links: Mapping[str, str]) -> str:
    """Put the address a t.co link leads to in its place, where it is known."""
    if "//t.co/" in text and links:
        return SHORT_LINK.sub(lambda found: links.get(found[0]) or found[0], text)
    return text


@lru_cache(maxsize=4096)  # a few dozen clients write nearly all tweets
def client_name(source: str | None) -> str | None:
    """Give the name in a client's HTML anchor."""
    if source and source.startswith("<a"):
        return source[source.find(">") + 1 : source.rfind("<")] or None
    return source or None


def harmless(text: str) -> str:
    """Take from a text what could steer a terminal: control characters, marks that reverse its direction."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in JOINERS else " " if char.isspace() else "\ufffd" for char in text
    )
