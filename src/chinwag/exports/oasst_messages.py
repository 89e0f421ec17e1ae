"""Write messages as Open Assistant does (`.messages.jsonl`): one message a line, each tree depth-first.

A reader keeps the way from the root to the last message on a stack (read_dataset_message_trees in
oasst-data/oasst_data/reader.py), so that the messages of a tree stand together and each follows its parent or what
answers that. `replies` is empty and not null: the reader appends to it.
"""

import io
import json
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from chinwag.exports._oasst_nodes import READY, node, ranks_of, wrong_node
from chinwag.turns import Turn, replies_of

KINDS = ("jsonl",)


def records(turns: list[Turn], name: Callable[[int], str]) -> Iterator[dict[str, Any]]:
    """Give the messages of the tree depth-first; siblings keep the order of the turns."""
    replies, ranks = replies_of(turns), ranks_of(turns)
    tree = {"message_tree_id": name(turns[0].id), "tree_state": READY}
    waiting = [turns[0]]
    while waiting:
        turn = waiting.pop()
        yield {**node(turn, name, ranks.get(turn.id)), **tree}
        waiting += reversed(replies[turn.id])


def check(record: Any) -> str | None:
    """Say which rule of Open Assistant's schema and training a message breaks."""
    if problem := wrong_node(record):
        return problem
    if record["tree_state"] != READY or record["message_tree_id"] is None:
        return "the message tells no tree that is ready"
    if record["replies"] != []:
        return "replies are not empty"
    if (record["parent_id"] is None) != (record["message_id"] == record["message_tree_id"]):
        return "a tree is not named by its prompt"
    if record["parent_id"] is None and record["role"] != "prompter":
        return "a tree does not begin with the prompter"
    return None


def check_folder(folder: Path) -> Iterator[str]:
    """Say which messages do not stand where the reader expects them; a tree may go on in the next shard of its split.

    Messages that break a rule of their own, or are no JSON, are passed over: `check` is there for them.
    """
    shards = sorted(path for path in folder.rglob("*.jsonl*") if path.is_file())
    for _, split in groupby(shards, key=lambda path: (path.parent, path.name.rpartition("-")[0])):
        above: list[dict[str, Any]] = []
        seen: set[str] = set()
        for path in split:
            for number, message in _messages(path):
                if message["parent_id"] is None:
                    above, seen = [], set()
                if problem := _wrong_order(message, above, seen):
                    yield f"{path.relative_to(folder)}: line {number}: {problem}"
                else:
                    above.append(message)
                    seen.add(message["message_id"])


def _wrong_order(message: dict[str, Any], above: list[dict[str, Any]], seen: set[str]) -> str | None:
    """Say which rule a message breaks after those `above`, from which all that it does not answer is taken."""
    if message["message_id"] in seen:
        return "two messages have one id"
    if message["parent_id"] is None:
        return None
    if not above or message["parent_id"] not in seen:
        return "its parent does not stand before it in its tree"
    if message["message_tree_id"] != above[0]["message_tree_id"]:
        return "it stands in another tree than its own"
    if not any(one["message_id"] == message["parent_id"] for one in reversed(above)):
        return "the tree is not written depth-first"
    while above[-1]["message_id"] != message["parent_id"]:
        above.pop()
    return None if above[-1]["role"] != message["role"] else "roles do not alternate from prompter"


def _messages(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give the messages of a shard, however it is packed, each with the number of its line."""
    import pyarrow as pa

    try:
        with io.BufferedReader(pa.input_stream(str(path), compression="detect")) as lines:
            for number, line in enumerate(lines, 1):
                if (record := _record(line)) is not None:
                    yield number, record
    except OSError:  # damaged: whoever reads the records says so
        return


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if check(record) is None else None
