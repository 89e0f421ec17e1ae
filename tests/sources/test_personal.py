import json
from typing import Any

import pytest

from chinwag.records import load
from chinwag.rows import Rows
from chinwag.sources import personal
from tests.sources.personal_items import (
    CUT,
    GRAILBIRD,
    LIKED,
    LIKES,
    LONG,
    ME,
    NO_ID,
    NOW,
    STATUS,
    TWEET,
    TWEETS,
    archive,
    linked,
    note,
    old,
    rejects,
    reply,
    row,
    script,
    sid,
    tweet,
    wrapped,
)
from tests.sources.reading_back import Json, Read, read_back

# Which records are claimed -------------------------------------------------------------------------------------------

WHOLE: Json = {"account": ME, "tweets": [{"tweet": tweet()}], "like": [], "profile": []}
CLAIMED: list[Json] = [
    *({name: None} for name in (TWEETS, TWEET, LIKES, GRAILBIRD, "window.YTD.tweets.part12")),
    {"window.YTD.community_tweet.part0": None},
    {"tweet": tweet()},
    {"like": {"tweetId": "5"}},
    WHOLE,
]
OTHERS: list[Json] = [
    *({f"window.YTD.{name}.part0": None} for name in (
        "deleted_tweets", "deleted_tweet_headers", "tweet_headers", "note_tweet", "account", "direct_messages",
        "contact", "ad_engagements", "device_token", "ip_audit", "bookmark", "tweetdeck", "like_of_others")),
    *({name: None} for name in (
        "window.__THAR_CONFIG", "window.YTD.tweets", "window.YTD.tweets.part0.more", "tweet_index", "user_details",
        "Grailbird.data.user_details", "tweet", "like")),
    {},
    tweet(),
    old(),
    {"tweet": "hello", "id": 5, "conversation_id": "5", "username": "anna"},
    {"tweet": "hello"},
    {"tweet": {"tweet_id": "5", "user_id": "7", "created_at": "Tue Nov 14 22:13:20 +0000 2023"}},
    {"tweet": {"id": "5", "text": "hello", "author_id": "7"}},
    {"tweet_id": "5", "full_text": "hello", "account_id": "7"},
    {"tweetId": "5", "fullText": "hello"},
    {"account": None, "tweets": None},
]  # fmt: skip


@pytest.mark.parametrize("record", CLAIMED, ids=", ".join)
def test_only_this_source_claims_its_records(record: Json) -> None:
    assert [source.name for source in load() if source.claims(record)] == ["personal"]


@pytest.mark.parametrize("record", OTHERS, ids=lambda record: ", ".join(record)[:60])
def test_other_records_are_not_claimed(record: Json) -> None:
    assert not personal.claims(record)


@pytest.mark.parametrize("name", ["deleted_tweets", "direct_messages", "contact"])
def test_private_scripts_are_not_read(name: str) -> None:
    read = read_back({f"data/{name}.js": script(f"window.YTD.{name}.part0", [{"tweet": tweet("secret")}])})
    assert (read.sightings, read.rejects, read.counts["lines"]) == ([], [], 0)
    assert "secret" not in str(read)


# Tweets ---------------------------------------------------------------------------------------------------------------

TEXTS: dict[str, tuple[Json, str, str | None]] = {
    "plain": (tweet("hello"), "hello", None),
    "escaped once": (tweet("a &amp;amp; b &lt;3"), "a &amp; b <3", None),
    "a reply": (reply("@bob hello", "bob"), "hello", "@bob"),
    "a reply to several": (reply("@bob @eve hello @zoe", "bob", "eve", "zoe"), "hello @zoe", "@bob @eve"),
    "an account that is gone": (reply("@gone hello", name=None), "hello", "@gone"),
    "gone, among others": (reply("@gone @eve hello", "eve", name=None), "hello", "@gone @eve"),
    "an account of another name": (reply("@former hello", name="bob"), "hello", "@former"),
    "a mention nobody explains": (reply("@bob @gone hello", "bob"), "@gone hello", "@bob"),
    "an answer to oneself": (reply("@gone hello", to="7", name="anna"), "@gone hello", None),
    "to an account, not a tweet": (
        tweet("@bob hello", in_reply_to_user_id="8", in_reply_to_screen_name="bob"), "hello", "@bob"),
    "no reply": (tweet("@bob hello", entities={"user_mentions": [{"screen_name": "bob"}]}), "@bob hello", None),
    "links": (linked("see https://t.co/0", "https://example.org/a"), "see https://example.org/a", None),
    "media": (
        tweet("see https://t.co/m", entities={"media": [{"url": "https://t.co/m", "expanded_url": "https://e.org/1"}]}),
        "see https://e.org/1", None),
    "dots of the author": (tweet("so…"), "so…", None),
}  # fmt: skip


@pytest.mark.parametrize(("item", "text", "prefix"), TEXTS.values(), ids=TEXTS)
def test_text_and_prefix(item: Json, text: str, prefix: str | None) -> None:
    found = row(wrapped(item))
    assert (found["text"], found["reply_prefix"]) == (text, prefix)


PHOTO = {"type": "photo", "media_url_https": "https://example.org/p.jpg", "url": "https://t.co/m"}
COLUMNS: dict[str, tuple[Json, Json]] = {
    "a tweet": (tweet(), {
        "id": sid(), "author_id": 7, "author_handle": "anna", "author_followers": None, "author_verified": None,
        "lang": "en", "reply_to_id": None, "reply_to_author_id": None, "quoted_id": None, "conversation_id": None,
        "reply_count": None, "retweet_count": 2, "like_count": 3, "quote_count": None, "possibly_sensitive": None,
        "client": "Web App", "urls": None, "hashtags": None, "media": None, "seen_as": "own", "seen_at": None,
        "source": "personal"}),
    "a reply": (reply("@bob hello", "bob"), {"reply_to_id": sid(-9), "reply_to_author_id": 8}),
    "numbers as numbers": (tweet(favorite_count=3, id=sid()), {"like_count": 3, "id": sid()}),
    "no counts": (tweet(favorite_count=None, retweet_count=None), {"like_count": None, "retweet_count": None}),
    "only one id": (tweet(id=None), {"id": sid()}),
    "sensitive": (tweet(possibly_sensitive="true"), {"possibly_sensitive": True}),
    "hashtags": (tweet(entities={"hashtags": [{"text": "tag", "indices": ["0", "4"]}]}), {"hashtags": ["tag"]}),
    "media of all": (
        tweet(entities={"media": [PHOTO]}, extended_entities={"media": [PHOTO, PHOTO]}),
        {"media": [{"kind": "photo", "url": "https://example.org/p.jpg", "alt": None}] * 2}),
    "a quote": (linked("so https://t.co/0", f"{STATUS}{sid(-5)}"), {
        "quoted_id": sid(-5), "urls": [f"{STATUS}{sid(-5)}"]}),
    "the last link to a tweet counts": (
        linked("https://t.co/0 https://t.co/1 https://t.co/2", f"{STATUS}{sid(-6)}", f"{STATUS}{sid(-5)}", "https://e.org"),
        {"quoted_id": sid(-5)}),
    "inside the text too": (linked("so https://t.co/0 said", f"{STATUS}{sid(-5)}"), {"quoted_id": sid(-5)}),
    "a link of x.com": (
        linked("so https://t.co/0", f"https://x.com/i/web/status/{sid(-5)}?s=20"), {"quoted_id": sid(-5)}),
    "a link of old": (
        linked("so https://t.co/0", f"http://twitter.com/#!/bob/statuses/{sid(-5)}"), {"quoted_id": sid(-5)}),
    "a quote that is told": (tweet(quoted_status_id_str=str(sid(-7))), {"quoted_id": sid(-7)}),
    "another site": (linked("so https://t.co/0", f"https://nottwitter.com/bob/status/{sid(-5)}"), {"quoted_id": None}),
    "a list": (linked("so https://t.co/0", "https://twitter.com/bob/lists/5"), {"quoted_id": None}),
    "own photos are no quote": (
        tweet(entities={"media": [{"url": "https://t.co/m", "expanded_url": f"{STATUS}{sid()}/photo/1"}]}),
        {"quoted_id": None}),
    "retweeted by hand, the account is gone": (tweet("RT @gone: so"), {"text": "RT @gone: so"}),
}  # fmt: skip


@pytest.mark.parametrize(("item", "expected"), COLUMNS.values(), ids=COLUMNS)
def test_columns(item: Json, expected: Json) -> None:
    read = wrapped(item)
    assert read.rejects == []
    assert {name: row(read)[name] for name in expected} == expected


def test_the_time_is_that_of_the_id_and_for_old_ids_that_written() -> None:
    read = wrapped(tweet(tweet_id=sid(5)), tweet(tweet_id=5_000_000_000))
    assert [one["created_at"].timestamp() for one in read.sightings] == [NOW / 1000 + 0.005, NOW / 1000]


def test_a_retweet_has_no_row_and_its_original_is_missed() -> None:
    mentioned = {"user_mentions": [{"screen_name": "Bob"}]}
    read = wrapped(tweet("RT @bob: so it is and…", entities=mentioned))
    assert (read.sightings, rejects(read)) == ([], [("field", 1, "retweet without its original")])
    assert read.counts["tweets"] == 1


def versions(*ids: int) -> Json:
    return {"editTweetIds": [str(one) for one in ids], "editsRemaining": "5"}


EDITS: dict[str, tuple[Json, list[tuple[int, int]]]] = {
    "never edited": ({"initial": versions(sid())}, []),
    "the first version": ({"initial": versions(sid(), sid(60_000))}, [(sid(60_000), sid())]),
    "a later version": (
        {"edit": {"initialTweetId": str(sid(-9)), "editControlInitial": versions(sid(-9), sid(-5), sid())}},
        [(sid(-5), sid(-9)), (sid(), sid(-9))]),
    "no ids": ({"edit": {"initialTweetId": str(sid(-9))}}, []),
}  # fmt: skip


@pytest.mark.parametrize(("info", "expected"), EDITS.values(), ids=EDITS)
def test_versions(info: Json, expected: list[tuple[int, int]]) -> None:
    read = wrapped(tweet(edit_info=info))
    assert [(one["tweet_id"], one["initial_id"]) for one in read.edits] == expected
    assert row(read)["id"] == sid()


def test_what_was_deleted_is_a_notice() -> None:
    read = wrapped(tweet(deleted_at="Tue Nov 14 22:13:21 +0000 2023"), tweet(deleted_at="soon", tweet_id=sid(1)))
    assert (read.sightings, read.counts["notices"], read.counts["tweets"]) == ([], 2, 0)
    assert [(one["kind"], one["tweet_id"], one["author_id"]) for one in read.deletes] == [
        ("delete", sid(), 7), ("delete", sid(1), 7)]  # fmt: skip
    assert [one["at"] and one["at"].timestamp() for one in read.deletes] == [NOW / 1000 + 1, None]


REFUSED: dict[str, tuple[Json, str]] = {
    "no id": ({"tweet": tweet(id=None, id_str=None)}, NO_ID),
    "a long id": ({"tweet": tweet(id=None, id_str="9" * 20)}, NO_ID),
    "an id of a wrong type": ({"tweet": tweet(id=["5"], id_str=None)}, "id: wrong type or out of range"),
    "no text": ({"tweet": tweet() | {"full_text": None}}, "tweet without text"),
    "a text of a wrong type": ({"tweet": tweet() | {"full_text": ["x"]}}, "full_text: wrong type or out of range"),
    "headers": ({"tweet": {"tweet_id": "5", "user_id": "7"}}, "unknown record"),
    "no tweet": ({"tweet": None}, "unknown record"),
    "another shape": ({"note": {}}, "unknown record"),
    "a like without an id": ({"like": {"tweetId": None, "fullText": "so"}}, NO_ID),
}


@pytest.mark.parametrize(("item", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(item: Json, reason: str) -> None:
    read = archive({"tweet": tweet(tweet_id=sid(1))}, item)
    assert rejects(read) == [("record", 2, reason)]
    assert row(read)["id"] == sid(1)


def test_a_value_that_does_not_fit_is_left_out() -> None:
    read = wrapped(tweet(favorite_count="-1", lang=["x"], edit_info={"initial": {"editTweetIds": "x"}}))
    values = ("edit_info.initial.editTweetIds", "favorite_count", "lang")
    assert sorted(rejects(read)) == [("field", 1, f"{value}: wrong type or out of range") for value in values]
    assert (row(read)["like_count"], row(read)["retweet_count"], row(read)["lang"]) == (None, 2, None)


def test_bare_items_and_parts_and_communities() -> None:
    read = read_back({
        "account.js": script("window.YTD.account.part0", ME),
        "tweet.js": script(TWEET, [tweet()]),
        "tweet-part1.js": script("window.YTD.tweet.part1", [tweet(tweet_id=sid(1))]),
        "community-tweet.js": script("window.YTD.community_tweet.part0", [{"tweet": tweet(tweet_id=sid(2))}]),
    })  # fmt: skip
    assert [(one["id"], one["author_handle"]) for one in read.sightings] == [(sid(n), "anna") for n in range(3)]
    assert read.rejects == []


def test_a_list_of_wrapped_tweets_is_read_without_a_script() -> None:
    items = [{"tweet": tweet()}, {"like": {"tweetId": str(sid(-1)), "fullText": "so"}}]
    lines = "\n".join(map(json.dumps, items))
    for data in (json.dumps(items), json.dumps(items, indent=2), lines):
        read = read_back({"in/tweets.json": data.encode(), "in/account.js": script("window.YTD.account.part0", ME)})
        assert [(one["id"], one["author_id"]) for one in read.sightings] == [(sid(), 7), (sid(-1), None)]
        assert read.rejects == []


# 2013 -----------------------------------------------------------------------------------------------------------------


def test_a_tweet_of_2013() -> None:
    answered: Json = {"in_reply_to_status_id": sid(-9), "in_reply_to_status_id_str": str(sid(-9)),
                "in_reply_to_user_id_str": "8", "in_reply_to_screen_name": "bob"}  # fmt: skip
    read = archive(old("@bob a &amp; b", **answered), name=GRAILBIRD, account=[])
    expected = {
        "id": sid(), "author_id": 7, "author_handle": "anna", "author_verified": False, "text": "a & b",
        "reply_prefix": "@bob", "reply_to_id": sid(-9), "reply_to_author_id": 8, "retweet_count": None,
        "like_count": None, "lang": None, "seen_as": "own", "seen_at": None,
    }  # fmt: skip
    assert read.rejects == []
    assert {name: row(read)[name] for name in expected} == expected


@pytest.mark.parametrize("written", ["2009-11-20 10:00:00 +0000", "Fri Nov 20 10:00:00 +0000 2009"])
def test_times_of_2013_are_of_two_kinds(written: str) -> None:
    found = row(archive(old(tweet_id=5_000_000_000, created_at=written), name=GRAILBIRD))
    assert found["created_at"].isoformat() == "2009-11-20T10:00:00+00:00"


def test_a_retweet_of_2013_shows_its_original() -> None:
    bob = {"id": 8, "id_str": "8", "screen_name": "bob"}
    first = old("so it is", 5_000_000_000, created_at="2009-11-20 10:00:00 +0000", user=bob)
    read = archive(old("RT @bob: so it…", retweeted_status=first), name=GRAILBIRD)
    found = row(read)
    assert (found["id"], found["text"], found["author_id"], found["seen_as"]) == (
        5_000_000_000,
        "so it is",
        8,
        "retweeted",
    )
    assert found["created_at"].isoformat() == "2009-11-20T10:00:00+00:00"
    assert (read.rejects, read.counts["tweets"]) == ([], 1)


@pytest.mark.parametrize("original", [{"text": "so"}, {"id": 5, "user": {}}])
def test_a_retweet_of_2013_with_a_broken_original(original: Json) -> None:
    read = archive(old("RT @bob: so", retweeted_status=original), name=GRAILBIRD)
    assert (read.sightings, rejects(read)) == ([], [("field", 1, "retweet without its original")])


def test_a_retweet_by_hand_is_a_tweet() -> None:
    named = {"user_mentions": [{"screen_name": "bob"}]}
    assert row(archive(old("RT @bob: so", entities=named), name=GRAILBIRD))["text"] == "RT @bob: so"


# One object that holds all --------------------------------------------------------------------------------------------


def whole(**more: Any) -> Read:
    record = {"account": ME, "profile": [{"profile": {}}], "follower": [], "following": []} | {"tweets": []} | more
    return read_back({"archive.json": json.dumps(record).encode()})


def test_a_whole_archive_counts_its_items() -> None:
    read = whole(
        tweets=[{"tweet": tweet()}, {"tweet": tweet(CUT, sid(5))}, {"tweet": tweet(deleted_at="x", tweet_id=sid(6))}],
        like=[{"like": {"tweetId": LIKED, "fullText": "so"}}],
        **{"community-tweet": [{"tweet": tweet(tweet_id=sid(7))}], "note-tweet": [note(LONG, 5)]},
    )
    assert [(one["id"], one["author_id"], one["seen_as"]) for one in read.sightings] == [
        (sid(), 7, "own"), (sid(5), 7, "own"), (sid(7), 7, "own"), (int(LIKED), None, "included")]  # fmt: skip
    assert read.sightings[1]["text"] == LONG
    assert (read.counts["lines"], read.counts["tweets"], read.counts["notices"]) == (5, 4, 1)
    assert read.rejects == []


def test_a_whole_archive_in_many_lines() -> None:
    data = json.dumps({"tweets": [{"tweet": tweet()}], "account": ME[0]}, indent=2).encode()
    assert row(read_back({"archive.json": data}))["author_handle"] == "anna"


def test_broken_items_of_a_whole_archive() -> None:
    read = whole(tweets=[{"tweet": tweet()}, 5, {"tweet": {}}, {"tweet": tweet(id=None, id_str=None)}], like={})
    reasons = ("not a JSON object", "neither a tweet nor a like", NO_ID)
    assert rejects(read) == [("record", 1, reason) for reason in reasons]
    assert (read.counts["lines"], read.counts["tweets"], len(read.sightings)) == (4, 1, 1)


def test_a_whole_archive_of_nobody() -> None:
    read = whole(account=[], tweets=[{"tweet": tweet()}, {"tweet": tweet(tweet_id=sid(1))}])
    assert rejects(read) == [("field", 1, "no account in it: the author is unknown")]
    assert [one["author_id"] for one in read.sightings] == [None, None]


def test_an_empty_whole_archive_is_a_notice() -> None:
    read = whole()
    assert (read.counts["lines"], read.counts["notices"], read.rejects) == (1, 1, [])


# Other shapes among them ----------------------------------------------------------------------------------------------

USER = {"id_str": "9", "screen_name": "eve"}
ALIKE: dict[str, Json] = {
    "v1.1 of a stream": {"id_str": "5", "text": "so", "user": USER, "truncated": False},
    "v1.1 of REST": tweet(user=USER),
    "web app": tweet(user_id_str="9"),
    "v2, flattened": {"id": "5", "text": "so", "author_id": "9", "user": USER},
    "v2 with a longer text": tweet(author_id="9"),
    "community archive": tweet() | {"tweet_id": "5"},
    "syndication": {"id_str": "5", "text": "so", "user": USER, "__typename": "Tweet"},
    "someone's likes": {"tweetId": "5", "fullText": "so", "likedBy": "eve"},
}


@pytest.mark.parametrize("record", ALIKE.values(), ids=ALIKE)
def test_what_looks_alike_is_refused(record: Json) -> None:
    rows = Rows()
    assert not personal.read(record, 1, rows)
    assert (len(rows), rows.counts.total()) == (0, 0)


def test_and_is_left_to_its_own_source() -> None:
    lines = [{"tweet": tweet()}, ALIKE["v1.1 of a stream"], {"tweet": tweet(tweet_id=sid(2))}]
    read = read_back({"data/mixed.jsonl": "\n".join(map(json.dumps, lines)).encode()})
    assert [(one["id"], one["source"]) for one in read.sightings] == [
        (sid(), "personal"), (5, "v1"), (sid(2), "personal")]  # fmt: skip
