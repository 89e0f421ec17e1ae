"""Print where a data set is, and one conversation of it: `python examples/show.py DATASET`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Any


def chats(dataset: Path) -> Iterator[list[dict[str, Any]]]:
    """Give the chats of a data set's `messages` export."""
    for shard in sorted((dataset / "messages").glob("*.jsonl")):
        with shard.open(encoding="utf-8") as lines:
            yield from (json.loads(line)["messages"] for line in lines)


def is_readable(chat: list[dict[str, Any]]) -> bool:
    """Tell chats in plain letters, so that any terminal can show them."""
    return all(message["content"].isascii() for message in chat)


def main() -> None:
    """Show the longest chat that any terminal can show."""
    dataset = Path(sys.argv[1])
    chat = max(filter(is_readable, chats(dataset)), key=len, default=[])
    print(f"\nThe data set is in {dataset.resolve()}\nOne conversation of it:\n")
    for message in chat:
        print(fill(message["content"], 90, initial_indent=f"{message['role']:>10}  ", subsequent_indent=" " * 12))


if __name__ == "__main__":
    main()
