"""The report: whole, well-formed, true to the tables, and silent about who wrote what."""

import html
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from chinwag import account, assemble, export, ingest, rehydrate, report, samples
from chinwag.errors import ChinwagError, ExportError, UsageError, WorkspaceError
from chinwag.recipe import Recipe, check
from chinwag.rendering import Rendering
from chinwag.workspace import Workspace
from tests.workspaces import Json, assembled, chinwag_run, curated, hashes, status, values

VOID = {"meta", "link", "br", "img", "input", "hr", "rect", "path"}
DAY = 24 * 3600 * 1000 << 22
FIRST = 1_612_345_678_901_234_567
HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "]]></style></title></svg><h1>mine</h1> &lt;b&gt; {{ 7 * 7 }} {% raw %}",
    "\u202eright to left\u2066 and never back\u200f \u0000\u0008\ufffe nul",
    "w" * 4096,
    "write to somebody.else@example.org or call +1 212 555 0123",
]


class Page(HTMLParser):
    """Read a page, and hold it to what every page has to keep."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.named: list[str] = []
        self.levels: list[int] = []
        self.said: list[str] = []
        self.svgs: list[dict[str, Any]] = []
        self.tags: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert len(given) == len(attrs), f"{tag} has an attribute twice"
        assert not {name for name in given if name.startswith("on") or name in ("src", "srcset", "action")}
        self.tags.add(tag)
        self.ids += [str(given["id"])] if "id" in given else []
        self.links += [str(given["href"])] if "href" in given else []
        self.named += str(given.get("aria-labelledby") or "").split()
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "svg":
            self.svgs.append(given)
        if tag == "title" and self.svgs and "svg" in self.open:
            self.svgs[-1]["titled"] = True
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> ends nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "bdi":
            self.said.append(data)

    def check(self) -> None:
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))
        assert {link for link in self.links if link[0] != "#" or link[1:] not in self.ids} == set()
        assert set(self.named) <= set(self.ids)
        assert self.levels[:2] == [1, 2]
        assert self.levels.count(1) == 1
        assert all(after <= before + 1 for before, after in zip(self.levels, self.levels[1:], strict=False))
        assert "script" not in self.tags
        for svg in self.svgs:
            assert svg.get("titled")
            assert svg.get("aria-hidden") == "true" or (svg.get("role") == "img" and svg.get("aria-labelledby"))


def written(workspace: Path, exports: tuple[Path, ...] = ()) -> tuple[str, report.Summary]:
    """Write the page twice, hold it to what each has to keep, and give it."""
    out, again = workspace.parent / "report.html", workspace.parent / "again.html"
    summary = report.run(workspace, out, exports, quiet=True)
    report.run(workspace, again, exports, quiet=True)
    assert out.read_bytes() == again.read_bytes()
    assert not list(workspace.parent.glob(".*"))
    text = out.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"https?://|url\(|@import|handle\d|" + re.escape(str(workspace.parent)), text)
    Page(text).check()
    return text, summary


def threads(text: str = "words that say something") -> list[Json]:
    """Give trees of two, three and many tweets, of several languages, on forty days; some fall."""
    made = []
    for tree in range(8):
        root = FIRST + tree * 5 * DAY
        made.append(status(root, f"{text} {tree}", author=1, lang="en" if tree % 2 else "ja"))
        for n in range(1, 2 + tree * 2):
            parent = root if n % 3 else root + n - 1
            more = {"possibly_sensitive": True} if n == 5 else {"lang": "de"}
            made.append(status(root + n, f"answer {tree} {n} and {text}", to=parent, author=n + 1, **more))
    made.append(status(FIRST - 1, "nobody answers", author=77))
    made.append(status(FIRST + 3 * DAY, "what this answers is not there", to=FIRST - 5, author=78))
    return made


def only_ingested(folder: Path) -> Path:
    source = folder / "statuses.jsonl"
    source.write_text("".join(json.dumps(one) + "\n" for one in threads()))
    ingest.run([source], folder / "workspace", workers=1, quiet=True)
    return folder / "workspace"


def no_conversations(folder: Path) -> Path:
    return curated(folder, [status(1), status(2)])


def stale(folder: Path) -> Path:
    """Give turns that are older than the trees, which are older than what was read."""
    place = curated(folder, threads())
    for number in range(2):
        more = folder / f"more{number}.jsonl"
        more.write_text(json.dumps(status(FIRST + number, author=9, to=FIRST)) + "\n")
        ingest.run([more], place, workers=1, quiet=True)
        if not number:
            assemble.run(place, quiet=True)
    return place


def rehydrated(folder: Path) -> Path:
    place = curated(folder, threads())
    export.run("ids", place, folder / "ids", quiet=True)
    (folder / "other").mkdir()
    other = assembled(folder / "other", threads())
    rehydrate.run(folder / "ids", other, quiet=True)
    return other


SENSITIVE = check({"filters": {"sensitive": {}, "near_duplicates": {}}}, "recipe")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace of threads, with two exports beside it; no test changes it."""
    made = curated(tmp_path_factory.mktemp("report"), threads(), SENSITIVE)
    for format in ("messages", "oasst"):
        export.run(format, made, made.parent / format, quiet=True)
    return made


STATES: dict[str, tuple[Callable[[Path], Path], set[str], set[str]]] = {
    # how it is made, sections that are there, what its notes say
    "ingested": (only_ingested, {"flow", "beside", "rules"}, {"chinwag assemble"}),
    "assembled": (
        lambda folder: assembled(folder, threads()),
        {"flow", "beside", "figures", "wanted", "rules", "made"},
        {"chinwag curate"},
    ),
    "curated": (
        lambda folder: curated(folder, threads(), SENSITIVE),
        {"flow", "beside", "figures", "wanted", "samples", "rules", "made", "rule-sensitive"},
        set(),
    ),
    "no conversations": (no_conversations, {"flow", "beside", "rules", "made"}, set()),
    "stale": (stale, {"flow", "samples"}, {"chinwag assemble is run again", "of other trees"}),
    "rehydrated": (rehydrated, {"flow", "samples", "made"}, set()),
}


@pytest.mark.parametrize("state", STATES)
def test_a_workspace_in_any_state_has_a_page(tmp_path: Path, state: str) -> None:
    make, sections, notes = STATES[state]
    text, summary = written(make(tmp_path))
    assert sections <= set(Page(text).ids)
    assert all(note in text for note in notes)
    assert text.count('class="note"') == len(notes)
    assert bool(summary.samples) == ("samples" in Page(text).ids)


def test_numbers_are_those_of_the_account_and_of_the_exports(place: Path) -> None:
    exports = (place.parent / "messages", place.parent / "oasst")
    text, summary = written(place, exports)
    assert summary.steps == account.read(Workspace(place), exports)
    turns, kept = values(place, "select count(*) from turns union all select sum(len(tweet_ids)) from turns")
    for number in (turns, kept):
        assert f"{number:,}" in text
    assert ">sensitive</a>" in text
    assert "tweets that Twitter marks as possibly sensitive" in text
    manifest = json.loads((exports[0] / "manifest.json").read_bytes())
    examples = sum(sum(splits.values()) for splits in manifest["examples"]["language"].values())
    assert f"<strong>{examples}</strong> examples in messages" in text
    assert summary.line() == f"{place.parent / 'report.html'}: {account.Summary(summary.steps).line()}"


def test_hostile_texts_stay_text(tmp_path: Path) -> None:
    recipe = replace(Recipe(), turns=Rendering(mentions="keep", redact=()))
    hostile = [
        one
        for n, text in enumerate(HOSTILE)
        for one in (
            status(FIRST + n * DAY, f"{text} @somebody_else", author=1, lang='<b>"' + "x" * 500),
            status(FIRST + n * DAY + 1, f"{n} {text}", to=FIRST + n * DAY, author=2),
        )
    ]
    text, summary = written(curated(tmp_path, hostile, recipe))
    said = "\n".join(Page(text).said)
    assert len(summary.samples) == len(HOSTILE)
    assert HOSTILE[0] in said
    assert html.unescape(HOSTILE[1]) in said  # Twitter writes texts with entities
    assert "w" * 500 in said
    assert "and 3,49" in text  # of 4 KB no more is shown than can be read
    for hidden in ("somebody_else", "somebody.else", "555 0123", "\0", "\b", "\ufffe"):
        assert hidden not in text
    assert "x" * 200 not in text


def test_ids_and_pseudonyms_are_not_told(place: Path) -> None:
    text, summary = written(place)
    told = text + json.dumps([repr(sample) for sample in summary.samples])
    select = "select cast(id as varchar) from tweets union all select author from turns"
    assert [found for found in values(place, select) if found in told] == []
    assert str(FIRST - 5) in text  # is missing, and wanted


def test_samples_are_of_all_sizes_and_bounded(tmp_path: Path) -> None:
    place = curated(tmp_path, threads("something " * 200))
    found = report.run(place, None, quiet=True).samples
    assert len(found) == samples.SHOWN
    sizes = [len(sample.turns) + sample.more for sample in found]
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[-1] > 8, len({(size - 1).bit_length() for size in sizes})) == (2, True, 4)
    for sample in found:
        assert len(sample.turns) <= samples.TURNS
        assert all(len(turn.text) <= samples.LONGEST for turn in sample.turns)
        assert sample.turns[0].author == "A"
        assert {turn.role for turn in sample.turns} == {"prompter", "assistant"}


def test_the_order_of_what_was_read_changes_nothing(place: Path, tmp_path: Path) -> None:
    assert written(curated(tmp_path, threads()[::-1], SENSITIVE))[0] == written(place)[0]


def test_why_a_turn_was_kept(tmp_path: Path) -> None:
    tree = [
        status(10, "what do you think of it", author=1),
        status(11, "and what of this", to=10, author=1),
        status(12, "not much", to=11, author=2),
        status(13, "hidden", to=11, author=3, possibly_sensitive=True),
        status(14, "below what is hidden", to=13, author=4),
    ]
    filters = {"sensitive": {}, "language": {"keep": ["en"]}}
    sample = report.run(curated(tmp_path, tree, check({"filters": filters}, "recipe")), None, quiet=True).samples[0]
    assert [turn.why for turn in sample.turns] == [
        "None of the 2 filters drops its 2 tweets. Of the answers to it 1 fell: sensitive 1.",
        "None of the 2 filters drops its tweet.",
    ]
    assert (sample.tweets, sample.fallen) == (5, {"below_dropped": 1, "sensitive": 1})
    assert [(turn.author, turn.tweets) for turn in sample.turns] == [("A", 2), ("B", 1)]


def test_many_languages_and_sources_are_summed(tmp_path: Path) -> None:
    statuses = [status(FIRST + n * DAY, f"text {n}", lang=f"q{n:03}", author=n + 1) for n in range(300)]
    text, summary = written(assembled(tmp_path, statuses))
    assert len({step["value"] for step in summary.steps if step["scope"] == "language"}) == 300
    assert f"{300 - report.BESIDE} others" in text
    assert len(text) < 60_000


def test_a_path_in_the_recipe_is_not_told(tmp_path: Path) -> None:
    assert report._options({"path": "/home/somebody/liked.txt", "least": 0.2}) == 'path = "liked.txt", least = 0.2'
    assert len(report._options({"words": ["word"] * 1000})) < 200


def test_every_rule_says_what_it_takes() -> None:
    from chinwag import shelves
    from chinwag.card import RULES

    assert all(report._said(rule) for rule in (*RULES, *shelves.names("filters")))
    assert report._said("of a plug-in that is gone") == ""


ERRORS: dict[str, tuple[Callable[[Path], tuple[Path, Path, list[Path]]], type[ChinwagError], str]] = {
    "no workspace": (lambda folder: (folder, folder / "report.html", []), WorkspaceError, "no workspace here"),
    "a folder": (lambda folder: (folder / "workspace", folder, []), ExportError, "is a folder"),
    "no folder": (
        lambda folder: (folder / "workspace", folder / "no" / "it.html", []),
        ExportError,
        "there is no folder",
    ),
    "a name too long": (lambda folder: (folder / "workspace", folder / ("x" * 300), []), ExportError, "cannot write"),
    "no export": (lambda folder: (folder / "workspace", folder / "it.html", [folder]), UsageError, "holds no export"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_cannot_be_is_told_in_a_line(tmp_path: Path, case: str) -> None:
    make, kind, said = ERRORS[case]
    no_conversations(tmp_path)
    before = hashes(tmp_path)
    with pytest.raises(kind, match=said) as caught:
        report.run(*make(tmp_path), quiet=True)
    assert "\n" not in str(caught.value)
    assert hashes(tmp_path) == before


def test_from_the_command_line(place: Path, tmp_path: Path) -> None:
    done = chinwag_run("report", "-w", place, place.parent / "messages", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["path"] is None
    assert not (tmp_path / "report.html").exists()
    assert {step["stage"] for step in told["steps"]} >= {"records", "examples: messages"}
    assert {"name", "title", "rows"} <= told["figures"][0].keys()
    assert told["samples"][0]["turns"][0]["author"] == "A"
    done = chinwag_run("report", "-w", place, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("report.html: ")
    before = (tmp_path / "report.html").read_bytes()
    done = chinwag_run("report", "-w", place, tmp_path, "-o", "report.html", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert (tmp_path / "report.html").read_bytes() == before


def test_what_is_no_plain_file_is_not_replaced(place: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ExportError, match="is no plain file"):
        report.run(place, tmp_path / "pipe", quiet=True)
    assert (tmp_path / "pipe").is_fifo()
