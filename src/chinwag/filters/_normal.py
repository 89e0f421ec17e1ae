"""Write texts so that those that say the same look the same: what duplicates and likenesses are told by."""

import unicodedata
from typing import Any

from chinwag.filters._reading import LINK, MENTION, without

# What is neither letter, mark nor digit, and the marks that only say how an emoji or a sign is drawn.
SIGNS = r"(?:[^\p{L}\p{M}\p{N}]|[\x{fe00}-\x{fe0f}\x{20e3}])+"
# Scripts of which a letter is a syllable or a word; Twitter too counts such a one twice (twitter-text, config v3).
HEAVY = r"([\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\x{30fc}])"
# Characters, of those scripts twice. Of 7,652 real tweets in trees, shorter texts that were the same, or nearly, were
# mostly what many people say (agreed, thanks, stay safe); from here on they were headlines, copies, and what support
# desks write.
LEAST = 30


def normal(texts: Any, between: str = " ") -> Any:
    """Give texts without links, mentions, signs and emoji: letters, marks and digits of all scripts are left.

    They are normalised by NFKC and case folding, so full width, ligatures and capitals make no difference. `between`
    takes the place of what is left out. A letter that is a syllable or a word is written twice: so as many characters
    say as much in every script, as far as lengths and runs of characters go.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    bare = without(f"{LINK}|{MENTION}", texts).to_pylist()
    folded = pa.array([unicodedata.normalize("NFKC", text or "").casefold() for text in bare], pa.string())
    return pc.replace_substring_regex(pc.replace_substring_regex(folded, SIGNS, between), HEAVY, r"\1\1")
