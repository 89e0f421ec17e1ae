"""The filter by likeness to one's own examples: what is like them, what files it takes, what it says of bad ones."""

import re
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chinwag.errors import UsageError
from chinwag.filters.like_examples import drop
from chinwag.recipe import check
from tests.filters import judging
from tests.filters.judging import reply

EXAMPLES = [
    "My bread never rises. What am I doing wrong?",
    "How long do I have to knead the dough?",
    "パンがうまく膨らみません。どうすればいいですか",
]
ROOTS = {
    "what am I doing wrong, my bread is never rising": True,
    "@baker How long does dough have to be kneaded? https://example.org": True,
    "MY BREAD NEVER RISES": True,
    "パンが膨らみません。なぜですか": True,
    "The trains are late again, and nobody tells us why": False,
    "電車がまた遅れています": False,
    "": False,
    "👍 https://example.org": False,
    # A word of the examples among many others is not enough.
    "Election night: bread prices, tax cuts, foreign policy, turnout records, recounts and court cases": False,
}


def kept(folder: Path, path: Path, roots: list[str], **options: float) -> list[bool]:
    tweets = [reply(number, None, text=text) for number, text in enumerate(roots, 1)]
    gone = judging.dropped(folder, "like_examples", {"path": str(path), **options}, [*tweets, reply(99, 1, text="yes")])
    return [number not in gone for number, _ in enumerate(roots, 1)]


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    path = tmp_path / "examples.txt"
    path.write_text("\n".join(EXAMPLES), encoding="utf-8")
    return path


def test_conversations_are_judged_by_their_roots(tmp_path: Path, examples: Path) -> None:
    assert dict(zip(ROOTS, kept(tmp_path, examples, list(ROOTS)), strict=True)) == ROOTS


@pytest.mark.parametrize(("least", "left"), [(0.0, 3), (0.3, 2), (1.0, 1)])
def test_how_like_they_have_to_be_can_be_chosen(tmp_path: Path, examples: Path, least: float, left: int) -> None:
    roots = [EXAMPLES[0], "my bread never rises", "something else altogether"]
    assert kept(tmp_path, examples, roots, least=least) == [number < left for number in range(3)]


@pytest.mark.parametrize(
    "lines",
    [
        '{"text": "My bread never rises"}\n\n{"instruction": "Knead the dough", "input": ""}\r\n{"prompt": "パン"}\n',
        "\ufeffMy bread never rises\n  \nKnead the dough\n",
        'My bread never rises\n{"prompt": "Knead the dough"}',
    ],
)
def test_examples_are_lines_of_text_or_of_json(tmp_path: Path, lines: str) -> None:
    path = tmp_path / "examples"
    path.write_text(lines, encoding="utf-8")
    assert kept(tmp_path, path, ["my bread never rises", "knead the dough", "trains are late"]) == [True, True, False]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "{path}: there is no example in it"),
        (b" \n\n", "{path}: there is no example in it"),
        (b"\xff\xfe", "{path}: cannot be read: it is no UTF-8"),
        (b'bread\n{"text": ', "{path}, line 2: no JSON"),
        (b'{"question": "Why?"}', "{path}, line 1: there is no text under any of text, instruction, prompt"),
        (b'{"text": null, "prompt": 5}', "{path}, line 1: there is no text under any of text, instruction, prompt"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "examples"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=f"^path: {re.escape(says.format(path=path))}$"):
        drop(path=str(path))


def test_bad_values_are_refused(tmp_path: Path, examples: Path) -> None:
    with pytest.raises(UsageError, match=r"^path: .*nowhere: cannot be read: No such file or directory$"):
        drop(path=str(tmp_path / "nowhere"))
    with pytest.raises(UsageError, match=r"^least: 1.5 is no share"):
        drop(path=str(examples), least=1.5)
    with pytest.raises(UsageError, match="path has to be given"):
        check({"filters": {"like_examples": {}}}, "recipe")


def test_without_scikit_learn_it_says_how_to_get_it(examples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "meta_path", [one for one in sys.meta_path if "sklearn" not in repr(one)])
    monkeypatch.delitem(sys.modules, "sklearn", raising=False)
    with pytest.raises(UsageError, match=r"^the filter like_examples needs .*: pip install 'chinwag\[similarity\]'$"):
        drop(path=str(examples))


WORDS = st.sampled_from(["bread", "dough", "knead", "train", "late", "パン", "電車", "!", "\0", "\n", "👍", "@a"])


@given(
    st.lists(st.one_of(st.lists(WORDS, max_size=6).map(" ".join), st.text(max_size=30)), max_size=8), st.integers(0, 8)
)
@settings(max_examples=20)
def test_each_root_is_judged_for_itself(tmp_path_factory: pytest.TempPathFactory, texts: list[str], cut: int) -> None:
    path = tmp_path_factory.getbasetemp() / "examples-of-bread"
    path.write_text("\n".join(EXAMPLES), encoding="utf-8")
    _, _, judge = drop(path=str(path))  # type: ignore[misc]
    columns = {"id": pa.array(range(len(texts)), pa.int64()), "text": pa.array(texts, pa.string())}
    batch = pa.record_batch(columns)
    whole = list(judge(iter([batch])))
    assert list(judge(iter([batch.slice(0, cut), batch.slice(min(cut, len(texts)))]))) == whole
    assert list(judge(iter([batch.take(list(reversed(range(len(texts)))))] if texts else []))) == whole[::-1]
