"""What is redacted of labelled texts, and the laws of it."""

import re
import subprocess
import sys
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.redaction import KINDS, redact
from tests.personal_data import LABEL, Case, cases, unseen

PLACEHOLDER = re.compile(rf"\[({'|'.join(KINDS)})\]")
# Recall and precision as measured, rounded down.
FLOORS = {
    "email": (0.97, 1.0),
    "phone": (0.96, 0.99),
    "card": (1.0, 1.0),
    "account": (1.0, 1.0),
    "ip": (1.0, 1.0),
    "all": (0.98, 0.99),
}
UNSEEN_FLOOR = (0.87, 0.95)


def scores(labelled: list[Case]) -> dict[str, tuple[float, float]]:
    """Give recall and precision of each kind; a value is found where all of it and nothing beside it is replaced."""
    hits: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    redacted: Counter[str] = Counter()
    for case in labelled:
        expected, out = case.expected, redact(case.text, KINDS, case.lang)
        wanted = [found[1] for found in LABEL.finditer(case.marked)]
        places = [found.span() for found in PLACEHOLDER.finditer(expected)]
        for kind, (start, end) in zip(wanted, places, strict=True):
            hits[kind] += out == expected or expected[max(0, start - 4) : end + 4] in out
        labels.update(wanted)
        redacted.update(PLACEHOLDER.findall(out))
    for counts in (hits, labels, redacted):
        counts["all"] = counts.total()
    return {kind: (hits[kind] / labels[kind], hits[kind] / redacted[kind]) for kind in FLOORS}


def test_the_labelled_texts_are_many_and_mixed() -> None:
    labelled = cases()
    assert len(labelled) >= 600
    assert sum(case.text == case.marked for case in labelled) >= 0.4 * len(labelled)
    assert set(KINDS) == {found[1] for case in labelled for found in LABEL.finditer(case.marked)}
    assert labelled == cases()


def test_what_is_personal_is_found_and_little_else() -> None:
    measured = scores(cases())
    assert {
        kind: pair for kind, pair in measured.items() if pair[0] < FLOORS[kind][0] or pair[1] < FLOORS[kind][1]
    } == {}


def test_texts_it_was_not_made_by() -> None:
    recall, precision = scores(unseen())["all"]
    assert (recall >= UNSEEN_FLOOR[0], precision >= UNSEEN_FLOOR[1]) == (True, True), (recall, precision)


BOTH = "jane@example.org, 415-555-0132, 4111 1111 1111 1111, GB29NWBK60161331926819, 192.0.2.146"


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((), BOTH),
        (KINDS, "[email], [phone], [card], [account], [ip]"),
        (("email",), BOTH.replace("jane@example.org", "[email]")),
        (["phone"], BOTH.replace("415-555-0132", "[phone]")),
        ({"card", "ip"}, BOTH.replace("4111 1111 1111 1111", "[card]").replace("192.0.2.146", "[ip]")),
        (("account",), BOTH.replace("GB29NWBK60161331926819", "[account]")),
    ],
)
def test_only_the_kinds_that_are_asked_for(kinds: tuple[str, ...], expected: str) -> None:
    assert redact(BOTH, kinds, "en") == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("06 12 34 56 78", "fr", "[phone]"),  # the example of libphonenumber's metadata
        ("06 12 34 56 78", "en", "06 12 34 56 78"),
        ("090-1234-5678", "ja", "[phone]"),
        ("415-555-0132", None, "[phone]"),
        ("+33 6 12 34 56 78", None, "[phone]"),
        ("call 4155550132", "en", "call [phone]"),
        ("sold 4155550132", "en", "sold 4155550132"),
        # Known to be missed, or taken for what it is not: told here so that a change is seen.
        ("Mobile07700 900123", "en", "Mobile07700 900123"),
        ("ジェーン@例え.テスト", "ja", "ジェーン@例え.テスト"),
        ("tirage : 07 12 23 34 45", "fr", "tirage : [phone]"),
        ("he leaked 73.12.9.4", "en", "he leaked 73.12.9.4"),
        ("\ud800 415-555-0132", "en", "\ud800 [phone]"),
    ],
)
def test_language_and_words_decide(text: str, lang: str | None, expected: str) -> None:
    assert redact(text, KINDS, lang) == expected


PIECES = st.sampled_from(
    """
jane@example.org|415-555-0132|07700|900123|+44|4111|1111|GB29NWBK60161331926819|192.0.2.1|2001:db8::1|::|.|-|/|(|)|[at]
dot|at|@|@user1|%40|account|call|whatsapp|order|http://x.example/|tel:|12345678|0|1|020|7946|٠٥١|５５５|[phone]|[email]
[card|电话|v1|€|#|com|x|_|+|2020|12/10/2020
""".strip()
    .replace("\n", "|")
    .split("|")
)
HOSTILE = st.one_of(
    st.text(max_size=80),
    st.lists(st.tuples(PIECES, st.sampled_from(["", " ", "-", ".", "\n"])), max_size=14).map(
        lambda pieces: "".join(piece + gap for piece, gap in pieces)
    ),
    st.text(alphabet="0123456789 -.+()", max_size=60),
    st.text(alphabet="ab1:.@ ", max_size=60),
)
LANGS = st.sampled_from([None, "en", "de", "fr", "ja", "und"])
SOME = st.sets(st.sampled_from(KINDS))


@given(HOSTILE, SOME, LANGS)
def test_redacting_twice_changes_nothing_more(text: str, kinds: set[str], lang: str | None) -> None:
    once = redact(text, kinds, lang)
    assert redact(once, kinds, lang) == once


@given(HOSTILE, SOME, LANGS)
def test_a_text_grows_by_half_at_most(text: str, kinds: set[str], lang: str | None) -> None:
    # The shortest account number has six digits, and `[account]` nine characters.
    once = redact(text, kinds, lang)
    assert len(once) <= 1.5 * len(text)
    assert {found for found in PLACEHOLDER.findall(once) if found not in kinds} <= set(PLACEHOLDER.findall(text))


@given(st.text(alphabet=st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="@\uff20%([{<")), LANGS)
def test_a_text_without_signs_and_digits_stays(text: str, lang: str | None) -> None:
    plain = text.replace(" at ", " ").replace(" AT ", " ").replace(" arroba ", " ")
    assert redact(plain, KINDS, lang) == plain


@given(st.lists(st.one_of(st.from_regex(r"@[A-Za-z0-9_]{1,15}", fullmatch=True), PIECES), max_size=10), LANGS)
def test_mentions_stay(words: list[str], lang: str | None) -> None:
    mention = re.compile(r"(?:^| )(@[A-Za-z0-9_]+)(?= |$)")
    text = " ".join(words)
    assert mention.findall(redact(text, KINDS, lang)) == mention.findall(text)


@given(st.integers(10**17, 2**63 - 1), LANGS)
def test_ids_in_links_stay(number: int, lang: str | None) -> None:
    for text in (f"https://x.example/i/status/{number}", f"call https://x.example/?id={number}&card=1 now"):
        assert redact(text, KINDS, lang) == text


def _filled(piece: str) -> str:
    return (piece * 4096)[:4096]


@pytest.mark.parametrize(
    "piece",
    """
1|0 |(1|a@a.|a@a.co |a (at) b (dot) |a at b dot |1.1.1.1 |a::1 |GB29 |AA11A |4111-|http://a.b/1 |a.b.c/|415-555-0132
call 07700 900123 |account 12345678 |٠٥١ ٢٣٤ ٥٦٧٨ |0 2 0 7 9 |5551234 |0123456789abcdef:
""".strip("\n")
    .replace("\n", "|")
    .split("|"),
)
def test_hostile_texts_take_bounded_time(piece: str) -> None:
    started = time.process_time()
    redact(_filled(piece), KINDS, "en")
    assert time.process_time() - started < 5  # it takes some 0.1 s, and a regex that backtracks takes minutes


@pytest.mark.parametrize(("text", "loaded"), [("since 2020, @user1!", "False"), ("call 415-555-0132", "True")])
def test_phonenumbers_is_imported_when_it_is_needed(text: str, loaded: str) -> None:
    code = f"import sys; from chinwag.redaction import redact; redact({text!r}); print('phonenumbers' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
        == loaded
    )
