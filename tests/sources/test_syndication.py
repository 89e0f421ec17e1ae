"""Answers about single tweets: parents and quoted tweets in them, cut texts, versions, and answers of no tweet."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chinwag.sources import syndication
from shapes import Tweet
from shapes import syndication as writer
from tests.sources.reading_back import Json, Read, read_back

PARENT_ID, QUOTED_ID, ID = 1_600_000_000_000_000_000, 1_600_000_000_000_000_500, 1_600_000_000_000_001_000
LINK = "https://example.org/a"
PARENT = Tweet(PARENT_ID, 12, "Bob", "what?", counts=(7, 8, 9, 0), urls=(LINK,))
QUOTED = Tweet(QUOTED_ID, 13, "eve", "look", counts=(4, 5, 6, 0), photos=("https://pbs.twimg.com/media/q.jpg",))
REPLY = Tweet(
    id=ID,
    author_id=11,
    author_handle="anna",
    body="😀 a & b",
    reply_to_id=PARENT_ID,
    reply_to_author_id=12,
    reply_to_handle="Bob",
    counts=(1, 2, 3, 4),
    quoted=QUOTED,
)
TOMBSTONE = {
    "__typename": "TweetTombstone",
    "tombstone": {"text": {"text": "This Post was deleted by the Post author."}},
}


def answer(**changes: Any) -> Json:
    return writer.answer(REPLY, PARENT) | changes


def plain(**changes: Any) -> Json:
    """Give an answer about a tweet that answers and quotes nothing."""
    return writer.answer(Tweet(ID, 11, "anna", "hello"), None) | changes


def read(*answers: Json) -> Read:
    return read_back({"answers.jsonl": b"".join(json.dumps(one).encode() + b"\n" for one in answers)})


def only(found: Read) -> Json:
    assert found.rejects == []
    [sighting] = found.sightings
    return sighting


@pytest.mark.parametrize(
    ("record", "claimed"),
    [
        (answer(), True),
        (TOMBSTONE, True),
        ({"__typename": "TweetTombstone"}, True),
        ({"__typename": "Tweet", "rest_id": "1", "legacy": {"full_text": "a"}}, False),  # as the web loads it
        ({"__typename": "TweetWithVisibilityResults", "tweet": {}}, False),
        ({"__typename": "User", "id_str": "1"}, False),
        ({}, False),
        ({"id_str": "1", "text": "a", "user": {}}, False),
        ({"data": {"id": "1", "text": "a"}}, False),
        ({"_type": "snscrape.modules.twitter.Tweet", "id_str": "1"}, False),
        ({"tweet_id": "1", "full_text": "a", "account_id": "1"}, False),
    ],
)
def test_answers_are_claimed(record: Json, claimed: bool) -> None:
    assert syndication.claims(record) is claimed


def test_an_answer_shows_the_tweet_its_parent_and_what_it_quotes() -> None:
    found = read(answer())
    assert found.rejects == []
    assert (found.counts["tweets"], found.counts["sightings"], found.counts["embedded"]) == (1, 3, 2)
    own, parent, quoted = found.sightings
    expected = {
        "id": ID,
        "author_id": 11,
        "author_handle": "anna",
        "author_verified": False,
        "text": "😀 a & b",
        "reply_prefix": "@Bob",
        "reply_to_id": PARENT_ID,
        "reply_to_author_id": 12,
        "quoted_id": QUOTED_ID,
        "conversation_id": None,
        "reply_count": None,  # conversation_count may be the whole conversation's
        "retweet_count": None,
        "like_count": 3,
        "possibly_sensitive": False,
        "seen_as": "own",
        "seen_at": None,
    }
    assert {column: own[column] for column in expected} == expected
    assert (parent["id"], parent["seen_as"], parent["author_id"]) == (PARENT_ID, "parent", 12)
    assert [parent[f"{what}_count"] for what in ("reply", "retweet", "like", "quote")] == [7, 8, 9, None]
    assert (parent["text"], parent["urls"], parent["reply_to_id"]) == (f"what? {LINK}", [LINK], None)
    assert (quoted["id"], quoted["seen_as"], quoted["like_count"]) == (QUOTED_ID, "quoted", 6)
    assert quoted["media"] == [{"kind": "photo", "url": QUOTED.photos[0], "alt": None}]


MEDIA = {"url": "https://t.co/m1", "expanded_url": "https://x.com/anna/status/1/video/1", "media_url_https": "u"}
USER = plain()["user"]


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        ({"text": "a &amp;lt; b"}, "text", "a &lt; b"),
        ({"text": "@bob hi", "display_text_range": [5, 7]}, "text", "hi"),
        (
            {"text": "&lt; @bob hi", "display_text_range": [5, 12]},
            "reply_prefix",
            "&lt;",
        ),  # the range is of escaped text
        ({"text": "@bob hi", "display_text_range": [0, 7]}, "text", "@bob hi"),
        ({"text": "@bob @eve hi", "display_text_range": None, "in_reply_to_screen_name": "Bob"}, "text", "@eve hi"),
        ({"text": "@bob hi", "display_text_range": [5, 99]}, "text", "@bob hi"),
        (
            {
                "text": "@bob @eve hi",
                "display_text_range": None,
                "in_reply_to_screen_name": "Bob",
                "entities": {"user_mentions": [{"screen_name": "Bob"}, {"screen_name": "eve"}]},
            },
            "text",
            "hi",
        ),
        ({"text": "a https://t.co/m1", "mediaDetails": [MEDIA]}, "text", f"a {MEDIA['expanded_url']}"),
        ({"text": "a https://t.co/m1", "entities": {"media": [MEDIA]}}, "text", f"a {MEDIA['expanded_url']}"),
        ({"text": "a https://t.co/m2"}, "text", "a https://t.co/m2"),
        (
            {"mediaDetails": [MEDIA | {"type": "video", "ext_alt_text": "b"}]},
            "media",
            [{"kind": "video", "url": "u", "alt": "b"}],
        ),
        ({"entities": {"hashtags": [{"text": "x"}, {"text": None}]}}, "hashtags", ["x"]),
        ({"entities": {"urls": [{"url": "https://t.co/a", "expanded_url": None}]}}, "urls", ["https://t.co/a"]),
        ({"user": USER | {"is_blue_verified": True}}, "author_verified", True),
        ({"user": USER | {"verified_type": "Business"}}, "author_verified", True),
        ({"user": {"id_str": "11"}}, "author_verified", None),
        ({"user": None}, "author_id", None),
        ({"parent": {"id_str": str(PARENT_ID), "text": "a"}}, "reply_to_id", PARENT_ID),
        ({"in_reply_to_user_id_str": "12"}, "reply_to_author_id", 12),
    ],
)
def test_each_value(changes: Json, column: str, value: Any) -> None:
    found = read(plain(**changes))
    assert found.rejects == []
    assert found.sightings[0][column] == value


def test_the_time_of_an_old_tweet_is_what_the_answer_says() -> None:
    sighting = only(read(plain(id_str="20", created_at="2006-03-21T20:50:14.000Z")))
    assert sighting["created_at"].timestamp() == 1_142_974_214


def test_all_versions_of_an_edited_tweet_are_said_to_be_one() -> None:
    found = read(plain(edit_control={"edit_tweet_ids": [str(PARENT_ID), str(QUOTED_ID), str(ID)]}))
    assert only(found)["id"] == ID
    assert [(one["tweet_id"], one["initial_id"]) for one in found.edits] == [(QUOTED_ID, PARENT_ID), (ID, PARENT_ID)]


def test_a_tweet_of_one_version_is_no_edit() -> None:
    assert read(answer()).edits == []


@pytest.mark.parametrize("nothing", [TOMBSTONE, {"__typename": "TweetTombstone"}, {}])
def test_an_answer_of_no_tweet_is_a_notice_and_deletes_nothing(nothing: Json) -> None:
    found = read(plain(), nothing)
    assert (found.counts["tweets"], found.counts["notices"]) == (1, 1)
    assert (found.deletes, found.rejects) == ([], [])


def test_a_document_of_one_answer_is_read() -> None:
    found = read_back({"1.json": json.dumps(plain(), indent=2).encode(), "2.json": json.dumps([plain()]).encode()})
    assert [one["id"] for one in found.sightings] == [ID, ID]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (plain(note_tweet={"id": "Tm90ZQ=="}), "text is cut: of a long post only the id is given"),
        (plain(parent={"id_str": str(PARENT_ID)}), "parent tweet: no text"),
        (plain(parent={"text": "a"}), "parent tweet: no id, or an id out of range"),
        (plain(quoted_tweet={"__typename": "TweetTombstone"}), "quoted tweet: no id, or an id out of range"),
        (plain(quoted_tweet=writer.inner(replace(QUOTED, id=ID + 1))), "quoted_id is not older than the tweet"),
        (plain(favorite_count=-1), "favorite_count: wrong type or out of range"),
        (plain(favorite_count=10**30), "favorite_count: wrong type or out of range"),
        (plain(favorite_count="many"), "favorite_count: wrong type or out of range"),
        (plain(entities={"hashtags": {}}), "entities.hashtags: wrong type or out of range"),
    ],
)
def test_a_value_that_cannot_be_used_is_left_out(record: Json, reason: str) -> None:
    found = read(record)
    assert (found.counts["tweets"], found.sightings[0]["id"], found.sightings[0]["text"]) == (1, ID, "hello")
    assert [(one["scope"], one["reason"]) for one in found.rejects] == [("field", reason)]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (plain(id_str="0"), "no id, or an id out of range"),
        (plain(id_str=str(1 << 63)), "no id, or an id out of range"),
        (plain(text=None), "no text"),
        (plain(text=["a"]), "no text"),
        ({"some": "thing"}, "unknown record"),
        ({"__typename": "Card"}, "unknown record"),
    ],
)
def test_rejects(record: Json, reason: str) -> None:
    found = read(plain(), record)
    assert [(one["line"], one["scope"], one["reason"]) for one in found.rejects] == [(2, "record", reason)]
    assert (found.counts["tweets"], found.counts["rejects"]) == (1, 1)
