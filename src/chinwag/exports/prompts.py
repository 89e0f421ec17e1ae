"""Write prompts, each with all its replies, as JSONL and Parquet: one row a turn that has replies."""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chinwag.turns import Turn, path

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = ("jsonl", "parquet")


def records(turns: list[Turn], name: Any) -> Iterator[dict[str, Any]]:
    """Give each turn that has replies as a prompt; `context` is what was said before it, the oldest first."""
    by_id = {turn.id: turn for turn in turns}
    replies: defaultdict[int | None, list[Turn]] = defaultdict(list)
    for turn in turns:
        replies[turn.parent_id].append(turn)
    for turn in turns:
        if replies[turn.id]:
            yield {
                "prompt": turn.text,
                "context": [step.text for step in path(turn, by_id)[:-1]],
                "lang": turn.lang,
                "replies": [
                    {"text": reply.text, "lang": reply.lang, "like_count": reply.like_count}
                    for reply in replies[turn.id]
                ],
            }


def schema() -> "pa.Schema":
    """Give the schema of the Parquet form."""
    import pyarrow as pa

    reply = pa.struct([("text", pa.string()), ("lang", pa.string()), ("like_count", pa.int64())])
    return pa.schema(
        [
            ("prompt", pa.string()),
            ("context", pa.list_(pa.string())),
            ("lang", pa.string()),
            ("replies", pa.list_(reply)),
        ]
    )


def check(record: Any) -> str | None:
    """Say what breaks the form: text has to be there, and replies too."""
    if not isinstance(record, dict) or set(record) != {"prompt", "context", "lang", "replies"}:
        return "other keys than prompt, context, lang and replies"
    texts = [record["prompt"], *record["context"], *(reply["text"] for reply in record["replies"])]
    if not record["replies"]:
        return "a prompt has no replies"
    return None if all(isinstance(text, str) and text for text in texts) else "a text is empty"
