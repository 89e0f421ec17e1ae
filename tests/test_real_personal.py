"""Read a published personal archive, where it is at hand (`../shared/real/personal-archive`)."""

import json
import re
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chinwag.reading import Choice
from chinwag.values import id_time
from tests.sources.reading_back import Json, Read, read_paths

REAL = Path(__file__).parents[2] / "shared" / "real" / "personal-archive" / "data"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the published personal archive is not on this machine")

CUT = re.compile(r"…(\s+https?://\S+)*$")


@cache
def items(name: str) -> list[Json]:
    """Give what a script's items hold."""
    found: list[Json] = json.loads(REAL.joinpath(name).read_text(encoding="utf-8").partition("=")[2])
    return [next(iter(item.values())) for item in found]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Read:
    return read_paths(sorted(REAL.iterdir()), tmp_path_factory.mktemp("scratch"), Choice())


def ids(rows: list[Any]) -> set[int]:
    return {row["id"] for row in rows}


def test_every_tweet_is_read(unpacked: Read) -> None:
    counts = unpacked.counts
    assert (counts["lines"], counts["tweets"], counts["sightings"], counts["rejects"]) == (1223, 1223, 1211, 0)
    retweets = {int(item["id"]) for item in items("tweets.js") if item["full_text"].startswith("RT @")}
    assert ids(unpacked.sightings) == {int(item["id"]) for item in items("tweets.js")} - retweets
    assert len({row["author_id"] for row in unpacked.sightings} - {None}) == 1
    assert {row["seen_at"].year for row in unpacked.sightings} == {2024}
    reasons = [row["reason"] for row in unpacked.rejects]
    assert sorted(set(reasons)) == ["quoted_id is not older than the tweet", "retweet without its original"]
    assert reasons.count("retweet without its original") == len(retweets) == 12


def test_replies_find_the_parents_that_are_there(unpacked: Read) -> None:
    replies = [row for row in unpacked.sightings if row["reply_to_id"] is not None]
    known = ids(unpacked.sightings)
    assert (len(replies), sum(row["reply_to_id"] in known for row in replies)) == (819, 413)
    assert sum(row["quoted_id"] is not None for row in unpacked.sightings) == 157
    assert len({(row["tweet_id"], row["initial_id"]) for row in unpacked.edits}) == 5


def test_of_all_replies_to_others_a_mention_is_cut(unpacked: Read) -> None:
    [owner] = {row["author_id"] for row in unpacked.sightings}
    others = [row for row in unpacked.sightings if row["reply_to_id"] and row["reply_to_author_id"] != owner]
    assert len(others) == 406
    assert all(row["reply_prefix"] for row in others)


def test_every_long_post_is_whole_and_belongs_to_one_tweet(unpacked: Read) -> None:
    rows = {row["id"]: row for row in unpacked.sightings}
    joined: list[int] = []
    for note in items("note-tweet.js"):
        whole = note["core"]["text"]
        for url in note["core"]["urls"]:
            whole = whole.replace(url["shortUrl"], url["expandedUrl"])
        written = id_time(int(note["noteTweetId"])) or 0
        nearest = min(rows, key=lambda tweet_id: abs((id_time(tweet_id) or 0) - written))
        assert rows[nearest]["text"].startswith(whole)  # what is not cut may have media behind it
        joined.append(nearest)
    assert len(joined) == len(set(joined)) == 41
    cut = {int(item["id"]) for item in items("tweets.js") if CUT.search(item["full_text"])} & rows.keys()
    assert len(cut) == 31
    assert cut <= set(joined)
    assert not [row for row in rows.values() if CUT.search(row["text"])]


def test_a_zip_gives_the_same(unpacked: Read, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "twitter.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(REAL.iterdir()):
            file.write(path, f"data/{path.name}")
    zipped = read_paths([tmp_path / "twitter.zip"], tmp_path, Choice())
    same = [
        [{name: value for name, value in row.items() if name != "file_id"} for row in read.sightings]
        for read in (unpacked, zipped)
    ]
    assert same[0] == same[1]
    assert zipped.counts["lines"] == 1223
