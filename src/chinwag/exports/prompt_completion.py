"""Write prompts and completions as TRL reads them: what was said before a reply, and the reply.

By default TRL trains the completion alone (docs/source/sft_config.py, `completion_only_loss`).
"""

from collections.abc import Iterator
from typing import Any

from chinwag.exports._dialogues import alternate, without_system, wrong_message
from chinwag.exports.messages import said
from chinwag.paths import MOST_TURNS, paths_of
from chinwag.turns import Turn

KINDS = ("jsonl",)


def records(
    turns: list[Turn], name: Any, *, paths: str = "replies", most_turns: int = MOST_TURNS
) -> Iterator[dict[str, Any]]:
    """Give a row for each path, its last turn the completion; `paths` and `most_turns` are those of `paths_of`.

    With `replies` every turn that answers another is the completion of one row: each is trained once, no prefix twice.
    """
    for path in paths_of(turns, paths, most_turns=most_turns):
        *prompt, completion = said(path)
        yield {"prompt": prompt, "completion": [completion]}


def check(record: Any) -> str | None:
    """Say which rule of TRL's conversational rows (docs/source/dataset_formats.md) a record breaks.

    Both are lists of messages. The prompt ends with the user, for else TRL's `apply_chat_template` goes on with the
    message, or raises. Prompt and completion together alternate and end with the assistant, as chat templates demand.
    """
    if not isinstance(record, dict) or not {"prompt", "completion"} <= set(record):
        return "the record lacks prompt or completion"
    if "label" in record:
        return "a label makes it an unpaired preference"
    prompt, completion = record["prompt"], record["completion"]
    for what, messages in (("prompt", prompt), ("completion", completion)):
        if problem := wrong_message(messages):
            return f"{what}: {problem}"
    prompt = without_system(prompt)
    if not prompt or prompt[-1]["role"] != "user":
        return "the prompt does not end with the user"
    if not alternate(prompt) or not alternate(completion, 1):
        return "roles do not alternate from user"
    return None if len(completion) % 2 else "the completion does not end with the assistant"
