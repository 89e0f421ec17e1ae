"""Try a rule with other options on the sample, and say what would change: the page `/rules`.

The very SELECT or Judge of the filter runs, on whole conversations. Numbers and yes or no can be moved from the page;
texts and lists are the recipe's alone, for they may name a file.
"""

import inspect
import math
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache, cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any

import msgspec

from chinwag import pages, shelves
from chinwag import recipe as recipes
from chinwag.card import toml
from chinwag.errors import ChinwagError, EngineError, UsageError, check_known
from chinwag.recipe import Options
from chinwag.web.conversation import counted, named, sentence
from chinwag.web.index import Index, Row

if TYPE_CHECKING:
    import duckdb

EXAMPLES = 10
SHOWN = 300  # characters of an example
LONGEST = 40  # characters of what is given for an option; 2**53 has 16
MOVABLE = {int: "a whole number", float: "a number", bool: "yes or no"}
CHOICE = "filter"  # the parameter that names the filter; an option of this name cannot be moved
BARE = re.compile("[A-Za-z0-9_-]+")  # keys that TOML takes without quotes
ERRORS = re.compile(r"\s*Raises UsageError.*", re.DOTALL)  # ends a docstring: what it says is for who writes code


@dataclass
class Field:
    """Hold an option that can be moved: what is in the form, what the recipe says, and what holds where nobody does."""

    name: str
    kind: str
    value: str
    recipe: str | None
    default: str | None


@dataclass
class Rule:
    """Hold what the lists of rules say of one; `marked` and `alone` are None where it was not in the last curate."""

    name: str
    sentence: str
    options: str = ""
    level: str = "tweet"
    marked: int | None = None
    alone: int | None = None
    lacks: str = ""  # why it cannot be tried


@dataclass
class Change:
    """Hold what comes to be marked, or no longer is; `alone` are those that no other rule marks."""

    title: str
    marked: int
    alone: int
    examples: list[Row] | None = None  # none are shown


@dataclass
class Trial:
    """Hold a filter that was chosen, and what came of trying it; `fault` says why nothing did."""

    name: str
    sentence: str = ""
    about: str = ""
    level: str = "tweet"
    fields: list[Field] = field(default_factory=list)
    fixed: list[tuple[str, str]] = field(default_factory=list)
    known: bool = False  # on the shelf
    used: bool = False  # in the recipe
    lacks: str = ""
    fault: str = ""
    changes: list[Change] = field(default_factory=list)
    lines: str = ""
    same: bool = False
    before: int | None = None
    spared: int = 0


class Sample:
    """Hold the ids of the sample and the rules that mark them; the rest is asked of the database."""

    def __init__(self, database: "duckdb.DuckDBPyConnection") -> None:
        self._database = database
        self.roots: dict[int, int] = {row["tweet_id"]: row["root_id"] for row in self.rows("select * from nodes")}
        self.drops: dict[str, set[int]] = {}
        self._rules: dict[str, dict[int, set[str]]] = {"tweet": {}, "conversation": {}}
        for row in self.rows("select id, level, filter from drops"):
            self.drops.setdefault(row["filter"], set()).add(row["id"])
            self._rules[row["level"]].setdefault(row["id"], set()).add(row["filter"])

    def rows(self, select: str, values: Iterable[Any] = ()) -> list[Row]:
        """Give the rows of a SELECT. Raises EngineError where the database refuses."""
        return [row for batch in self._batches(select, values) for row in batch.to_pylist()]

    def _batches(self, select: str, values: Iterable[Any]) -> list[Any]:
        import duckdb
        import pyarrow as pa

        try:
            return list(self._database.sql(select, params=list(values)).to_arrow_table().to_batches())
        except (duckdb.Error, pa.ArrowException) as error:
            raise EngineError(" ".join(str(error).split())) from error

    def marked(self, part: ModuleType, options: Options) -> set[int]:
        """Give the ids that a filter marks, of what is in trees. Raises what `drop` raises, and EngineError."""
        import pyarrow as pa

        select, values, *judge = part.drop(**options)
        if order := getattr(part, "ORDER", ()):
            select = f"select * from ({select}) as r order by {', '.join(order)}"  # noqa: S608 - names of columns
        batches = self._batches(select, values)
        try:
            found = judge[0](iter(batches)) if judge else (one for batch in batches for one in batch["id"].to_pylist())
            return {number for number in found if number in self.roots}
        except pa.ArrowException as error:
            raise EngineError(" ".join(str(error).split())) from error

    def spared(self, parts: Iterable[ModuleType]) -> set[int]:
        """Give the roots of what is to stay whatever filters say."""
        selects = [part.SPARED for part in parts if hasattr(part, "SPARED")]
        return {row["root_id"] for select in selects for row in self.rows(select)}

    @cached_property
    def _fallen(self) -> dict[int, set[str]]:
        """Give the rules of the conversations of which every tweet is marked: to mark the whole changes nothing."""
        found: dict[int, set[str]] = {}
        standing = {root for tweet, root in self.roots.items() if tweet not in self._rules["tweet"]}
        for tweet, rules in self._rules["tweet"].items():
            if self.roots[tweet] not in standing:
                found.setdefault(self.roots[tweet], set()).update(rules)
        return found

    def others(self, name: str, level: str, number: int) -> list[str]:
        """Name the rules that leave out a tweet or a conversation besides one."""
        whole = self._rules["conversation"].get(self.roots[number], set())
        single = self._rules["tweet"].get(number, set()) if level == "tweet" else self._fallen.get(number, set())
        return sorted((whole | single) - {name})

    def change(self, title: str, ids: set[int], trial: Trial, *, shown: bool = False) -> Change:
        """Count tweets or conversations, and give the first as examples: those that no other rule marks before all."""
        others = {number: self.others(trial.name, trial.level, number) for number in ids}
        alone = sum(not rules for rules in others.values())
        if not shown:
            return Change(title, len(ids), alone)
        first = sorted(ids, key=lambda number: (bool(others[number]), number))[:EXAMPLES]
        select = "select * replace (left(text, ?) as text) from tweets where id in (select unnest(?::bigint[]))"
        rows = {row["id"]: row for row in self.rows(select, [SHOWN, first])}
        examples = [
            {**row, "author": named(row), "counts": counted(row), "others": others[number]}
            for number, row in ((number, rows[number]) for number in first if number in rows)
        ]
        return Change(title, len(ids), alone, examples)


def page(index: Index, params: Mapping[str, str]) -> str:
    """Make the page; what `params` say wrongly is told in it. Raises EngineError where the index cannot be read."""
    filters: Mapping[str, Options] = index.target.state.options.get("curate", {}).get("filters", {})
    with closing(index.sample()) as database:
        sample = Sample(database)
        trial = _trial(sample, filters, params) if params else None
    own = [_rule(name, filters[name], sample) for name in filters]
    others = [_rule(name, None, sample) for name in _shelf() if name not in filters]
    curated = index.curated and "curate" in index.target.state.options
    return pages.page(
        "rules.html", site=index.frame(), trial=trial, own=own, others=others, curated=curated,
        sampled=index.sampled, tweets=len(sample.roots), examples=EXAMPLES,
    )  # fmt: skip


@cache
def _shelf() -> list[str]:
    """Name the filters; to look for those of other packages takes longer than all else."""
    return shelves.names("filters")


def _rule(name: str, options: Options | None, sample: Sample) -> Rule:
    """Say of a filter what the lists say; `options` are those of the recipe, if it is in it."""
    rule = Rule(name, sentence(name), _told(options or {}))
    try:
        part = shelves.load("filters", name)
        rule.level = part.LEVEL
        rule.lacks = _lacking(part.drop, options or {})
    except ChinwagError as error:
        rule.lacks = str(error)
    if options is not None:
        found = sample.drops.get(name, set())
        rule.marked = len(found)
        rule.alone = sum(not sample.others(name, rule.level, number) for number in found)
    return rule


def _told(options: Options) -> str:
    return ", ".join(f"{name} = {toml(value)}" for name, value in options.items())


def _keywords(drop: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Give the options of a filter."""
    found = inspect.signature(drop).parameters
    return {name: one for name, one in found.items() if one.kind is one.KEYWORD_ONLY}


def _moves(name: str, option: inspect.Parameter) -> bool:
    """Tell whether an option can be moved from the page."""
    return option.annotation in MOVABLE and name != CHOICE


def _lacking(drop: Callable[..., Any], options: Options) -> str:
    """Say what a filter needs that only a recipe can give; nothing where it can be tried."""
    needed = [
        name
        for name, one in _keywords(drop).items()
        if one.default is one.empty and not _moves(name, one) and name not in options
    ]
    return f"it needs {', '.join(needed)}, which only a recipe can give" if needed else ""


def _trial(sample: Sample, filters: Mapping[str, Options], params: Mapping[str, str]) -> Trial:
    """Try the filter that the parameters name; a fault is told, never raised."""
    name = params.get(CHOICE, "").strip()
    trial = Trial(name, used=name in filters)
    try:
        if not name:
            raise UsageError("choose a rule first: the address names none")
        check_known([name], _shelf(), "the address", CHOICE)
        trial.known, trial.sentence = True, sentence(name)
        part = shelves.load("filters", name)
        trial.level, own = part.LEVEL, dict(filters.get(name, {}))
        trial.about = ERRORS.sub("", " ".join((inspect.getdoc(part.drop) or "").split()))
        trial.fields = _fields(part.drop, own, params)
        trial.fixed = [
            (key, _value_told(key, one, own)) for key, one in _keywords(part.drop).items() if not _moves(key, one)
        ]
        trial.lacks = _lacking(part.drop, own)
        if not trial.lacks:
            options = _options(part.drop, own, params)
            _compare(sample, trial, part, own, options, [shelves.load("filters", one) for one in _here(filters)])
    except ChinwagError as error:
        trial.fault = str(error)
    return trial


def _here(filters: Mapping[str, Options]) -> list[str]:
    """Name those of the recipe that are on the shelf: the package of another may be gone since."""
    return [name for name in filters if name in _shelf()]


def _value_told(name: str, option: inspect.Parameter, own: Options) -> str:
    """Say what holds of an option that cannot be moved."""
    if name not in own and option.default is option.empty:
        return "not given"
    return toml(own.get(name, option.default))


def _fields(drop: Callable[..., Any], own: Options, params: Mapping[str, str]) -> list[Field]:
    """Lay out the options that can be moved."""
    made = []
    for name, option in _keywords(drop).items():
        if not _moves(name, option):
            continue
        recipe = toml(own[name]) if name in own else None
        default = None if option.default is option.empty else toml(option.default)
        given = params.get(name, "").strip()[:LONGEST]
        made.append(Field(name, option.annotation.__name__, given or recipe or default or "", recipe, default))
    return made


def _options(drop: Callable[..., Any], own: Options, params: Mapping[str, str]) -> dict[str, Any]:
    """Give the recipe's options with those that the parameters move; what is left empty stays as it is.

    Raises UsageError for what is no option, cannot be moved, or does not fit.
    """
    keywords = _keywords(drop)
    given = {name: text.strip() for name, text in params.items() if name != CHOICE and text.strip()}
    check_known(given, keywords, "the address", "option")
    options = dict(own)
    for name, text in given.items():
        if not _moves(name, keywords[name]):
            raise UsageError(f"{name}: only a recipe can give it, for it may name a file")
        options[name] = _value(name, text, keywords[name].annotation)
    recipes.fits(drop, options, "options")
    return options


def _value(name: str, text: str, kind: type) -> int | float | bool:
    """Read a value; raises UsageError where it is none of its kind."""
    try:
        value: int | float | bool = msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"{name}: {text[:LONGEST]!r} is not {MOVABLE[kind]}") from error
    if len(text) > LONGEST or not math.isfinite(value):
        raise UsageError(f"{name}: {text[:LONGEST]!r} is not {MOVABLE[kind]} that can be tried")
    return value


def _compare(
    sample: Sample, trial: Trial, part: ModuleType, own: Options, options: Options, used: list[ModuleType]
) -> None:
    """Run the rule as the recipe has it, and as it is tried."""
    # What is to stay by the filter that is tried stays too: it would be in the recipe.
    spared = sample.spared([*used, *([] if part in used else [part])])
    trial.same = trial.used and options == own
    then = sample.marked(part, options)
    now = then if trial.same else sample.marked(part, own) if trial.used else set()
    trial.spared = sum(sample.roots[number] in spared for number in now | then)
    now, then = ({number for number in ids if sample.roots[number] not in spared} for ids in (now, then))
    trial.before = len(sample.drops.get(trial.name, ())) if trial.used else None
    trial.changes = [
        sample.change("Marked now", now, trial),
        sample.change("Marked then", then, trial),
        sample.change("Newly marked", then - now, trial, shown=True),
        sample.change("No longer marked", now - then, trial, shown=True),
    ]
    trial.lines = _lines(trial.name, part.drop, own, options)


def _lines(name: str, drop: Callable[..., Any], own: Options, options: Options) -> str:
    """Write what the recipe has to say: what it said, and what is moved from the default."""
    keywords = _keywords(drop)
    told = [key for key in options if key in own or options[key] != keywords[key].default]
    head = name if BARE.fullmatch(name) else toml(name)
    return "\n".join([f"[filters.{head}]", *(f"{key} = {toml(options[key])}" for key in told)])
