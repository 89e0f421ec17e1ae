import copy
import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.errors import UsageError
from chinwag.exports.preference import FORMS, check, records
from chinwag.siblings import Rules, pairs_of
from chinwag.turns import Turn
from tests.workspaces import turn

Json = dict[str, Any]
USER, ASSISTANT = "user", "assistant"


def name(turn_id: int) -> str:
    return f"t_{turn_id}"


def said(*texts: str, first: int = 0) -> list[Json]:
    return [{"role": (USER, ASSISTANT)[n % 2], "content": text} for n, text in enumerate(texts, first)]


def reply(n: int, parent: int, depth: int, likes: int | None, seconds: int = 0) -> Turn:
    return turn(n, parent, depth, like_count=likes, created_at=1_609_522_193_660 + seconds * 1000)


# Of the replies to 1, 3 is preferred to 2 and 4; of those to 3, 6 is to 5; of those to 6, 8 is to 7.
TURNS = [
    turn(1),
    reply(2, 1, 1, 3),
    reply(3, 1, 1, 12, 60),
    reply(4, 1, 1, 6),
    reply(5, 3, 2, 2),
    reply(6, 3, 2, 9, 5),
    reply(7, 6, 3, 4),
    reply(8, 6, 3, 8),
]


def test_a_pair_with_its_prompt() -> None:
    answers = [said("text 3", first=1), said("text 2", first=1), said("text 4", first=1)]
    assert list(records(TURNS, name)) == [
        {"prompt": said("text 1"), "chosen": answers[0], "rejected": answers[1]},
        {"prompt": said("text 1"), "chosen": answers[0], "rejected": answers[2]},
        {"prompt": said("text 1"), "chosen": answers[2], "rejected": answers[1]},
        # The reply is the assistant's, so that the first turn would be too.
        {"prompt": said("text 3"), "chosen": said("text 6", first=1), "rejected": said("text 5", first=1)},
        {
            "prompt": said("text 1", "text 3", "text 6"),
            "chosen": said("text 8", first=1),
            "rejected": said("text 7", first=1),
        },
    ]


def test_whole_conversations() -> None:
    *_, last = records(TURNS, name, form="implicit", most=1)
    assert last == {
        "chosen": said("text 1", "text 3", "text 6", "text 8"),
        "rejected": said("text 1", "text 3", "text 6", "text 7"),
    }


def test_one_reply_a_record() -> None:
    rows = list(records(TURNS[:4], name, form="kto"))
    # 4 is preferred to 2, and 3 to it.
    assert rows == [
        {"prompt": said("text 1"), "completion": said("text 3", first=1), "label": True},
        {"prompt": said("text 1"), "completion": said("text 2", first=1), "label": False},
    ]


SHP: Json = {
    "post_id": "t_1",
    "domain": "twitter",
    "upvote_ratio": 1.0,
    "history": "text 1",
    "c_root_id_A": "t_2",
    "c_root_id_B": "t_3",
    "created_at_utc_A": 1609522193,
    "created_at_utc_B": 1609522253,
    "score_A": 3,
    "score_B": 12,
    "human_ref_A": "text 2",
    "human_ref_B": "text 3",
    "labels": 0,
    "seconds_difference": 60.0,
    "score_ratio": 4.0,
}
# The same with the replies the other way round.
TURNED = SHP | {f"{key[:-1]}{to}": SHP[f"{key[:-1]}{of}"] for key in SHP for of, to in ("AB", "BA") if key[-2:] == "_A"}
TURNED["labels"] = 1


def test_a_row_of_shp() -> None:
    row, *_, last = records(TURNS, name, form="shp")
    assert row in (SHP, TURNED)
    assert last["history"] == "text 1\n\ntext 3\n\ntext 6"
    assert list(row) == list(SHP)


def test_one_half_of_the_rows_prefer_a() -> None:
    labels = [
        next(records([turn(n), reply(n + 1, n, 1, 4), reply(n + 2, n, 1, 9)], name, form="shp"))["labels"]
        for n in range(1, 2001)
    ]
    assert 900 < sum(labels) < 1100


@pytest.mark.parametrize(
    ("depth", "most_turns", "prompt"),
    [
        (1, 50, [1]),
        (2, 50, [2]),
        (3, 50, [1, 2, 3]),
        (4, 50, [2, 3, 4]),
        (5, 50, [1, 2, 3, 4, 5]),
        (5, 6, [1, 2, 3, 4, 5]),
        (5, 4, [3, 4, 5]),
        (5, 2, [5]),
        (4, 4, [2, 3, 4]),
    ],
)
def test_a_prompt_is_what_was_said_before(depth: int, most_turns: int, prompt: list[int]) -> None:
    chain = [turn(n, n - 1 or None, n - 1) for n in range(1, depth + 1)]
    turns = [*chain, reply(98, depth, depth, 4), reply(99, depth, depth, 9)]
    (row,) = records(turns, name, most_turns=most_turns)
    assert row["prompt"] == said(*(f"text {n}" for n in prompt))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"form": "dpo"}, "form: no form is called 'dpo'"),
        ({"most_turns": 3}, "most_turns: 3 is no even number of turns"),
        ({"most_turns": 0}, "most_turns: 0 is no even number of turns"),
        ({"form": "shp", "adjacent": True}, "form: rows of SHP keep its rule of time"),
        ({"form": "shp", "least": 0}, "form: rows of SHP keep its rule of time and have scores from 1"),
        ({"by": "upvotes"}, "by: no score is called 'upvotes'"),
    ],
)
def test_options_that_make_no_sense(options: Json, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        list(records(TURNS, name, **options))
    assert str(raised.value).startswith(message)


@st.composite
def liked_trees(draw: st.DrawFn) -> list[Turn]:
    turns = [turn(1)]
    for n in range(2, draw(st.integers(3, 12)) + 1):
        parent = draw(st.sampled_from(turns[:4]))
        likes, time = draw(st.none() | st.integers(0, 9)), draw(st.none() | st.integers(0, 4000))
        turns.append(turn(n, parent.id, parent.depth + 1, like_count=likes, created_at=time))
    return turns


def answers(row: Json) -> Iterator[tuple[str, bool]]:
    """Give the texts of a record's replies, and whether each is preferred."""
    if "label" in row:
        yield row["completion"][0]["content"], row["label"]
    elif "labels" in row:
        yield from ((row[f"human_ref_{one}"], (one == "A") == (row["labels"] == 1)) for one in "AB")
    else:
        yield from ((row[which][-1]["content"], which == "chosen") for which in ("chosen", "rejected"))


@given(liked_trees(), st.sampled_from(["likes", "volume"]), st.sampled_from([2, 50]))
def test_every_form_passes_and_says_the_same(turns: list[Turn], by: str, most_turns: int) -> None:
    pairs = list(pairs_of(turns, Rules(by=by, ratio=1.0, least=1, most=3)))
    texts = [[(pair.chosen.text, True), (pair.rejected.text, False)] for pair in pairs]
    for form in FORMS:
        rows = list(records(turns, name, form=form, by=by, ratio=1.0, least=1, most=3, most_turns=most_turns))
        assert [check(row) for row in rows] == [None] * len(rows)
        assert json.loads(json.dumps(rows)) == rows
        if form != "kto":
            assert [sorted(answers(row)) for row in rows] == [sorted(one) for one in texts]
            continue
        labels = [answer for row in rows for answer in answers(row)]
        told = {answer for one in texts for answer in one}
        assert len({text for text, _ in labels}) == len(labels)
        assert set(labels) == {(text, won) for text, won in told if (text, not won) not in told}


PAIR: Json = {"prompt": said("a"), "chosen": said("b", first=1), "rejected": said("c", first=1)}
WHOLE: Json = {"chosen": said("a", "b"), "rejected": said("a", "c")}
KTO: Json = {"prompt": said("a"), "completion": said("b", first=1), "label": True}
SYSTEM = {"role": "system", "content": "s"}
ONE_PROMPT = "chosen and rejected are no answers to one prompt"
NO_END = "chosen and rejected are the same, or one goes on where the other ends"
NO_FORM = "the keys are those of no form: explicit, implicit, kto or shp"
NO_TEXT = "one of post_id, domain, history, c_root_id_A, c_root_id_B, human_ref_A, human_ref_B is no text"
NO_INT = "one of created_at_utc_A, created_at_utc_B, score_A, score_B, labels is no whole number"
NO_REAL = "one of upvote_ratio, seconds_difference, score_ratio is no number"
BROKEN: list[tuple[Json, str, str]] = [
    (PAIR, "del row['prompt'][0]", "chosen: prompt: no list of messages"),
    (PAIR, "row['prompt'] = 'a'", "chosen: prompt: no list of messages"),
    (PAIR, "row['chosen'] = row['chosen'][0]", "chosen: completion: no list of messages"),
    (PAIR, "row['rejected'] = []", "rejected: completion: no list of messages"),
    (PAIR, "row['prompt'] += said('b', first=1)", "chosen: the prompt does not end with the user"),
    (PAIR, "row['prompt'][0] = SYSTEM", "chosen: the prompt does not end with the user"),
    (PAIR, "row['prompt'] += said('b')", "chosen: roles do not alternate from user"),
    (PAIR, "row['rejected'] = said('c')", "rejected: roles do not alternate from user"),
    (PAIR, "row['chosen'] += said('c')", "chosen: the completion does not end with the assistant"),
    (PAIR, "row['rejected'] = row['chosen']", "chosen and rejected are the same"),
    (PAIR, "row['completion'] = row['chosen']", NO_FORM),
    (PAIR, "del row['rejected']", NO_FORM),
    (WHOLE, "row['messages'] = row['chosen']", NO_FORM),
    (WHOLE, "row['chosen'] = 3", "chosen: no list of messages"),
    (WHOLE, "row['rejected'][1]['content'] = ''", "rejected: a message has no content"),
    (WHOLE, "del row['chosen'][1]", "chosen: roles do not alternate from user to assistant"),
    (WHOLE, "row['rejected'] = said('c', first=1)", "rejected: roles do not alternate from user to assistant"),
    (WHOLE, "row['rejected'] = row['chosen']", NO_END),
    (WHOLE, "row['rejected'] = said('d', 'c')", ONE_PROMPT),
    (WHOLE, "row['rejected'] = row['chosen'] + said('x', 'y')", NO_END),
    (WHOLE, "row.update(chosen=said(*'abcd'), rejected=said(*'abef'))", ONE_PROMPT),
    (KTO, "row['label'] = 1", "the label is not true or false"),
    (KTO, "row['label'] = None", "the label is not true or false"),
    (KTO, "row['completion'] = said('b')", "roles do not alternate from user"),
    (KTO, "del row['label']", NO_FORM),
    (SHP, "del row['domain']", "the columns are not those of SHP"),
    (SHP, "row['extra'] = 1", "the columns are not those of SHP"),
    (SHP, "row['history'] = ''", NO_TEXT),
    (SHP, "row['post_id'] = 1", NO_TEXT),
    (SHP, "row['score_A'] = 3.0", NO_INT),
    (SHP, "row['labels'] = False", NO_INT),
    (SHP, "row['score_B'] = 10 ** 400", NO_INT),
    (SHP, "row['labels'] = 2", "labels is neither 1, A is preferred, nor 0"),
    (SHP, "row['score_ratio'] = None", NO_REAL),
    (SHP, "row['score_ratio'] = True", NO_REAL),
    (SHP, "row['seconds_difference'] = 10 ** 400", NO_REAL),
    (SHP, "row['upvote_ratio'] = float('nan')", NO_REAL),
    (SHP, "row['upvote_ratio'] = float('inf')", NO_REAL),
    (SHP, "row['labels'] = 1", "the preferred reply has not the higher score, or one has none"),
    (SHP, "row['score_A'] = 0", "the preferred reply has not the higher score, or one has none"),
    (SHP, "row['score_ratio'] = 3.0", "score_ratio is not the ratio of the scores"),
    (SHP, "row['created_at_utc_A'] += 61", "the preferred reply was written earlier"),
    (SHP, "row['seconds_difference'] = 0.0", "seconds_difference is not that of the times"),
    (SHP, "row['human_ref_A'] = 'text 3'", "both replies say the same"),
]  # fmt: skip


@pytest.mark.parametrize(("record", "change", "problem"), BROKEN)
def test_check_refuses(record: Json, change: str, problem: str) -> None:
    row = copy.deepcopy(record)
    assert check(row) is None
    exec(change, {"row": row, "said": said, "SYSTEM": SYSTEM})
    assert check(row) == problem


@pytest.mark.parametrize("record", [None, [], "row", 3, True])
def test_check_refuses_what_is_no_object(record: Any) -> None:
    assert check(record) == "the record is no object"


@pytest.mark.parametrize(
    "row",
    [
        PAIR | {"prompt": [SYSTEM, *said("a")]},
        PAIR | {"prompt": said("a", "b", "c")},
        PAIR | {"margin": 0.5},
        WHOLE | {"chosen": [SYSTEM, *WHOLE["chosen"]], "rejected": [SYSTEM, *WHOLE["rejected"]]},
        {"chosen": said(*"abcd"), "rejected": said(*"ab", "c", "e")},
        {"chosen": said(*"abcd"), "rejected": said("a", "x")},
        TURNED,
        SHP | {"seconds_difference": 60, "score_ratio": 4},
    ],
)
def test_check_takes_what_others_write(row: Json) -> None:
    assert check(row) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "a", USER, ASSISTANT, "system"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["role", "content", "weight"]), inner),
    max_leaves=8,
)


@given(st.data())
def test_check_takes_anything(data: st.DataObject) -> None:
    row = copy.deepcopy(data.draw(st.sampled_from([PAIR, WHOLE, KTO, SHP])))
    for key in data.draw(st.lists(st.sampled_from(sorted(row)), min_size=1, max_size=2)):
        row[key] = data.draw(anything)
    assert isinstance(check(row), str | None)


def test_deep_values_are_not_compared() -> None:
    deep: Any = "a"
    for _ in range(50_000):
        deep = [deep]
    called = {"role": ASSISTANT, "content": "b", "function_call": deep}
    assert check(PAIR | {"chosen": [called], "rejected": [dict(called)]}) == "chosen and rejected are the same"


def test_forms_are_told_apart() -> None:
    for one, other in product([PAIR, WHOLE, KTO, SHP], repeat=2):
        assert (check(one) is None) and (one is other or set(one) != set(other))
