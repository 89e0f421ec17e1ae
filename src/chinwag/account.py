"""Account for the yield: what became of all that was read, from records to examples, with what each rule took.

Every tweet is counted under one language and one set of sources, so that the accounts by language and by source add up
to the whole. A tweet that several rules mark is lost at the first of them.
"""

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from chinwag.engines import Engine
from chinwag.errors import UsageError, printable
from chinwag.progress import Step as Shown
from chinwag.sql import statement
from chinwag.tables import schema
from chinwag.workspace import Workspace

READ = ("sightings", "edits", "tweets", "nodes", "drops", "turns")
CUT = ("below_dropped", "empty", "single_turn")  # what turns.py says of tweets that are in no turn
LEAK = "split_leak"
SPLITS = ("train", "validation", "test")
WIDE = 8  # columns of a table by language or source; the others are summed

Group = tuple[str, str | None]  # by what, and which
Counts = defaultdict[Group, Counter[Any]]


class Step(TypedDict):
    """Say how many are left after one rule.

    `remaining` is `lost` less than at the step before it of the same unit; `lost` is null where counting begins anew.
    Of what is in trees a rule has `marked` so many in all, and `alone` those that no other rule marks. `scope` is all,
    language, source or, of turns and conversations, terms; `value` says which: several sources, or terms, are joined
    by +.
    """

    stage: str
    rule: str | None
    scope: str
    value: str | None
    remaining: int
    lost: int | None
    unit: str
    marked: int | None
    alone: int | None


@dataclass
class Summary:
    """Hold the account: all steps of the whole, then those of each language, source and terms."""

    steps: list[Step] = field(default_factory=list)

    def line(self) -> str:
        """Say in one line what was read and what came of it."""
        first = {step["unit"]: step["remaining"] for step in reversed(self.steps) if step["scope"] == "all"}
        units = ("record", "sighting", "tweet", "turn", "conversation")
        return ", ".join(f"{first[unit]:,} {unit}s" for unit in units if unit in first) or "nothing was read"

    def lines(self, by: str = "all") -> list[str]:
        """Lay the account out as a table: of the whole, or what is left by `language`, `source` or `terms`."""
        return _aligned(_whole(self.steps) if by == "all" else _beside(self.steps, by))


def run(workspace: Path, exports: Sequence[Path] = (), *, memory: int | None = None) -> Summary:
    """Account for a workspace as far as it is made, and for the exports in some folders.

    What does not fit in `memory` (bytes, for the whole process) goes to a scratch folder. Raises WorkspaceError where
    there is no workspace, UsageError where a folder holds no export that counts its examples.
    """
    return Summary(read(Workspace(workspace), exports, memory=memory))


def read(
    target: Workspace, exports: Sequence[Path] = (), *, memory: int | None = None, step: Shown | None = None
) -> list[Step]:
    """Give the steps of `run` for a workspace that is open: those that are kept, unless it has changed since.

    How far it is shows as the `step` of who asks.
    """
    examples = _examples(exports)
    if all(target.fresh("account", after=step) for step in ("ingest", "assemble", "curate")):
        import pyarrow.parquet as pq

        steps: list[Step] = [step for part in target.parts("account") for step in pq.read_table(part).to_pylist()]
    else:
        from chinwag.engines.duckdb import DuckDB

        with (
            tempfile.TemporaryDirectory(prefix="chinwag-") as scratch,
            DuckDB(Path(scratch), memory=memory) as engine,
        ):
            steps = _counted(target, engine, step)
    return list(_with_examples(steps, examples)) if examples else steps


def keep(target: Workspace, engine: Engine, scratch: Path, step: Shown | None = None) -> None:
    """Keep the steps of a workspace that was just curated as its table `account`; the engine reads its tables."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    part = scratch / "account.parquet"
    pq.write_table(pa.Table.from_pylist(_counted(target, engine, step), schema=schema("account")), part)
    name = f"{target.state.number + 1:08}"
    target.commit("account", replace={"account": [target.adopt("account", part, name)]})


def _counted(target: Workspace, engine: Engine, step: Shown | None) -> list[Step]:
    for table in READ:
        engine.read(table, target.parts(table))
    if step:
        step.percent = engine.percent
    return list(account(engine, target))


def account(engine: Engine, target: Workspace) -> Iterator[Step]:
    """Give the steps of a workspace whose tables the engine knows; makes its tables `versions` and `rules`."""
    counts: Counts = defaultdict(Counter)
    rules = _rules(target)
    _count_records(counts, target)
    _count_tables(counts, engine, target, rules)
    for group in sorted(counts, key=_place):
        yield from _steps(group, counts[group], target, rules)


def _with_examples(steps: Iterable[Step], examples: dict[str, Any]) -> Iterator[Step]:
    """Add to each group what exports hold of it.

    `examples` are counts by format, and then as manifests have them: language or source, which, split.
    """
    groups: defaultdict[Group, list[Step]] = defaultdict(list)
    for step in steps:
        groups[step["scope"], step["value"]].append(step)
    counts: Counts = defaultdict(Counter)
    for format, by_group in examples.items():
        for by, values in by_group.items():
            for value, splits in values.items():
                for split, number in splits.items():
                    counts[by, value][format, split] += number
                    if by == "language":  # each example has one: they are the whole
                        counts["all", None][format, split] += number
    for group in sorted(groups.keys() | counts.keys(), key=_place):
        chain = _Chain(group)
        for format in examples if group[0] != "terms" else ():
            for split in SPLITS:
                chain.begin(f"examples: {format}", split, "example", counts[group][format, split])
        yield from (*groups[group], *chain.steps)


def _place(group: Group) -> tuple[int, str]:
    """Say where a group stands: the whole, then languages, sources and terms, each in the order of their names."""
    return ("all", "language", "source", "terms").index(group[0]), group[1] or ""


def _rules(target: Workspace) -> list[str]:
    """Name what can take a tweet out of the trees, in its order; nothing where turns are not made of these trees."""
    made = target.state.options.get("curate", {})
    if "rehydrated" in made or not target.fresh("curate", after="assemble"):
        return []
    return [*made["filters"], *CUT, LEAK]


def _groups(lang: str, sources: Iterable[str]) -> tuple[Group, ...]:
    return ("all", None), ("language", lang), ("source", "+".join(sources))


def _count_records(counts: Counts, target: Workspace) -> None:
    """Count records by the shapes that are in their file: they have no language, and of each the shape is not kept."""
    for entry in target.state.files.values():
        for group in (("all", None), ("source", "+".join(entry["source"]) or "unknown")):
            for what in ("lines", "blanks", "notices", "rejects"):
                counts[group][what] += entry.get(what, 0)


def _count_tables(counts: Counts, engine: Engine, target: Workspace, rules: Sequence[str]) -> None:
    """Count what the tables hold."""
    assembled = target.state.options.get("assemble", {})
    left_out = ",".join(assembled.get("exclude", ()))
    engine.make("versions", statement("versions"))
    for lang, sources, embedded, fate, number in _rows(engine, "yield_sightings", [left_out, left_out]):
        for group in _groups(lang, sources):
            counts[group].update({fate: number, "sightings": number, "embedded": number * embedded})
    for lang, sources, answers, number in _rows(engine, "yield_tweets", [assembled.get("quotes", True)]):
        for group in _groups(lang, sources):
            counts[group].update({"tweets": number, "answers": number * answers})
    select = "select ? as kind, cast(? as bigint) as place"
    none = "select '' as kind, cast(0 as bigint) as place where false"
    places = [value for number, rule in enumerate(rules) for value in (rule, 1 << number)]
    engine.make("rules", " union all ".join([none, *(select for _ in rules)]), places)
    for lang, sources, answers, marks, number in _rows(engine, "yield_trees"):
        found = [rule for place, rule in enumerate(rules) if marks >> place & 1]
        for group in _groups(lang, sources):
            counts[group].update({"nodes": number, "joined": number * answers})
            counts[group].update({("marked", rule): number for rule in found})
            counts[group].update({("lost", rule): number for rule in found[:1]})
            counts[group].update({("alone", rule): number for rule in found if len(found) == 1})
    for lang, sources, terms, split, begins, number in _rows(engine, "yield_turns"):
        for group in (*_groups(lang, sources), ("terms", "+".join(terms or ()) or "unknown")):
            counts[group].update({"turns": number, "conversations": number * begins, split: number * begins})


def _rows(engine: Engine, name: str, values: Sequence[str | bool] = ()) -> Iterator[tuple[Any, ...]]:
    for batch in engine.rows(statement(name), values):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


class _Chain:
    """Write steps one after the other, each from what the one before it of the same unit left."""

    def __init__(self, group: Group) -> None:
        self._by, self._value = group
        self._left: dict[str, int] = {}
        self.steps: list[Step] = []

    def begin(self, stage: str, rule: str | None, unit: str, left: int) -> None:
        self._add(stage, rule, unit, left, None)

    def lose(self, stage: str, rule: str, unit: str, lost: int, *marks: int) -> None:
        self._add(stage, rule, unit, self._left[unit] - lost, lost, *marks)

    def _add(self, stage: str, rule: str | None, unit: str, left: int, lost: int | None, *marks: int) -> None:
        self._left[unit] = left
        marked, alone = marks or (None, None)
        self.steps.append(
            Step(
                stage=stage, rule=rule, scope=self._by, value=self._value, remaining=left, lost=lost, unit=unit,
                marked=marked, alone=alone,
            )
        )  # fmt: skip


def _steps(group: Group, counts: Counter[Any], target: Workspace, rules: Sequence[str]) -> list[Step]:
    """Give the steps of one group."""
    chain = _Chain(group)
    if group[0] != "terms":
        if target.state.files and group[0] != "language":
            chain.begin("records", None, "record", counts["lines"])
            for rule in ("blanks", "notices", "rejects"):
                chain.lose("records", rule, "record", counts[rule])
        chain.begin("sightings", None, "sighting", counts["sightings"])
        chain.begin("sightings", "embedded", "embedded sighting", counts["embedded"])
        if target.state.steps.get("assemble"):
            _trees(chain, counts, target, rules)
    if target.state.steps.get("curate"):
        chain.begin("turns", None, "turn", counts["turns"])
        chain.begin("conversations", None, "conversation", counts["conversations"])
        for split in SPLITS:
            chain.begin("conversations", split, "conversation", counts[split])
    return chain.steps


def _trees(chain: _Chain, counts: Counter[Any], target: Workspace, rules: Sequence[str]) -> None:
    """Add the steps from sightings to what is left of the trees."""
    chain.lose("sightings", "excluded", "sighting", counts["excluded"])
    read = target.fresh("assemble", after="ingest")
    chain.lose("sightings", "gone" if read else "gone_or_newer", "sighting", counts["gone"])
    chain.lose("sightings", "repeated", "sighting", counts["kept"] - counts["tweets"])
    chain.begin("tweets", None, "tweet", counts["tweets"])
    chain.begin("replies", None, "reply", counts["answers"])
    chain.lose("replies", "parent_unknown", "reply", counts["answers"] - counts["joined"])
    chain.lose("trees", "alone", "tweet", counts["tweets"] - counts["nodes"])
    for rule in rules:
        stage = "splits" if rule == LEAK else "turns" if rule in CUT else "filters"
        marks = [counts[what, rule] for what in ("lost", "marked", "alone")]
        chain.lose(stage, rule, "tweet", *marks)


def _examples(exports: Sequence[Path]) -> dict[str, Any]:
    """Read what manifests say of examples, by format; of exports of one format the folders are named too."""
    manifests = {}
    for folder in exports:
        try:
            manifest = json.loads((folder / "manifest.json").read_bytes())
            manifests[folder] = str(manifest["format"]), {by: manifest["examples"][by] for by in ("language", "source")}
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise UsageError(f"{folder}: holds no export that says how many examples it has; export again") from error
    formats = Counter(format for format, _ in manifests.values())
    return {
        format if formats[format] == 1 else f"{format} in {printable(folder.name)}": examples
        for folder, (format, examples) in manifests.items()
    }


def _whole(steps: Iterable[Step]) -> Iterator[list[str]]:
    """Give the rows of the table of the whole."""
    yield ["stage", "rule", "left", "lost", "share", "marked", "alone"]
    for step in steps:
        if step["scope"] == "all":
            lost, before = step["lost"], step["remaining"] + (step["lost"] or 0)
            numbers = [step["remaining"], lost, step["marked"], step["alone"]]
            cells = ["" if number is None else f"{number:,}" for number in numbers]
            cells.insert(2, "" if lost is None else f"{100 * lost / before if before else 0:.1f} %")
            yield [step["stage"], step["rule"] or "", *cells]


def _beside(steps: Iterable[Step], by: str) -> Iterator[list[str]]:
    """Give the rows of a table with a column for each of the values of which most is left, and one for all others."""
    held: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    most: Counter[str] = Counter()
    for step in steps:
        if step["scope"] == by:
            held[step["stage"], step["rule"] or ""][step["value"] or ""] += step["remaining"]
            most[step["value"] or ""] += step["remaining"]
    values = [value for value, _ in sorted(most.items(), key=lambda one: (-one[1], one[0]))]
    shown, others = values[:WIDE], values[WIDE:]
    yield ["stage", "rule", *(printable(value) for value in shown), *(["others"] if others else [])]
    for (stage, rule), counts in held.items():
        numbers = [counts[value] for value in shown] + ([sum(counts[value] for value in others)] if others else [])
        yield [stage, rule, *(f"{number:,}" for number in numbers)]


def _aligned(rows: Iterable[list[str]]) -> list[str]:
    """Lay rows out in columns: the first two to the left, numbers to the right; a stage is named once."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines, before = [], ""
    for stage, *cells in table:
        named = "" if stage == before else stage
        before = stage
        texts = [named.ljust(widths[0]), cells[0].ljust(widths[1])]
        texts += [cell.rjust(width) for cell, width in zip(cells[1:], widths[2:], strict=True)]
        lines.append("  ".join(texts).rstrip())
    return lines
