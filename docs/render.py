"""Write into the documents what follows from the code: the tables, the modules, filters, exports and presets."""

import ast
import inspect
from collections.abc import Callable
from pathlib import Path

from chinwag import shelves
from chinwag.recipe import presets, verb
from chinwag.tables import TABLES

ROOT = Path(__file__).parent.parent
TYPES = {
    "id": "int64",
    "time": "timestamp[ms, UTC]",
    "text": "string",
    "texts": "list<string>",
    "ids": "list<int64>",
    "media": "list<struct>",
}


def tables() -> str:
    """Describe every column of every table."""
    lines = []
    for table, columns in TABLES.items():
        lines += [f"### {table}", "", "| column | type | meaning |", "|---|---|---|"]
        lines += [f"| {name} | {TYPES.get(kind, kind)} | {meaning} |" for name, (kind, meaning) in columns.items()]
        lines.append("")
    return "\n".join(lines)


def modules() -> str:
    """List the modules with the first lines of their docstrings."""
    package = ROOT / "src" / "chinwag"
    lines = ["| module | what it does |", "|---|---|"]
    for path in sorted(package.rglob("*.py")):
        text = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]
        lines.append(f"| `{path.relative_to(package)}` | {text} |")
    lines += [f"| `sql/{path.name}` | {_first_comment(path)} |" for path in sorted(package.glob("sql/*.sql"))]
    return "\n".join([*lines, ""])


def _first_comment(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("--").strip()


def shelf(name: str) -> str:
    """List what lies on a shelf, with its options and their defaults."""
    lines = [f"| {name.removesuffix('s')} | what it does | options and their defaults |", "|---|---|---|"]
    for part in shelves.names(name):
        parameters = inspect.signature(verb(name, part)).parameters.values()
        options = [_option(one) for one in parameters if one.kind is one.KEYWORD_ONLY]
        lines.append(f"| `{part}` | {shelves.sentence(name, part)} | {', '.join(options)} |")
    return "\n".join([*lines, ""])


def _option(parameter: inspect.Parameter) -> str:
    if parameter.default is parameter.empty:
        return f"`{parameter.name}`"
    default = parameter.default
    if isinstance(default, bool):
        return f"`{parameter.name} = {str(default).lower()}`"
    return f"`{parameter.name} = {list(default) if isinstance(default, tuple) else default!r}`"


def preset_table() -> str:
    """List the presets."""
    lines = ["| preset | what it is |", "|---|---|"]
    return "\n".join([*lines, *(f"| `{name}` | {sentence} |" for name, sentence in presets().items()), ""])


PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "ARCHITECTURE.md": {"tables": tables, "modules": modules},
    "docs/training.md": {
        "filters": lambda: shelf("filters"),
        "exports": lambda: shelf("exports"),
        "presets": preset_table,
    },
}


def render(name: str, page: str) -> str:
    """Put the parts that follow from the code between their marks."""
    for part, made in PARTS[name].items():
        before, _, rest = page.partition(f"<!-- {part} -->\n")
        _, _, after = rest.partition(f"<!-- end of {part} -->")
        page = f"{before}<!-- {part} -->\n\n{made()}\n<!-- end of {part} -->{after}"
    return page


if __name__ == "__main__":
    for name in PARTS:
        path = ROOT / name
        path.write_text(render(name, path.read_text(encoding="utf-8")), encoding="utf-8")
