"""Lines of lists and of compliance results: which notice each becomes, and what is none."""

import bz2
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from chinwag.errors import ChinwagError, UsageError
from chinwag.notices import read
from tests.sources.statuses import NOW, Json, sid

TWEET = sid(0)
DELETE = {"delete": {"status": {"id": TWEET, "id_str": str(TWEET)}}}
USER = {"user_delete": {"id": 7}}
ANNA = {"user_delete": {"screen_name": "Anna"}}


def noticed(folder: Path, data: str | bytes, *, users: bool = False) -> tuple[list[Json], list[tuple[int | None, str]]]:
    """Give the notices that a file becomes, and its rejects."""
    path, rejects = folder / "file", list[tuple[int | None, str]]()
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    found = read(path, lambda line, reason: rejects.append((line, reason)), users=users)
    lines = gzip.decompress(found.save(folder / "saved").read_bytes()).splitlines() if found.lines else []
    assert len(lines) == found.lines
    return [json.loads(line) for line in lines], rejects


LISTED: dict[str, Json] = {
    str(TWEET): DELETE,
    f"https://x.com/Anna/status/{TWEET}": DELETE,
    f"https://twitter.com/Anna/status/{TWEET}": DELETE,
    f"http://www.twitter.com/Anna/statuses/{TWEET}?s=20&t=x": DELETE,
    f"https://mobile.twitter.com/i/web/status/{TWEET}": DELETE,
    f"x.com/Anna/status/{TWEET}/photo/1": DELETE,
    f"https://twitter.com/#!/Anna/status/{TWEET}": DELETE,
    f"  {TWEET}\t# asked us to": DELETE,
    f"{TWEET}\r": DELETE,
    "@Anna": ANNA,
    "@Anna # asked us to": ANNA,
    "https://x.com/Anna": ANNA,
    "https://X.com/Anna/": ANNA,
    "https://twitter.com/Anna?lang=en": ANNA,
    "https://twitter.com/intentions": {"user_delete": {"screen_name": "intentions"}},
    "user:7": USER,
    "https://x.com/i/user/7": USER,
}


@pytest.mark.parametrize(("line", "notice"), LISTED.items())
def test_a_line_of_a_list(tmp_path: Path, line: str, notice: Json) -> None:
    assert noticed(tmp_path, f"# a list\n\n{line}\n") == ([notice], [])


@pytest.mark.parametrize(
    "line",
    [
        "Anna", "id", "@", "@name with blanks", "@über", "user:", "user:Anna", "user:0", "0", "-5", "1,2", "५", "\x01",
        "https://x.com/", "https://x.com/search?q=Anna", "https://x.com/i", "https://x.com/i/lists/5", "https://x.com/home",
        "https://example.org/Anna/status/5", "https://x.com/Anna/status/", "https://nox.com/Anna", "{}", "1.5e18",
        f"https://x.com/Anna/status/{1 << 63}", str(1 << 63),
    ],
)  # fmt: skip
def test_a_line_that_names_nothing_is_rejected_with_its_number(tmp_path: Path, line: str) -> None:
    notices, [(number, reason)] = noticed(tmp_path, f"# a list\n{TWEET}\n\n{line}\n@Anna\n")
    assert (notices, number) == ([DELETE, ANNA], 4)
    assert reason in ("no tweet and no user", "id out of range")


def test_ids_alone_are_those_of_users_where_that_is_said(tmp_path: Path) -> None:
    data = f"7\nhttps://x.com/Anna/status/{TWEET}\n"
    assert noticed(tmp_path, data, users=True) == ([USER, DELETE], [])


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("feed", ["\n", "\r\n"])
def test_a_list_may_be_packed_and_come_from_windows(tmp_path: Path, pack: Any, encoding: str, feed: str) -> None:
    data = feed.join(["@Anna", "# ü", "", "user:7", str(TWEET)]).encode(encoding)
    assert noticed(tmp_path, pack(data)) == ([ANNA, USER, DELETE], [])


def test_damage_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    notices, [(number, reason)] = noticed(tmp_path, gzip.compress(b"@Anna\nuser:7\n")[:-4])
    assert (notices, number) == ([ANNA, USER], None)
    assert "cut" in reason or "end" in reason


def result(id: int = TWEET, reason: str | None = "deleted", **more: Any) -> Json:
    return {"id": str(id), "action": "delete", "created_at": "2021-01-01T17:29:06.662Z", "reason": reason, **more}


OF_TWEETS: dict[str | None, Json] = {
    **dict.fromkeys(["deleted", "deactivated", "bounced", "other", None], DELETE),
    "protected": {"drop": DELETE["delete"]},
    "suspended": {"drop": DELETE["delete"]},
    "scrub_geo": {"scrub_geo": DELETE["delete"]["status"]},
}
OF_USERS: dict[str | None, Json] = {
    **dict.fromkeys(["deleted", "deactivated", "other", None], USER),
    "protected": {"user_protect": {"id": 7}},
    "suspended": {"user_suspend": {"id": 7}},
    "scrub_geo": {"scrub_geo": {"user_id": 7}},
}


@pytest.mark.parametrize(("reason", "notice"), OF_TWEETS.items())
def test_a_result_about_a_tweet(tmp_path: Path, reason: str | None, notice: Json) -> None:
    assert noticed(tmp_path, f"\n{json.dumps(result(reason=reason))}\n") == ([notice], [])


@pytest.mark.parametrize(("reason", "notice"), OF_USERS.items())
def test_a_result_about_a_user(tmp_path: Path, reason: str | None, notice: Json) -> None:
    assert noticed(tmp_path, json.dumps(result(7, reason)), users=True) == ([notice], [])


def test_results_as_a_table(tmp_path: Path) -> None:
    when = "2021-01-01T17:29:06.662Z"
    rows = [f"{TWEET},delete,{when},,deleted", f"{TWEET},delete,{when},{when},", "", ",,,,"]
    data = "\n".join(["id,action,created_at,redacted_at,reason", *rows])
    late: Json = {"delete": {**DELETE["delete"], "timestamp_ms": str(NOW)}}
    assert noticed(tmp_path, data) == ([DELETE, late], [(5, "no compliance result")])


@pytest.mark.parametrize(
    "line",
    ['{"id": "5"', '{"id": null, "reason": "deleted"}', '{"id": "x", "reason": "deleted"}', '{"id": "5"}', "[]", "5",
     '{"id": ["5"], "reason": "deleted"}', '{"id": "5", "text": "a", "author_id": "6"}'],
)  # fmt: skip
def test_what_is_no_result_is_rejected_with_its_number(tmp_path: Path, line: str) -> None:
    good = json.dumps(result())
    assert noticed(tmp_path, f"{good}\n\n{line}\n{good}\n") == ([DELETE] * 2, [(3, "no compliance result")])


def test_a_notice_has_the_time_at_which_the_tweet_was_gone(tmp_path: Path) -> None:
    [notice], _ = noticed(tmp_path, json.dumps(result(redacted_at="2021-01-01T17:29:06.662Z")))
    assert notice == {"delete": {**DELETE["delete"], "timestamp_ms": str(NOW)}}


JUDGED = {
    "to the millisecond": (TWEET, "2021-01-01T17:29:06.662Z", (1, 0)),
    "to the second": (TWEET, "2021-01-01T17:29:06+00:00", (1, 0)),
    "rounded up": (TWEET, "2021-01-01T17:29:07.000Z", (1, 0)),
    "another time": (TWEET, "2021-01-01T17:29:10.000Z", (0, 1)),
    "an id that is counted, and newer": (1482680858, "2013-06-04T16:25:04+00:00", (0, 1)),
    "an id that is counted, and older": (1482680858, "2009-04-09T10:00:00.000Z", (0, 0)),
    "no time": (TWEET, None, (0, 0)),
    "no time that can be read": (TWEET, "yesterday", (0, 0)),
}


@pytest.mark.parametrize(("id", "created_at", "judged"), JUDGED.values(), ids=JUDGED)
def test_the_time_in_an_id_tells_a_tweet(tmp_path: Path, id: int, created_at: str, judged: tuple[int, int]) -> None:
    path = tmp_path / "file"
    path.write_text(json.dumps(result(id, created_at=created_at)))
    found = read(path, lambda *_: None, users=False)
    assert (found.fits, found.misfits) == judged


@pytest.mark.parametrize("data", [b'[{"id": "5"}]', b'{\n"id": "5"}', b"PAR1", b"window.YTD.like.part0 = [ {"])
def test_what_is_neither_a_list_nor_results_is_an_error(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UsageError, match=r"file: neither a list nor compliance results"):
        noticed(tmp_path, data)


def test_a_file_that_cannot_be_read_is_an_error_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ChinwagError, match=r"missing: No such file"):
        read(tmp_path / "missing", lambda *_: None, users=False)


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert noticed(tmp_path, b"") == noticed(tmp_path, "# none\n\n") == ([], [])


def test_the_same_notices_are_one_file_of_the_same_bytes(tmp_path: Path) -> None:
    paths = []
    for name, data in {"one": "7\n@Anna", "two": "# again\n\n7\n@Anna\nbad\n", "three": "@Anna\n7\n"}.items():
        (tmp_path / name).write_text(data)
        paths.append(read(tmp_path / name, lambda *_: None, users=False).save(tmp_path / "saved"))
    assert paths[0] == paths[1] != paths[2]
    again = read(tmp_path / "two", lambda *_: None, users=False).save(tmp_path / "elsewhere")
    assert (again.name, again.read_bytes()) == (paths[0].name, paths[0].read_bytes())
    assert again.read_bytes()[4:8] == bytes(4), "the time in the header"
