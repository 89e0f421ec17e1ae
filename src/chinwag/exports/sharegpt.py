"""Write chats in ShareGPT's form for LLaMA-Factory and axolotl, with the dataset_info.json that the former needs.

A folder a split holds the shards, since an entry of dataset_info.json names one file or one folder.
"""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from chinwag.exports._llama_factory import FILE, describe, wrong_entries
from chinwag.paths import MOST_TURNS, paths_of
from chinwag.turns import Turn

__all__ = ["FILE", "KINDS", "beside", "check", "check_folder", "records"]

KINDS = ("jsonl",)
TAGS = ("human", "gpt")
ALLOWED = (("human", "observation"), ("gpt", "function_call"))  # at even places, at odd


def records(
    turns: list[Turn], name: Any, *, paths: str = "leaves", most_turns: int = MOST_TURNS
) -> Iterator[dict[str, Any]]:
    """Give a chat for each path; `paths` and `most_turns` are those of `paths_of`.

    With `replies` each message says by `train` whether it is to be trained, which only the last is: axolotl reads that
    with `message_field_training: train`; LLaMA-Factory does the same by `mask_history: true`.
    """
    for path in paths_of(turns, paths, most_turns=most_turns):
        chat: list[dict[str, Any]] = [
            {"from": tag, "value": turn.text} for tag, turn in zip(cycle(TAGS), path, strict=False)
        ]
        if paths == "replies":
            for message in chat:
                message["train"] = message is chat[-1]
        yield {"conversations": chat}


def beside(folder: Path, manifest: dict[str, Any], target: Any, name: Any) -> None:
    """Write dataset_info.json: an entry a split, `chinwag_sharegpt_train` and so on."""
    # The tags are LLaMA-Factory's defaults.
    describe(folder, manifest, "sharegpt", {"formatting": "sharegpt", "columns": {"messages": "conversations"}})


def check(record: Any) -> str | None:
    """Say which rule of LLaMA-Factory (data/converter.py) or axolotl a record breaks.

    After a system's message, which may lead, people and tools have the even places, the model the odd ones, and the
    number is even; what breaks that is dropped there. A message is text. `train`, where it is, is true or false.
    """
    messages = record.get("conversations") if isinstance(record, dict) else None
    if not isinstance(messages, list) or not messages:
        return "no list of conversations"
    if problem := next((problem for message in messages if (problem := _problem(message))), None):
        return problem
    if not all(isinstance(record.get(key), str | None) for key in ("system", "tools")):
        return "system or tools is no text"
    chat = messages[1:] if messages[0]["from"] == "system" else messages
    if any(message["from"] not in ALLOWED[place % 2] for place, message in enumerate(chat)):
        return "from does not alternate between human and gpt"
    return None if chat and len(chat) % 2 == 0 else "the last message is not gpt's"


def _problem(message: Any) -> str | None:
    if not isinstance(message, dict) or not {"from", "value"} <= set(message):
        return "a message lacks from or value"
    if not isinstance(message["value"], str) or not message["value"]:
        return "a message has no value"
    return None if isinstance(message.get("train", True), bool) else "train is not true or false"


def check_folder(folder: Path) -> Iterator[str]:
    """Say what keeps LLaMA-Factory from finding the shards."""
    yield from wrong_entries(folder)
