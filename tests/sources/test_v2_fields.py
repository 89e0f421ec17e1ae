"""Values of API v2: what is kept of each field, and what becomes of broken ones."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shapes import v2_page, v2_stream
from tests.sources.reading_back import Json
from tests.sources.v2_answers import (
    ANSWER,
    COUNT,
    FOUND_NOTHING,
    ID,
    LIST,
    LOST_STREAM,
    NO_ID,
    NO_TWEET,
    NOTICE,
    OTHER,
    RETRIEVED_AT,
    ROOT,
    USER,
    WRONG,
    by_id,
    first,
    page,
    read,
    reasons,
    streamed,
    tweet,
)


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
