"""Rows of the web app's answers: pages of many kinds, and what stands in them in place of tweets."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from chinwag.reading import Choice
from chinwag.sources import graphql
from tests.sources.reading_back import Json, Read, read_back, read_paths

REAL = Path(__file__).parents[3] / "shared" / "real" / "twscrape-raw" / "raw_tweet_details.json"
ROOT = 1_500_000_123_456_789_012
ID = ROOT + 1_000_000_001
LINK, SHORT = "https://example.org/a", "https://t.co/abc123"
PHOTO = {
    "type": "photo",
    "media_url_https": "https://p/x.jpg",
    "url": "https://t.co/p",
    "expanded_url": LINK + "/photo/1",
}
SUSPENDED = "This Post is from a suspended account. Learn more"
ACCOUNT = {"screen_name": "anna", "followers_count": 5, "verified": True}


def result(tweet_id: int = ID, *, beside: Json | None = None, **changes: Any) -> Json:
    """Give a tweet; changes are of its status, `None` takes a field away, `beside` is what stands beside the status."""
    status = {
        "bookmark_count": 0,
        "conversation_id_str": str(tweet_id),
        "created_at": "Sat Mar 05 07:20:04 +0000 2022",
        "display_text_range": [0, 5],
        "entities": {"hashtags": [], "symbols": [], "urls": [], "user_mentions": []},
        "favorite_count": 3, "quote_count": 4, "reply_count": 1, "retweet_count": 2,
        "full_text": "hello",
        "id_str": str(tweet_id),
        "lang": "en",
        "user_id_str": "11",
    } | changes  # fmt: skip
    return {
        "__typename": "Tweet",
        "rest_id": str(tweet_id),
        "core": {"user_results": {"result": {"__typename": "User", "rest_id": "11", "legacy": ACCOUNT}}},
        "legacy": {key: value for key, value in status.items() if key not in changes or value is not None},
        "source": '<a href="https://example.org" rel="nofollow">Web App</a>',
        **(beside or {}),
    }


def reply(text: str, start: int, *, beside: Json | None = None, **changes: Any) -> Json:
    answered = {
        "in_reply_to_screen_name": "bob",
        "in_reply_to_status_id_str": str(ROOT),
        "in_reply_to_user_id_str": "12",
        "conversation_id_str": str(ROOT),
        "display_text_range": [start, len(text)],
    }
    return result(beside=beside, full_text=text, **{**answered, **changes})


def note(text: str, **entities: Any) -> Json:
    return {"note_tweet": {"note_tweet_results": {"result": {"id": "x", "text": text, "entity_set": entities}}}}


def tombstone(text: str) -> Json:
    words = {"rtl": False, "text": text, "entities": []}
    return {"__typename": "TweetTombstone", "tombstone": {"__typename": "TextTombstone", "text": words}}


def entry(found: Json, tweet_id: int = ID) -> Json:
    item = {"itemType": "TimelineTweet", "tweet_results": {"result": found} if found else {}}
    return {"entryId": f"tweet-{tweet_id}", "content": {"entryType": "TimelineTimelineItem", "itemContent": item}}


def page(*entries: Json) -> Json:
    instructions = [{"type": "TimelineClearCache"}, {"type": "TimelineAddEntries", "entries": list(entries)}]
    return {"data": {"threaded_conversation_with_injections_v2": {"instructions": instructions}}}


def lines(*records: Json) -> Read:
    return read_back({"a.jsonl": b"".join(json.dumps(record).encode() + b"\n" for record in records)})


def reasons(read: Read) -> Counter[tuple[str, str]]:
    return Counter((row["scope"], row["reason"]) for row in read.rejects)


def only(found: Json) -> Json:
    (row,) = lines(page(entry(found))).sightings
    return row


VISIBILITY = {"__typename": "TweetWithVisibilityResults", "tweet": result(), "limitedActionResults": {}}
TIMELINE = {"instructions": [{"type": "TimelinePinEntry", "entry": entry(result())}]}
PAGES = [
    page(entry(result())),
    {"data": {"search_by_raw_query": {"search_timeline": {"timeline": TIMELINE}}}},
    {"data": {"user": {"result": {"timeline_v2": {"timeline": TIMELINE}}}}},
    {"data": {"communityResults": {"result": {"ranked_community_timeline": {"timeline": TIMELINE}}}}},
    {"data": {"tweetResult": {"result": result()}}},
    {"data": {"tweetResult": [{"result": result()}]}},
    {"data": {"tweet_results": [{"result": result()}]}, "errors": []},
    {"tweet_results": {"result": result()}},
    entry(result()),
    entry(VISIBILITY),
    result(),
    VISIBILITY,
]


@pytest.mark.parametrize("record", PAGES)
def test_pages_of_every_kind_hold_a_tweet(record: Json) -> None:
    assert graphql.claims(record)
    for data in (json.dumps(record), json.dumps(record, indent=2), json.dumps([record])):
        read = read_back({"a.json": data.encode()})
        assert [(row["id"], row["seen_as"]) for row in read.sightings] == [(ID, "own")]
        assert (read.counts["tweets"], read.counts["lines"], read.sources) == (1, 1, {"graphql"})


@pytest.mark.parametrize(
    "record",
    [
        {"data": {"id": "1", "text": "", "entities": {"urls": []}}, "includes": {}},
        {"data": [{"id": "1", "text": ""}], "meta": {}},
        {"data": {}},
        {"data": {"deleted": True}},
        {"errors": [{"message": ""}]},
        {"__typename": "Tweet", "id_str": "1", "text": "", "user": {}},
        tombstone("This Post is unavailable."),
        {"id_str": "1", "full_text": "", "user": {}},
        {"tweet": {"id_str": "1", "full_text": ""}},
        {"content": "hello", "id": 1, "conversationId": 1},
        {"rest_id": None, "legacy": None, "core": None},
        {"data": None, "tweet_results": None, "content": None, "entryId": None},
    ],
)
def test_other_records_are_not_claimed(record: Json) -> None:
    assert not graphql.claims(record)


def test_a_reply_tells_all_columns() -> None:
    text = f"@bob hello &amp; {SHORT} #tag https://t.co/p"
    entities = {
        "hashtags": [{"text": "tag"}],
        "urls": [{"url": SHORT, "expanded_url": LINK}],
        "user_mentions": [{"screen_name": "bob"}],
        "media": [PHOTO],
    }
    more: Json = {"extended_entities": {"media": [{**PHOTO, "ext_alt_text": "x"}]}, "possibly_sensitive": True}
    row = only(reply(text, 5, entities=entities, **more))
    assert row.pop("created_at").timestamp() == ((ID >> 22) + 1_288_834_974_657) / 1000
    assert row == {
        "id": ID,
        "author_id": 11,
        "author_handle": "anna",
        "author_followers": 5,
        "author_verified": True,
        "text": f"hello & {LINK} #tag {LINK}/photo/1",
        "reply_prefix": "@bob",
        "lang": "en",
        "reply_to_id": ROOT,
        "reply_to_rounded": None,
        "reply_to_author_id": 12,
        "quoted_id": None,
        "conversation_id": ROOT,
        "reply_count": 1,
        "retweet_count": 2,
        "like_count": 3,
        "quote_count": 4,
        "possibly_sensitive": True,
        "client": "Web App",
        "urls": [LINK],
        "hashtags": ["tag"],
        "media": [{"kind": "photo", "url": "https://p/x.jpg", "alt": "x"}],
        "seen_as": "own",
        "seen_at": None,
        "source": "graphql",
        "terms": "web",
        "file_id": 1,
    }


def account(**fields: Any) -> Json:
    return {"core": {"user_results": {"result": fields}}}


LATER = account(
    rest_id="11", core={"screen_name": "anna"}, relationship_counts={"followers": 5}, verification={"verified": True}
)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        # the account's fields have left `legacy` since 2025, the status's may since 2026
        (result(beside=LATER), {"author_handle": "anna", "author_followers": 5, "author_verified": True}),
        (result(beside={**result()["legacy"], "legacy": None}), {"text": "hello", "like_count": 3, "author_id": 11}),
        (result(beside={"core": {"user_results": {}}}), {"author_id": 11, "author_handle": None}),
        (result(beside=account(__typename="UserUnavailable")), {"author_id": 11, "author_handle": None}),
        # a long text is not escaped, and the mentions of a reply are not in it
        (result(beside=note("a & b &amp; c")), {"text": "a & b &amp; c"}),
        (reply("@bob a lo…", 5, beside=note("a long text")), {"text": "a long text", "reply_prefix": "@bob"}),
        (result(beside=note(SHORT, urls=[{"url": SHORT, "expanded_url": LINK}])), {"text": LINK, "urls": [LINK]}),
        (result(beside=note("#a", hashtags=[{"text": "a"}])), {"hashtags": ["a"]}),
        (result(beside={"note_tweet": {"note_tweet_results": {}}}), {"text": "hello"}),
        (result(full_text="a &amp;amp; b"), {"text": "a &amp; b"}),
        # where the range is missing, the mentions that are explained are cut
        (reply("@bob @eve hi", 0, display_text_range=None), {"reply_prefix": "@bob", "text": "@eve hi"}),
        (result(full_text="@bob hi", display_text_range=None), {"reply_prefix": None, "text": "@bob hi"}),
        (result(entities={"media": [PHOTO]}), {"media": [{"kind": "photo", "url": "https://p/x.jpg", "alt": None}]}),
        (result(entities={"urls": [{"url": SHORT}]}), {"urls": [SHORT], "hashtags": None, "media": None}),
        (result(lang="in"), {"lang": "id"}),
        (result(quoted_status_id_str=str(ROOT)), {"quoted_id": ROOT}),
        (result(beside={"quoted_status_result": {}}, quoted_status_id_str=str(ROOT)), {"quoted_id": ROOT}),
    ],
)  # fmt: skip
def test_tweets_of_every_year_are_read(found: Json, wanted: Json) -> None:
    row = only(found)
    assert {column: row[column] for column in wanted} == wanted


def test_before_snowflake_the_time_is_told() -> None:
    assert only(result(20, conversation_id_str="20"))["created_at"].isoformat() == "2022-03-05T07:20:04+00:00"


def test_each_tweet_of_a_page_counts_as_a_record() -> None:
    thread = {"entryId": f"conversationthread-{ID}", "content": {"items": [
        {"entryId": f"conversationthread-{ID}-tweet-{ID}", "item": entry(result())["content"]},
        {"entryId": f"conversationthread-{ID}-tweet-{ROOT}", "item": entry(tombstone(SUSPENDED))["content"]},
    ]}}  # fmt: skip
    cursor = {"entryId": "cursor-bottom-1", "content": {"__typename": "TimelineTimelineCursor", "value": "x"}}
    broken = result(ID + 1, full_text=None)
    first = page(entry(result(ID - 1), ID - 1), thread, entry(broken, ID + 1), cursor)
    read = lines(first, page(cursor), {"data": {"user": {"result": {"__typename": "User"}}}}, page(entry({}, ID + 2)))
    counted = {"lines": 7, "tweets": 2, "notices": 4, "rejects": 1, "sightings": 2, "deletes": 1}
    assert {name: read.counts[name] for name in counted} == counted
    assert [row["id"] for row in read.sightings] == [ID - 1, ID]
    assert [(row["tweet_id"], row["kind"]) for row in read.deletes] == [(ROOT, "protected")]


def test_tweets_within_a_tweet_are_sightings_of_their_own() -> None:
    inner = result(ROOT - 2, full_text="inner")
    quoted = result(ROOT - 1, full_text="quoted", quoted_status_id_str=str(ROOT - 2))
    quoted["quoted_status_result"] = {"result": inner}
    hidden = {"__typename": "TweetWithVisibilityResults", "tweet": quoted}
    outer = result(ROOT, quoted_status_id_str=str(ROOT - 1), beside={"quoted_status_result": {"result": hidden}})
    repeated = result(full_text="RT @anna: hel…", retweeted_status_result={"result": outer})
    read = lines(page(entry(outer, ROOT), entry(repeated)))
    chain = [(ROOT - 1, "quoted", ROOT - 2), (ROOT - 2, "quoted", None)]
    found = [(row["id"], row["seen_as"], row["quoted_id"]) for row in read.sightings]
    assert found == [(ROOT, "own", ROOT - 1), *chain, (ROOT, "retweeted", ROOT - 1), *chain]
    assert read.counts["tweets"] == 2


def test_a_retweet_may_stand_beside_its_status() -> None:
    original = {"retweeted_status_result": {"result": result(ROOT)}}
    (row,) = lines(page(entry(result(full_text="RT @anna: hello", beside=original)))).sightings
    assert (row["id"], row["seen_as"]) == (ROOT, "retweeted")


def test_rt_written_by_hand_is_no_retweet() -> None:
    assert only(result(full_text="RT @bob: hello"))["text"] == "RT @bob: hello"


@pytest.mark.parametrize(
    ("absent", "kind"),
    [
        (tombstone("This Post was deleted by the Post author. Learn more"), "delete"),
        (tombstone(SUSPENDED), "protected"),
        (tombstone("This Post is unavailable. Learn more"), None),
        ({"__typename": "TweetUnavailable", "reason": "Suspended"}, "protected"),
        ({"__typename": "TweetUnavailable", "reason": "NsfwLoggedOut"}, None),
        ({"__typename": "TweetUnavailable"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_what_stands_in_place_of_a_tweet_says_whether_it_is_gone(absent: Json, kind: str | None) -> None:
    quoting = result(beside={"quoted_status_result": {"result": absent}}, quoted_status_id_str=str(ROOT))
    alone, quoted = lines(page(entry(absent, ROOT))), lines(page(entry(quoting)))
    for read in (alone, quoted):
        assert [(row["tweet_id"], row["kind"]) for row in read.deletes] == ([(ROOT, kind)] if kind else [])
        unclear = {("field", "tombstone that does not say the tweet is gone"): 1}
        assert reasons(read) == ({} if kind else unclear)
    assert (alone.counts["notices"], alone.counts["tweets"]) == (1, 0)
    assert [row["quoted_id"] for row in quoted.sightings] == [ROOT]


def test_a_single_answer_does_not_tell_which_tweet_is_gone() -> None:
    read = lines({"data": {"tweetResult": {"result": {"__typename": "TweetUnavailable", "reason": "Suspended"}}}})
    assert (read.deletes, reasons(read)) == ([], {("field", "tombstone without an id"): 1})


QUOTED = {"quoted_status_result": {"result": {**result(), "rest_id": "x", "legacy": {}}}}


@pytest.mark.parametrize(
    ("found", "scope", "reason"),
    [
        (result(full_text=None), "record", "no text"),
        ({**result(id_str=None), "rest_id": "x"}, "record", "no id, or an id out of range"),
        (result(favorite_count=-1), "field", "favorite_count: wrong type or out of range"),
        (result(beside=account(legacy={"verified": "x"})), "field", "verified: wrong type or out of range"),
        (result(beside=note("a", urls=3)), "field", "entity_set.urls: wrong type or out of range"),
        (result(retweeted_status_result={}), "field", "retweet without its original"),
        (result(retweeted_status_result={"result": tombstone("a")}), "field", "retweet without its original"),
        (result(retweeted_status_result={"result": result(ROOT, full_text=None)}), "field", "retweeted tweet: no text"),
        (result(beside=QUOTED), "field", "quoted tweet: no id, or an id out of range"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_counted(found: Json, scope: str, reason: str) -> None:
    read = lines(page(entry(found)))
    assert reasons(read) == {(scope, reason): 1}
    assert read.counts["tweets"] == (scope == "field")


@pytest.mark.parametrize(
    ("control", "edits"),
    [
        ({"edit_tweet_ids": [str(ID)], "edits_remaining": "5"}, []),
        ({"edit_control_initial": {"edit_tweet_ids": [str(ROOT), str(ID)]}}, [(ID, ROOT)]),
        ({"edit_tweet_ids": "x"}, []),
        (None, []),
    ],
)  # fmt: skip
def test_versions_of_an_edited_tweet_are_told(control: Json | None, edits: list[tuple[int, int]]) -> None:
    read = lines(page(entry(result(beside={"edit_control": control}))))
    assert [(row["tweet_id"], row["initial_id"]) for row in read.edits] == edits


def test_one_file_may_hold_other_records() -> None:
    status = {**result(ID + 1)["legacy"], "user": {"id_str": "11", "screen_name": "anna"}}
    read = lines(page(entry(result())), status, {"data": 1})
    assert {row["id"]: row["source"] for row in read.sightings} == {ID: "graphql", ID + 1: "v1"}
    assert reasons(read) == {("record", "unknown record"): 1}


def test_a_page_may_be_nested_deep() -> None:
    deep: Json = page(entry(result()))
    for _ in range(300):
        deep = {"more": deep}
    read = lines({"data": {"instructions": [deep]}})
    assert read.counts["tweets"] == 1


@pytest.mark.skipif(not REAL.is_file(), reason="the real file is not on this machine")
def test_real_file(tmp_path: Path) -> None:
    read = read_paths([REAL], tmp_path, Choice())
    known = {row["id"] for row in read.sightings}
    parents = [row["reply_to_id"] for row in read.sightings if row["reply_to_id"]]
    assert (read.counts["tweets"], len(parents), read.rejects) == (37, 36, [])
    assert known.issuperset(parents)
