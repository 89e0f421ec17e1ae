"""Write pairs of replies to one turn of which one was liked more, for reward models, DPO and KTO.

The rules that choose them are those of SHP and DialogRPT, in `chinwag.siblings`. What they cannot take out is the age
of a count: likes are those of when a tweet was last seen, and of two replies the one that was seen later had more time
to be liked, whenever it was written. Counts are best where a conversation was got at one time; where it was not, a
higher `ratio` is the remedy there is.
"""

import hashlib
from collections.abc import Callable, Iterator
from itertools import groupby
from math import isclose, isfinite
from typing import Any

from chinwag.errors import UsageError, check_known
from chinwag.exports import prompt_completion
from chinwag.exports._dialogues import alternate, without_system, wrong_message
from chinwag.exports.messages import said
from chinwag.paths import MOST_TURNS
from chinwag.siblings import Pair, Rules, pairs_of
from chinwag.turns import Turn

KINDS = ("jsonl",)
READ = {"messages", "prompt", "completion", "chosen", "rejected", "label"}  # the keys by which TRL tells forms apart
TEXTS = ("post_id", "domain", "history", "c_root_id_A", "c_root_id_B", "human_ref_A", "human_ref_B")
WHOLE = ("created_at_utc_A", "created_at_utc_B", "score_A", "score_B", "labels")
REAL = ("upvote_ratio", "seconds_difference", "score_ratio")
LARGEST = 2**63 - 1  # what `datasets` reads a whole number as is int64

Json = dict[str, Any]
Name = Callable[[int], str]


def records(  # noqa: PLR0913 - one argument an option
    turns: list[Turn],
    name: Name,
    *,
    form: str = "explicit",
    by: str = "likes",
    ratio: float = 2.0,
    least: int = 2,
    prompt_least: int = 0,
    most: int = 5,
    adjacent: bool = False,
    hours: float = 0.0,
    per_follower: bool = False,
    roots: bool = False,
    most_turns: int = MOST_TURNS,
) -> Iterator[Json]:
    """Give a record a pair; all options but two are those of `chinwag.siblings.Rules`.

    `form` is one of:
    - `explicit`: `prompt`, `chosen` and `rejected`, as TRL's trainers of DPO and ORPO take them; axolotl does too, with
      `field_messages: prompt`. LLaMA-Factory wants `chosen` and `rejected` as one message each, not as a list of one.
    - `implicit`: `chosen` and `rejected` are whole conversations, as TRL's RewardTrainer takes them.
    - `kto`: `prompt`, `completion` and `label`, as TRL's KTOTrainer takes them, a record a reply: true for one that is
      preferred in the pairs and never the other, false for one that never is; what is both is left out.
    - `shp`: a row of SHP. `history` is the text of the prompt's turns; which reply is A is told by a hash of both.

    A prompt is what was said up to the turn that is answered. Roles are counted back from the reply, which is the
    assistant's; a turn that would then begin as an assistant's is left out, and so is what lies further back than
    `most_turns`, an even number, with the reply. Raises UsageError where options do not go together.
    """
    check_known([form], FORMS, "form", "form")
    if most_turns < 2 or most_turns % 2:
        raise UsageError(f"most_turns: {most_turns} is no even number of turns; the fewest are 2")
    if form == "shp" and (adjacent or least < 1):
        raise UsageError("form: rows of SHP keep its rule of time and have scores from 1: no adjacent, no least of 0")
    rules = Rules(by, ratio, least, prompt_least, most, adjacent, hours, per_follower, roots)
    by_id = {turn.id: turn for turn in turns}
    for _, pairs in groupby(pairs_of(turns, rules), key=lambda pair: pair.parent.id):
        together = list(pairs)
        prompt = _before(together[0].parent, by_id, most_turns - 1)
        yield from FORMS[form](prompt, together, name)


def _before(turn: Turn, by_id: dict[int, Turn], most: int) -> list[Turn]:
    """Give the turns up to this one, an odd number, so that the first and the last are the user's."""
    steps = [turn]
    while len(steps) < most and (parent_id := steps[-1].parent_id) is not None:
        steps.append(by_id[parent_id])
    if len(steps) % 2 == 0:
        steps.pop()
    return steps[::-1]


def _explicit(prompt: list[Turn], pairs: list[Pair], name: Name) -> Iterator[Json]:
    for pair in pairs:
        yield {"prompt": said(prompt), "chosen": [_answer(pair.chosen)], "rejected": [_answer(pair.rejected)]}


def _implicit(prompt: list[Turn], pairs: list[Pair], name: Name) -> Iterator[Json]:
    for pair in pairs:
        yield {"chosen": said([*prompt, pair.chosen]), "rejected": said([*prompt, pair.rejected])}


def _kto(prompt: list[Turn], pairs: list[Pair], name: Name) -> Iterator[Json]:
    chosen = {pair.chosen.id: pair.chosen for pair in pairs}
    rejected = {pair.rejected.id: pair.rejected for pair in pairs}
    for label, ours, others in ((True, chosen, rejected), (False, rejected, chosen)):
        for reply in ours.values():
            if reply.id not in others:
                yield {"prompt": said(prompt), "completion": [_answer(reply)], "label": label}


def _answer(turn: Turn) -> Json:
    return {"role": "assistant", "content": turn.text}


def _shp(prompt: list[Turn], pairs: list[Pair], name: Name) -> Iterator[Json]:
    for pair in pairs:
        # Of both ids, as all else that is stable; so A is preferred in one half of the rows.
        first = hashlib.sha256(f"{pair.chosen.id} {pair.rejected.id}".encode()).digest()[0] % 2
        both = [(pair.chosen, pair.chosen_score), (pair.rejected, pair.rejected_score)]
        (a, score_a), (b, score_b) = both if first else reversed(both)
        later, earlier = (one.created_at or 0 for one in (pair.chosen, pair.rejected))
        yield {
            "post_id": name(pair.parent.id),
            "domain": "twitter",
            "upvote_ratio": 1.0,  # nobody votes down
            "history": "\n\n".join(turn.text for turn in prompt),
            "c_root_id_A": name(a.id),
            "c_root_id_B": name(b.id),
            "created_at_utc_A": (a.created_at or 0) // 1000,
            "created_at_utc_B": (b.created_at or 0) // 1000,
            "score_A": score_a,
            "score_B": score_b,
            "human_ref_A": a.text,
            "human_ref_B": b.text,
            "labels": first,
            "seconds_difference": float(later // 1000 - earlier // 1000),
            "score_ratio": pair.chosen_score / pair.rejected_score,
        }


FORMS: dict[str, Callable[[list[Turn], list[Pair], Name], Iterator[Json]]] = {
    "explicit": _explicit,
    "implicit": _implicit,
    "kto": _kto,
    "shp": _shp,
}


def check(record: Any) -> str | None:
    """Say which rule of its readers a record breaks; which form it is its keys tell.

    - The forms of messages are TRL's (docs/source/dataset_formats.md, data_utils.py). In all of them the user and the
      assistant take turns and the prompt ends with the user, so that the number of its messages is odd, which is
      LLaMA-Factory's rule for ranking data (data/converter.py). The implicit prompt is what both conversations begin
      with, as TRL's `extract_prompt` has it.
    - A row of SHP has the columns and types of its card, and its rule of time; whole numbers fit into 64 bits.
    """
    if not isinstance(record, dict):
        return "the record is no object"
    if "human_ref_A" in record:
        return _wrong_shp(record)
    keys = READ & set(record)
    if keys == {"prompt", "completion", "label"}:
        unlabelled = {"prompt": record["prompt"], "completion": record["completion"]}
        wrong_label = None if isinstance(record["label"], bool) else "the label is not true or false"
        return prompt_completion.check(unlabelled) or wrong_label
    if keys == {"prompt", "chosen", "rejected"}:
        return _wrong_pair(record["prompt"], record["chosen"], record["rejected"])
    if keys == {"chosen", "rejected"}:
        return _wrong_whole(record["chosen"], record["rejected"])
    return "the keys are those of no form: explicit, implicit, kto or shp"


def _wrong_pair(prompt: Any, chosen: Any, rejected: Any) -> str | None:
    """Say which rule two answers to a prompt break."""
    for what, answer in (("chosen", chosen), ("rejected", rejected)):
        if problem := prompt_completion.check({"prompt": prompt, "completion": answer}):
            return f"{what}: {problem}"
    return "chosen and rejected are the same" if _plain(chosen) == _plain(rejected) else None


def _wrong_whole(chosen: Any, rejected: Any) -> str | None:
    """Say which rule two conversations with one prompt break."""
    for what, messages in (("chosen", chosen), ("rejected", rejected)):
        if problem := wrong_message(messages):
            return f"{what}: {problem}"
        chat = without_system(messages)
        if not alternate(chat) or len(chat) % 2:
            return f"{what}: roles do not alternate from user to assistant"
    pairs = zip(_plain(chosen), _plain(rejected), strict=False)
    shared = next((number for number, (one, other) in enumerate(pairs) if one != other), None)
    if shared is None:
        return "chosen and rejected are the same, or one goes on where the other ends"
    if not shared or chosen[shared - 1]["role"] != "user":
        return "chosen and rejected are no answers to one prompt"
    return None


def _plain(messages: list[Json]) -> list[tuple[str, str]]:
    """Give what is said: other keys may hold what nests too deep to be compared."""
    return [(message["role"], message["content"]) for message in messages]


def _wrong_shp(row: Json) -> str | None:
    """Say which rule a row of SHP breaks."""
    if problem := _wrong_types(row):
        return problem
    chosen, other = "AB" if row["labels"] else "BA"
    score, less = row[f"score_{chosen}"], row[f"score_{other}"]
    if not score > less > 0:
        return "the preferred reply has not the higher score, or one has none"
    seconds = row[f"created_at_utc_{chosen}"] - row[f"created_at_utc_{other}"]
    rules = {
        "score_ratio is not the ratio of the scores": isclose(row["score_ratio"], score / less, rel_tol=1e-3),
        "the preferred reply was written earlier": seconds >= 0,
        "seconds_difference is not that of the times": isclose(row["seconds_difference"], seconds, abs_tol=1),
        "both replies say the same": row["human_ref_A"] != row["human_ref_B"],
    }
    return next((rule for rule, kept in rules.items() if not kept), None)


def _wrong_types(row: Json) -> str | None:
    """Say which column of SHP is missing or of another type."""
    if set(row) != {*TEXTS, *WHOLE, *REAL}:
        return "the columns are not those of SHP"
    rules = {
        f"one of {', '.join(TEXTS)} is no text": all(isinstance(row[key], str) and row[key] for key in TEXTS),
        f"one of {', '.join(WHOLE)} is no whole number": all(map(_is_whole, map(row.get, WHOLE))),
        f"one of {', '.join(REAL)} is no number": all(map(_is_real, map(row.get, REAL))),
        "labels is neither 1, A is preferred, nor 0": row["labels"] in (0, 1),
    }
    return next((rule for rule, kept in rules.items() if not kept), None)


def _is_whole(value: Any) -> bool:
    return type(value) is int and abs(value) <= LARGEST


def _is_real(value: Any) -> bool:
    """Tell numbers that a 64-bit float holds from all else."""
    return type(value) in (int, float) and abs(value) <= LARGEST and isfinite(value)
