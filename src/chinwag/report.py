"""Write the report: one page that shows what became of all that was read, where it was lost, and what is left.

The page is one file, opens offline and asks for nothing. The same tables give the same bytes: no time, machine or path
is in it. All numbers are counted by the database. The only ids in it are those of tweets that are missing.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from chinwag import __version__, account, charts, figures, samples, shelves
from chinwag.account import SPLITS, Step
from chinwag.card import RULES, toml
from chinwag.charts import Stretch
from chinwag.errors import ExportError, printable
from chinwag.figures import Figure
from chinwag.pages import page
from chinwag.progress import Steps, steps
from chinwag.recipe import stale
from chinwag.samples import Sample
from chinwag.tables import TERMS
from chinwag.workspace import Workspace, sync_write

PAGE = "report.html"
FALLS = 12  # rules of one stage that are drawn; the others are summed
BESIDE = 12  # languages, or sources, that have a row; the others are summed
LONGEST = 120  # characters of a name or a value that are shown
KEPT = ("filters", "turns", "splits")  # the stages that choose among tweets in trees
LEFT = ("kept", None)  # what is left after the last of them
# The columns of the tables by language and by source, and where the account has them.
COLUMNS: dict[str, tuple[str, str | None]] = {
    "records": ("records", None),
    "sightings": ("sightings", None),
    "tweets": ("tweets", None),
    "replies": ("replies", None),
    "parent known": ("replies", "parent_unknown"),
    "in trees": ("trees", "alone"),
    "kept": LEFT,
    "turns": ("turns", None),
    "conversations": ("conversations", None),
}


@dataclass
class Summary:
    """Hold all that the page shows: the steps of the account, figures, and a few conversations."""

    path: Path | None
    steps: list[Step] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    def line(self) -> str:
        """Say in one line what was counted, and where the page is."""
        counted = account.Summary(self.steps).line()
        return f"{self.path}: {counted}" if self.path else counted


def run(
    workspace: Path, out: Path | None, exports: Sequence[Path] = (), *, memory: int | None = None, quiet: bool = False
) -> Summary:
    """Write the page about a workspace, as far as it is made, to the file `out`; without one, only count.

    Of `exports`, folders, the examples are counted too. The page appears whole or not at all. Raises WorkspaceError
    where there is no workspace, UsageError where a folder holds no export that counts its examples, ExportError where
    the page cannot be written.
    """
    target = Workspace(workspace)
    if out is not None:
        check_place(out)
        if not out.parent.is_dir():
            raise ExportError(f"{out}: there is no folder {out.parent}")
    with steps("report", 3, quiet=quiet) as at:
        at("account")
        summary = Summary(out, account.read(target, exports, memory=memory, step=at.step))
        summary.figures = _asked(target, "figures", figures.READ, figures.figures, at, memory)
        summary.samples = _asked(target, "conversations", samples.READ, samples.samples, at, memory)
        if out is not None:
            written = page("report.html", **_values(target, summary))
            try:
                sync_write(out, written.encode())
            except OSError as error:
                raise ExportError(f"{out}: cannot write: {error.strerror}") from error
    return summary


def check_place(out: Path) -> None:
    """Raise ExportError where the page cannot go: a folder is there, a device, or nothing can be."""
    try:
        folder, other = out.is_dir(), out.exists() and not out.is_file()
    except OSError as error:
        raise ExportError(f"{out}: cannot write: {error.strerror}") from error
    if folder:
        raise ExportError(f"{out}: is a folder; name a file, such as {out / PAGE}")
    if other:
        raise ExportError(f"{out}: is no plain file, and a page takes the place of what is there; name another")


def _asked(target: Workspace, name: str, tables: Sequence[str], ask: Any, at: Steps, memory: int | None) -> list[Any]:
    """Ask a database of its own, for what one has filled is in the way of the next."""
    from chinwag.engines.duckdb import DuckDB

    with tempfile.TemporaryDirectory(prefix="chinwag-") as scratch, DuckDB(Path(scratch), memory=memory) as engine:
        at(name, engine.percent)
        for table in tables:
            engine.read(table, target.parts(table))
        return list(ask(target, engine))


def _values(target: Workspace, summary: Summary) -> dict[str, Any]:
    """Give what the template shows."""
    steps = [step for step in summary.steps if step["scope"] == "all"]
    curated = target.state.options.get("curate", {})
    ranked = [one for one in summary.figures if one.name != "most_wanted"]
    return {
        "version": __version__,
        "notes": list(_notes(target)),
        "band": charts.BAND,
        "numbers": list(_numbers(steps)),
        "flow": list(_flow(steps)),
        "rules": list(_rules(steps, curated.get("filters", {}))),
        "beside": {by: table for by in ("language", "source") if (table := _beside(summary.steps, by))},
        "terms": [
            (_name(step["value"]), _meaning(step["value"]), step["remaining"])
            for step in summary.steps
            if step["scope"] == "terms" and step["unit"] == "turn"
        ],
        "charts": [
            charts.chart(one.name, one.title, one.unit, one.rows, note=one.note, ordered=one.ordered) for one in ranked
        ],
        "wanted": next((one for one in summary.figures if one.name == "most_wanted"), None),
        "samples": summary.samples,
        "filters": list(curated.get("filters", {})),
        "recipe": list(_recipe(target)),
        "overlap": curated.get("overlap", {}),
        "turned": bool(curated),
        "rehydrated": "rehydrated" in curated,
        "masked": bool(curated) and curated["turns"].get("mentions") != "placeholder",
    }


def _notes(target: Workspace) -> Iterator[str]:
    """Say what is not made yet, or is older than what it is made of."""
    assembled, curated = target.state.steps.get("assemble"), target.state.steps.get("curate")
    if not assembled:
        yield "There are no trees yet: chinwag assemble makes them."
        return
    if not target.fresh("assemble", after="ingest"):
        yield "Something was read after the trees were made; they lack it until chinwag assemble is run again."
    if not curated:
        yield "There are no turns yet: chinwag curate makes them."
    elif not target.fresh("curate", after="assemble"):
        yield "The turns were made of other trees than these; chinwag curate makes them, and counts its rules, anew."
    elif stale(target):
        yield "Something was marked after the turns were made; they follow it once chinwag curate is run again."


def _at(steps: Iterable[Step]) -> dict[tuple[str, str | None], int]:
    return {(step["stage"], step["rule"]): step["remaining"] for step in steps}


def _kept(steps: Iterable[Step]) -> int | None:
    """Give the tweets that all rules leave of those in trees; None where no rule was counted."""
    left = [step["remaining"] for step in steps if step["stage"] in KEPT and step["unit"] == "tweet"]
    return left[-1] if left else None


def _numbers(steps: Sequence[Step]) -> Iterator[tuple[str, int, str]]:
    """Give the main numbers: what is counted, how many there are, and what more there is to say."""
    at, kept = _at(steps), _kept(steps)
    tweets = "tweets" if ("tweets", None) in at else "sightings"
    told = {
        "records read": (("records", None), ""),
        tweets: ((tweets, None), ""),
        "replies with a known parent": (("replies", "parent_unknown"), f"of {at.get(('replies', None), 0):,} replies"),
        "tweets in trees": (("trees", "alone"), f"in {_trees(at):,} trees"),
    }
    for label, (place, more) in told.items():
        if place in at:
            yield label, at[place], more
    if kept is not None:
        yield "tweets kept", kept, f"{charts.percent(kept, at['trees', 'alone'])} of those in trees"
    if ("conversations", None) in at:
        yield "conversations", at["conversations", None], f"of {at['turns', None]:,} turns"
    examples = {name: sum(splits.values()) for name, splits in _examples(steps).items()}
    if examples:
        said = ", ".join(f"{name} {number:,}" for name, number in list(examples.items())[:4])
        yield "examples", sum(examples.values()), said + ", …" * (len(examples) > 4)


def _trees(at: Mapping[tuple[str, str | None], int]) -> int:
    """Count trees: of the tweets in them, those that answer no known one."""
    return at.get(("trees", "alone"), 0) - at.get(("replies", "parent_unknown"), 0)


def _examples(steps: Iterable[Step]) -> dict[str, dict[str, int]]:
    """Give the examples of each export by split."""
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for step in steps:
        if step["unit"] == "example":
            found[_name(step["stage"].removeprefix("examples: "))][str(step["rule"])] = step["remaining"]
    return dict(found)


def _flow(steps: Sequence[Step]) -> Iterator[Stretch]:
    """Give the stretches of the flow, from records to examples."""
    at = _at(steps)
    if ("records", None) in at:
        start = (at["records", None], "records were read")
        yield charts.stretch("Records", start, _losses(steps, "records"), "of them are tweets, retweets among them")
    start = (
        at["sightings", None],
        f"sightings of tweets, {at['sightings', 'embedded']:,} of them inside other records, such as retweets",
    )
    yield charts.stretch("Tweets", start, _losses(steps, "sightings"), "tweets, each counted once")
    if ("trees", "alone") in at:
        start = (at["replies", None], "of them reply to a tweet, or quote one")
        yield charts.stretch("Replies", start, _losses(steps, "replies"), "have a known parent")
        start = (at["tweets", None], "tweets, those that are answered and those that are not")
        yield charts.stretch("Trees", start, _losses(steps, "trees"), f"tweets are in {_trees(at):,} trees")
    if _kept(steps) is not None:
        start = (at["trees", "alone"], "tweets in trees")
        yield charts.stretch("Choice", start, _losses(steps, *KEPT), "tweets are kept")
    if ("conversations", None) in at:
        start = (at["conversations", None], f"conversations, of {at['turns', None]:,} turns")
        splits = [(split, at["conversations", split]) for split in SPLITS]
        yield charts.stretch("Conversations", start, parts=splits)
    for name, by_split in _examples(steps).items():
        start = (sum(by_split.values()), f"examples in {name}")
        yield charts.stretch("Examples", start, parts=list(by_split.items()))


def _losses(steps: Iterable[Step], *stages: str) -> list[tuple[str, str, int]]:
    """Give what falls in some stages, in their order: the rules that take most, and all others as one."""
    found = [(str(step["rule"]), step["lost"]) for step in steps if step["stage"] in stages and step["lost"]]
    most = {rule for rule, _ in sorted(found, key=lambda one: (-one[1], one[0]))[:FALLS]}
    others = [lost for rule, lost in found if rule not in most]
    told = [(rule, _said(rule), lost) for rule, lost in found if rule in most]
    return told + ([("", f"{len(others)} other rules", sum(others))] if others else [])


def _rules(steps: Iterable[Step], filters: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give the account of the whole: each rule with what it means, its options and what it took."""
    for step in steps:
        if step["lost"] is not None:
            share = charts.percent(step["lost"], step["remaining"] + step["lost"])
            options = _options(filters.get(str(step["rule"]), {}))
            yield {**step, "share": share, "said": _said(str(step["rule"])), "options": options}


def _said(rule: str) -> str:
    """Say what a rule takes: of a filter its own first line."""
    if rule in RULES:
        return RULES[rule]
    sentence = shelves.sentence("filters", rule) if rule in shelves.names("filters") else ""
    return sentence.removeprefix("Drop ").removesuffix(".")


def _options(options: Mapping[str, Any]) -> str:
    """Write options; of a path only its name, for the machine it is on is nobody's business."""
    told = {key: PurePath(value).name if key == "path" else value for key, value in options.items()}
    return ", ".join(f"{key} = {_short(toml(value))}" for key, value in told.items())


def _beside(steps: Iterable[Step], by: str) -> dict[str, Any]:
    """Give a table by language or source: a row for each of those of which most is there, and one for all others."""
    held: defaultdict[str, list[Step]] = defaultdict(list)
    for step in steps:
        if step["scope"] == by:
            held[str(step["value"])].append(step)
    rows = {value: _cells(own) for value, own in held.items()}
    rows = {value: cells for value, cells in rows.items() if any(cells.values())}
    columns = [name for name in COLUMNS if any(name in cells for cells in rows.values())]
    if "tweets" in columns:
        columns.remove("sightings")
    size = "tweets" if "tweets" in columns else "sightings"
    ranked = sorted(rows.items(), key=lambda one: (-one[1].get(size, 0), one[0]))
    shown = [(_name(value), cells) for value, cells in ranked[:BESIDE]]
    if others := [cells for _, cells in ranked[BESIDE:]]:
        summed = {name: sum(cells.get(name, 0) for cells in others) for name in columns}
        shown.append((f"{len(others):,} others", summed))
    return {"columns": columns, "rows": shown} if columns else {}


def _cells(steps: Sequence[Step]) -> dict[str, int]:
    at, kept = _at(steps), _kept(steps)
    if kept is not None:
        at[LEFT] = kept
    return {name: at[place] for name, place in COLUMNS.items() if place in at}


def _meaning(terms: str | None) -> str:
    return " ".join(TERMS.get(one, "Its source does not say.") for one in str(terms).split("+"))


def _recipe(target: Workspace) -> Iterator[tuple[str, str]]:
    """Give what was decided but for the filters: a name and a value."""
    assembled, curated = (target.state.options.get(step, {}) for step in ("assemble", "curate"))
    if assembled:
        yield "quotes", "joined" if assembled.get("quotes", True) else "not joined"
        yield "sources left out", ", ".join(map(_name, assembled.get("exclude", ()))) or "none"
    for part in ("turns", "split"):
        for key, value in curated.get(part, {}).items():
            yield f"{part}.{key}", _short(toml(value))


def _name(text: str | None) -> str:
    return _short(printable(text))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
