"""Drop tweets that are too short or too long."""

from functools import partial
from typing import TYPE_CHECKING, Any

from chinwag.filters import Drop
from chinwag.filters._limits import check_least, check_order
from chinwag.filters._reading import TEXTS, bare, choosing, words

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = "tweet"


def drop(*, least: int = 1, most: int = 0, words_least: int = 0, words_most: int = 0) -> Drop:
    """Judge them by characters and words of the text without links; `most` and `words_most` of 0 are no limit.

    Links do not count, for how long one is says nothing of how much is said (Twitter itself counts each as 23); several
    spaces are one. Words are what stands between spaces, and in scripts without spaces each letter. The default drops
    only what has no text: 280 characters are no reason to drop a tweet. PolyAI keeps 9 to 127 characters, DialoGPT 2 to
    30 words. Raises UsageError where a limit is negative, or the most is below the least.
    """
    check_least(0, least=least, most=most, words_least=words_least, words_most=words_most)
    check_order(most=(least, most), words_most=(words_least, words_most))
    return TEXTS, [], choosing(partial(_mask, (least, most), (words_least, words_most)))


def _mask(signs: tuple[int, int], numbers: tuple[int, int], batch: "pa.RecordBatch") -> Any:
    """Say which texts are outside the limits of characters or of words."""
    import pyarrow.compute as pc

    texts = bare(batch["text"])
    counts = [(pc.utf8_length(texts), *signs)]
    if any(numbers):
        counts.append((words(texts), *numbers))
    out = [pc.less(count, low) for count, low, _ in counts]
    out += [pc.greater(count, high) for count, _, high in counts if high]
    found = out[0]
    for more in out[1:]:
        found = pc.or_(found, more)
    return found
