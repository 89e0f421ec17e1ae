"""Write chats in Alpaca's form: the last exchange as instruction and output, those before it as history.

LLaMA-Factory reads it by the dataset_info.json that is written too; other trainers leave the history out.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chinwag.exports._llama_factory import FILE, describe, wrong_entries
from chinwag.paths import MOST_TURNS, paths_of
from chinwag.turns import Turn

__all__ = ["FILE", "KINDS", "beside", "check", "check_folder", "records"]

KINDS = ("jsonl",)
COLUMNS = {"prompt": "instruction", "query": "input", "response": "output", "history": "history"}


def records(
    turns: list[Turn], name: Any, *, paths: str = "leaves", most_turns: int = MOST_TURNS
) -> Iterator[dict[str, Any]]:
    """Give a row for each path; `paths` and `most_turns` are those of `paths_of`; `input` is always empty.

    LLaMA-Factory trains the answers of the history too, unless told `mask_history: true`, which goes with `replies`.
    """
    for path in paths_of(turns, paths, most_turns=most_turns):
        texts = [turn.text for turn in path]
        yield {
            "instruction": texts[-2],
            "input": "",
            "output": texts[-1],
            "history": [[asked, answered] for asked, answered in zip(texts[:-2:2], texts[1:-2:2], strict=True)],
        }


def beside(folder: Path, manifest: dict[str, Any], target: Any, name: Any) -> None:
    """Write dataset_info.json: an entry a split, `chinwag_alpaca_train` and so on."""
    describe(folder, manifest, "alpaca", {"columns": COLUMNS})


def check(record: Any) -> str | None:
    """Say which rule of LLaMA-Factory (data/README.md, data/converter.py) a row breaks.

    Instruction and output are text; input and system may be, and the history is a list of pairs of texts.
    """
    if not isinstance(record, dict):
        return "the record is no object"
    for key in ("instruction", "output"):
        if not isinstance(record.get(key), str) or not record[key]:
            return f"no {key}"
    if not all(isinstance(record.get(key, ""), str | None) for key in ("input", "system")):
        return "input or system is no text"
    history = record.get("history")
    if not isinstance(history, list | None):
        return "the history is no list"
    for pair in history or []:
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(text, str) and text for text in pair):
            return "the history holds something else than pairs of texts"
    return None


def check_folder(folder: Path) -> Iterator[str]:
    """Say what keeps LLaMA-Factory from finding the shards."""
    yield from wrong_entries(folder)
