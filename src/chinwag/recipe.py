"""Read a recipe: what a data set is made of, as a TOML file, checked against what lies on the shelves."""

import inspect
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from chinwag import columns, shelves
from chinwag.errors import ChinwagError, UsageError, check_known
from chinwag.tables import TERMS

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Split:
    """Say which share of the conversations is kept apart."""

    validation: float = 0.05
    test: float = 0.05


@dataclass(frozen=True)
class Recipe:
    """Say what is left out, how trees are assembled, how turns are written, and which exports are made."""

    columns: Mapping[str, str] | None = None
    exclude_sources: Sequence[str] = ()
    quotes: bool = True
    mentions: str = "placeholder"
    filters: Mapping[str, Options] = field(default_factory=dict)
    split: Split = Split()
    exports: Mapping[str, Options] = field(default_factory=lambda: {"oasst": {}, "messages": {}, "prompts": {}})


def load(path: Path | None) -> Recipe:
    """Read a recipe; without a path, give the default one.

    Raises ChinwagError where the file cannot be read, UsageError where it says what no recipe can say.
    """
    if path is None:
        return Recipe()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ChinwagError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: no TOML: {error}") from error
    return check(table, str(path))


def check(table: Mapping[str, Any], where: str) -> Recipe:
    """Make a recipe of a decoded table; `where` names it in errors."""
    tables = dict.fromkeys(("columns", "filters", "split", "exports"), dict)
    allowed: dict[str, Any] = {"quotes": bool, "mentions": str, "exclude_sources": list[str], **tables}
    check_known(table, allowed, where, "key")
    for key, value in table.items():
        _is(value, allowed[key], f"{where}: {key}")
    if table.get("mentions", "placeholder") not in ("placeholder", "keep"):
        raise UsageError(f"{where}: mentions has to be 'placeholder' or 'keep'")
    for shelf, verb in (("filters", "drop"), ("exports", "records")):
        for name, options in table.get(shelf, {}).items():
            check_known([name], shelves.names(shelf), f"{where}: {shelf}", shelf.removesuffix("s"))
            fits(getattr(shelves.load(shelf, name), verb), options, f"{where}: {shelf}.{name}")
    if "columns" in table:
        columns.check(table["columns"], f"{where}: columns")
    check_excluded(table.get("exclude_sources", ()), f"{where}: exclude_sources")
    return Recipe(**{**table, "split": _split(table.get("split", {}), where)})


def check_excluded(names: Iterable[str], where: str = "--exclude-source") -> None:
    """Hold what is to be left out against the sources on the shelf and the terms there are.

    Raises UsageError, with the one that was likely meant.
    """
    check_known(names, (*shelves.names("sources"), *TERMS), where, "source or terms")


def _split(table: Mapping[str, Any], where: str) -> Split:
    check_known(table, ("validation", "test"), f"{where}: split", "key")
    for name, share in table.items():
        _is(share, float, f"{where}: split.{name}")
        if not 0 <= share < 1:
            raise UsageError(f"{where}: split.{name} has to be from 0 up to 1")
    split = Split(**table)
    if split.validation + split.test >= 1:
        raise UsageError(f"{where}: split: nothing is left for training")
    return split


def fits(verb: Callable[..., Any], options: Any, where: str) -> None:
    """Hold options against the keyword arguments of the function they are for."""
    _is(options, dict, where)
    keywords = {
        name: parameter
        for name, parameter in inspect.signature(verb).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    check_known(options, keywords, where, "option")
    missing = [name for name, one in keywords.items() if one.default is one.empty and name not in options]
    if missing:
        raise UsageError(f"{where}: {', '.join(missing)} has to be given")
    for name, value in options.items():
        annotation = keywords[name].annotation
        if annotation is not inspect.Parameter.empty and not isinstance(annotation, str):
            _is(value, annotation, f"{where}.{name}")


def _is(value: Any, kind: Any, where: str) -> None:
    """Hold a value against a type."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"{where}: {str(error).replace('`object`', '`table`')}") from error
