"""The card: its front matter, its tables, and that nothing in the data can be read as markup."""

import html
import json
import re
import tomllib
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chinwag import recipe
from chinwag.card import card
from chinwag.errors import printable
from chinwag.tables import TERMS


def entry(name: str, split: str, kind: str = "jsonl") -> dict[str, Any]:
    return {"name": name, "split": split, "kind": kind, "records": 1, "bytes": 1, "sha256": "a"}


FILES = [entry("test-00000.jsonl", "test"), entry("train-00000.jsonl", "train"), entry("train-00001.jsonl", "train")]
FILTERS = {"language": {"keep": ["en", "ja"]}, "sensitive": {}}
MANIFEST: dict[str, Any] = {
    "chinwag": "0.1.0",
    "format": "messages",
    "options": {"shard_size": 1000, "compress": "none", "ids": False, "paths": "best"},
    "curate": {
        "filters": FILTERS,
        "turns": {"mentions": "placeholder", "links": "keep", "media": "alone", "quoted": "none", "redact": ["email"]},
        "split": {"validation": 0.05, "test": 0.05, "authors": False},
        "overlap": {"clusters": 0, "authors": 3},
    },
    "assemble": {"quotes": False, "exclude": ["x-api"]},
    "counts": {"conversations": 1000, "turns": 5000},
    "examples": {
        "language": {"en": {"train": 900, "test": 60}, "no": {"train": 40}, "und": {"train": 234}},
        "source": {"v1": {"train": 1000, "test": 60}, "v1+v2": {"train": 174}},
    },
    "files": FILES,
}


def step(stage: str, rule: str | None, left: int, lost: int | None = None, **more: Any) -> dict[str, Any]:
    fields = {"scope": "all", "value": None, "unit": "tweet", "marked": None, "alone": None, **more}
    return {"stage": stage, "rule": rule, "remaining": left, "lost": lost, **fields}


ACCOUNT = [
    step("records", None, 9000, unit="record"),
    step("records", "rejects", 8998, 2, unit="record"),
    step("filters", "language", 700, 300, marked=310, alone=290),
    step("filters", "sensitive", 690, 10, marked=20, alone=10),
    step("conversations", "train", 950, unit="conversation"),
    step("turns", None, 4000, scope="terms", value="stream", unit="turn"),
    step("turns", None, 1000, scope="terms", value="own+unknown", unit="turn"),
    step("turns", None, 123456, scope="language", value="en", unit="turn"),
]


def made(**more: Any) -> str:
    return card({**MANIFEST, **more}, ACCOUNT)


def front(text: str) -> list[str]:
    return text.split("---\n")[1].splitlines()


def test_the_front_matter_is_that_of_the_hub() -> None:
    assert front(card(MANIFEST, ACCOUNT, name='Tea: "talks"', license="cc0-1.0")) == [
        'pretty_name: "Tea: \\"talks\\""',
        'license: "cc0-1.0"',
        "language:",
        '- "en"',
        '- "no"',  # without its marks it would be false
        "size_categories:",
        '- "1K<n<10K"',
        "task_categories:",
        '- "text-generation"',
        "annotations_creators:",
        '- "no-annotation"',
        "language_creators:",
        '- "found"',
        "tags:",
        '- "conversational"',
        '- "twitter"',
        '- "chinwag"',
        "configs:",
        "- config_name: default",
        "  data_files:",
        "  - split: train",
        "    path:",
        '    - "train-*.jsonl"',
        "  - split: test",
        "    path:",
        '    - "test-*.jsonl"',
    ]


def test_preferences_are_found_by_their_tag() -> None:
    assert '- "dpo"' in front(made(format="preference"))
    assert '- "dpo"' not in front(made())


@pytest.mark.parametrize(
    ("files", "paths"),
    [
        ([], []),
        ([entry("train/00000.jsonl.gz", "train"), entry("train/00001.jsonl.gz", "train")], ["train/*.jsonl.gz"]),
        ([entry("test/utterances.jsonl.zst", "test")], ["test/utterances.jsonl.zst"]),
        ([entry("train-00000.jsonl", "train"), entry("train-00000.parquet", "train", "parquet")], ["train-*.parquet"]),
    ],
)
def test_the_files_are_named_by_patterns(files: list[dict[str, Any]], paths: list[str]) -> None:
    lines = front(made(files=files))
    assert [json.loads(line[6:]) for line in lines if line.startswith("    - ")] == paths
    assert ("configs:" in lines) == bool(paths)


@pytest.mark.parametrize(
    ("examples", "size"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (10**6 - 1, "100K<n<1M"), (10**6, "1M<n<10M"),
     (10**9, "1B<n<10B")],
)  # fmt: skip
def test_sizes_are_the_hubs(examples: int, size: str) -> None:
    lines = front(made(examples={"language": {"en": {"train": examples}}, "source": {}}))
    assert f'- "{size}"' == lines[lines.index("size_categories:") + 1]


def tables(text: str) -> list[list[str]]:
    """Give the cells of all rows of tables, as a reader sees them."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[html.unescape(cell) for cell in line.strip("| ").split(" | ")] for line in lines]


def test_what_was_counted_is_told() -> None:
    found = tables(made())
    assert ["records", "records that cannot be used", "8,998", "2", "record"] in found
    assert ["examples", "train", "1,174", "", "example"] in found
    assert ["language", 'keep = ["en", "ja"]', "300", "310", "290"] in found
    assert ["sensitive", "defaults", "10", "20", "10"] in found
    assert ["en", "900", "0", "60"] in found
    assert ["v1+v2", "174", "0", "0"] in found
    assert ["stream", TERMS["stream"], "4,000"] in found
    assert ["own+unknown", f"{TERMS['own']} Its source does not say.", "1,000"] in found
    assert ["train", "90 %", "950", "1,174"] in found
    assert ["authors", "3"] in found
    assert ["clusters", "0"] in found
    assert "123,456" not in made()


def test_of_many_languages_those_with_few_examples_are_summed() -> None:
    many = {f"l{n:02}": {"train": 100 - n, "test": 1} for n in range(40)}
    found = tables(made(examples={"language": many, "source": {}}))
    assert ["l29", "71", "0", "1"] in found
    assert ["10 others", str(sum(100 - n for n in range(30, 40))), "0", "10"] in found
    assert not [row for row in found if row[0] == "l30"]


def test_it_says_what_may_be_done_and_whom_to_ask() -> None:
    text = made()
    for phrase in ("III.A(k)", "whoever publishes this set", "foundation or frontier", "--exclude-source x-api"):
        assert phrase in text
    asked = card(MANIFEST, ACCOUNT, contact="me@example.org")
    assert "write to me@example.org." in html.unescape(asked)
    assert "me@example" not in asked  # no link is made of it
    assert "No ids of tweets" in text
    assert "Tweets keep their ids" in made(options={**MANIFEST["options"], "ids": True})
    assert "Tweets keep their ids" in made(format="ids")
    assert "None: all trees" in made(curate={**MANIFEST["curate"], "filters": {}})


def test_the_recipe_in_it_makes_the_same() -> None:
    text = made()
    table = tomllib.loads(text.split("```toml\n")[1].split("```")[0])
    read = recipe.check(table, "the card")
    assert (read.quotes, read.exclude_sources, read.filters) == (False, ["x-api"], FILTERS)
    assert read.exports == {"messages": {"paths": "best"}}
    assert read.turns.redact == ("email",)
    assert read.split == recipe.Split()
    assert "chinwag build FILES -o dataset --recipe recipe.toml --shard-size 1000\n" in text
    packed = made(options={"shard_size": 5, "compress": "gzip", "ids": True})
    assert "--ids --compress gzip --shard-size 5\n" in packed


def test_what_a_dehydrated_set_gave_says_so() -> None:
    text = made(curate={"rehydrated": {"missing": 1}, "filters": FILTERS, "split": {}, "turns": {}})
    assert "chinwag rehydrate" in text


HOSTILE = [
    "<script>alert(1)</script>", "[a](https://example.org)", "www.example.org", "a|b", "`x`", "*a*", "_a_", "# a",
    "a\n# b", "---\nlicense: cc0", '"\n- "x', "&lt;", "![a](b)", "~~a~~",
    "$a$", "\u202eabc", "\x00", "a\\", "'''", "- a", "http://a.b",
    "a@b.example",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_the_data_is_markup(text: str) -> None:
    harmless(text)


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20).filter(str.strip))
def test_no_text_at_all_is_markup(text: str) -> None:
    harmless(text)


STRING = r'"(?:[^"\\]|\\.)*"'
FRONT = re.compile(
    rf"- {STRING}|\w+: {STRING}|\w+:|- config_name: default|  \w+:|  - split: \w+|    path:|    - {STRING}"
)  # what may stand in the front matter


def harmless(text: str) -> None:
    """Put a text wherever data goes: the document has to stay what it is with a plain word, and show the text."""
    told = with_data(text)
    assert all(FRONT.fullmatch(line) and line.isprintable() for line in front(told)), front(told)
    body = told.partition("\n---\n")[2]
    assert shape(body) == usual()
    prose = re.sub(r"```.*?```", "", body, flags=re.DOTALL)
    assert not re.search(r"www\.|://|@", prose)  # GitHub and the Hub make links of these
    assert printable(text).strip() in {cell.strip() for row in tables(body) for cell in row}
    table = tomllib.loads(told.split("```toml\n")[1].split("\n```\n")[0])
    assert table["filters"]["keywords"]["drop"] == [text]


@cache
def usual() -> list[tuple[str, str, list[str]]]:
    return shape(with_data("word").partition("\n---\n")[2])


def with_data(text: str) -> str:
    counts = {text: {"train": 1}}
    filters = {"keywords": {"drop": [text]}}
    manifest = {
        **MANIFEST,
        "curate": {**MANIFEST["curate"], "filters": filters, "overlap": {text: 0}},
        "examples": {"language": counts, "source": counts},
    }
    more = [step("turns", None, 1, scope="terms", value=text, unit="turn"), step(text, text, 1, unit=text)]
    return card(manifest, [*ACCOUNT, *more], name=text, license=text, contact=text)


def shape(body: str) -> list[tuple[str, str, list[str]]]:
    """Give what CommonMark and tables make of a document, without its texts."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(body)
    return [(one.type, one.tag, [child.type for child in one.children or ()]) for one in tokens]
