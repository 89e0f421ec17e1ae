"""Drop tweets that repeat themselves, shout, or hold what is no language."""

import re
from collections.abc import Callable
from functools import partial
from itertools import groupby, islice
from operator import eq
from typing import TYPE_CHECKING, Any

from chinwag.errors import UsageError
from chinwag.filters import Drop
from chinwag.filters._limits import check_least, check_share
from chinwag.filters._reading import HASHTAG, LINK, TEXTS, UNSPACED, bare, choosing, without

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = "tweet"

GRAM = 10  # characters: what data-juicer's filter of repetition compares
GRAMS = 20  # fewer, and a share of them tells nothing
HIGHEST = 200  # RE2 becomes slow where a pattern counts further, and refuses beyond 1,000
# Where a word of a script with spaces ends, but for plain spaces. To count such letters instead of what is not of them
# is 50 times slower: RE2 has too many states to remember then.
BREAK = rf"[\p{{P}}\p{{S}}{UNSPACED}\x{{a0}}\x{{2000}}-\x{{200a}}\x{{2028}}\x{{2029}}\x{{3000}}]+"
# Links at the end that lead to the tweet's own pictures or to what it quotes: no part of its text.
CLOSING = r"(?i)(?:[\s\p{Z}]*(?:https?://|\b)(?:(?:www|mobile|m|pic)\.)?(?:twitter\.com|x\.com|t\.co)/[!-~]*)+\s*$"


def drop(
    *,
    tokens: int = 4,
    characters: int = 30,
    repeated: float = 0.3,
    longest: int = 40,
    capitals: int = 0,
    signs: str = "",
    links: bool = False,
) -> Drop:
    """Judge them by any of these; 0, and for `repeated` 1, is never.

    `tokens`: the same word so many times running. `characters`: so many of the same character running. `repeated`: a
    larger share of its runs of ten characters was in it before. `longest`: a word of more letters and digits, in
    scripts with spaces; hashtags are none. `capitals`: so many capital letters running. `signs`: any of these
    characters. `links`: any link, but for those at the end that lead to its own pictures or to what it quotes. Else
    links do not count.

    The defaults drop 0.3 % of 23,211 real tweets: laughter and emphasis repeat too, and are to stay. DialoGPT's rules
    (reddit_extractor/src/reddit.py, filter_instance) are `tokens` 3, `longest` 30, `capitals` 5, `signs` "[]()" and
    `links`, no others. Raises UsageError for values out of range.
    """
    check_least(0, tokens=tokens, characters=characters, longest=longest, capitals=capitals)
    if tokens == 1 or characters == 1:
        raise UsageError("tokens, characters: once is no run; the fewest are 2")
    for name, value in {"longest": longest, "capitals": capitals, "tokens": tokens, "characters": characters}.items():
        if value > HIGHEST:
            raise UsageError(f"{name}: {value} is more than {HIGHEST}")
    check_share(repeated=repeated)
    patterns = _patterns(longest, capitals, signs, links=links)
    tests = _tests(tokens, characters, repeated)
    if not patterns and not tests:
        raise UsageError("every option is off: it would drop nothing")
    return TEXTS, [], choosing(partial(_mask, patterns, tests))


def _mask(patterns: list[tuple[str, str]], tests: list[Callable[[str], bool]], batch: "pa.RecordBatch") -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pa.nulls(batch.num_rows, pa.bool_()).fill_null(False)
    for left_out, sought in patterns:
        found = pc.or_(found, pc.match_substring_regex(without(left_out, batch["text"]), sought))
    if tests:
        texts = bare(batch["text"]).to_pylist()
        found = pc.or_(found, pa.array([any(test(text) for test in tests) for text in texts], pa.bool_()))
    return found


def _patterns(longest: int, capitals: int, signs: str, *, links: bool) -> list[tuple[str, str]]:
    """Give what patterns can say: what is left out of a text, and what it goes for if it is in the rest."""
    patterns = []
    if longest:
        patterns.append((f"{LINK}|{HASHTAG}|{BREAK}", rf"\S{{{longest + 1},}}"))
    if capitals:
        patterns.append((LINK, rf"\p{{Lu}}{{{capitals},}}"))
    if signs:
        one_of = "".join(rf"\x{{{ord(sign):x}}}" for sign in signs)
        patterns.append((LINK, f"[{one_of}]"))
    if links:
        patterns.append((CLOSING, LINK))
    return patterns


def _tests(tokens: int, characters: int, repeated: float) -> list[Callable[[str], bool]]:
    """Give what patterns cannot say, for they do not remember."""
    tests: list[Callable[[str], bool]] = []
    if tokens:
        tests.append(partial(_runs, tokens))
    if characters:
        tests.append(partial(_found, re.compile(rf"(\S)\1{{{characters - 1},}}")))
    if repeated < 1:
        tests.append(partial(_repeats, repeated))
    return tests


def _runs(least: int, text: str) -> bool:
    """Tell whether a word comes so many times running."""
    tokens = text.split()
    if least > 1 and True not in map(eq, tokens, islice(tokens, 1, None)):  # nearly all; `groupby` takes much longer
        return False
    return any(sum(1 for _ in same) >= least for _, same in groupby(tokens))


def _found(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.search(text) is not None


def _repeats(share: float, text: str) -> bool:
    return _may_repeat(text, share) and _repeated(text) > share


def _may_repeat(text: str, share: float) -> bool:
    """Tell cheaply texts whose words, if it has words, repeat too little; 20 letters are for those cut at the ends."""
    words = text.split()
    if len(words) * 12 < len(text):
        return True
    again = len(text) - sum(map(len, set(words))) - len(words)
    return again + 20 > share * len(text)


def _repeated(text: str) -> float:
    """Give the share of the runs of ten characters that were in the text before."""
    count = len(text) - GRAM + 1
    return 1 - len({text[start : start + GRAM] for start in range(count)}) / count if count >= GRAMS else 0
