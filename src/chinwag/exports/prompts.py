"""Write prompts, each with all its replies, as JSONL and Parquet: one row a turn that has replies."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chinwag.turns import Turn, path, replies_of

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = ("jsonl", "parquet")


def records(turns: list[Turn], name: Any) -> Iterator[dict[str, Any]]:
    """Give each turn that has replies as a prompt; `context` is what was said before it, the oldest first."""
    by_id = {turn.id: turn for turn in turns}
    replies = replies_of(turns)
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
    context, replies = record["context"], record["replies"]
    if not isinstance(context, list):
        return "the context is no list"
    if not isinstance(replies, list) or not replies:
        return "a prompt has no replies"
    if not all(isinstance(reply, dict) and set(reply) == {"text", "lang", "like_count"} for reply in replies):
        return "a reply has other keys than text, lang and like_count"
    texts = [record["prompt"], *context, *(reply["text"] for reply in replies)]
    return None if all(isinstance(text, str) and text for text in texts) else "a text is empty"
