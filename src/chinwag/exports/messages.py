"""Write chats as JSONL: one `messages` list a path through the tree, from its root to a last assistant's turn.

The form is OpenAI's, which TRL, axolotl and LLaMA-Factory read too: roles alternate, `user` begins, `assistant` ends.
"""

from collections.abc import Iterator
from typing import Any

from chinwag.turns import Turn, path

KINDS = ("jsonl",)
ROLES = {"prompter": "user", "assistant": "assistant"}


def records(turns: list[Turn], name: Any) -> Iterator[dict[str, Any]]:
    """Give a chat for each assistant's turn that no assistant's turn comes after: each path is given once."""
    by_id = {turn.id: turn for turn in turns}
    parents = {turn.id: turn.parent_id for turn in turns}
    goes_on = {parents[turn.parent_id] for turn in turns if turn.role == "assistant" and turn.parent_id is not None}
    for turn in turns:
        if turn.role == "assistant" and turn.id not in goes_on:
            yield {"messages": [{"role": ROLES[step.role], "content": step.text} for step in path(turn, by_id)]}


def check(record: Any) -> str | None:
    """Say which rule of the trainers a record breaks: OpenAI's seven checks, and strict alternation."""
    messages = record.get("messages") if isinstance(record, dict) else None
    if not isinstance(messages, list) or not messages:
        return "no list of messages"
    for place, message in enumerate(messages):
        if not isinstance(message, dict) or set(message) != {"role", "content"}:
            return "a message has other keys than role and content"
        if message["role"] != ("assistant" if place % 2 else "user"):
            return "roles do not alternate from user"
        if not isinstance(message["content"], str) or not message["content"]:
            return "a message has no content"
    return None if len(messages) % 2 == 0 else "the last message is not the assistant's"
