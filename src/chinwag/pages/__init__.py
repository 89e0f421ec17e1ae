"""Hold the templates, style and script of the report and of the site, and make pages of them.

Tweets are hostile text. Whatever a template is given is escaped; nothing in a page comes from elsewhere, so it works
offline.
"""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent
# HTML knows no control characters but these spaces, and surrogates that stand alone cannot be written as UTF-8.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def page(template: str, **values: Any) -> str:
    """Make a page of a template that lies here; what it lacks is an error, and text is escaped."""
    return _environment().get_template(template).render(**values)


def asset(name: str) -> str:
    """Give a style sheet or script that lies here."""
    return (FOLDER / name).read_text(encoding="utf-8")


def plain(text: object) -> str:
    """Write a text so that a page can hold it: what HTML has no place for is U+FFFD."""
    return UNWRITABLE.sub("\ufffd", str(text))


def number(value: float | None) -> str:
    """Write a number for people: 1,234,567; nothing for one that is not known."""
    return "" if value is None else f"{value:,}"


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(FOLDER)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters.update(plain=plain, number=number)
    made.globals["asset"] = asset
    return made
