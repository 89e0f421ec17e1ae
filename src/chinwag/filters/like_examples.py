"""Drop conversations whose root is unlike the user's own examples."""

import json
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chinwag.errors import UsageError
from chinwag.filters import Drop
from chinwag.filters._limits import check_share
from chinwag.filters._normal import normal

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = "conversation"

KEYS = ("text", "instruction", "prompt")
RUN = 4  # characters
AT_ONCE = 1_000  # roots held against all examples at once: 12 MB for a thousand examples, if all are alike


def drop(*, path: str, least: float = 0.15) -> Drop:
    """Hold the text of each root against examples in a file, and choose those that are like none of them.

    The file has an example a line, as text or as a JSON object with `text`, `instruction` or `prompt`. Likeness is
    the cosine of TF-IDF vectors of runs of four characters within words; `least` of it is needed to stay. What weighs
    much follows from the examples alone, so a root's likeness does not depend on other tweets; what is in no example
    weighs most. With 100 real questions to support desks as examples, the default kept 7 in 10 of 144 others, and 1 in
    10 of 1,100 roots about other things; with 20, 4 in 10 and 1 in 20.

    Raises UsageError where scikit-learn is missing, the file cannot be read or has no example, or `least` is no share.
    """
    check_share(least=least)
    if find_spec("sklearn") is None:
        raise UsageError("the filter like_examples needs scikit-learn; run: pip install 'chinwag[similarity]'")
    examples = _examples(Path(path))
    select = "select id, text from tweets semi join conversations on id = root_id"
    return select, [], partial(_judge, examples, least)


def _judge(examples: list[str], least: float, batches: "Iterator[pa.RecordBatch]") -> Iterator[int]:
    import pyarrow as pa

    like = _likeness(pa.array(examples, pa.string()))
    for batch in batches:
        for start in range(0, batch.num_rows, AT_ONCE):
            part = batch.slice(start, AT_ONCE)
            for number, found in zip(part["id"].to_pylist(), like(part["text"]), strict=True):
                if found < least:
                    yield number


def _likeness(examples: "pa.Array") -> Any:
    """Make a function that gives for each text of an array its likeness to the nearest example, from 0 to 1."""
    from sklearn.feature_extraction.text import (  # type: ignore[import-untyped]
        HashingVectorizer,
        TfidfTransformer,
    )
    from sklearn.preprocessing import normalize  # type: ignore[import-untyped]

    # Hashed, so that words in no example are in a vector too and make a text less alike: a vocabulary forgets them.
    counter = HashingVectorizer(analyzer=_terms, norm=None, alternate_sign=False)
    weights = TfidfTransformer(norm=None, sublinear_tf=True)
    known = normalize(weights.fit_transform(counter.transform(normal(examples).to_pylist()))).T.tocsr()

    def like(texts: "pa.Array") -> list[float]:
        vectors = normalize(weights.transform(counter.transform(normal(texts).to_pylist())))
        nearest: list[float] = (vectors @ known).max(axis=1).toarray().ravel().tolist()
        return nearest

    return like


def _terms(text: str) -> list[str]:
    """Give the runs of characters of each word, the spaces around it among them: they tell stems and endings."""
    words = (f" {word} " for word in text.split())
    return [word[start : start + RUN] for word in words for start in range(max(len(word) - RUN + 1, 1))]


def _examples(path: Path) -> list[str]:
    """Read the examples of a file."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise UsageError(f"path: {path}: cannot be read: {why}") from error
    found = [_example(line, f"path: {path}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not found:
        raise UsageError(f"path: {path}: there is no example in it")
    return found


def _example(line: str, where: str) -> str:
    """Give the text of an example."""
    if not line.lstrip().startswith("{"):
        return line
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: no JSON") from error
    for key in KEYS:
        if isinstance(record.get(key), str):
            return str(record[key])
    raise UsageError(f"{where}: there is no text under any of {', '.join(KEYS)}")
