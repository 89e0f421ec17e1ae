"""Write prompts, each with all its replies, as JSONL and Parquet: one row a turn that has replies."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chinwag.errors import UsageError
from chinwag.paths import MOST_TURNS
from chinwag.turns import Turn, replies_of

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = ("jsonl", "parquet")


def records(turns: list[Turn], name: Any, *, most_turns: int = MOST_TURNS) -> Iterator[dict[str, Any]]:
    """Give each turn that has replies as a prompt; `context` is what was said before it, the oldest first.

    Context, prompt and a reply are no more than `most_turns` together: what lies further back is left out, so that a
    chain of n turns makes no n²/2. Raises UsageError where that leaves no prompt.
    """
    if most_turns < 2:
        raise UsageError(f"most_turns: {most_turns} leaves no prompts; the fewest are 2")
    by_id = {turn.id: turn for turn in turns}
    replies = replies_of(turns)
    for turn in turns:
        if turn.id in replies:
            yield {
                "prompt": turn.text,
                "context": _before(turn, by_id, most_turns - 2),
                "lang": turn.lang,
                "replies": [
                    {"text": reply.text, "lang": reply.lang, "like_count": reply.like_count}
                    for reply in replies[turn.id]
                ],
            }


def _before(turn: Turn, by_id: dict[int, Turn], most: int) -> list[str]:
    """Give the texts of the turns before this one, so many at most."""
    texts: list[str] = []
    while len(texts) < most and turn.parent_id is not None:
        turn = by_id[turn.parent_id]
        texts.append(turn.text)
    return texts[::-1]


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
    """Say what breaks the form: text has to be there, and replies too; what else is told of them may be null."""
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
    rules = {
        "a text is empty": all(isinstance(text, str) and text for text in texts),
        "a language is neither text nor null": all(isinstance(one["lang"], str | None) for one in (record, *replies)),
        "likes are neither a whole number nor null": all(_are_likes(reply["like_count"]) for reply in replies),
    }
    return next((rule for rule, kept in rules.items() if not kept), None)


def _are_likes(value: Any) -> bool:
    """Tell what the Parquet form can hold."""
    return value is None or (type(value) is int and abs(value) < 2**63)
