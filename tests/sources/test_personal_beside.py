import json
from typing import Any

import pytest

from chinwag.places import Place
from chinwag.rows import Rows
from chinwag.sources import personal
from shapes.personal import packed
from tests.sources.personal_items import (
    CUT,
    LIKED,
    LIKES,
    LONG,
    ME,
    NO_ACCOUNT,
    STATUS,
    TWEETS,
    archive,
    linked,
    note,
    rejects,
    reply,
    row,
    script,
    sid,
    tweet,
    wrapped,
)
from tests.sources.reading_back import Json, read_back

# Whose archive it is --------------------------------------------------------------------------------------------------

MANIFEST = {"userInfo": {"accountId": "7", "userName": "anna"},
            "archiveInfo": {"generationDate": "2024-11-16T11:33:22.222Z"}}  # fmt: skip
NAMED = 1 << 62
OWNERS: dict[str, tuple[dict[str, bytes], int | None, str | None, list[tuple[str, int, str]]]] = {
    "account.js": ({"account.js": script("window.YTD.account.part0", ME)}, 7, "anna", []),
    "account.js of one object": ({"account.js": b"window.YTD.account.part0 = " + json.dumps(ME[0]).encode()},
                                 7, "anna", []),
    "account.js with a semicolon": ({"account.js": script("window.YTD.account.part0", ME) + b";\n"}, 7, "anna", []),
    "account.js with a number": ({"account.js": script("x", [{"account": {"accountId": 7}}])}, 7, None, []),
    "manifest.js": ({"manifest.js": script("window.__THAR_CONFIG", MANIFEST)}, 7, "anna", []),
    "account.js counts before manifest.js": (
        {"account.js": script("x", [{"account": {"accountId": "9", "username": "eve"}}]),
         "manifest.js": script("window.__THAR_CONFIG", MANIFEST)}, 9, "eve", []),
    "neither": ({}, None, None, [NO_ACCOUNT]),
    "an empty account.js": ({"account.js": script("x", [])}, None, None, [NO_ACCOUNT]),
    "a broken account.js": ({"account.js": b"x = [{"}, None, None, [
        ("field", 1, "account.js beside it: broken or cut JSON"), NO_ACCOUNT]),
    "a manifest of another kind": ({"manifest.js": script("x", [1])}, None, None, [NO_ACCOUNT]),
}  # fmt: skip


@pytest.mark.parametrize(("beside", "author_id", "handle", "problems"), OWNERS.values(), ids=OWNERS)
def test_the_author(
    beside: dict[str, bytes], author_id: int | None, handle: str | None, problems: list[tuple[str, int, str]]
) -> None:
    tweets = script(TWEETS, [{"tweet": tweet(tweet_id=sid(number))} for number in range(2)])
    files = {"data/tweets.js": tweets, **{f"data/{name}": data for name, data in beside.items()}}
    unpacked, zipped = read_back(files), read_back({"archive.zip": packed(files)})
    for read in (unpacked, zipped):
        assert [(one["author_id"], one["author_handle"]) for one in read.sightings] == [(author_id, handle)] * 2
        assert rejects(read) == problems


def test_an_owner_of_whom_only_the_name_is_told() -> None:
    found = row(wrapped(tweet(), account=[{"account": {"username": "anna"}}]))
    assert found["author_id"] >= NAMED
    assert found["author_handle"] == "anna"


def test_folders_have_their_own_owners() -> None:
    read = read_back({
        name: data
        for owner in ("7", "8")
        for name, data in {
            f"{owner}/account.js": script("x", [{"account": {"accountId": owner, "username": f"u{owner}"}}]),
            f"{owner}/tweets.js": script(TWEETS, [{"tweet": tweet(tweet_id=sid(int(owner)))}]),
        }.items()
    })  # fmt: skip
    assert [(one["id"], one["author_id"]) for one in read.sightings] == [(sid(7), 7), (sid(8), 8)]


def test_the_files_beside_are_read_once() -> None:
    asked: list[str] = []
    rows = Rows()
    rows.place = Place("data", asked.append)
    for number in (1, 2):
        assert personal.read({"tweet": tweet()}, number, rows)
    assert asked == ["account.js", "manifest.js", "note-tweet.js"]


def test_the_manifest_says_when_all_was_seen() -> None:
    files = {"data/manifest.js": script("window.__THAR_CONFIG", MANIFEST),
             "data/tweets.js": script(TWEETS, [{"tweet": tweet()}]),
             "data/like.js": script(LIKES, [{"like": {"tweetId": str(sid(-1)), "fullText": "so"}}])}  # fmt: skip
    seen = {one["seen_as"]: one["seen_at"] for one in read_back(files).sightings}
    assert {name: at.isoformat() for name, at in seen.items()} == dict.fromkeys(
        ("own", "included"), "2024-11-16T11:33:22.222000+00:00"
    )


# Long posts -----------------------------------------------------------------------------------------------------------


LINK = {"url": "https://t.co/aaaaaaaaaa", "expanded_url": "https://example.org/a"}
NOTE_LINK: Json = {"core": {"urls": [{"shortUrl": "https://t.co/bbbbbbbbbb", "expandedUrl": "https://example.org/a"}]}}
QUOTING = linked(f"see https://t.co/0 {CUT} https://t.co/1", "https://example.org/a", f"{STATUS}{sid(-5)}")
JOINED: dict[str, tuple[Json, list[Json], str, str | None]] = {
    "the whole": (tweet(CUT), [note(LONG)], LONG, None),
    "its id is not a time": (tweet(CUT), [note(LONG, noteTweetId="5")], LONG, None),
    "links have other names": (
        tweet(f"see https://t.co/aaaaaaaaaa {CUT}", entities={"urls": [LINK]}),
        [note(f"see https://t.co/bbbbbbbbbb {LONG}", **NOTE_LINK)], f"see https://example.org/a {LONG}", None),
    "it has no prefix": (reply(f"@bob @eve {CUT}", "bob", "eve"), [note(LONG)], LONG, "@bob @eve"),
    "its author's mentions stay": (
        reply(f"@bob @eve {CUT}", "bob", "eve"), [note(f"@eve {LONG}")], f"@eve {LONG}", "@bob"),
    "mentions of a tweet that is no reply": (tweet(f"@bob {CUT}"), [note(f"@bob {LONG}")], f"@bob {LONG}", None),
    "it is not escaped": (
        tweet(f"a &amp;lt; &lt;b&gt; {CUT}"), [note(f"a &lt; <b> {LONG}")], f"a &lt; <b> {LONG}", None),
    "links of a quote and of media follow": (
        tweet(f"{CUT} https://t.co/q https://t.co/m"), [note(LONG)], LONG, None),
    "dots in it": (tweet(f"so… {CUT}"), [note(f"so… {LONG}")], f"so… {LONG}", None),
    "the nearest of three": (
        tweet(CUT), [note(LONG + "far", 500), note(LONG + "far", -500), note(LONG + "near")], LONG + "near", None),
    "nothing but mentions": (tweet("@bob " * 25 + "…"), [note(LONG)], "@bob " * 25 + "…", None),
    "no note": (tweet(CUT), [], CUT, None),
    "another text": (tweet(CUT), [note("other " + LONG)], CUT, None),
    "another time": (tweet(CUT), [note(LONG, -3000)], CUT, None),
    "too short to be cut": (tweet("word…"), [note(LONG)], "word…", None),
    "not cut": (tweet(LONG[:270]), [note(LONG)], LONG[:270], None),
    "broken notes": (tweet(CUT), [{"noteTweet": 5}, {"noteTweet": {"core": {"text": LONG}}}, note("")], CUT, None),
}  # fmt: skip


@pytest.mark.parametrize(("item", "notes", "text", "prefix"), JOINED.values(), ids=JOINED)
def test_long_posts_are_whole(item: Json, notes: list[Json], text: str, prefix: str | None) -> None:
    found = row(wrapped(item, note_tweet=notes))
    assert (found["text"], found["reply_prefix"]) == (text, prefix)


def test_links_and_hashtags_are_those_of_the_long_post_and_the_quote_that_of_the_tweet() -> None:
    core = NOTE_LINK["core"] | {"hashtags": [{"text": "tag", "fromIndex": "0", "toIndex": "4"}]}
    found = row(wrapped(QUOTING, note_tweet=[note(f"see https://t.co/bbbbbbbbbb {LONG}#tag", core=core)]))
    assert found["text"] == f"see https://example.org/a {LONG}#tag"
    assert (found["urls"], found["hashtags"]) == (["https://example.org/a", f"{STATUS}{sid(-5)}"], ["tag"])
    assert found["quoted_id"] == sid(-5)


def test_notes_have_parts_too_and_each_cut_tweet_finds_its_own() -> None:
    texts = {number * 600: f"{number} {LONG}" for number in range(4)}
    items = [{"tweet": tweet(text[:270] + "…", sid(ms))} for ms, text in texts.items()]
    notes = [note(text, ms) for ms, text in texts.items()]
    files = {"data/tweets.js": script(TWEETS, items), "data/account.js": script("window.YTD.account.part0", ME),
             "data/note-tweet.js": script("window.YTD.note_tweet.part0", notes[2:]),
             "data/note-tweet-part1.js": script("window.YTD.note_tweet.part1", notes[:2])}  # fmt: skip
    assert [one["text"] for one in read_back(files).sightings] == list(texts.values())


def test_broken_notes_are_told_once() -> None:
    files = {"data/tweets.js": script(TWEETS, [{"tweet": tweet(CUT)}] * 2),
             "data/account.js": script("window.YTD.account.part0", ME),
             "data/note-tweet.js": script("window.YTD.note_tweet.part0", [note(LONG)])[:-9]}  # fmt: skip
    read = read_back(files)
    assert rejects(read) == [("field", 1, "note-tweet.js beside it: broken or cut JSON")]
    assert [one["text"] for one in read.sightings] == [CUT] * 2


# Likes ----------------------------------------------------------------------------------------------------------------

LIKE_LINK = f"https://twitter.com/i/web/status/{LIKED}"


@pytest.mark.parametrize(
    ("like", "text"),
    [
        ({"tweetId": LIKED, "fullText": "@bob a &amp;amp; b…", "expandedUrl": LIKE_LINK}, "@bob a &amp; b…"),
        ({"tweetId": "9" * 20, "fullText": "so", "expandedUrl": LIKE_LINK}, "so"),
        ({"tweetId": int(LIKED), "fullText": "so"}, "so"),
    ],
)
def test_a_like_shows_a_tweet_of_someone(like: Json, text: str) -> None:
    for item in (like, {"like": like}):
        read = archive(item, name=LIKES)
        assert read.rejects == []
        known = {name: value for name, value in row(read).items() if value is not None}
        known.pop("created_at")
        known.pop("file_id")
        assert known == {"id": int(LIKED), "text": text, "seen_as": "included", "source": "personal", "terms": "own"}


def test_a_like_of_an_old_tweet_has_no_time() -> None:
    assert row(archive({"like": {"tweetId": "5", "fullText": "so"}}, name=LIKES))["created_at"] is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "liked tweet without its text"),
        ("", "liked tweet without its text"),
        ("This Post is from a suspended account. {learnmore}", "liked tweet without its text"),
        (["so"], "fullText: wrong type or out of range"),
    ],
)
def test_a_like_without_text_is_counted(text: Any, reason: str) -> None:
    read = archive({"like": {"tweetId": LIKED, "fullText": text}}, name=LIKES)
    assert (read.sightings, rejects(read), read.counts["tweets"]) == ([], [("field", 1, reason)], 1)


def test_likes_need_no_owner() -> None:
    read = read_back({"like.js": script(LIKES, [{"like": {"tweetId": LIKED, "fullText": "so"}}])})
    assert (rejects(read), row(read)["author_id"]) == ([], None)
