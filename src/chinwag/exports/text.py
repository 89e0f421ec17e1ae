"""Write each path as one text to train on whole, as pre-training and TRL's language modelling read it.

What a tweet says must not make turns of its own. A space is put into all that looks like a control token, so that
`<|assistant|>` becomes `< |assistant|>`, and into the token that ends a text. In the template `plain`, where a turn is
a line, line breaks within a turn become spaces.
"""

import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from chinwag.errors import UsageError, check_known
from chinwag.paths import MOST_TURNS, paths_of
from chinwag.turns import ROLES, Turn

KINDS = ("jsonl",)
# Open Assistant's (model/model_training/custom_datasets/formatting.py), which also puts properties after <|system|>.
HEAD = re.compile(r"<\|(prompter|assistant|system)\|>")
TOKEN = re.compile(r"<\|[^<|>]*\|>")
EOS = "<|endoftext|>"  # of the GPT-NeoX and Pythia models that Open Assistant trained


def records(
    turns: list[Turn],
    name: Any,
    *,
    template: str = "oa",
    eos: str = EOS,
    paths: str = "leaves",
    most_turns: int = MOST_TURNS,
) -> Iterator[dict[str, Any]]:
    """Give a text for each path; `paths` and `most_turns` are those of `paths_of`.

    `template` is `oa`, Open Assistant's `<|prompter|>text EOS <|assistant|>text EOS` without spaces, where `eos` is the
    token with which the model to train ends a text; or `plain`, a line a turn. The whole of a text is trained, so that
    all but `paths = "best"` train some turns more than once. Raises UsageError for what can be none of these.
    """
    check_known([template], ("oa", "plain"), "template", "form")
    if len(eos) < 2 or any(char.isspace() for char in eos) or HEAD.search(eos):
        raise UsageError(f"eos: {eos!r} cannot end a turn; it is a token of two characters or more without spaces")
    for path in paths_of(turns, paths, most_turns=most_turns):
        if template == "plain":
            yield {"text": "\n".join(" ".join(_defused(turn.text, eos).split()) for turn in path)}
        else:
            said = zip(cycle(ROLES), path, strict=False)
            yield {"text": "".join(f"<|{role}|>{_defused(turn.text, eos)}{eos}" for role, turn in said)}


def _defused(text: str, eos: str) -> str:
    """Put a space into all that looks like a control token; the tokens have no spaces, so that none comes of it."""
    text = text.replace("<|", "< |")
    while eos in text:
        text = text.replace(eos, f"{eos[0]} {eos[1:]}")
    return text


def check(record: Any) -> str | None:
    """Say what breaks the form: it is one text and nothing else and, where it begins as `oa` does, its turns are whole.

    Those alternate from the prompter to the assistant, each ends with the token that ends the text, and nowhere else is
    there a control token.
    """
    if not isinstance(record, dict) or set(record) != {"text"}:
        return "other keys than text"
    text = record["text"]
    if not isinstance(text, str) or not text.strip():
        return "there is no text"
    if HEAD.match(text):
        return _problem(text)
    return "there is a control token in it" if TOKEN.search(text) else None


def _problem(text: str) -> str | None:
    """Say what is wrong with the turns of the template `oa`."""
    _, *parts = HEAD.split(text)
    heads, said = parts[::2], parts[1::2]
    turns = [head for head in heads if head != "system"]
    if len(turns) % 2 or turns != [ROLES[place % 2] for place in range(len(turns))]:
        return "turns do not alternate from prompter to assistant"
    # A token of another form, </s>, is not told by its look: then the ends have at least one character in common.
    tokens = TOKEN.findall(said[-1])
    eos = tokens[-1] if tokens and said[-1].endswith(tokens[-1]) else said[-1][-1:]
    if not eos or not all(one.endswith(eos) and one != eos for one in said):
        return "a turn is empty, or does not end where its token is"
    return "there is a control token in a turn" if any(TOKEN.search(one[: -len(eos)]) for one in said) else None
