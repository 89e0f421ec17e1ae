"""Tables of twarc-csv: each of its generations and options, and what becomes of ids that pandas made floats of."""

import csv
import io
import json
from collections import Counter
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chinwag.records import load
from chinwag.sources import twarc_csv
from shapes import Tweet
from shapes import twarc_csv as writer
from tests.sources.reading_back import Json, Read, read_back

ROOT = 1_601_234_567_890_123_457  # a float cannot hold it
ID = ROOT + (60_000 << 22)
OTHER = ID - (1000 << 22)
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
RETRIEVED_AT = datetime(2023, 2, 1, 10, tzinfo=UTC)
RETWEET = {
    "referenced_tweets.replied_to.id": "",
    "referenced_tweets.retweeted.id": str(ROOT),
    "retweeted_user_id": "12",
    "retweeted_username": "Bob",
    "text": "tea?\\nor cake?",
}
NO_ORIGINAL = "retweet without its original"
LOST, NO_ID = "id went through a float", "no id, or an id out of range"
STATUS = f"https://twitter.com/eve/status/{OTHER}"


def row(changes: Json | None = None) -> Json:
    """Give an answer to Bob's tweet."""
    return writer.row(ANSWER, {}) | (changes or {})


def table(*rows: Json) -> bytes:
    names = list(dict.fromkeys(name for one in rows for name in one))
    text = io.StringIO(newline="")
    lines = csv.DictWriter(text, names, lineterminator="\n")
    lines.writeheader()
    lines.writerows(rows)
    return text.getvalue().encode()


def read(*rows: Json) -> Read:
    found = read_back({"tweets.csv": table(*rows)})
    assert found.sources == {"twarc_csv"}
    return found


def reasons(found: Read) -> Counter[tuple[str, str]]:
    return Counter((reject["scope"], reject["reason"]) for reject in found.rejects)


HEADERS = {
    "0.7": writer.HEADER.split(),
    "0.5": ["id", "conversation_id", "referenced_tweets.replied_to.id", "author_id", "created_at", "text"],
    "0.3": ["id", "created_at", "text", "attachments.media", "author.id", "referenced_tweets", "type"],
    "0.1": ["id", "created_at", "text", "author_id", "public_metrics.like_count"],
    "with pandas' index": ["", "id", "text", "author.username"],
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_no_other_source_claims_its_columns(header: list[str]) -> None:
    assert [source.name for source in load() if source.claims(dict.fromkeys(header))] == ["twarc_csv"]


@pytest.mark.parametrize(
    "header",
    [
        ["id", "created_at", "username", "public_metrics.followers_count", "__twarc.retrieved_at"],  # users
        ["id", "action", "created_at", "redacted_at", "reason"],  # compliance
        ["start", "end", "tweet_count", "__twarc.retrieved_at"],
        ["id", "owner_id", "name", "__twarc.retrieved_at"],  # lists
        ["id", "conversation_id", "author_id", "text"],  # flattened v2
        ["id", "rawContent", "user.username"],
        ["id", "text", "user.screen_name"],
        ["tweet_id", "author_id", "text"],
    ],
)
def test_other_tables_are_not_claimed(header: list[str]) -> None:
    assert not twarc_csv.claims(dict.fromkeys(header))


EXPECTED = {
    "id": ID,
    "author_id": 11,
    "author_handle": "anna",
    "author_followers": 12,
    "author_verified": False,
    "text": "tea & cake",
    "reply_prefix": "@Bob",
    "reply_to_id": ROOT,
    "reply_to_rounded": None,
    "reply_to_author_id": 12,
    "conversation_id": ROOT,
    "reply_count": 5,
    "retweet_count": 6,
    "like_count": 7,
    "quote_count": 8,
    "possibly_sensitive": False,
    "seen_as": "own",
    "seen_at": RETRIEVED_AT,
}
ZEROS = [f"public_metrics.{name}_count" for name in ("reply", "retweet", "like", "quote")]
MEDIA = [{"media_key": "3_1", "type": "photo", "url": "https://pbs.twimg.com/media/a.jpg", "alt_text": "a cup"}, {}]
URL = {"start": 0, "end": 23, "url": "https://t.co/a", "expanded_url": "https://example.org/a", "display_url": "x"}
PHOTO = f"https://twitter.com/anna/status/{ID}/photo/1"
LINKS = "@Bob https://t.co/a https://t.co/b https://t.co/p"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"text": "@Bob a\\nb &lt;3"}, {"text": "a\nb <3"}),
        ({"entities.mentions": ""}, {"text": "@Bob tea & cake", "reply_prefix": None}),
        ({"entities.mentions": "", "in_reply_to_username": "Bob"}, {}),
        ({"entities.mentions": "", "in_reply_to_user.username": "Bob"}, {}),  # up to 0.4
        ({"text": "@Bob @eve a", "entities.mentions": '["@Eve", "@bob"]'}, {"text": "a", "reply_prefix": "@Bob @eve"}),
        ({"text": "@Bob a", "entities.mentions": '[{"start": 0, "username": "Bob"}]'}, {"text": "a"}),  # up to 0.6
        ({"author.verified": "True", "possibly_sensitive": "1.0"},
         {"author_verified": True, "possibly_sensitive": True}),
        ({"author.verified": "", "possibly_sensitive": "0.0"}, {"author_verified": None}),
        ({"public_metrics.like_count": "9.0", "public_metrics.quote_count": ""},
         {"like_count": 9, "quote_count": None}),
        ({"public_metrics.like_count": "inf", "public_metrics.quote_count": "-1"},
         {"like_count": None, "quote_count": None}),
        ({"author_id": ""}, {}),  # but there is author.id
        ({"author_id": "11.0", "in_reply_to_user_id": "12.0"}, {}),
        ({"referenced_tweets.quoted.id": str(OTHER)}, {"quoted_id": OTHER}),
        ({"entities.hashtags": '["#tea", "#cake"]'}, {"hashtags": ["tea", "cake"]}),
        ({"entities.hashtags": "['#tea']"}, {"hashtags": ["tea"]}),  # with --no-json-encode-lists
        ({"entities.hashtags": '[{"start": 0, "end": 4, "tag": "tea"}]'}, {"hashtags": ["tea"]}),
        ({"attachments.media": json.dumps(MEDIA)},
         {"media": [{"kind": "photo", "url": "https://pbs.twimg.com/media/a.jpg", "alt": "a cup"}]}),
        ({"text": "@Bob https://t.co/a", "entities.urls": json.dumps([URL])},
         {"text": "https://example.org/a", "urls": ["https://example.org/a"]}),
        ({"text": LINKS, "entities.urls": json.dumps(["https://a.org", "https://b.org", PHOTO, PHOTO])},
         {"text": f"https://a.org https://b.org {PHOTO}", "urls": ["https://a.org", "https://b.org"]}),
        ({"text": LINKS, "entities.urls": json.dumps(["https://a.org", "https://a.org", *["pic.twitter.com/p"] * 4])},
         {"text": "https://a.org https://a.org https://t.co/p", "urls": ["https://a.org", "https://a.org"]}),
        ({"text": LINKS, "entities.urls": '["https://a.org"]'}, {"text": LINKS[5:], "urls": ["https://a.org"]}),
        ({"__twarc.retrieved_at": ""}, {"seen_at": None}),
        (dict.fromkeys(ZEROS, "0"), {"reply_count": 0, "retweet_count": 0, "like_count": 0, "quote_count": 0}),
        ({**dict.fromkeys(ZEROS, "0"), "__twarc.url": "https://api.twitter.com/2/tweets/search/stream"},
         {"reply_count": None, "retweet_count": None, "like_count": None, "quote_count": None}),
    ],
)  # fmt: skip
def test_fields(changes: Json, expected: Json) -> None:
    found = read(row(changes))
    assert found.rejects == []
    [sighting] = found.sightings
    assert {column: sighting[column] for column in EXPECTED | expected} == EXPECTED | expected


@pytest.mark.parametrize("encoded", ["text", "all"])
def test_cells_may_be_json(encoded: str) -> None:
    as_json = {name: json.dumps(value) for name, value in row({"text": '@Bob "a"\nb\\n'}).items()}
    if encoded == "all":
        as_json |= {"public_metrics.like_count": "7", "possibly_sensitive": "false"}
    [sighting] = read(as_json | {"edit_history_tweet_ids": f'["{ID}"]', "entities.mentions": '["@Bob"]'}).sightings
    expected = EXPECTED | {"text": '"a"\nb\\n'}
    assert {column: sighting[column] for column in expected} == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"text": "tea?\nor cake?", "author_handle": "Bob"}),
        ({"retweeted_username": ""}, {"text": "tea?\nor cake?", "author_handle": None}),  # up to 0.6
        ({"text": "RT @Bob: tea?\\nor…"}, None),  # with --no-merge-retweets
        ({"text": "RT @Bob: tea?", "retweeted_username": ""}, None),
        ({"text": "RT @eve: tea"}, {"text": "RT @eve: tea", "author_handle": "Bob"}),  # that is what Bob wrote
        ({"retweeted_user_id": "", "retweeted_username": ""}, None),  # the answer did not hold it
    ],
)
def test_a_retweet_holds_what_is_its_originals(changes: Json, expected: Json | None) -> None:
    found = read(row(RETWEET | changes))
    assert found.counts["tweets"] == 1
    if expected is None:
        assert (found.sightings, reasons(found)) == ([], {("field", NO_ORIGINAL): 1})
        return
    assert found.rejects == []
    wanted: Json = {"id": ROOT, "author_id": 12, "author_followers": None, "conversation_id": None, "reply_to_id": None}
    wanted |= {"like_count": 7, "seen_as": "retweeted", "seen_at": RETRIEVED_AT, **expected}
    [sighting] = found.sightings
    assert {column: sighting[column] for column in wanted} == wanted


@pytest.mark.parametrize(
    ("listed", "seen"),
    [
        ([{"type": "replied_to", "id": str(ROOT)}], [(ID, "own")]),
        ([{"type": "replied_to", "id": str(ROOT), "text": "tea?", "author": {"username": "Bob"}}],
         [(ID, "own"), (ROOT, "parent")]),
        ([{"type": "quoted", "id": str(OTHER)}, {"type": "replied_to", "id": str(ROOT)}], [(ID, "own")]),
    ],
)  # fmt: skip
def test_up_to_0_4_references_are_a_list(listed: list[Json], seen: list[tuple[int, str]]) -> None:
    found = read(row({"referenced_tweets": json.dumps(listed), "referenced_tweets.replied_to.id": ""}))
    assert [(sighting["id"], sighting["seen_as"]) for sighting in found.sightings] == seen
    assert found.sightings[0]["reply_to_id"] == ROOT


@pytest.mark.parametrize(
    ("changes", "expected", "lost"),
    [
        ({"id": repr(float(ID))}, {"id": ID}, []),  # told by the history of its edits
        ({"id": repr(float(ID)), "edit_history_tweet_ids": "", "conversation_id": str(ID),
          "referenced_tweets.replied_to.id": ""}, {"id": ID, "conversation_id": ID}, []),
        ({"referenced_tweets.replied_to.id": repr(float(ROOT))}, {"reply_to_id": ROOT}, []),  # by the conversation
        ({"referenced_tweets.replied_to.id": repr(float(OTHER))},
         {"reply_to_id": None, "reply_to_rounded": int(float(OTHER))}, ["reply_to_id"]),
        ({"referenced_tweets.replied_to.id": "1.60E+18"}, {"reply_to_id": None, "reply_to_rounded": None},
         ["reply_to_id"]),
        ({"id": "20.0", "referenced_tweets.replied_to.id": ""}, {"id": 20}, []),
        ({"referenced_tweets.replied_to.id": "20.0"}, {"reply_to_id": 20}, []),
        ({"referenced_tweets.quoted.id": repr(float(OTHER)), "entities.urls": json.dumps([STATUS])},
         {"quoted_id": OTHER}, []),
        ({"referenced_tweets.quoted.id": repr(float(OTHER))}, {"quoted_id": None}, ["quoted_id"]),
        ({"conversation_id": repr(float(ROOT))}, {"conversation_id": None}, ["conversation_id"]),
        (RETWEET | {"entities.urls": json.dumps([f"https://twitter.com/Bob/status/{ROOT}"]),
                    "referenced_tweets.retweeted.id": repr(float(ROOT))}, {"id": ROOT}, []),
    ],
)  # fmt: skip
def test_ids_that_went_through_a_float(changes: Json, expected: Json, lost: list[str]) -> None:
    found = read(row(changes))
    assert reasons(found) == {("field", f"{column} went through a float"): 1 for column in lost}
    [sighting] = found.sightings
    assert {column: sighting[column] for column in expected} == expected


def test_the_id_of_an_original_that_is_lost() -> None:
    found = read(row(RETWEET | {"referenced_tweets.retweeted.id": repr(float(OTHER))}))
    lost = {("field", "id of the original went through a float"): 1, ("field", NO_ORIGINAL): 1}
    assert (found.sightings, reasons(found)) == ([], lost)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": repr(float(ID)), "edit_history_tweet_ids": ""}, LOST),
        ({"id": "1.60E+18"}, NO_ID),
        ({"id": "anna"}, NO_ID),
        ({"id": ""}, NO_ID),
        ({"text": ""}, "no text"),  # up to 0.2 a row was made of a reference alone
    ],
)
def test_rows_that_cannot_be_used(changes: Json, reason: str) -> None:
    found = read(row(changes), row())
    assert reasons(found) == {("record", reason): 1}
    assert [sighting["id"] for sighting in found.sightings] == [ID]


def test_a_list_that_is_none_is_left_out() -> None:
    found = read(row({"entities.hashtags": "tea", "attachments.media": '["a"]'}))
    assert reasons(found) == {
        ("field", "entities.hashtags: wrong type"): 1,
        ("field", "attachments.media: wrong type"): 1,
    }
    assert [sighting["text"] for sighting in found.sightings] == ["tea & cake"]


def test_edits_are_told() -> None:
    found = read(row({"edit_history_tweet_ids": json.dumps([str(OTHER), str(ID)])}))
    assert {(edit["tweet_id"], edit["initial_id"]) for edit in found.edits} == {(ID, OTHER)}


def test_parquet_that_pandas_made_of_it() -> None:
    """Numbers are numbers there, and ids are floats where one is missing."""
    cells: Json = row() | {"id": ID, "conversation_id": ROOT, "possibly_sensitive": False, "author.verified": None}
    cells |= {"referenced_tweets.replied_to.id": float(ROOT), "public_metrics.like_count": 7.0}
    cells |= {"referenced_tweets.quoted.id": float("nan"), "created_at": datetime(2022, 9, 1, tzinfo=UTC)}
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([cells]), file)
    found = read_back({"tweets.parquet": file.getvalue()})
    assert (found.rejects, found.sources) == ([], {"twarc_csv"})
    expected = EXPECTED | {"author_verified": None, "quoted_id": None}
    assert {column: found.sightings[0][column] for column in expected} == expected


def test_lines_of_other_shapes_are_left_to_others() -> None:
    lines = [json.dumps(one).encode() + b"\n" for one in (row(), {"delete": {"status": {"id_str": str(ROOT)}}})]
    found = read_back({"tweets.jsonl": b"".join(lines)})
    assert (found.sources, found.rejects) == ({"twarc_csv", "v1"}, [])
    assert [delete["tweet_id"] for delete in found.deletes] == [ROOT]
