"""Write chats as Parquet for `datasets.load_dataset`: a row a path, `messages` with what is known of them, Croissant.

The card, README.md, says which files are of which split.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chinwag import croissant
from chinwag.exports import messages
from chinwag.paths import MOST_TURNS, paths_of
from chinwag.turns import Turn
from chinwag.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = ("parquet",)
EACH = ("turn_ids", "authors", "like_count", "created_at")  # one value a message
LISTS = (*EACH, "sources", "terms")
KEYS = {"messages", "conversation_id", "lang", *LISTS}


def records(
    turns: list[Turn], name: Any, *, paths: str = "leaves", most_turns: int = MOST_TURNS
) -> Iterator[dict[str, Any]]:
    """Give a row for each path; `paths` and `most_turns` are those of `paths_of`.

    `messages` are those of the export `messages`, without weights: whoever takes `replies` trains the last of them.
    Authors, likes and times are of each message, the language is that of the first; sources and terms are of any tweet.
    """
    for path in paths_of(turns, paths, most_turns=most_turns):
        yield {
            "messages": messages.said(path),
            "conversation_id": name(turns[0].id),
            "turn_ids": [name(turn.id) for turn in path],
            "authors": [turn.author for turn in path],
            "lang": path[0].lang,
            "like_count": [turn.like_count for turn in path],
            "created_at": [turn.created_at for turn in path],
            "sources": sorted({source for turn in path for source in turn.sources}),
            "terms": sorted({terms for turn in path for terms in turn.terms}),
        }


def schema() -> "pa.Schema":
    """Give the columns: `messages`, beside it what is known of the chat; most lists have one value a message."""
    import pyarrow as pa

    texts = pa.list_(pa.string())
    return pa.schema(
        [
            ("messages", pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))),
            ("conversation_id", pa.string()),
            ("turn_ids", texts),
            ("authors", texts),
            ("lang", pa.string()),
            ("like_count", pa.list_(pa.int64())),
            ("created_at", pa.list_(pa.timestamp("ms", tz="UTC"))),
            ("sources", texts),
            ("terms", texts),
        ]
    )


def check(record: Any) -> str | None:
    """Say which rule a row breaks: those of `messages`, and that there is one value a message."""
    if not isinstance(record, dict) or set(record) != KEYS:
        return f"other keys than {', '.join(sorted(KEYS))}"
    if problem := messages.check(record):
        return problem
    if not isinstance(record["conversation_id"], str) or not isinstance(record["lang"], str | None):
        return "conversation_id or lang is no text"
    for key in LISTS:
        if not isinstance(record[key], list):
            return f"{key} is no list"
        if key in EACH and len(record[key]) != len(record["messages"]):
            return f"{key} has not one value a message"
    return None


def beside(folder: Path, manifest: dict[str, Any], target: Workspace, name: Any) -> None:
    """Write croissant.json; its date is that of the newest turn, for nobody knows when the set will be published."""
    said = {key: manifest["options"][key] for key in ("license", "creator", "url") if key in manifest["options"]}
    described = croissant.describe(manifest, schema(), date=_newest(target), **said)
    text = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
    (folder / croissant.FILE).write_text(text, encoding="utf-8")


def _newest(target: Workspace) -> str | None:
    """Give the day of the newest turn; none where no time is known."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    newest: list[int] = []
    for part in target.parts("turns"):
        with pq.ParquetFile(part) as file:
            for batch in file.iter_batches(columns=["created_at"]):
                time = pc.max(batch["created_at"].cast(pa.int64())).as_py()
                newest += [] if time is None else [time]
    return datetime.fromtimestamp(max(newest) / 1000, UTC).date().isoformat() if newest else None
