"""Find words and hashtags of a user's lists in texts."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from chinwag.errors import UsageError
from chinwag.filters._reading import UNSPACED

# What belongs to a word, and scripts in which words follow each other without a space or, in Korean, particles do:
# a word ends there although a letter follows.
WORD = r"\p{L}\p{M}\p{N}_"
JOINING = UNSPACED + r"\p{Hangul}"
# The same, as the names of their characters begin.
JOINING_NAMES = ("CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "HANGUL")
AT_ONCE = 500  # words a pattern: RE2 compiles no pattern beyond some MB, which thousands of words make


def finder(keywords: Sequence[str], hashtags: Sequence[str]) -> Callable[[Any], Any]:
    """Make a function that takes an array of texts and says of each whether one of the words stands in it.

    Upper and lower case are the same, and so are full and half width (NFKC). Words are found whole: `art` is not in
    `start`, but in `#art`. Where a word begins or ends with a letter of a script without spaces (Chinese, Japanese,
    Thai, Lao, Khmer, Burmese; Korean too), nothing says where it ends, and it is found anywhere on that side. A space
    in it stands for any number of them. Hashtags are found whole in every script; with or without their #.
    Raises UsageError where there is no word at all, or one is empty.
    """
    if not keywords and not hashtags:
        raise UsageError("keywords, hashtags: at least one of the lists has to have a word")
    ends: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for before, word, after in (*map(_word, keywords), *map(_hashtag, hashtags)):
        ends[before, after].append(word)
    # Words that end alike share the ends, which are most of a pattern.
    parts = [
        f"{before}(?:{'|'.join(words[start : start + AT_ONCE])}){after}"
        for (before, after), words in ends.items()
        for start in range(0, len(words), AT_ONCE)
    ]
    return partial(_found, parts)


def _found(patterns: Sequence[str], texts: Any) -> Any:
    import pyarrow.compute as pc

    normal = pc.utf8_normalize(texts, form="NFKC")
    found = pc.match_substring_regex(normal, patterns[0], ignore_case=True)
    for pattern in patterns[1:]:
        found = pc.or_(found, pc.match_substring_regex(normal, pattern, ignore_case=True))
    return found


def _word(keyword: str) -> tuple[str, str, str]:
    """Make patterns of what stands before a keyword, of itself, and of what stands behind it."""
    word = _normal(keyword, "keywords")
    before = f"(?:^|[^{WORD}]|[{JOINING}])" if _bounded(word[0]) else ""
    after = f"(?:$|[^{WORD}]|[{JOINING}])" if _bounded(word[-1]) else ""
    return before, r"\s+".join(map(re.escape, word.split())), after


def _hashtag(tag: str) -> tuple[str, str, str]:
    """Make the same of a hashtag."""
    word = _normal(tag, "hashtags").removeprefix("#")
    if not word or not all(map(_of_words, word)):
        raise UsageError(f"hashtags: {tag!r} is no hashtag")
    return f"(?:^|[^{WORD}&])#", word, f"(?:$|[^{WORD}])"


def _normal(word: str, option: str) -> str:
    """Write a word as texts are written."""
    normal = unicodedata.normalize("NFKC", word).strip()
    if not normal:
        raise UsageError(f"{option}: {word!r} is no word")
    return normal


def _of_words(sign: str) -> bool:
    """Tell whether a character belongs to words: a letter, a mark, a digit or _."""
    return sign == "_" or unicodedata.category(sign)[0] in "LMN"


def _bounded(sign: str) -> bool:
    """Tell whether a word that has this character at an end ends there: nothing may go on behind it."""
    return _of_words(sign) and not unicodedata.name(sign, "").startswith(JOINING_NAMES)
