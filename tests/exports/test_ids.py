import copy
import hashlib
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.exports.ids import check, records
from chinwag.rendering import Rendering
from chinwag.turns import ROLES, Turn, turns_of
from tests.exports.trees import trees
from tests.workspaces import TREE, turn, tweet

Json = dict[str, Any]


def record(turns: list[Turn]) -> Json:
    (one,) = records(turns, lambda _: "t_never")
    return one


def test_a_conversation() -> None:
    big = 2**63 - 1
    turns = [turn(1, text="hi @user1", tweet_ids=[1, 9, 4]), turn(big, 1, 1, "é @user1 @user2"), turn(3, big, 2)]
    assert record(turns) == {
        "root_id": "1",
        "turns": [
            {
                "id": "1",
                "parent_id": None,
                "role": "prompter",
                "tweet_ids": ["1", "9", "4"],
                "mentions": [1],
                "text_sha256": hashlib.sha256(b"hi @user1").hexdigest()[:16],
            },
            {
                "id": str(big),
                "parent_id": "1",
                "role": "assistant",
                "tweet_ids": [str(big)],
                "mentions": [1, 2],
                "text_sha256": hashlib.sha256("é @user1 @user2".encode()).hexdigest()[:16],
            },
            {
                "id": "3",
                "parent_id": str(big),
                "role": "prompter",
                "tweet_ids": ["3"],
                "mentions": [],
                "text_sha256": hashlib.sha256(b"text 3").hexdigest()[:16],
            },
        ],
    }


@given(trees())
def test_each_turn_is_there_and_nothing_that_was_said(turns: list[Turn]) -> None:
    one = record(turns)
    assert check(one) is None
    assert [turn["id"] for turn in one["turns"]] == [str(turn.id) for turn in turns]
    assert [turn["role"] for turn in one["turns"]] == [ROLES[turn.depth % 2] for turn in turns]
    text = json.dumps(one)
    assert "text " not in text and "u_" not in text


@given(st.lists(st.sampled_from(["@a", "@b and @A", "w/@c", "@user3", "no one", "@d @e"]), min_size=2, max_size=9))
def test_mentions_are_the_numbers_of_the_placeholders(texts: list[str]) -> None:
    tweets = [tweet(n, n - 1 or None, n, text) for n, text in enumerate(texts, 1)]
    with_numbers, kept = (record(turns_of(tweets, b"key", how)[0]) for how in (Rendering(), Rendering(mentions="keep")))
    texts = [one.text for one in turns_of(tweets, b"key")[0]]
    for one, text in zip(with_numbers["turns"], texts, strict=True):
        assert one["mentions"] == list(dict.fromkeys(map(int, re.findall("@user([0-9]+)", text))))
    assert check(with_numbers) is None
    # Where texts keep their mentions the numbers are the same, and no name is in them.
    assert [one["mentions"] for one in kept["turns"]] == [one["mentions"] for one in with_numbers["turns"]]


def broken(change: str) -> Any:
    one = copy.deepcopy(record(TREE))
    exec(change, {"record": one, "turns": one["turns"], "last": one["turns"][-1]})
    return one


BROKEN = {
    "del record['root_id']": "other keys than root_id and turns",
    "record['split'] = 'test'": "other keys than root_id and turns",
    "record['turns'] = {}": "fewer than two turns",
    "del turns[1:]": "fewer than two turns",
    "del turns[:]": "fewer than two turns",
    "record['root_id'] = '2'": "the conversation is not named by its first turn",
    "record['root_id'] = 1": "the conversation is not named by its first turn",
    "turns[2] = 3": "a turn lacks fields, or has others",
    "del last['role']": "a turn lacks fields, or has others",
    "last['text'] = 'text'": "a turn lacks fields, or has others",
    "last['tweet_ids'] = []": "tweets are not a list of ids",
    "last['tweet_ids'] = '6'": "tweets are not a list of ids",
    "last['tweet_ids'] = None": "tweets are not a list of ids",
    "last['tweet_ids'] = [6]": "tweets are not a list of ids",
    "last['tweet_ids'] = [['6']]": "tweets are not a list of ids",
    "last['tweet_ids'] = ['06']": "tweets are not a list of ids",
    "last['tweet_ids'] = ['6\\n']": "tweets are not a list of ids",
    "last['tweet_ids'] = ['٦']": "tweets are not a list of ids",
    "last['tweet_ids'] = ['0']": "tweets are not a list of ids",
    "last['tweet_ids'] = ['-6']": "tweets are not a list of ids",
    "last['tweet_ids'] = ['9223372036854775808']": "tweets are not a list of ids",
    "last['tweet_ids'] = ['1' * 9999]": "tweets are not a list of ids",
    "last['tweet_ids'] = ['6', '7', '7']": "a tweet stands twice",
    "last['tweet_ids'] = ['6', '2']": "a tweet stands twice",
    "last.update(turns[1])": "a tweet stands twice",
    "last['id'] = '7'": "a turn is not named by its first tweet",
    "last['id'] = 6": "a turn is not named by its first tweet",
    "last['id'] = []": "a turn is not named by its first tweet",
    "last['parent_id'] = '6'": "a turn does not answer one before it",
    "last['parent_id'] = '7'": "a turn does not answer one before it",
    "last['parent_id'] = 4": "a turn does not answer one before it",
    "last['parent_id'] = []": "a turn does not answer one before it",
    "last['parent_id'] = None": "a turn does not answer one before it",
    "turns[0]['parent_id'] = '2'": "a turn does not answer one before it",
    "turns.reverse()": "a turn does not answer one before it",
    "last['parent_id'] = '1'; last['role'] = 'prompter'": "roles do not alternate from prompter",
    "last['role'] = 'user'": "roles do not alternate from prompter",
    "last['role'] = []": "roles do not alternate from prompter",
    "turns[0]['role'] = 'assistant'": "roles do not alternate from prompter",
    "last['mentions'] = None": "mentions are not a list of numbers",
    "last['mentions'] = ['1']": "mentions are not a list of numbers",
    "last['mentions'] = [True]": "mentions are not a list of numbers",
    "last['mentions'] = [1.0]": "mentions are not a list of numbers",
    "last['mentions'] = [0]": "mentions are not a list of numbers",
    "last['mentions'] = [1, 1]": "a placeholder stands twice",
    "last['mentions'] = [2]": "placeholders are not numbered 1, 2, 3 and so on",
    "last['mentions'] = [1, 2, 4]": "placeholders are not numbered 1, 2, 3 and so on",
    "last['mentions'] = [10 ** 30]": "placeholders are not numbered 1, 2, 3 and so on",
    "last['text_sha256'] = None": "no hash of the text",
    "last['text_sha256'] = '8DFF59B5FD8E9A41'": "no hash of the text",
    "last['text_sha256'] += '0'": "no hash of the text",
    "last['text_sha256'] = last['text_sha256'][1:] + '\\n'": "no hash of the text",
}


@pytest.mark.parametrize("change", BROKEN)
def test_check_refuses(change: str) -> None:
    assert check(broken(change)) == BROKEN[change]


@pytest.mark.parametrize("change", ["turns[4], turns[5] = turns[5], turns[4]", "last['tweet_ids'] += ['8', '7']"])
def test_check_takes(change: str) -> None:
    assert check(broken(change)) is None


@pytest.mark.parametrize("record", [None, [], "record", 3])
def test_check_refuses_what_is_no_conversation(record: Any) -> None:
    assert check(record) == "other keys than root_id and turns"


def test_a_long_chain_takes_no_time() -> None:
    one = record([turn(n, n - 1 or None, n - 1) for n in range(1, 20_001)])
    assert check(one) is None
