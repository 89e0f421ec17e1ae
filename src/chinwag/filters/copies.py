"""Drop tweets that copy another: retweets by hand, quotes by hand, texts of share buttons."""

from typing import TYPE_CHECKING, Any

from chinwag.filters import Drop
from chinwag.filters._reading import TEXTS, choosing

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = "tweet"

NAME = r"\s*[:\x{ff1a}]?\s*[@\x{ff20}][A-Za-z0-9_]+"
# Before there were retweets and quotes (2009, 2015) people wrote them by hand, and many went on to.
PATTERNS = (
    # `RT @name: …`, also after words of one's own; MT is a changed one, QT and PRT were used in the same way. In small
    # letters only at the start: elsewhere `rt @name` asks to be retweeted.
    rf"(?:^|[^\p{{L}}\p{{N}}_@#])(?:RT|MT|PRT|QT){NAME}",
    rf"(?i)^\W*(?:rt|mt|prt|qt){NAME}",
    # Programs quoted with quotation marks around name and text: “@name: …”.
    r"[\"\x{201c}\x{201d}\x{201e}\x{ab}\x{300c}]\s*[@\x{ff20}][A-Za-z0-9_]+\s?[:\x{ff1a}]",
    # Buttons on web pages end with `via @site`.
    r"(?i)(?:^|\s)\(?(?:via|h/t)\s+[@\x{ff20}][A-Za-z0-9_]+[\s)!.…]*(?:https?://[!-~]+\s*)*$",
)


def drop() -> Drop:
    """Choose tweets part of whose text is somebody else's, by the marks that people and programs put before it.

    Such a text is no turn of its author. Retweets of Twitter's own are not in trees at all.
    """
    return TEXTS, [], choosing(_mask)


def _mask(batch: "pa.RecordBatch") -> Any:
    import pyarrow.compute as pc

    return pc.match_substring_regex(batch["text"], "|".join(f"(?:{pattern})" for pattern in PATTERNS))
