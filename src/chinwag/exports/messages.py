"""Write chats as JSONL: one `messages` list a path through a conversation, from a user's to an assistant's turn.

The form is OpenAI's, which TRL, axolotl and LLaMA-Factory read too: roles alternate, `user` begins, `assistant` ends.
"""

from collections.abc import Iterator
from itertools import cycle
from typing import Any

from chinwag.exports._dialogues import ROLES, alternate, without_system, wrong_message
from chinwag.paths import MOST_TURNS, paths_of
from chinwag.turns import Turn

KINDS = ("jsonl",)


def records(
    turns: list[Turn], name: Any, *, paths: str = "leaves", most_turns: int = MOST_TURNS
) -> Iterator[dict[str, Any]]:
    """Give a chat for each path; `paths` and `most_turns` are those of `paths_of`.

    A turn is trained once for each chat it is in. With `replies` all of the assistant's messages have a weight, which
    is 0 but for the last, so that each reply is trained once by those who honour weights, as OpenAI does.
    """
    for path in paths_of(turns, paths, most_turns=most_turns):
        messages = said(path)
        if paths == "replies":
            for message in messages[1::2]:
                message["weight"] = int(message is messages[-1])
        yield {"messages": messages}


def said(path: list[Turn]) -> list[dict[str, Any]]:
    """Give the turns of a path as messages."""
    return [{"role": role, "content": turn.text} for role, turn in zip(cycle(ROLES), path, strict=False)]


def check(record: Any) -> str | None:
    """Say which rule of the trainers a record breaks: OpenAI's seven checks, strict alternation, the assistant's end.

    Alternation after a system's message, and an even number of messages then, are LLaMA-Factory's rules.
    """
    if not isinstance(record, dict):
        return "the record is no object"
    messages: Any = record.get("messages")
    if problem := wrong_message(messages):
        return problem
    if not any(message["role"] == "assistant" for message in messages):
        return "the assistant says nothing"
    chat = without_system(messages)
    if not alternate(chat):
        return "roles do not alternate from user"
    return None if len(chat) % 2 == 0 else "the last message is not the assistant's"
