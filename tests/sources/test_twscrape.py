"""Rows of twscrape: what it tells in its own way under snscrape's names."""

import csv
import io
import json
from collections import Counter
from typing import Any

import pytest

from chinwag.sources import twscrape
from tests.sources.reading_back import Json, Read, read_back

MODULE = "snscrape.modules.twitter."
ROOT = 1_500_000_123_456_789_012
ID = ROOT + 1_000_000_001
LINK, SHORT = "https://example.org/a", "https://t.co/abc123"


def user(handle: str = "anna", user_id: int = 11) -> Json:
    ids = {"id": user_id, "id_str": str(user_id)}
    return {**ids, "username": handle, "followersCount": 5, "verified": True, "_type": f"{MODULE}User"}


def tweet(tweet_id: int = ID, **changes: Any) -> Json:
    """Give a tweet; `None` takes a field away."""
    made = {
        "id": tweet_id,
        "id_str": str(tweet_id),
        "url": f"https://x.com/anna/status/{tweet_id}",
        "date": "2022-03-05 07:20:04+00:00",
        "user": user(),
        "lang": "en",
        "rawContent": "hello",
        "replyCount": 1, "retweetCount": 2, "likeCount": 3, "quoteCount": 4, "bookmarkedCount": 5,
        "conversationId": tweet_id,
        "conversationIdStr": str(tweet_id),
        "hashtags": [], "cashtags": [], "mentionedUsers": [], "links": [],
        "media": {"photos": [], "videos": [], "animated": []},
        "sourceLabel": "Web App",
        "_type": f"{MODULE}Tweet",
    } | changes  # fmt: skip
    return {key: value for key, value in made.items() if key not in changes or value is not None}


def reply(text: str, **changes: Any) -> Json:
    answered = user("bob", 12)
    parent = {"inReplyToTweetId": ROOT, "inReplyToTweetIdStr": str(ROOT), "inReplyToUser": answered}
    root = {"conversationId": ROOT, "conversationIdStr": str(ROOT)}
    return tweet(rawContent=text, mentionedUsers=[answered], **{**parent, **root, **changes})


def lines(*records: Json) -> Read:
    return read_back({"a.jsonl": b"".join(json.dumps(record).encode() + b"\n" for record in records)})


def own(read: Read) -> Json:
    (row,) = [row for row in read.sightings if row["seen_as"] == "own"]
    return row


@pytest.mark.parametrize(
    ("record", "claimed"),
    [
        (tweet(), True),
        (tweet(_type=None), True),
        (user(), True),
        (dict.fromkeys(("id", "id_str", "url", "rawContent", "_type")), True),
        (tweet(id_str=None), False),
        ({"_type": f"{MODULE}Tweet", "id": ID, "rawContent": ""}, False),
        ({"id": ID, "id_str": str(ID), "text": "", "user": {}}, False),
        ({"__typename": "Tweet", "id_str": str(ID), "text": ""}, False),
        (dict.fromkeys(("id", "id_str", "username")), False),
    ],
)
def test_its_records_are_told_from_all_others(record: Json, claimed: bool) -> None:
    assert twscrape.claims(record) is claimed


def test_a_reply_tells_all_columns() -> None:
    record = reply(
        f"@bob hello &amp; {SHORT}",
        links=[{"url": LINK, "text": "example.org", "tcourl": SHORT}] * 2,
        hashtags=["tag"],
        media={
            "photos": [{"url": "https://p/x.jpg"}],
            "videos": [{"thumbnailUrl": "https://p/v.jpg", "variants": [], "duration": 1}],
            "animated": [{"thumbnailUrl": "https://p/g.jpg", "videoUrl": ""}],
        },
        possibly_sensitive=True,
    )
    row = own(lines(record))
    wanted = {
        "id": ID, "author_id": 11, "author_handle": "anna", "author_followers": 5, "author_verified": True,
        "text": f"hello & {LINK}", "reply_prefix": "@bob", "lang": "en", "reply_to_id": ROOT, "reply_to_author_id": 12,
        "conversation_id": ROOT, "reply_count": 1, "retweet_count": 2, "like_count": 3, "quote_count": 4,
        "possibly_sensitive": True, "client": "Web App", "urls": [LINK], "hashtags": ["tag"], "source": "twscrape",
    }  # fmt: skip
    assert {column: row[column] for column in wanted} == wanted
    assert [(item["kind"], item["url"]) for item in row["media"]] == [
        ("photo", "https://p/x.jpg"), ("video", "https://p/v.jpg"), ("animated_gif", "https://p/g.jpg"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("record", "prefix", "text"),
    [
        (reply("@bob @bob hello"), "@bob @bob", "hello"),  # no range: the mentions that are explained
        (reply("@bob @bob hello", displayTextRange=[5, 15]), "@bob", "@bob hello"),
        (reply("@bob hello", displayTextRange=[0, 10]), None, "@bob hello"),
        (
            reply("a long text & more", displayTextRange=[5, 18]),
            None,
            "a long text & more",
        ),  # the range of its short one
        (tweet(rawContent="@bob hello", displayTextRange=[5, 10]), "@bob", "hello"),
        (tweet(rawContent="a < b, written &lt;"), None, "a < b, written &lt;"),
        (tweet(rawContent="&lt;"), None, "<"),
    ],
)
def test_text_begins_where_the_range_says(record: Json, prefix: str | None, text: str) -> None:
    row = own(lines(record))
    assert (row["reply_prefix"], row["text"]) == (prefix, text)


def test_ids_are_taken_from_their_text() -> None:
    row = own(lines(reply("a", id=float(ID), conversationId=float(ROOT), inReplyToTweetId=float(ROOT))))
    assert (row["id"], row["conversation_id"], row["reply_to_id"], row["reply_to_rounded"]) == (ID, ROOT, ROOT, None)


def test_before_2024_only_some_ids_were_text() -> None:
    row = own(lines(reply("a", conversationIdStr=None, inReplyToTweetIdStr=None, media=None)))
    assert (row["conversation_id"], row["reply_to_id"], row["media"]) == (ROOT, ROOT, None)


def test_tweets_within_a_tweet_are_sightings_of_their_own() -> None:
    quoted = tweet(ROOT - 1, rawContent="quoted")
    original = tweet(ROOT, rawContent="original", quotedTweet=quoted)
    read = lines(tweet(rawContent="RT @anna: orig…", retweetedTweet=original, quotedTweet=quoted))
    assert [(row["id"], row["seen_as"]) for row in read.sightings] == [(ROOT, "retweeted"), (ROOT - 1, "quoted")]


def test_a_retweet_may_come_without_its_original() -> None:
    read = lines(tweet(rawContent="RT @bob: hello"))
    assert (read.counts["tweets"], read.sightings) == (1, [])
    assert [(row["scope"], row["reason"]) for row in read.rejects] == [("field", "retweet without its original")]


@pytest.mark.parametrize(
    ("control", "edits"),
    [
        ({"edit_tweet_ids": [str(ID)]}, []),
        ({"initial_tweet_id": str(ROOT), "edit_tweet_ids": [str(ROOT), str(ID)]}, [(ID, ROOT)]),
        ({"edit_tweet_ids": None}, []),
    ],
)
def test_versions_of_an_edited_tweet_are_told(control: Json, edits: list[tuple[int, int]]) -> None:
    read = lines(tweet(editControl=control))
    assert [(row["tweet_id"], row["initial_id"]) for row in read.edits] == edits


@pytest.mark.parametrize(
    ("record", "counts", "reason"),
    [
        (user("bob", 12), {"notices": 1}, None),
        (tweet(rawContent=None), {"rejects": 1}, "no text"),
        (tweet(id=0, id_str="none", url=None), {"rejects": 1}, "no id, or an id out of range"),
        ({"id_str": "1", "url": ""}, {"rejects": 1}, "unknown record"),
    ],
)
def test_what_holds_no_tweet_is_counted(record: Json, counts: dict[str, int], reason: str | None) -> None:
    read = lines(tweet(), record)
    assert Counter({"tweets": 1, **counts}) == {name: read.counts[name] for name in ("tweets", *counts)}
    assert [row["reason"] for row in read.rejects] == ([reason] if reason else [])


def test_one_file_may_hold_both() -> None:
    other = tweet(ID + 1)
    del other["id_str"]
    read = lines(tweet(), other, tweet(ID + 2))
    found = {row["id"]: row["source"] for row in read.sightings}
    assert found == {ID: "twscrape", ID + 1: "snscrape", ID + 2: "twscrape"}


def test_a_table_of_pandas_is_read() -> None:
    record = reply("@bob hello", displayTextRange=[5, 10], possibly_sensitive=False)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(record))
    writer.writeheader()
    writer.writerow(record)
    row = own(read_back({"a.csv": out.getvalue().encode()}))
    wanted = {"author_id": 11, "text": "hello", "reply_to_id": ROOT, "media": None, "possibly_sensitive": False}
    assert {column: row[column] for column in wanted} == wanted
