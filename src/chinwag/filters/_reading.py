"""Read texts a batch at a time, for the filters that look into them: choose by masks, take links out, count.

Patterns are RE2's, which Arrow runs over a whole batch in time linear in the text, however hostile it is.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from chinwag.filters import Judge

# The texts of the tweets that are in trees.
TEXTS = "select id, text from tweets semi join nodes on id = tweet_id"
# Links, and those to Twitter's own hosts also without a scheme, as `pic.twitter.com/…`. A link ends before any letter
# that is not ASCII: Japanese goes on without a space.
LINK = r"(?i)https?://[!-~]+|\b(?:(?:www|mobile|m|pic)\.)?(?:twitter\.com|x\.com|t\.co)/[!-~]*"
# Those to a tweet's own pictures, and those that may be: nobody knows where they go.
OWN_PICTURE = (
    r"(?i)\bpic\.twitter\.com/[!-~]*|https?://(?:(?:www|mobile|m)\.)?(?:twitter|x)\.com/[!-~]*/(?:photo|video)/\d+"
)
SHORT = r"(?i)https?://t\.co/[0-9a-z]*"
SHOWN = "select id, text, coalesce(cardinality(media) > 0, false) as shown from tweets semi join nodes on id = tweet_id"
MENTION = r"[@\x{ff20}][A-Za-z0-9_]+"
HASHTAG = r"[#\x{ff03}][\p{L}\p{M}\p{N}_]+"
# Scripts that are written without spaces between words, and the mark that makes a kana long, which is of no script.
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\x{30fc}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
SPACE = r"[\s\p{Z}]"


def choosing(mask: "Callable[[pa.RecordBatch], Any]") -> "Judge":
    """Make a Judge of what says of the rows of a batch which go; null is no. The mask has to be picklable."""
    return partial(_chosen, mask)


def _chosen(mask: "Callable[[pa.RecordBatch], Any]", batches: "Iterator[pa.RecordBatch]") -> Iterator[int]:
    for batch in batches:
        yield from batch["id"].filter(mask(batch)).to_pylist()


def matches(texts: Any, patterns: Iterable[str]) -> Any:
    """Say of each text whether one of the patterns is in it; upper and lower case are the same."""
    import pyarrow.compute as pc

    return pc.match_substring_regex(texts, "|".join(f"(?:{pattern})" for pattern in patterns), ignore_case=True)


def without(pattern: str, texts: Any) -> Any:
    """Give the texts with a space in place of what matches."""
    import pyarrow.compute as pc

    return pc.replace_substring_regex(texts, pattern, " ")


def bare(texts: Any) -> Any:
    """Give the texts without links, one space where there are more in a row, and none at the ends."""
    import pyarrow.compute as pc

    return pc.utf8_trim_whitespace(pc.replace_substring_regex(without(LINK, texts), SPACE + "{2,}", " "))


def words(texts: Any) -> Any:
    """Count words: what stands between spaces, and each letter of a script that is written without them.

    So do word processors for Chinese and Japanese; a count of tokens between spaces would be 1 for any such text.
    """
    import pyarrow.compute as pc

    return pc.count_substring_regex(texts, rf"[{UNSPACED}]\p{{M}}*|[^\s\p{{Z}}{UNSPACED}]+")


def crowded(pattern: str, most: int, share: float) -> "Judge":
    """Judge texts by how often a pattern is in them: above `most`, or at least twice and above a share of the words."""
    return choosing(partial(_crowded, pattern, most, share))


def _crowded(pattern: str, most: int, share: float, batch: "pa.RecordBatch") -> Any:
    import pyarrow.compute as pc

    texts = without(LINK, batch["text"])
    found = pc.count_substring_regex(texts, pattern)
    shared = pc.greater(pc.cast(found, "double"), pc.multiply(pc.cast(words(texts), "double"), share))
    return pc.or_(pc.greater(found, most), pc.and_(pc.greater(found, 1), shared))


def says_nothing(texts: Any) -> Any:
    """Say of each text whether it has neither letters, digits nor emoji beside links and mentions."""
    import pyarrow.compute as pc

    return pc.invert(pc.match_substring_regex(without(f"{LINK}|{MENTION}", texts), r"[^\s\p{Z}\p{P}\p{C}\x{fe0f}]"))


def shows(batch: "pa.RecordBatch") -> Any:
    """Say of each row of SHOWN whether the tweet has pictures, videos or GIFs."""
    import pyarrow.compute as pc

    return pc.or_(batch["shown"], pc.match_substring_regex(batch["text"], OWN_PICTURE))


def links_in(batch: "pa.RecordBatch") -> Any:
    """Say of each row of SHOWN whether there is a link that does not lead to what the tweet itself shows.

    A t.co link of which nobody knows where it goes does, if the tweet shows anything.
    """
    import pyarrow.compute as pc

    texts = without(OWN_PICTURE, batch["text"])
    unknown = pc.if_else(batch["shown"], without(SHORT, texts), texts)
    return pc.match_substring_regex(unknown, LINK)
