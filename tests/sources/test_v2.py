"""Records of API v2 in all their forms: what they tell, what in them is no tweet, and which of it is gone."""

import json
from pathlib import Path
from typing import Any

import pytest

from chinwag.records import load
from chinwag.sources import v2
from shapes import Tweet, v2_flat, v2_page
from tests.sources.reading_back import Json, read_back
from tests.sources.v2_answers import (
    ANSWER,
    COUNT,
    FIRST,
    FOUND_NOTHING,
    ID,
    LIST,
    LOST_STREAM,
    MADE_AT,
    NO_COUNTS,
    NO_ORIGINAL,
    OTHER,
    RETRIEVED_AT,
    ROOT,
    USER,
    by_id,
    counts,
    first,
    flat,
    page,
    problem,
    read,
    reasons,
    retweet,
    streamed,
    tweet,
)

CLAIMED = {
    "stream": streamed(tweet(), first()),
    "single answer": {"data": tweet()},
    "least answer": {"data": {"id": "1", "text": "a"}},
    "least answers": {"data": [{"id": "1", "text": "a"}]},
    "page": page(tweet()),
    "page of posts": v2_page.of_posts({"data": [tweet()], "includes": {"tweets": [first()]}}),
    "empty page": {"data": [], **FOUND_NOTHING},
    "nothing found": FOUND_NOTHING,
    "only errors": {"errors": [problem("resource-not-found")]},
    "page of users": {"data": [USER], "includes": {"tweets": [first()]}},
    "page of lists": {"data": [LIST], "meta": {"result_count": 1}},
    "counts": {"data": [COUNT], "meta": {"total_tweet_count": 7}},
    "lost stream": LOST_STREAM,
    "flat": flat(),
    "flat post": v2_page.of_posts(v2_flat.flat(ANSWER, {})),
    "flat user": USER | {"__twarc": v2_page.TWARC},
    "least flat": {"id": "1", "text": "a", "edit_history_tweet_ids": ["1"]},
    "table": dict.fromkeys(tweet()),
}
NOT_CLAIMED = {
    "v1.1": {"id": 1, "id_str": "1", "text": "a", "user": {"id": 2}},
    "notice": {"delete": {"status": {"id_str": "1"}}},
    "compliance": {"id": "1", "action": "deleted", "created_at": "2021-01-01T00:00:00.000Z", "reason": "deleted"},
    "web answer": {"data": {"tweetResult": {"result": {"rest_id": "1"}}}},
    "web error": {"errors": [{"message": "x", "code": 34}]},
    "other answer": {"data": [{"type": "articles"}], "meta": {"pages": 1}},
    "article": {"title": "a", "detail": "b", "type": "c", "text": "d"},
    "snscrape": {"_type": "snscrape.modules.twitter.Tweet", "id": 1, "rawContent": "a"},
    "twcs": dict.fromkeys(["tweet_id", "author_id", "inbound", "created_at", "text"]),
    "twarc-csv": dict.fromkeys(["id", "author_id", "text", "public_metrics.like_count"]),
    "another's table": dict.fromkeys(["id", "text", "label"]),
}


@pytest.mark.parametrize("record", CLAIMED.values(), ids=CLAIMED)
def test_no_other_source_claims_what_this_one_does(record: Json) -> None:
    assert [source.name for source in load() if source.claims(record)] == ["v2"]


@pytest.mark.parametrize("record", NOT_CLAIMED.values(), ids=NOT_CLAIMED)
def test_other_shapes_are_not_claimed(record: Json) -> None:
    assert not v2.claims(record)


@pytest.mark.parametrize("record", CLAIMED.values(), ids=CLAIMED)
def test_what_is_claimed_is_read(record: Json) -> None:
    if any(value is not None for value in record.values()):
        assert ("record", "unknown record") not in reasons(read(record))


def test_a_record_of_the_stream() -> None:
    own = tweet(public_metrics=dict.fromkeys(("retweet_count", "reply_count", "like_count", "quote_count"), 0))
    found = read(streamed(own, first()))
    assert found.rejects == []
    assert (found.counts["lines"], found.counts["tweets"], found.counts["embedded"]) == (1, 1, 1)
    rows = by_id(found)
    assert {key: rows[ID][key] for key in ("text", "reply_prefix", "reply_to_id", "reply_to_author_id", "seen_as")} == {
        "text": "tea & cake", "reply_prefix": "@Bob", "reply_to_id": ROOT, "reply_to_author_id": 12, "seen_as": "own",
    }  # fmt: skip
    assert (rows[ID]["conversation_id"], rows[ID]["author_handle"], rows[ID]["author_followers"]) == (ROOT, "anna", 12)
    assert (counts(rows[ID]), counts(rows[ROOT])) == (NO_COUNTS, FIRST.counts)
    assert (rows[ROOT]["seen_as"], rows[ROOT]["author_id"], rows[ROOT]["author_verified"]) == ("included", 12, False)
    assert rows[ID]["created_at"] == rows[ID]["seen_at"] == rows[ROOT]["seen_at"] == MADE_AT


ZEROS = dict.fromkeys(("retweet_count", "reply_count", "like_count", "quote_count"), 0)
SEARCH, STREAM = v2_page.TWARC, {**v2_page.TWARC, "url": "https://api.twitter.com/2/tweets/search/stream"}


@pytest.mark.parametrize(
    ("record", "expected", "seen_at"),
    [
        ({"data": tweet(public_metrics=ZEROS)}, NO_COUNTS, MADE_AT),
        ({"data": tweet()}, ANSWER.counts, None),
        ({"data": tweet(public_metrics=ZEROS), "__twarc": STREAM}, NO_COUNTS, RETRIEVED_AT),
        ({"data": tweet(public_metrics=ZEROS), "__twarc": SEARCH}, (0, 0, 0, 0), RETRIEVED_AT),
        ({"data": [tweet(public_metrics=ZEROS)], "includes": {}}, (0, 0, 0, 0), None),
        (flat(public_metrics=ZEROS), (0, 0, 0, 0), RETRIEVED_AT),
        (flat(public_metrics=ZEROS, __twarc=STREAM), NO_COUNTS, RETRIEVED_AT),
        ({"data": v2_page.of_posts(tweet(public_metrics=ZEROS | {"retweet_count": 2}))}, (0, 2, 0, 0), None),
        ({"data": tweet(public_metrics=None)}, NO_COUNTS, None),
    ],
)
def test_counts_of_zero_are_unknown_where_a_stream_gives_them(record: Json, expected: Any, seen_at: Any) -> None:
    row = by_id(read(record))[ID]
    assert (counts(row), row["seen_at"]) == (expected, seen_at)


def test_the_stream_has_a_retweet_with_its_originals_count_of_retweets() -> None:
    again = retweet() | {"public_metrics": ZEROS | {"retweet_count": 9}}
    [row] = read(streamed(again, first())).sightings
    assert (row["id"], row["seen_as"], counts(row), row["seen_at"]) == (ROOT, "included", FIRST.counts, MADE_AT)


def test_both_dialects_tell_the_same() -> None:
    extra = {"includes": {"tweets": [first()]}, "errors": [problem("resource-not-found")]}
    told = page(tweet(note_tweet={"text": "@Bob long"}, edit_history_tweet_ids=[str(OTHER), str(ID)]), **extra)
    tweets, posts = (
        read(told),
        read(
            v2_page.of_posts(told) | {"errors": [problem("resource-not-found", host="api.x.com", resource_type="post")]}
        ),
    )
    assert tweets.sightings[0]["text"] == "long"
    assert (tweets.sightings, tweets.edits, tweets.deletes) == (posts.sightings, posts.edits, posts.deletes)
    assert (len(tweets.sightings), len(tweets.edits), len(tweets.deletes)) == (2, 1, 1)


def test_flattened_tweets_hold_what_they_answer() -> None:
    quoted = {"type": "quoted", **v2_flat.flat(Tweet(id=OTHER, author_id=13, author_handle="eve", body="so"), {})}
    record = flat()
    record["referenced_tweets"].append(quoted)
    rows = by_id(read(record))
    seen = [(row["id"], row["seen_as"], row["author_handle"], row["text"]) for row in rows.values()]
    assert seen == [(ID, "own", "anna", "tea & cake"), (ROOT, "parent", "Bob", "tea?"), (OTHER, "quoted", "eve", "so")]
    assert (rows[ID]["reply_to_id"], rows[ID]["quoted_id"], rows[ID]["reply_prefix"]) == (ROOT, OTHER, "@Bob")


def test_what_twarc_could_not_put_in_place_is_an_empty_object() -> None:
    references = [{"type": "replied_to", "id": str(ROOT)}]
    attachments = {"media_keys": ["3_1"], "media": [{}]}
    found = read(flat(author={}, in_reply_to_user={}, referenced_tweets=references, attachments=attachments))
    [row] = found.sightings
    assert found.rejects == []
    assert (row["author_id"], row["author_handle"], row["reply_to_id"], row["media"]) == (11, None, ROOT, None)


@pytest.mark.parametrize(
    ("record", "seen_as", "lost"),
    [
        (page(retweet(), includes={"tweets": [first()]}), "included", 0),
        (page(retweet(), first()), "own", 0),
        (page(retweet(OTHER), first()), "own", 1),
        (page(tweet(id=str(ID + 1)), includes={"tweets": [retweet(OTHER)]}), "own", 1),
        (flat(referenced_tweets=[{"type": "retweeted", **v2_flat.flat(FIRST, {})}]), "retweeted", 0),
    ],
)
def test_a_retweet_is_a_sighting_of_its_original(record: Json, seen_as: str, lost: int) -> None:
    found = read(record)
    assert ID not in by_id(found)
    assert [row["seen_as"] for row in found.sightings] == [seen_as]
    assert reasons(found)["field", NO_ORIGINAL] == lost == found.counts["fields"]
    assert found.counts["tweets"] == len(record.get("data", [1]))


def test_a_flattened_retweet_without_its_original_is_counted() -> None:
    found = read(flat(referenced_tweets=[{"type": "retweeted", "id": str(ROOT)}]))
    assert (found.sightings, reasons(found)) == ([], {("field", NO_ORIGINAL): 1})


def test_no_tweet_of_an_answer_is_seen_twice() -> None:
    found = read(page(tweet(), first(), tweet(), includes={"tweets": [first(), tweet()]}))
    assert {row["id"]: row["seen_as"] for row in by_id(found).values()} == {ID: "own", ROOT: "own"}
    assert (found.counts["lines"], found.counts["tweets"]) == (3, 3)


def test_each_version_of_an_edited_tweet_is_seen() -> None:
    versions = [str(OTHER), str(OTHER + 1), str(ID)]
    older = tweet(id=str(OTHER), text="@Bob tee", edit_history_tweet_ids=versions)
    found = read(page(tweet(edit_history_tweet_ids=versions), includes={"tweets": [older]}))
    assert {row["id"]: row["text"] for row in found.sightings} == {ID: "tea & cake", OTHER: "tee"}
    edits = {(edit["tweet_id"], edit["initial_id"]) for edit in found.edits}
    assert edits == {(OTHER + 1, OTHER), (ID, OTHER)}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (problem("resource-not-found"), "delete"),
        (problem("resource-not-found", host="api.x.com", resource_type="post"), "delete"),
        (problem("resource-not-found", parameter="pinned_tweet_id"), "delete"),
        (problem("resource-not-found", resource_id=None), "delete"),
        (problem("not-authorized-for-resource", section="includes"), "protected"),
        (problem("resource-not-found", resource_type="user"), None),
        (problem("resource-not-found", resource_type="user", resource_id="Bob", value="Bob"), None),
        (problem("resource-not-found", resource_id="Bob", value="Bob"), None),
        (problem("resource-unavailable"), None),
        (problem("disallowed-resource"), "status_withheld"),
        (problem("disallowed-resource", host="api.x.com", resource_type="post"), "status_withheld"),
        (problem("disallowed-resource", resource_type="user"), None),
        (problem("not-authorized-for-field"), None),
        ({"title": "x", "type": "about:blank"}, None),
        ({"title": "x"}, None),
    ],
)
def test_errors_that_say_a_tweet_is_gone(error: Json, kind: str | None) -> None:
    found = read({"errors": [error], "__twarc": v2_page.TWARC})
    assert (found.counts["lines"], found.counts["notices"], found.rejects) == (1, 1, [])
    expected = [(kind, OTHER, None, RETRIEVED_AT)] if kind else []
    assert [(row["kind"], row["tweet_id"], row["author_id"], row["at"]) for row in found.deletes] == expected


def test_on_the_stream_a_tweet_was_gone_when_the_record_was_made() -> None:
    found = read(streamed(tweet(public_metrics=ZEROS), errors=[problem("resource-not-found")]))
    assert (found.counts["tweets"], found.counts["notices"]) == (1, 0)
    assert [row["at"] for row in found.deletes] == [MADE_AT]


REAL = Path(__file__).parents[3] / "shared" / "real" / "x-api-v2"


def items(record: Json) -> list[Json]:
    data = record.get("data", record)
    return data if isinstance(data, list) else [data]


@pytest.mark.skipif(not REAL.is_dir(), reason="the published answers are not on this machine")
@pytest.mark.parametrize("path", sorted(REAL.rglob("*.jsonl")), ids=lambda path: path.stem)
def test_published_replies_find_the_parents_that_are_there(path: Path) -> None:
    found = read_back({path.name: path.read_bytes()})
    records: list[Json] = [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]
    answers = {(row["id"], row["reply_to_id"]) for row in found.sightings if row["seen_as"] == "own"}
    seen = {row["id"] for row in found.sightings}
    for record in records:
        included: Json = record.get("includes", {})
        there = {one["id"] for one in included.get("tweets", ())}
        for item in items(record):
            for reference in item.get("referenced_tweets", ()):
                if reference["type"] == "replied_to" and (reference["id"] in there or "text" in reference):
                    assert (int(item["id"]), int(reference["id"])) in answers
                    assert int(reference["id"]) in seen
    assert found.counts["tweets"] == sum("text" in item for record in records for item in items(record))
