"""Write the card of an export: a README.md from which people, the Hub and `datasets.load_dataset` learn what it is.

All of it follows from the manifest and the account, so the same data gives the same card. What comes from data or from
whoever runs this (names, codes, options) is escaped, so that it is shown and never read as Markdown, HTML or YAML. A
format says with `FEATURES`, types by column, what `datasets` cannot infer: `json` where columns nest without end.
"""

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chinwag import shelves
from chinwag.errors import printable
from chinwag.tables import TERMS

SPLITS = ("train", "validation", "test")
SHOWN = 30  # rows of a table of languages or sources; the others are summed
OWN = ("shard_size", "compress", "ids", "license", "contact", "creator", "url")  # options of every format
# Twitter's codes for texts that have no language, or none it knows (its documents: "undefined", links, media, …).
NO_LANGUAGE = {"und", "zxx", "art", "qam", "qct", "qht", "qme", "qst"}
# The upper ends of the Hub's size categories (huggingface/hub-docs, datasetcard.md).
SIZES = {1_000: "1K", 10_000: "10K", 100_000: "100K", 10**6: "1M", 10**7: "10M", 10**8: "100M", 10**9: "1B"}
RULES = {
    "blanks": "empty lines",
    "notices": "no tweets, but notices of deletes and the like",
    "rejects": "records that cannot be used",
    "embedded": "those inside other records",
    "excluded": "left out because of their source or terms",
    "gone": "of tweets that are deleted, withheld or protected",
    "gone_or_newer": "of tweets that are gone, or not yet assembled",
    "repeated": "of a tweet that was seen before",
    "parent_unknown": "what they answer is not known",
    "alone": "neither answer nor are answered",
    "below_dropped": "answer what was left out",
    "empty": "nothing is left of the text",
    "single_turn": "of conversations that have one turn left",
    "split_leak": "of conversations that share texts or authors with another split",
}
# All but letters, digits and what means nothing within a line to CommonMark and to GitHub's additions: among that are
# underscores and hyphens within words, dots within numbers, dots and colons at the end of words.
MARKUP = re.compile(
    r"""[^\w ,.:'"()=%+-]|:(?!\s)|(?<![^\W_])_|_(?![^\W_])|(?<!\w)-|-(?!\w)|(?<!\d)\.(?!\s|$)|\.(?=[^\W\d])""",
)

Row = Mapping[str, Any]


def card(
    manifest: Mapping[str, Any],
    account: Sequence[Row],
    *,
    name: str = "",
    license: str = "other",
    contact: str = "",
) -> str:
    """Give the text of README.md for a folder with this manifest.

    `account` are the steps of `account.read`. Where no `contact` for removals is given, the card says that whoever
    publishes the set has to name one. The front matter's `configs` name the files of each split, so `load_dataset`
    reads the folder as it lies.
    """
    name = printable(name) or f"Conversations of tweets: {manifest['format']}"
    sections = (
        ("Counts", _counts(manifest, account)),
        ("Languages", _examples(manifest, "language")),
        ("Filters", _filters(manifest, account)),
        ("Sources and terms", _sources(manifest, account)),
        ("Splits", _splits(manifest, account)),
        ("Who wrote it, and privacy", _privacy(manifest)),
        ("Limits and biases", LIMITS),
        ("Uses that are out of scope", SCOPE),
        ("How to build it again", _rebuilding(manifest)),
        ("Removal", _removal(contact)),
    )
    lines = [*_front(manifest, name, license), "", f"# {_shown(name)}", "", *_about(manifest, license)]
    for title, body in sections:
        lines += ["", f"## {title}", "", *body]
    return "\n".join(lines) + "\n"


def _front(manifest: Mapping[str, Any], name: str, license: str) -> list[str]:
    """Give the front matter; its keys are those of huggingface/hub-docs, datasetcard.md."""
    languages = [code for code in manifest["examples"]["language"] if re.fullmatch("[a-z]{2,3}", code)]
    lists = {
        "language": [code for code in languages if code not in NO_LANGUAGE],
        "size_categories": [_size(manifest)],
        "task_categories": ["text-generation"],
        "annotations_creators": ["no-annotation"],
        "language_creators": ["found"],
        "tags": ["conversational", "twitter", "chinwag", *(["dpo"] if manifest["format"] == "preference" else [])],
    }
    lines = ["---", f"pretty_name: {_quoted(name)}", f"license: {_quoted(printable(license))}"]
    for key, values in lists.items():
        lines += [f"{key}:", *(f"- {_quoted(value)}" for value in values)] if values else []
    return [*lines, *_configs(manifest), "---"]


def _configs(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Say which files are of which split and, where the format has `FEATURES`, what their columns are.

    Of two kinds of files with the same rows it is the Parquet: one folder is read by one loader of `datasets` (5.2). It
    takes patterns, so the numbers of shards are stars.
    """
    kind = _loaded(manifest)
    patterns: dict[str, dict[str, None]] = {split: {} for split in SPLITS}
    for entry in manifest["files"]:
        if entry["kind"] == kind:
            patterns[entry["split"]][re.sub(r"\d{5}", "*", entry["name"])] = None
    if not any(patterns.values()):
        return
    yield from ("configs:", "- config_name: default", "  data_files:")
    for split, names in patterns.items():
        if names:
            yield from (f"  - split: {split}", "    path:", *(f"    - {_quoted(name)}" for name in names))
    features = getattr(shelves.load("exports", manifest["format"]), "FEATURES", None)
    if features:
        yield from ("dataset_info:", "  features:")
        for column, kind in features.items():
            yield from (f"  - name: {_quoted(column)}", f"    dtype: {_quoted(kind)}")


def _loaded(manifest: Mapping[str, Any]) -> str:
    kinds = {entry["kind"] for entry in manifest["files"]}
    return "parquet" if "parquet" in kinds else "jsonl"


def _size(manifest: Mapping[str, Any]) -> str:
    examples = sum(sum(splits.values()) for splits in manifest["examples"]["language"].values())
    below = "n<1K"
    for end, larger in zip(SIZES, [*list(SIZES)[1:], None], strict=True):
        if examples >= end:
            below = f"{SIZES[end]}<n<{SIZES[larger]}" if larger else "1B<n<10B"
    return below


def _about(manifest: Mapping[str, Any], license: str) -> list[str]:
    sentence = shelves.sentence("exports", manifest["format"]).removeprefix("Write ")
    packed = any(entry["name"].endswith(".zst") for entry in manifest["files"])
    return [
        "Trees of tweets and their replies, made into conversations for training language models by "
        f"chinwag {_shown(manifest['chinwag'])}. This folder holds {sentence}",
        "",
        f"Licence: {_shown(license)}. The texts are their authors'; see the terms below.",
        "",
        "```python",
        f"datasets.load_dataset(FOLDER)  # its address on the Hub, or its path{'; wants zstandard too' * packed}",
        "```",
    ]


def _counts(manifest: Mapping[str, Any], account: Sequence[Row]) -> list[str]:
    """Give the account of the whole, and the examples."""
    rows = [
        [
            step["stage"],
            RULES.get(step["rule"] or "", step["rule"] or ""),
            step["remaining"],
            step["lost"],
            step["unit"],
        ]
        for step in account
        if step["scope"] == "all"
    ]
    totals = _by_split(manifest["examples"]["language"].values())
    rows += [["examples", split, totals[split], None, "example"] for split in SPLITS]
    return [
        "What became of everything that was read. A tweet that several rules mark is lost at the first of them.",
        "",
        *_table(["stage", "rule", "left", "lost", "unit"], rows),
    ]


def _examples(manifest: Mapping[str, Any], by: str) -> list[str]:
    """Give the examples by split and language, or source: those of the first turn of the conversation."""
    held = sorted(manifest["examples"][by].items(), key=lambda one: (-sum(one[1].values()), one[0]))
    shown, others = held[:SHOWN], [splits for _, splits in held[SHOWN:]]
    rows = [[value, *(splits.get(split, 0) for split in SPLITS)] for value, splits in shown]
    if others:
        totals = _by_split(others)
        rows.append([f"{len(others)} others", *(totals[split] for split in SPLITS)])
    told = (
        "Examples by the language of their conversation's first turn; und and zxx are Twitter's for none it can tell."
    )
    return [
        told if by == "language" else "Examples by the shapes of the records that showed the first turn.",
        "",
        *_table([by, *SPLITS], rows),
    ]


def _filters(manifest: Mapping[str, Any], account: Sequence[Row]) -> list[str]:
    filters = manifest["curate"].get("filters", {})
    steps = {step["rule"]: step for step in account if step["scope"] == "all" and step["stage"] == "filters"}
    if not filters:
        return ["None: all trees were taken as they are."]
    rows = []
    for rule, options in filters.items():
        step = steps.get(rule, {})
        said = ", ".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in options.items())
        rows.append([rule, said or "defaults", *(step.get(key) for key in ("lost", "marked", "alone"))])
    return [
        "In their order, each with the tweets in trees that it took from what was left then, those it marks in all, "
        "and those that it alone marks.",
        "",
        *_table(["filter", "values", "lost", "marked", "alone"], rows),
    ]


def _sources(manifest: Mapping[str, Any], account: Sequence[Row]) -> list[str]:
    rows = [
        [step["value"], _meaning(step["value"]), step["remaining"]]
        for step in account
        if step["scope"] == "terms" and step["unit"] == "turn"
    ]
    return [
        *_examples(manifest, "source"),
        "",
        "Turns by the terms under which their tweets were got:",
        "",
        *_table(["terms", "meaning", "turns"], rows),
        "",
        "X's Developer Agreement (III.A(k), in the documents published since 2025-10-22) does not allow the X API or X "
        "Content to be used to train or fine-tune a foundation or frontier model. Whoever got texts through the API is "
        "bound by what they signed; whether others are is a question for a lawyer. `--exclude-source x-api` leaves "
        "such texts out. To third parties X allows no more than ids to be handed on: that is the format `ids`.",
    ]


def _meaning(terms: str) -> str:
    return " ".join(TERMS.get(one, "Its source does not say.") for one in terms.split("+"))


def _splits(manifest: Mapping[str, Any], account: Sequence[Row]) -> list[str]:
    split, overlap = manifest["curate"].get("split", {}), manifest["curate"].get("overlap", {})
    totals = _by_split(manifest["examples"]["language"].values())
    held = {
        step["rule"]: step["remaining"] for step in account if step["scope"] == "all" and step["unit"] == "conversation"
    }
    shares = {name: share for name, share in split.items() if name in SPLITS}
    shares["train"] = 1 - sum(shares.values())
    rows = [[name, f"{100 * shares.get(name, 0):g} %", held.get(name), totals[name]] for name in SPLITS]
    what = "first author" if split.get("authors") else "first tweet"
    apart = (
        "Authors are kept apart too" if split.get("authors") else "Authors may be in several, if the recipe allows it"
    )
    return [
        f"A conversation's split follows from a hash of the id of its {what} alone: new data moves none to another.",
        "",
        *_table(["split", "share wanted", "conversations", "examples"], rows),
        "",
        "Clusters are of near-duplicate texts: a conversation that shares one with another split is left out. "
        f"{apart}. What is in more than one split after that:",
        "",
        *_table(["what", "in more than one split"], [[kind, overlap[kind]] for kind in sorted(overlap)]),
    ]


def _privacy(manifest: Mapping[str, Any]) -> list[str]:
    turns = manifest["curate"].get("turns", {})
    redacted = ", ".join(turns.get("redact", ())) or "none"
    mentions = "numbered placeholders" if turns.get("mentions") == "placeholder" else "kept as they were written"
    named = manifest["options"].get("ids") or manifest["format"] == "ids"
    ids = "Tweets keep their ids, by which their authors can be found." if named else "No ids of tweets are in it."
    rendered = ", ".join(f"{key} = {value}" for key, value in turns.items() if key != "redact")
    return [
        "The authors are people who wrote in public on Twitter. They were not asked; no one annotated what they wrote.",
        "",
        "- Authors have keyed pseudonyms, the same throughout this set; names, pictures, places and programs are left "
        "out.",
        f"- {ids}",
        f"- Mentions in texts are {mentions}.",
        f"- Redacted from texts, as far as found: {_shown(redacted)}. What is found by patterns is not found always.",
        f"- How texts are written: {_shown(rendered)}.",
        "- Tweets known to be deleted, protected or withheld are left out, and so is all of accounts that are gone.",
        "",
        "A text that was public can be searched for, so pseudonyms do not make its author anonymous.",
    ]


LIMITS = [
    "- Roles follow from depth alone: who answers is called the assistant, and is no assistant. Answers were neither "
    "checked nor ranked by anybody.",
    "- What was collected decides what is here: a sample of the stream lacks most parents, so short exchanges and much "
    "answered tweets prevail.",
    "- Languages, groups and opinions are those of Twitter's users of the time, abuse, falsehood and advertising "
    "included; filters take some of it, and take from some languages and ways of writing more than from others.",
    "- Counts of likes are as last seen, unknown for many, and say more of reach than of worth.",
    "- Languages are Twitter's guesses, which fail most on short texts.",
]
SCOPE = [
    "- Training or fine-tuning of foundation or frontier models with content got through X's API: see the terms above.",
    "- Finding out who someone is, matching people with accounts elsewhere, or deriving health, politics, ethnicity, "
    "religion, sex life or other sensitive traits of anyone. X's terms forbid it, and so do the laws of many places.",
    "- Anything that takes an answer in here for a true, safe or good one.",
]


def _rebuilding(manifest: Mapping[str, Any]) -> list[str]:
    """Give the recipe and the commands."""
    options = manifest["options"]
    own = {key: value for key, value in options.items() if key not in OWN}
    assembled = manifest["assemble"]
    tables = {
        "": {"quotes": assembled.get("quotes", True), "exclude_sources": list(assembled.get("exclude", ()))},
        "turns": manifest["curate"].get("turns", {}),
        "split": manifest["curate"].get("split", {}),
        **{f"filters.{name}": values for name, values in manifest["curate"].get("filters", {}).items()},
        f"exports.{manifest['format']}": own,
    }
    recipe = []
    for table, values in tables.items():
        recipe += [f"[{table}]"] if table else []
        recipe += [f"{key} = {toml(value)}" for key, value in values.items()] + [""]
    command = ["chinwag", "build", "FILES", "-o", "dataset", "--recipe", "recipe.toml"]
    command += ["--ids"] if options.get("ids") else []
    for name in OWN[3:]:
        command += [f"--{name}", options[name]] if options.get(name) else []
    command += ["--compress", str(options["compress"])] if options.get("compress", "none") != "none" else []
    command += ["--shard-size", str(options["shard_size"])] if "shard_size" in options else []
    fetched = manifest["curate"].get("rehydrated")
    return [
        *(["It was made again from a set of ids: `chinwag rehydrate` with that set is how.", ""] if fetched else []),
        "From the same files, with the same `CHINWAG_KEY` if one was set, the same version gives the same bytes.",
        "",
        "```toml",
        "# recipe.toml",
        *recipe[:-1],
        "```",
        "",
        "```sh",
        shlex.join(command),
        "```",
    ]


def _removal(contact: str) -> list[str]:
    whom = f"write to {_shown(contact)}" if contact else "whoever publishes this set has to name an address here"
    return [
        f"To have something taken out, {whom}. `chinwag comply` takes lists of tweets and accounts, and the set is "
        "built again without them. X demands that what is deleted there is deleted here, within 24 hours of a request."
    ]


def _by_split(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    held = list(counts)
    return {split: sum(one.get(split, 0) for one in held) for split in SPLITS}


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """Give a table of Markdown; numbers stand to the right, what is not known is empty."""
    held = [list(row) for row in rows]
    numbers = [bool(held) and not any(isinstance(row[place], str) for row in held) for place in range(len(columns))]
    return [
        f"| {' | '.join(columns)} |",
        f"|{'|'.join('---:' if number else '---' for number in numbers)}|",
        *(f"| {' | '.join(map(_cell, row))} |" for row in held),
    ]


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else _shown(str(value))


def _shown(text: str) -> str:
    """Write a text so that Markdown shows it: what could be markup, a tag or a link is a character reference."""
    return MARKUP.sub(lambda found: f"&#{ord(found[0])};", printable(text))


def _quoted(text: str) -> str:
    """Write a text as a string that YAML, TOML and JSON all read as such."""
    body = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in body)


def toml(value: Any) -> str:
    """Write the value of an option as a recipe has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    return repr(value)
