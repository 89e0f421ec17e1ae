"""Find what lies on a shelf: the modules of a folder of the package, and what other packages add by entry point.

The file is the registry. Listing reads the first line of each docstring and imports nothing.
"""

import ast
import importlib
import importlib.util
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from chinwag.errors import UsageError

SHELVES = ("sources", "filters", "exports", "providers")


def names(shelf: str) -> list[str]:
    """List the names on a shelf, in order."""
    return sorted({*_own(shelf), *_added(shelf)})


def sentence(shelf: str, name: str) -> str:
    """Give the first line of a part's docstring, without importing it."""
    path = _own(shelf).get(name) or _file_of(_added(shelf)[name])
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) if path else None
    return (text or "").partition("\n")[0]


def load(shelf: str, name: str) -> ModuleType:
    """Import one part of a shelf.

    Raises UsageError, naming those there are, where there is none of this name.
    """
    if name in (own := _own(shelf)):
        return importlib.import_module(f"chinwag.{shelf}.{own[name].stem}")
    if name in _added(shelf):
        try:
            return importlib.import_module(_added(shelf)[name])
        except ImportError as error:
            raise UsageError(f"{shelf.removesuffix('s')} {name!r} cannot be imported: {error}") from error
    raise UsageError(f"no {shelf.removesuffix('s')} is called {name!r}; there are: {', '.join(names(shelf))}")


def _own(shelf: str) -> dict[str, Path]:
    folder = Path(__file__).parent / shelf
    return {_name(shelf, path.stem): path for path in folder.glob("*.py") if not path.stem.startswith("_")}


def _name(shelf: str, stem: str) -> str:
    """Give a part's name: a provider's is written as X and the world write it, `x-api`."""
    return stem.replace("_", "-") if shelf == "providers" else stem


def _added(shelf: str) -> dict[str, str]:
    return {point.name: point.module for point in entry_points(group=f"chinwag.{shelf}")}


def _file_of(module: str) -> Path | None:
    """Find a module's file without importing the packages it is in, as `find_spec` would."""
    first, *rest = module.split(".")
    spec: ModuleSpec | None = importlib.util.find_spec(first)
    name = first
    for part in rest:
        name = f"{name}.{part}"
        spec = PathFinder.find_spec(name, spec.submodule_search_locations or []) if spec else None
    return Path(spec.origin) if spec and spec.origin else None
