"""Write synthetic tweets in each shape and read them back: what the shape tells has to be what was written."""

import importlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import shapes
from chinwag import assemble, shelves
from chinwag.values import TWITTER_EPOCH
from shapes import Tweet
from tests.archives import folder, ingest, table
from tests.sources.reading_back import Json, read_back

NAMES = sorted(path.stem for path in Path(shapes.__file__).parent.glob("[a-z]*.py"))
START = (1_640_995_200_000 - TWITTER_EPOCH) << 22  # 2022
WORDS = st.sampled_from(
    ["hello", "naïve", "日本", "😀", "&", "<b>", "&amp;", "a,b", '"so"', "it's", "#tag", "a\tb", "100%", "\\n", "x;y|z"]
)  # fmt: skip
URLS = ["https://example.org/a", "https://example.com/b?c=d"]
HANDLES = ("anna", "Bob_1", "c")


@st.composite
def tweets(draw: st.DrawFn) -> list[Tweet]:
    """Draw some tweets, each of them new, answering an earlier one, or quoting one."""
    made: list[Tweet] = []
    for number in range(draw(st.integers(1, 5))):
        author = draw(st.integers(0, 2))
        words = draw(st.lists(WORDS, min_size=1, max_size=5)) * draw(st.sampled_from([1, 1, 1, 40]))
        tweet = Tweet(
            id=START + (number * 60_123 << 22) + draw(st.integers(0, 4095)),
            author_id=1000 + author,
            author_handle=HANDLES[author],
            body=" ".join(words),
            lang=draw(st.sampled_from(["en", "und", "ja"])),
            counts=draw(st.tuples(*[st.integers(1, 10**6)] * 4)),
            urls=tuple(draw(st.lists(st.sampled_from(URLS), max_size=1))),
            hashtags=tuple("tag" for word in words if word == "#tag"),
            photos=tuple(draw(st.lists(st.just("https://pbs.twimg.com/media/x.jpg"), max_size=1))),
        )  # fmt: skip
        parent = draw(st.sampled_from([None, *made]))
        if parent is None:
            quoted = draw(st.sampled_from([None, *(one for one in made if one.quoted is None)]))
            made.append(replace(tweet, conversation_id=tweet.id, quoted=quoted))
        else:
            answer = replace(tweet, reply_to_id=parent.id, reply_to_author_id=parent.author_id)
            made.append(replace(answer, reply_to_handle=parent.author_handle, conversation_id=parent.conversation_id))
    return made


def expected(tweet: Tweet) -> Json:
    """Give the row of a tweet, as far as a shape tells it."""
    replies, retweets, likes, quotes = tweet.counts
    return {
        "id": tweet.id,
        "created_at": datetime.fromtimestamp(tweet.created_at / 1000, UTC),
        "author_id": tweet.author_id,
        "author_handle": tweet.author_handle,
        "text": tweet.text,
        "reply_prefix": tweet.reply_prefix,
        "lang": tweet.lang,
        "reply_to_id": tweet.reply_to_id,
        "reply_to_author_id": tweet.reply_to_author_id,
        "quoted_id": tweet.quoted.id if tweet.quoted else None,
        "conversation_id": tweet.conversation_id,
        "reply_count": replies,
        "retweet_count": retweets,
        "like_count": likes,
        "quote_count": quotes,
        "urls": list(tweet.urls) or None,
        "hashtags": list(tweet.hashtags) or None,
        "media": [{"kind": "photo", "url": url, "alt": None} for url in tweet.photos] or None,
    }


def shape(name: str) -> ModuleType:
    return importlib.import_module(f"shapes.{name}")


def adapted(drawn: Sequence[Tweet], writer: ModuleType) -> list[Tweet]:
    """Make tweets such as the shape can hold."""
    adapt: Any = getattr(writer, "adapt", lambda tweet: tweet)
    return [adapt(tweet) for tweet in drawn]


def kept(row: Json, writer: ModuleType) -> Json:
    return {column: row[column] for column in writer.KEPT}


PARENT = Tweet(
    START, 1000, "anna", "hello", conversation_id=START, counts=(1, 2, 3, 4), photos=("https://x.org/x.jpg",)
)
REPLY = Tweet(START + (1 << 40), 1001, "Bob_1", "you", "en", START, 1000, "anna", START, urls=(URLS[0],))
QUOTE = Tweet(START + (1 << 41), 1001, "Bob_1", "this", conversation_id=START + (1 << 41), quoted=PARENT)
FILES = {name: shape(name).write(adapted([PARENT, REPLY, QUOTE], shape(name))) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(drawn=tweets())
def test_records_survive_the_round_trip(name: str, drawn: list[Tweet]) -> None:
    writer = shape(name)
    written = adapted(drawn, writer)
    read = read_back(writer.write(written), columns=getattr(writer, "COLUMNS", None))
    assert [row for row in read.rejects if row["scope"] == "record"] == []
    assert (read.damages, read.others) == ([], [])
    assert read.sources == {writer.SOURCE}
    own = [row for row in read.sightings if row["seen_as"] == "own"]
    assert [kept(row, writer) for row in own] == [kept(expected(tweet), writer) for tweet in written]


def test_one_conversation_in_every_shape_is_one_conversation(tmp_path: Path) -> None:
    for name in NAMES:
        if not hasattr(shape(name), "COLUMNS"):
            folder(tmp_path / "in" / name, FILES[name])
    summary = ingest(tmp_path / "ws", tmp_path / "in")
    assert (summary.errors, summary.damages, summary.shapeless, summary.counts["rejects"]) == ([], [], {}, 0)
    assemble.run(tmp_path / "ws", quiet=True)
    rows = {row["id"]: row for row in table(tmp_path / "ws", "tweets")}
    assert {row["id"] for row in rows.values()} == {PARENT.id, REPLY.id, QUOTE.id}
    assert set(rows[PARENT.id]["sources"]) == set(shelves.names("sources"))
    reply = rows[REPLY.id]
    assert (reply["text"], reply["reply_prefix"], reply["reply_to_id"]) == (REPLY.text, "@anna", PARENT.id)
    edges = {(row["child_id"], row["parent_id"], row["kind"]) for row in table(tmp_path / "ws", "edges")}
    assert edges == {(REPLY.id, PARENT.id, "reply"), (QUOTE.id, PARENT.id, "quote")}


ODD = st.sampled_from(
    [b"null", b"[]", b"{}", b"-1", b"1e999", b'"\\ud800"', b"true", b"9" * 30, b'""', b"1.5", b"\0", b"\r", b'"', b"["]
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_no_damage_to_a_file_of_any_shape_breaks_the_reading(name: str, data: st.DataObject) -> None:
    """Every record is accounted for too, which `read_back` checks."""
    writer = shape(name)
    files = dict(FILES[name])
    damaged = data.draw(st.sampled_from(sorted(files)))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(files[damaged])))
        gone, put = data.draw(st.integers(0, 40)), data.draw(ODD | st.binary(max_size=4))
        files[damaged] = files[damaged][:at] + put + files[damaged][at + gone :]
    read_back(files, columns=getattr(writer, "COLUMNS", None))


@pytest.mark.parametrize("name", NAMES)
def test_each_shape_keeps_what_a_conversation_needs(name: str) -> None:
    kept = shape(name).KEPT
    assert {"id", "text"} <= kept
    assert "reply_to_id" in kept or "conversation_id" in kept
