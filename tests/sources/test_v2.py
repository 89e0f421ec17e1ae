"""Records of API v2 in all their forms: what they tell, what in them is no tweet, and which of it is gone."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chinwag.records import load
from chinwag.sources import v2
from shapes import Tweet, v2_flat, v2_page, v2_stream
from tests.sources.reading_back import Json, Read, read_back

REAL = Path(__file__).parents[3] / "shared" / "real" / "x-api-v2"
ROOT = 1_600_000_000_000_000_000
ID = ROOT + (60_000 << 22)
OTHER = ID - (1000 << 22)
FIRST = Tweet(id=ROOT, author_id=12, author_handle="Bob", body="tea?", conversation_id=ROOT, counts=(1, 2, 3, 4))
ANSWER = Tweet(
    id=ID,
    author_id=11,
    author_handle="anna",
    body="tea & cake",
    reply_to_id=ROOT,
    reply_to_author_id=12,
    reply_to_handle="Bob",
    conversation_id=ROOT,
    counts=(5, 6, 7, 8),
)
NO_COUNTS = (None, None, None, None)
MADE_AT = datetime(2022, 12, 6, 5, 32, 41, 219_000, tzinfo=UTC)
RETRIEVED_AT = datetime(2023, 2, 1, 10, tzinfo=UTC)
NOTICE = "@bob's account has been withheld in Nowhere in response to a legal demand. Learn more."
NO_TWEET = "a user, a list or a count: no tweet"
NO_ID = "no id, or an id out of range"
WRONG = "wrong type or out of range"
NO_ORIGINAL = "retweet without its original"


def tweet(**changes: Any) -> Json:
    """Give an answer to Bob's tweet as a page has it."""
    return v2_stream.data(ANSWER, ANSWER.counts) | changes


def first(**changes: Any) -> Json:
    return v2_stream.data(FIRST, FIRST.counts) | changes


def streamed(record: Json, *included: Json, **more: Any) -> Json:
    """Give a line of the stream: the tweet itself is among what is included."""
    users = [v2_stream.user(ANSWER), v2_stream.user(FIRST)]
    return {"data": record, "includes": {"users": users, "tweets": [*included, record]}, **more}


def page(*records: Json, **more: Any) -> Json:
    """Give a page as twarc 2 saves it; what is included may be given."""
    includes = {"users": [v2_stream.user(ANSWER), v2_stream.user(FIRST)]}
    answer = {"data": list(records), "includes": includes | more.pop("includes", {}), **more}
    return {**answer, "meta": {"result_count": len(records)}, "__twarc": v2_page.TWARC}


def flat(**changes: Any) -> Json:
    return {**v2_flat.flat(ANSWER, {ROOT: FIRST}), "__twarc": v2_page.TWARC} | changes


def problem(kind: str, *, host: str = "api.twitter.com", **more: Any) -> Json:
    made = {"resource_id": str(OTHER), "resource_type": "tweet", "parameter": "referenced_tweets.id", "title": "x"}
    return {**made, "detail": "x", "type": f"https://{host}/2/problems/{kind}", "value": str(OTHER), **more}


def retweet(original: int = ROOT) -> Json:
    return tweet(text="RT @Bob: tea?", referenced_tweets=[{"type": "retweeted", "id": str(original)}])


USER = {
    "id": "12",
    "name": "Bob",
    "username": "Bob",
    "public_metrics": {"followers_count": 3, "tweet_count": 4},
    "entities": {"url": {"urls": [{"start": 0, "end": 23, "url": "https://t.co/1"}]}},
    "pinned_tweet_id": str(ROOT),
}
LIST = {"id": "84839422", "name": "Teas", "owner_id": "12", "member_count": 3, "private": False}
COUNT = {"start": "2023-01-01T00:00:00.000Z", "end": "2023-01-02T00:00:00.000Z", "tweet_count": 7}
FOUND_NOTHING = {"meta": {"result_count": 0}}
LOST_STREAM = {"title": "ConnectionException", "detail": "x", "connection_issue": "TooManyConnections",
               "type": "https://api.twitter.com/2/problems/streaming-connection"}  # fmt: skip


def read(*records: Json) -> Read:
    return read_back({"7.json": b"".join(json.dumps(record).encode() + b"\n" for record in records)})


def reasons(found: Read) -> Counter[tuple[str, str]]:
    return Counter((reject["scope"], reject["reason"]) for reject in found.rejects)


def by_id(found: Read) -> dict[int, Json]:
    """Give each sighting; no tweet is seen twice."""
    rows = {sighting["id"]: sighting for sighting in found.sightings}
    assert len(rows) == len(found.sightings)
    return rows


def counts(sighting: Json) -> tuple[Any, ...]:
    return tuple(sighting[f"{name}_count"] for name in ("reply", "retweet", "like", "quote"))


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
        (problem("disallowed-resource"), None),
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


def note(text: str, **entities: Any) -> Json:
    return {"note_tweet": {"text": text, "entities": entities}}


def url(link: str, expanded: str) -> Json:
    return {"start": 0, "end": 23, "url": f"https://t.co/{link}", "expanded_url": expanded, "display_url": "x"}


PHOTO = url("p", f"https://twitter.com/anna/status/{ID}/photo/1")
X_VIDEO = url("v", f"https://x.com/anna/status/{ID}/video/1")
A = url("a", "https://example.org/a")
LONG = "@Bob https://t.co/a and so on"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"text": "@Bob &lt;b&gt; &amp;amp;"}, {"text": "<b> &amp;"}),
        ({"text": "@Bob @eve tea"}, {"text": "@eve tea", "reply_prefix": "@Bob"}),
        ({"text": "@Bob @eve tea", "entities": {"mentions": [{"username": "Eve"}, {}]}}, {"text": "tea"}),
        ({"text": "@Bob @eve tea", "display_text_range": [10, 13]}, {"text": "tea", "reply_prefix": "@Bob @eve"}),
        ({"text": "@Bob @eve tea", "display_text_range": [0, 13]}, {"text": "@Bob @eve tea", "reply_prefix": None}),
        ({"text": "@Bob @eve tea", "display_text_range": [10, 99]}, {"text": "@eve tea"}),
        ({"text": "@Bob tea", "entities": None}, {"text": "tea"}),  # by the user it answers
        ({"text": "@Bob tea", "in_reply_to_user_id": None}, {"text": "tea", "reply_to_id": ROOT}),
        ({"text": "@Bob tea", "referenced_tweets": None}, {"text": "tea", "reply_to_id": None}),  # that is gone
        ({"text": "@Bob tea", "referenced_tweets": None, "in_reply_to_user_id": None}, {"text": "@Bob tea"}),
        ({"text": "@Bob cut…", **note(LONG, urls=[A])},
         {"text": "https://example.org/a and so on", "urls": [A["expanded_url"]]}),
        ({"text": "@Bob cut…", **note(LONG)} | {"display_text_range": [5, 9]}, {"text": "https://t.co/a and so on"}),
        ({"text": "@Bob cut…", **note("tea")} | {"display_text_range": [5, 9]}, {"text": "tea", "reply_prefix": None}),
        ({"text": "@Bob x", "note_tweet": {"entities": {}}}, {"text": "x"}),
        ({"text": "https://t.co/a https://t.co/p", "entities": {"urls": [A, PHOTO]}},
         {"text": f"https://example.org/a {PHOTO['expanded_url']}", "urls": ["https://example.org/a"]}),
        ({"text": "https://t.co/v", "entities": {"urls": [X_VIDEO]}}, {"text": X_VIDEO["expanded_url"], "urls": None}),
        ({"entities": {"urls": [{"url": "https://t.co/a"}]}}, {"urls": ["https://t.co/a"]}),
        ({"entities": {"hashtags": [{"tag": "tea"}, {}]}}, {"hashtags": ["tea"]}),
        ({"source": "Twitter Web App", "lang": "in", "possibly_sensitive": True},
         {"client": "Twitter Web App", "lang": "id", "possibly_sensitive": True}),
        ({"text": NOTICE, "withheld": {"country_codes": ["XX"]}}, {"text": "", "reply_to_id": ROOT}),
        ({"withheld": {"copyright": False, "country_codes": ["XX"]}}, {"text": "tea & cake"}),
        ({"id": "20", "referenced_tweets": None, "created_at": "2006-03-21T20:50:14.000Z"},
         {"created_at": datetime(2006, 3, 21, 20, 50, 14, tzinfo=UTC)}),
    ],
)  # fmt: skip
def test_fields(changes: Json, expected: Json) -> None:
    found = read(page(tweet(**changes)))
    [row] = found.sightings
    assert {column: row[column] for column in expected} == expected
    notice = {("field", "a notice of Twitter's in place of the text"): 1}
    assert reasons(found) == (notice if changes.get("text") == NOTICE else {})


def test_media_are_those_that_the_answer_holds() -> None:
    media = [
        {"media_key": "3_1", "type": "photo", "url": "https://pbs.twimg.com/media/a.jpg", "alt_text": "a cup"},
        {"media_key": "7_2", "type": "video", "preview_image_url": "https://pbs.twimg.com/media/b.jpg"},
    ]
    keys = {"media_keys": ["7_2", "3_9", "3_1"]}
    [row] = read(page(tweet(attachments=keys), includes={"media": media})).sightings
    assert row["media"] == [
        {"kind": "video", "url": "https://pbs.twimg.com/media/b.jpg", "alt": None},
        {"kind": "photo", "url": "https://pbs.twimg.com/media/a.jpg", "alt": "a cup"},
    ]


@pytest.mark.parametrize(
    ("record", "rejected", "seen"),
    [
        ({"data": [USER, USER | {"id": "13"}], "includes": {"tweets": [first()]}}, 2, [ROOT]),
        ({"data": USER}, 1, []),
        ({"data": [LIST], "meta": {"result_count": 1}}, 1, []),
        ({"data": [COUNT, COUNT, COUNT], "meta": {"total_tweet_count": 21}}, 3, []),
        (USER | {"pinned_tweet": first(), "__twarc": v2_page.TWARC}, 1, [ROOT]),
        (USER | {"pinned_tweet": {}, "__twarc": v2_page.TWARC}, 1, []),
    ],
)
def test_what_is_no_tweet_is_rejected_but_for_pinned_tweets(record: Json, rejected: int, seen: list[int]) -> None:
    found = read(record)
    assert reasons(found) == {("record", NO_TWEET): rejected}
    assert (found.counts["lines"], [(row["id"], row["seen_as"]) for row in found.sightings]) == (
        rejected,
        [(tweet_id, "included") for tweet_id in seen],
    )


@pytest.mark.parametrize("record", [FOUND_NOTHING, {"data": [], **FOUND_NOTHING}, LOST_STREAM])
def test_an_answer_without_tweets_is_a_notice(record: Json) -> None:
    found = read(record)
    assert (found.counts["lines"], found.counts["notices"], found.rejects) == (1, 1, [])


@pytest.mark.parametrize(
    ("record", "expected", "seen"),
    [
        (page(tweet(id=None)), {("record", NO_ID): 1}, []),
        (page(tweet(id="anna"), first()), {("record", NO_ID): 1}, [ROOT]),
        (page(tweet(text=None)), {("record", NO_TWEET): 1}, []),
        (page(tweet(id=ID), first()), {}, [ID, ROOT]),  # a number, as other programs write it
        (page(tweet(possibly_sensitive="no?")), {("field", f"data.possibly_sensitive: {WRONG}"): 1}, [ID]),
        (page(tweet(public_metrics={"like_count": -1})),
         {("field", f"data.public_metrics.like_count: {WRONG}"): 1}, [ID]),
        (page(tweet(author_id="anna")), {("field", "author_id is no id"): 1}, [ID]),
        (page(tweet(referenced_tweets=[{"type": "replied_to"}])), {}, [ID]),
        (page(tweet(), includes={"tweets": [first(text=None)]}), {("field", "included tweet: no text"): 1}, [ID]),
        (page(tweet(), includes={"tweets": [first(id="x")]}), {("field", f"included tweet: {NO_ID}"): 1}, [ID]),
        (page(first(text=NOTICE)), {("field", "a notice of Twitter's in place of the text"): 1}, [ROOT]),
        (tweet(author_id=None, in_reply_to_user_id=None) | {"id": "x"}, {("record", NO_ID): 1}, []),
    ],
)  # fmt: skip
def test_broken_values(record: Json, expected: Json, seen: list[int]) -> None:
    found = read(streamed(first()), record)
    assert reasons(found) == expected
    assert [row["id"] for row in found.sightings] == [ROOT, *seen]


def test_a_broken_value_takes_nothing_else_of_the_answer_with_it() -> None:
    found = read(page(tweet(lang=["en"]), includes={"tweets": [first()], "users": [v2_stream.user(ANSWER)]}))
    rows = by_id(found)
    assert (rows[ID]["author_handle"], rows[ID]["seen_at"], rows[ROOT]["seen_as"]) == ("anna", RETRIEVED_AT, "included")


def test_lines_that_are_no_tweets_and_lines_of_other_shapes() -> None:
    result = {"id": str(ID), "action": "deleted", "created_at": "2021-01-01T00:00:00.000Z", "reason": "deleted"}
    status = {"id": OTHER, "id_str": str(OTHER), "text": "tea", "user": {"id": 12, "screen_name": "Bob"}}
    found = read(page(tweet()), result, status)
    assert reasons(found) == {("record", "unknown record"): 1}
    assert found.sources == {"v1", "v2"}
    assert [row["id"] for row in found.sightings] == [ID, OTHER]


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
