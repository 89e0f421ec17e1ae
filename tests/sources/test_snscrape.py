"""Rows of snscrape: what each version tells, and what pandas makes of it."""

import csv
import io
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chinwag.reading import Choice
from chinwag.sources import snscrape
from chinwag.values import name_id
from tests.sources.reading_back import Json, Read, read_back, read_paths

REAL = Path(__file__).parents[3] / "shared" / "real" / "snscrape"
MODULE = "snscrape.modules.twitter."
ROOT = 1_500_000_123_456_789_012
ROUNDED = int(float(ROOT))
ID = ROOT + 1_000_000_001
WRITTEN = 1_646_464_804_000  # 2022-03-05 07:20:04 UTC
TOMBSTONE = {"_type": f"{MODULE}Tombstone", "id": ROOT}
UNCLEAR = "tombstone that does not say the tweet is gone"
LINK, SHORT = "https://example.org/a", "https://t.co/abc123"


def user(handle: str = "anna", user_id: Any = 11, **more: Any) -> Json:
    return {"_type": f"{MODULE}User", "username": handle, "id": user_id, "displayname": handle, **more}


def tweet(**changes: Any) -> Json:
    """Give a tweet as 0.5 and later write it; `None` takes a field away."""
    made = {
        "_type": f"{MODULE}Tweet",
        "url": f"https://twitter.com/anna/status/{changes.get('id', ID)}",
        "date": "2022-03-05T07:20:04+00:00",
        "rawContent": "hello",
        "renderedContent": "hello",
        "id": ID,
        "user": user(followersCount=5, verified=True),
        "replyCount": 1, "retweetCount": 2, "likeCount": 3, "quoteCount": 4,
        "conversationId": ID,
        "lang": "en",
    } | changes  # fmt: skip
    return {key: value for key, value in made.items() if key not in changes or value is not None}


def reply(**changes: Any) -> Json:
    answered = user("bob", 12)
    more = {"inReplyToTweetId": ROOT, "inReplyToUser": answered, "mentionedUsers": [answered, user("eve", 13)]}
    return tweet(**{"rawContent": "@bob @Eve @other hello", "conversationId": ROOT, **more, **changes})


def old(**changes: Any) -> Json:
    """Give a tweet as 0.3.4 writes it."""
    made = {"url": f"https://twitter.com/anna/status/{ID}", "date": "2022-03-05T07:20:04+00:00", "content": "hello"}
    links = {"outlinks": [], "outlinksss": "", "tcooutlinks": [], "tcooutlinksss": ""}
    return {**made, "id": ID, "username": "anna", **links, **changes}


def lines(*records: Any) -> Read:
    return read_back({"a.jsonl": b"".join(json.dumps(record).encode() + b"\n" for record in records)})


def table(*rows: Json) -> Read:
    """Read a table whose cells are written as Python shows them."""
    out = io.StringIO()
    columns = list(dict.fromkeys(column for row in rows for column in row))
    writer = csv.DictWriter(out, ["", *columns])
    writer.writeheader()
    writer.writerows({"": number, **row} for number, row in enumerate(rows))
    return read_back({"a.csv": out.getvalue().encode()})


def own(read: Read) -> Json:
    (row,) = [row for row in read.sightings if row["seen_as"] == "own"]
    return row


def reasons(read: Read) -> Counter[tuple[str, str]]:
    return Counter((row["scope"], row["reason"]) for row in read.rejects)


def columns(*names: str) -> Json:
    return dict.fromkeys(names)


@pytest.mark.parametrize(
    ("record", "claimed"),
    [
        (tweet(), True),
        (old(), True),
        ({"_type": f"{MODULE}Tombstone", "id": ID}, True),
        ({"_type": f"{MODULE}TweetRef", "id": ID}, True),
        (user(), True),
        (columns("", "_type", "url", "date", "content", "id", "user", "likeCount"), True),
        (columns("url", "rawContent", "inReplyToTweetId"), True),
        (columns("id", "url", "username", "displayname", "followersCount"), False),
        (columns("date", "content", "likeCount"), False),
        (tweet(id_str=str(ID)), False),
        ({"_type": "snscrape.modules.mastodon.Toot", "id": "1", "url": "", "text": ""}, False),
        ({"_type": "snscrape.modules.telegram.TelegramPost", "url": "", "content": ""}, False),
        ({"url": "", "date": "", "content": "", "outlinks": [], "outlinksss": ""}, False),
        ({"id": ID, "id_str": str(ID), "text": "", "user": {}}, False),
        ({"id": ID, "conversation_id": "1", "tweet": "", "username": "anna"}, False),
        ({"data": {"id": "1", "text": ""}}, False),
    ],
)
def test_its_records_are_told_from_all_others(record: Json, claimed: bool) -> None:
    assert snscrape.claims(record) is claimed


def test_a_reply_tells_all_columns() -> None:
    record = reply(
        rawContent=f"@bob @Eve @other hello &amp; {SHORT} #tag",
        links=[{"text": "example.org", "url": LINK, "tcourl": SHORT, "indices": [0, 1]}],
        hashtags=["tag"],
        media=[
            {
                "_type": f"{MODULE}Photo",
                "previewUrl": "",
                "fullUrl": "https://p/x.y?format=jpg&name=orig",
                "altText": "x",
            },
            {"_type": f"{MODULE}Video", "thumbnailUrl": "https://p/v.jpg", "variants": [], "duration": 1.5},
            {"_type": f"{MODULE}Gif", "thumbnailUrl": "https://p/g.jpg", "variants": []},
        ],
        source='<a href="https://example.org" rel="nofollow">Web App</a>',
        sourceLabel="Web App",
    )
    row = own(lines(record))
    assert row.pop("created_at").timestamp() == ((ID >> 22) + 1_288_834_974_657) / 1000
    assert row == {
        "id": ID,
        "author_id": 11,
        "author_handle": "anna",
        "author_followers": 5,
        "author_verified": True,
        "text": f"@other hello & {LINK} #tag",
        "reply_prefix": "@bob @Eve",
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
        "possibly_sensitive": None,
        "client": "Web App",
        "urls": [LINK],
        "hashtags": ["tag"],
        "media": [
            {"kind": "photo", "url": "https://p/x.y.jpg", "alt": "x"},
            {"kind": "video", "url": "https://p/v.jpg", "alt": None},
            {"kind": "animated_gif", "url": "https://p/g.jpg", "alt": None},
        ],
        "seen_as": "own",
        "seen_at": None,
        "source": "snscrape",
        "terms": "web",
        "file_id": 1,
    }


FORMER = {"_type": None, "rawContent": None, "user": {"username": "anna", "id": "11"}}


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        # 0.3.4: a name and nothing of the conversation
        (old(), {"author_id": name_id("anna"), "author_handle": "anna", "conversation_id": None, "like_count": None}),
        (old(id=str(ID)), {"id": ID}),
        (old(content=f"a {SHORT}", outlinks=[LINK], tcooutlinks=[SHORT]), {"text": f"a {LINK}", "urls": [LINK]}),
        (old(content=f"a {SHORT}", outlinks=[LINK, LINK], tcooutlinks=[SHORT]), {"text": f"a {SHORT}", "urls": [LINK]}),
        # until 2021-05-23: the conversation, but not what it answers
        (
            tweet(content="@bob hi", mentionedUsers=[{"username": "bob", "id": 12}], conversationId=ROOT, **FORMER),
            {"text": "hi", "reply_prefix": "@bob", "reply_to_id": None, "conversation_id": ROOT, "author_id": 11},
        ),
        (tweet(content="@bob hi", mentionedUsers=[{"username": "bob"}], **FORMER), {"text": "@bob hi"}),
        (
            tweet(content="a", media=[{"fullUrl": "https://p/x?format=png&name=large", "type": "photo"}], **FORMER),
            {"media": [{"kind": "photo", "url": "https://p/x.png", "alt": None}]},
        ),
        (
            tweet(content="a", media=[{"thumbnailUrl": "https://p/x.jpg", "type": "gif"}], **FORMER),
            {"media": [{"kind": "animated_gif", "url": "https://p/x.jpg", "alt": None}]},
        ),
        # since 2023
        (tweet(content="hello"), {"text": "hello"}),
        (tweet(user={"id": 11}, url=f"https://x.com/i/web/status/{ID}"), {"author_id": 11, "author_handle": None}),
        (tweet(**{"id": float(ID), "id.str": str(ID), "url": None}), {"id": ID}),
        (reply(**{"inReplyToTweetId": float(ROOT), "inReplyToTweetId.str": str(ROOT)}), {"reply_to_id": ROOT}),
        (tweet(**{"conversationId": float(ROOT), "conversationId.str": str(ROOT + 1)}), {"conversation_id": ROOT + 1}),
        # text is escaped, but for that of long posts
        (tweet(rawContent="a &amp;amp; b &lt;"), {"text": "a &amp; b <"}),
        (tweet(rawContent="a & b, written &amp;"), {"text": "a & b, written &amp;"}),
        (tweet(rawContent="<b> is written &lt;b&gt;"), {"text": "<b> is written &lt;b&gt;"}),
        # an author who is not told
        (tweet(user=None), {"author_id": name_id("anna"), "author_handle": "anna"}),
        (tweet(user=None, url=None), {"author_id": None, "author_handle": None}),
        # pandas writes JSON too: times in ms, and floats where a column has gaps
        (tweet(id=20, url=None, date=WRITTEN, conversationId=20), {"id": 20, "created_at": WRITTEN}),
        (tweet(id=20, url=None, conversationId=20.0), {"created_at": WRITTEN, "conversation_id": 20}),
        (tweet(id=20.0, url=None, conversationId=20), {"id": 20}),
        (reply(inReplyToTweetId=float(ROOT)), {"reply_to_id": None, "reply_to_rounded": ROUNDED}),
        (tweet(likeCount=3.0, replyCount="1"), {"like_count": 3, "reply_count": 1}),
        # RT was written by hand: snscrape tells the original of each retweet
        (tweet(rawContent="RT @bob: hello"), {"text": "RT @bob: hello"}),
    ],
)  # fmt: skip
def test_every_version_is_read(record: Json, wanted: Json) -> None:
    row = own(lines(record))
    row["created_at"] = int(row["created_at"].timestamp() * 1000)
    assert {column: row[column] for column in wanted} == wanted


def test_an_address_tells_the_id_that_was_rounded() -> None:
    rounded = [float(ID), str(float(ID)), ID // 1000 * 1000]
    read = lines(*(tweet(id=value, url=f"https://twitter.com/anna/status/{ID}") for value in rounded))
    assert [row["id"] for row in read.sightings] == [ID] * 3
    assert not read.rejects


def test_tweets_within_a_tweet_are_sightings_of_their_own() -> None:
    inner = tweet(id=ID - 2_000_000, rawContent="inner")
    outer = tweet(id=ID - 1_000_000, rawContent="outer", quotedTweet=inner)
    read = lines(tweet(quotedTweet=outer), tweet(rawContent="RT @anna: out", retweetedTweet=outer))
    found = [(row["seen_as"], row["text"], row["quoted_id"]) for row in read.sightings]
    quoted = [("quoted", "outer", ID - 2_000_000), ("quoted", "inner", None)]
    repeated = [("retweeted", "outer", ID - 2_000_000), ("quoted", "inner", None)]
    assert found == [("own", "hello", ID - 1_000_000), *quoted, *repeated]
    assert (read.counts["tweets"], read.counts["embedded"]) == (2, 4)


@pytest.mark.parametrize(
    ("quoted", "wanted", "deletes", "problems"),
    [
        ({"_type": f"{MODULE}TweetRef", "id": ROOT}, ROOT, [], {}),
        ({**TOMBSTONE, "text": "… deleted by the Tweet author."}, ROOT, [(ROOT, "delete")], {}),
        ({**TOMBSTONE, "text": None}, ROOT, [], {UNCLEAR: 1}),
        ({"_type": f"{MODULE}Tweet", "id": ROOT}, ROOT, [], {"quoted tweet: no text": 1}),
        ({"_type": f"{MODULE}Tweet", "content": "a"}, None, [], {"quoted tweet: no id, or an id out of range": 1}),
        (tweet(id=ID + 1), None, [], {"quoted_id is not older than the tweet": 1}),
    ],
)  # fmt: skip
def test_a_quote_that_is_not_there_leaves_its_id(
    quoted: Json, wanted: int | None, deletes: list[tuple[int, str]], problems: dict[str, int]
) -> None:
    read = lines(tweet(quotedTweet=quoted))
    assert own(read)["quoted_id"] == wanted
    assert [(row["tweet_id"], row["kind"]) for row in read.deletes] == deletes
    assert reasons(read) == {("field", reason): count for reason, count in problems.items()}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("This Tweet was deleted by the Tweet author. Learn more", "delete"),
        ("This Post is from an account that no longer exists. Learn more", "delete"),
        ("This Tweet violated the Twitter Rules. Learn more", "delete"),
        ("This Tweet is from a suspended account. Learn more", "protected"),
        ("You’re unable to view this Tweet because this account owner limits who can view their Tweets.", "protected"),
        ("This Tweet from @anna has been withheld in Utopia based on local law(s). Learn more", "status_withheld"),
        ("This Tweet is unavailable. Learn more", None),
        ("This Tweet may violate the Twitter Rules about hateful conduct.", None),
        ("Age-restricted adult content. This content might not be appropriate.", None),
        ("", None),
    ],
)
def test_a_tombstone_says_whether_the_tweet_is_gone(text: str, kind: str | None) -> None:
    read = lines({"_type": f"{MODULE}Tombstone", "id": ID, "text": text, "textLinks": []})
    assert [(row["tweet_id"], row["kind"]) for row in read.deletes] == ([(ID, kind)] if kind else [])
    assert (read.counts["notices"], reasons(read)) == (1, {} if kind else {("field", UNCLEAR): 1})


def test_what_holds_no_tweet_is_a_notice() -> None:
    gone = {"_type": f"{MODULE}Tombstone", "text": "… from a suspended account."}
    read = lines(tweet(), user(), {"_type": f"{MODULE}TweetRef", "id": ID}, {"_type": f"{MODULE}Trend"}, gone)
    assert (read.counts["tweets"], read.counts["notices"]) == (1, 4)
    assert reasons(read) == {("field", "tombstone without an id"): 1}


@pytest.mark.parametrize(
    ("record", "scope", "reason"),
    [
        (tweet(id=None, url=None), "record", "no id, or an id out of range"),
        (tweet(id=1 << 63, url=None), "record", "no id, or an id out of range"),
        (tweet(id=float(ID), url=None), "record", "id went through a float"),
        (tweet(rawContent=None), "record", "no text"),
        ({"_type": "snscrape.modules.reddit.Submission", "id": "a", "content": "a"}, "record", "unknown record"),
        ({"id": 1, "url": "", "date": "", "content": "a post elsewhere"}, "record", "unknown record"),
        (old(content="RT @bob: hello"), "field", "retweet without its original"),
        (tweet(retweetedTweet={"_type": f"{MODULE}TweetRef", "id": ROOT}), "field", "retweet without its original"),
        (tweet(likeCount=-1), "field", "likeCount: wrong type or out of range"),
        (tweet(likeCount=1 << 63), "field", "likeCount: wrong type or out of range"),
        (tweet(likeCount="many"), "field", "likeCount: wrong type or out of range"),
        (tweet(user=user(followersCount=-1)), "field", "followersCount: wrong type or out of range"),
        (tweet(user=user(user_id="x")), "field", "author_id is no id"),
        (tweet(lang=[]), "field", "lang: wrong type or out of range"),
        (reply(inReplyToTweetId=ID + 1), "field", "reply_to_id is not older than the tweet"),
        (reply(inReplyToTweetId=float(ROOT)), "field", "reply_to_id went through a float"),
    ],
)
def test_what_cannot_be_used_is_counted(record: Json, scope: str, reason: str) -> None:
    read = lines(tweet(id=ID - 5), record)
    assert reasons(read) == {(scope, reason): 1}
    assert read.counts["tweets"] == (1 if scope == "record" else 2)


def test_a_retweet_without_its_original_has_no_row() -> None:
    read = lines(old(content="RT @bob: hello"))
    assert (read.sightings, read.counts["tweets"]) == ([], 1)


def test_versions_of_an_edited_tweet_are_told() -> None:
    versions = [ROOT, ROOT + 1, ROOT + 2]
    read = lines(tweet(editState={"_type": f"{MODULE}EditState", "editTweetIds": versions, "editsRemaining": 3}))
    assert [(row["tweet_id"], row["initial_id"]) for row in read.edits] == [(ROOT + 1, ROOT), (ROOT + 2, ROOT)]


DICT = repr(user(followersCount=5, verified=True))
SHOWN = (
    "User(username='anna', id=11, displayname='<b.c: it\\'s>', created=datetime.datetime(2020, 1, 2, 3, 4, tzinfo="
    "datetime.timezone.utc), followersCount=5, verified=True, profileImageShape=<ProfileImageShape.CIRCLE: 'circle'>)"
)


@pytest.mark.parametrize("cell", [DICT, SHOWN, json.dumps(user(followersCount=5, verified=True, location=None))])
def test_a_cell_holds_an_object(cell: str) -> None:
    row = own(table(tweet(user=cell)))
    columns = ("author_id", "author_handle", "author_followers", "author_verified")
    assert [row[column] for column in columns] == [11, "anna", 5, True]


def test_a_table_of_pandas_tells_all_but_what_the_float_took() -> None:
    quoted = tweet(id=ROOT + 7, rawContent="quoted", quotedTweet=None, date="datetime")
    record = reply(
        inReplyToTweetId=str(float(ROOT)),
        quotedTweet=quoted,
        links=[{"url": LINK, "tcourl": SHORT}],
        hashtags=["tag"],
        media=[{"_type": "Photo", "fullUrl": "https://p/x?format=png&name=large"}],
        likeCount="3.0",
        retweetedTweet="None",
    )
    read = table(record, tweet(id=ID - 5))
    row = next(row for row in read.sightings if row["id"] == ID)
    assert (row["reply_to_id"], row["reply_to_rounded"], row["reply_to_author_id"]) == (None, ROUNDED, 12)
    assert (row["text"], row["reply_prefix"], row["like_count"]) == ("@other hello", "@bob @Eve", 3)
    assert (row["urls"], row["hashtags"], row["quoted_id"]) == ([LINK], ["tag"], ROOT + 7)
    assert row["media"] == [{"kind": "photo", "url": "https://p/x.png", "alt": None}]
    assert [(row["id"], row["text"]) for row in read.sightings if row["seen_as"] == "quoted"] == [(ROOT + 7, "quoted")]
    assert reasons(read) == {("field", "reply_to_id went through a float"): 1}


def test_parquet_holds_values_of_its_own() -> None:
    record = tweet(id=20, url=None, conversationId=20, date=datetime(2006, 3, 21, 20, 50, tzinfo=UTC), hashtags=["a"])
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([record]), out)
    row = own(read_back({"a.parquet": out.getvalue()}))
    assert (row["created_at"], row["author_id"], row["hashtags"]) == (record["date"], 11, ["a"])


@pytest.mark.parametrize(
    ("column", "cell"),
    [("user", "anna"), ("user", "{'id': "), ("links", "[1, 2]"), ("media", "7"), ("quotedTweet", "(" * 300)],
)
def test_a_cell_that_cannot_be_read_is_counted(column: str, cell: str) -> None:
    read = table(tweet(**{column: cell}))
    assert own(read)["author_handle"] == "anna"
    assert reasons(read) == {("field", f"{column}: cannot be read"): 1}


@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not on this machine")
@pytest.mark.parametrize(
    ("era", "tweets", "replies", "parents", "inferable"), [("ukraine", 2509, 1029, 37, 0), ("covid", 3000, 0, 0, 40)]
)
def test_real_files(era: str, tweets: int, replies: int, parents: int, inferable: int, tmp_path: Path) -> None:
    read = read_paths(sorted(REAL.glob(f"{era}*")), tmp_path, Choice())
    known = {row["id"] for row in read.sightings}
    answers = [row for row in read.sightings if row["reply_to_id"]]
    loose = [row for row in read.sightings if not row["reply_to_id"] and row["conversation_id"] != row["id"]]
    assert (read.counts["tweets"], read.rejects, read.sources) == (tweets, [], {"snscrape"})
    assert (len(answers), sum(row["reply_to_id"] in known for row in answers)) == (replies, parents)
    assert sum(row["conversation_id"] in known for row in loose) == inferable
