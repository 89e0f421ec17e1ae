"""Write into ARCHITECTURE.md what follows from the code: the tables and the modules."""

import ast
from pathlib import Path

from chinwag.tables import TABLES

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "ARCHITECTURE.md"
TYPES = {
    "id": "int64",
    "time": "timestamp[ms, UTC]",
    "text": "string",
    "texts": "list<string>",
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


def render(page: str) -> str:
    """Put the parts that follow from the code between their marks."""
    for name, text in (("tables", tables()), ("modules", modules())):
        before, _, rest = page.partition(f"<!-- {name} -->\n")
        _, _, after = rest.partition(f"<!-- end of {name} -->")
        page = f"{before}<!-- {name} -->\n\n{text}\n<!-- end of {name} -->{after}"
    return page


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
