"""Write instructions and responses as Open Assistant's table, in Parquet: one row a prompt and a direct reply to it.

The form is that of data/datasets/README.md, "Instruction dataset", which also says how many rows a row group has;
axolotl reads it as `type: oasst`.
"""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from chinwag.errors import check_known
from chinwag.turns import Turn, replies_of

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = ("parquet",)
ROW_GROUP = 100
SOURCE = "twitter"
COLUMNS = ("INSTRUCTION", "RESPONSE", "SOURCE", "METADATA")


def records(
    turns: list[Turn], name: Callable[[int], str], *, prompts: str = "all", replies: str = "all"
) -> Iterator[dict[str, Any]]:
    """Give a row for each reply: `replies` takes `all` to a prompt, or the `best`, which is the most liked, or oldest.

    `prompts` takes `all` turns that are answered, whose own context is not in the row, or `roots`, which have none.
    Unknown likes count as none. Raises UsageError for other words.
    """
    check_known([prompts], ("all", "roots"), "prompts", "choice")
    check_known([replies], ("all", "best"), "replies", "choice")
    answers = replies_of(turns)
    for turn in turns if prompts == "all" else turns[:1]:
        taken = answers[turn.id]
        if replies == "best":
            taken = sorted(taken, key=lambda reply: (-(reply.like_count or 0), reply.id))[:1]
        for reply in taken:
            meta = {
                "conversation_id": name(turns[0].id),
                "depth": turn.depth,
                "lang": reply.lang,
                "like_count": reply.like_count,
            }
            yield {
                "INSTRUCTION": turn.text,
                "RESPONSE": reply.text,
                "SOURCE": SOURCE,
                "METADATA": json.dumps(meta),
            }


def schema() -> "pa.Schema":
    """Give the schema: four columns of text."""
    import pyarrow as pa

    return pa.schema([(column, pa.string()) for column in COLUMNS])


def check(record: Any) -> str | None:
    """Say which rule of the table a row breaks; METADATA may be missing or null."""
    if not isinstance(record, dict) or not set(COLUMNS[:3]) <= set(record) <= set(COLUMNS):
        return "other columns than INSTRUCTION, RESPONSE, SOURCE and METADATA"
    for column in COLUMNS[:3]:
        if not isinstance(record[column], str) or not record[column]:
            return f"{column} has no text"
    meta = record.get("METADATA")
    if meta is None:
        return None
    try:
        told = json.loads(meta) if isinstance(meta, str) else None
    except (ValueError, RecursionError):
        told = None
    return None if isinstance(told, dict) else "METADATA is no JSON object in a string"
