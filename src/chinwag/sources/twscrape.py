"""twscrape: its tweets as JSON, and the CSV that pandas makes of them.

It took over snscrape's names, `_type` included; from 2023-06 on each id stands there as text too. Before, its tweets
cannot be told from those of snscrape, and are read as such.
"""

from typing import Any

from chinwag.rows import Rows
from chinwag.sources._scraped import MODULE, Tweet, add, text_of

TERMS = "web"


class Record(Tweet, gc=False):
    """Read a tweet, or a user."""


def claims(record: dict[str, Any]) -> bool:
    """Tell twscrape's records from those of snscrape, which have no `id_str`."""
    kind = record.get("_type")
    return "id_str" in record and ("rawContent" in record or (isinstance(kind, str) and kind.startswith(MODULE)))


def read(record: Record, number: int, rows: Rows) -> bool:
    """Add what a record holds."""
    kind = record.kind
    if record.id_str is None or not (kind is None or kind.startswith(MODULE)):
        return False
    if text_of(record) is not None:
        add(record, number, rows)
    elif kind == f"{MODULE}Tweet":
        rows.reject(number, "no text")
    elif kind is None:
        return False
    else:  # a user
        rows.counts["notices"] += 1
    return True
