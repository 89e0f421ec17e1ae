"""Read a recipe: what a data set is made of, as a TOML file, checked against what lies on the shelves."""

import inspect
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from chinwag import columns, shelves
from chinwag.errors import ChinwagError, UsageError, check_known
from chinwag.redaction import KINDS as PRIVATE
from chinwag.rendering import Rendering
from chinwag.tables import TERMS
from chinwag.workspace import Workspace

Options = Mapping[str, Any]
LARGEST = 2**53  # what every database and reader of numbers holds
PRESETS = Path(__file__).parent / "presets"


@dataclass(frozen=True)
class Split:
    """Say which share of the conversations is kept apart, and whether authors may be in two splits."""

    validation: float = 0.05
    test: float = 0.05
    authors: bool = False


@dataclass(frozen=True)
class Recipe:
    """Say what is left out, how trees are assembled, how turns are written, and which exports are made."""

    columns: Mapping[str, str] | None = None
    exclude_sources: Sequence[str] = ()
    quotes: bool = True
    turns: Rendering = field(default_factory=Rendering)
    filters: Mapping[str, Options] = field(default_factory=dict)
    split: Split = Split()
    exports: Mapping[str, Options] = field(default_factory=lambda: {"oasst": {}, "messages": {}, "prompts": {}})


def load(path: Path | None) -> Recipe:
    """Read a recipe: a file, or a preset by its name; without a path, the preset `default`.

    Raises ChinwagError where the file cannot be read, UsageError where it says what no recipe can say.
    """
    if path is None or (str(path) in presets() and not path.is_file()):
        path = PRESETS / f"{path or 'default'}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ChinwagError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: no TOML: {error}") from error
    return check(table, str(path))


def check(table: Mapping[str, Any], where: str) -> Recipe:
    """Make a recipe of a decoded table; `where` names it in errors."""
    tables = dict.fromkeys(("columns", "turns", "filters", "split", "exports"), dict)
    allowed: dict[str, Any] = {"quotes": bool, "exclude_sources": list[str], **tables}
    check_known(table, allowed, where, "key")
    for key, value in table.items():
        _is(value, allowed[key], f"{where}: {key}")
    for shelf in ("filters", "exports"):
        for name, options in table.get(shelf, {}).items():
            check_known([name], shelves.names(shelf), f"{where}: {shelf}", shelf.removesuffix("s"))
            given = dict(options) if isinstance(options, dict) else options
            if shelf == "exports" and isinstance(given, dict) and hasattr(shelves.load(shelf, name), "write"):
                _is(given.pop("to", ""), str, f"{where}: {shelf}.{name}.to")
            fits(verb(shelf, name), given, f"{where}: {shelf}.{name}")
    for name, options in table.get("filters", {}).items():
        try:
            verb("filters", name)(**options)  # it raises what is wrong with values
        except UsageError as error:
            raise UsageError(f"{where}: filters.{name}: {error}") from error
    if "columns" in table:
        columns.check(table["columns"], f"{where}: columns")
    check_excluded(table.get("exclude_sources", ()), f"{where}: exclude_sources")
    made = {"split": _split(table.get("split", {}), where), "turns": _turns(table.get("turns", {}), where)}
    return Recipe(**{**table, **made})


def presets() -> dict[str, str]:
    """Name the presets, each with the sentence at its head."""
    files = sorted(PRESETS.glob("*.toml"))
    return {file.stem: file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for file in files}


def verb(shelf: str, name: str) -> Callable[..., Any]:
    """Give the function of a part of a shelf whose keyword arguments are the part's options."""
    part = shelves.load(shelf, name)
    names = {"filters": ("drop",), "exports": ("records", "write")}[shelf]
    found: Callable[..., Any] = next(getattr(part, one) for one in names if hasattr(part, one))
    return found


def check_excluded(names: Iterable[str], where: str = "--exclude-source") -> None:
    """Hold what is to be left out against the sources on the shelf and the terms there are.

    Raises UsageError, with the one that was likely meant.
    """
    check_known(names, (*shelves.names("sources"), *TERMS), where, "source or terms")


def _split(table: Mapping[str, Any], where: str) -> Split:
    check_known(table, ("validation", "test", "authors"), f"{where}: split", "key")
    _is(table.get("authors", False), bool, f"{where}: split.authors")
    for name, share in ((name, share) for name, share in table.items() if name != "authors"):
        _is(share, float, f"{where}: split.{name}")
        if not 0 <= share < 1:
            raise UsageError(f"{where}: split.{name} has to be from 0 up to 1")
    split = Split(**table)
    if split.validation + split.test >= 1:
        raise UsageError(f"{where}: split: nothing is left for training")
    return split


def _turns(table: Mapping[str, Any], where: str) -> Rendering:
    hints = get_type_hints(Rendering)
    check_known(table, hints, f"{where}: turns", "key")
    for name, value in table.items():
        if name == "redact":
            _is(value, list[str], f"{where}: turns.redact")
            check_known(value, PRIVATE, f"{where}: turns.redact", "kind")
        elif value not in (words := get_args(hints[name])):
            raise UsageError(f"{where}: turns.{name} has to be one of {', '.join(map(repr, words))}")
    return Rendering(**{**table, "redact": tuple(table.get("redact", PRIVATE))})


def settings_for(verb: Callable[..., Any], given: Mapping[str, str], where: str) -> dict[str, Any]:
    """Make options of what a command line says: text becomes what the function's keyword arguments are.

    Lists are parted by commas. Raises UsageError where the function has no such option, or the text does not fit it.
    """
    settings: dict[str, Any] = dict(given)
    parameters = inspect.signature(verb).parameters
    for name in parameters.keys() & given.keys():
        kind = parameters[name].annotation
        value = given[name].split(",") if kind in (list[str], Sequence[str]) else given[name]
        with suppress(msgspec.ValidationError):  # `fits` says what is wrong
            settings[name] = msgspec.convert(value, kind, strict=False)
    fits(verb, settings, where)
    return settings


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
        if isinstance(value, int) and abs(value) > LARGEST:
            raise UsageError(f"{where}.{name}: {value} is more than any count")
        annotation = keywords[name].annotation
        if annotation is not inspect.Parameter.empty and not isinstance(annotation, str):
            _is(value, annotation, f"{where}.{name}")


def _is(value: Any, kind: Any, where: str) -> None:
    """Hold a value against a type."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"{where}: {str(error).replace('`object`', '`table`')}") from error


def stale(target: Workspace) -> bool:
    """Tell whether turns are older than the trees, or than what people said since and a filter of theirs goes by."""
    if not target.fresh("curate", after="assemble"):
        return True
    known = shelves.names("filters")  # those of a dehydrated set may be others
    filters = (shelves.load("filters", name) for name in target.state.options["curate"]["filters"] if name in known)
    return not all(target.fresh("curate", after=step) for part in filters for step in getattr(part, "AFTER", ()))
