import bz2
import gzip
import hashlib
import json
import re
import shlex
import tarfile
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import synthetic

Json = dict[str, Any]
EXAMPLES = Path(synthetic.__file__).parent


def read(era: str, **options: Any) -> tuple[list[Json], list[Json]]:
    lines = [json.loads(line) for _, held in synthetic.members(era, **options) for line in held]
    return [line for line in lines if "delete" not in line], [line["delete"] for line in lines if "delete" in line]


def embedded(status: Json) -> list[Json]:
    inner = [status[key] for key in ("retweeted_status", "quoted_status") if key in status]
    return inner + [deep for one in inner for deep in embedded(one)]


def ms(status_id: int) -> int:
    return (status_id >> 22) + synthetic.EPOCH


def kind(status: Json) -> str:
    if "retweeted_status" in status:
        return "retweet"
    if status["in_reply_to_status_id"]:
        return "reply"
    return "user" if status["in_reply_to_user_id"] else "quote" if status.get("is_quote_status") else "plain"


@pytest.mark.parametrize("era", synthetic.ERAS)
def test_shares_follow_the_era(era: str) -> None:
    traits = synthetic.ERAS[era]
    statuses, deletes = read(era, minutes=1, statuses=1000)
    total = len(statuses)
    kinds = Counter(map(kind, statuses))
    for name, share in (("retweet", traits.retweets), ("reply", traits.replies), ("quote", traits.quotes)):
        assert kinds[name] / total == pytest.approx(share, abs=0.04)
    assert len(deletes) / (total + len(deletes)) == pytest.approx(traits.deletes, abs=0.01)
    assert all(("timestamp_ms" in one) == traits.extended for one in statuses + deletes)
    assert any("extended_tweet" in one for one in statuses) == traits.extended
    assert any("quoted_status" in one for one in statuses) == traits.extended
    assert all(("reply_count" in one) == traits.reply_count for one in statuses)
    assert all(("favorite_count" in one) == traits.extended for one in statuses)


@pytest.mark.parametrize("era", synthetic.ERAS)
def test_ids_lie_in_the_window_and_agree_with_the_times(era: str) -> None:
    statuses, deletes = read(era, statuses=200)
    for status in statuses:
        assert 657 <= ms(status["id"]) % 1000 <= 666
        assert status.get("timestamp_ms", str(ms(status["id"]))) == str(ms(status["id"]))
        assert not any(status.get(f"{name}_count") for name in ("retweet", "favorite", "reply", "quote"))
        for one in (status, *embedded(status)):
            assert one["id_str"] == str(one["id"])
            assert one["in_reply_to_status_id"] is None or one["in_reply_to_status_id"] < one["id"]
            assert one.get("quoted_status_id", 0) < one["id"]
        for one in embedded(status):
            assert one["id"] < status["id"]
        assert status.get("retweeted_status", {"retweet_count": 1})["retweet_count"] > 0
    assert all(657 <= ms(one["status"]["id"]) % 1000 <= 666 for one in deletes)
    repeated = Counter(status["id"] for status in statuses)
    assert len(repeated) == 600


@pytest.mark.parametrize("era", ["2017", "2021"])
def test_ranges_count_code_points_of_the_escaped_text(era: str) -> None:
    statuses, _ = read(era, minutes=1, statuses=700, joined=0.5)
    seen = Counter[str]()
    for status in statuses:
        for one in (status, *embedded(status)):
            whole = one.get("extended_tweet", one)
            text = whole.get("full_text", one["text"])
            start, end = whole.get("display_text_range", [0, len(text)])
            assert 0 <= start <= end <= len(text)
            assert re.fullmatch(r"(@\w+ )*", text[:start])
            assert re.fullmatch(r"( ?https://t\.co/\w{10})?", text[end:])
            for part in (one, whole):
                shown = part["full_text" if "full_text" in part else "text"]
                for name, key in (("urls", "url"), ("media", "url"), ("user_mentions", "screen_name")):
                    for entity in part["entities"].get(name, []):
                        assert shown[slice(*entity["indices"])].removeprefix("@") == entity[key]
            assert one["truncated"] == ("extended_tweet" in one)
            assert len(one["text"]) <= synthetic.LIMIT
            assert not one["truncated"] or re.search(r"… https://t\.co/\w{10}$", one["text"])
            seen["prefix"] += start > 0
            seen["escaped"] += "&" in text
            seen["astral"] += max(map(ord, text)) > 0xFFFF
            seen["media"] += "extended_entities" in whole
            seen["long"] += one["truncated"]
        seen["cut retweet"] += "retweeted_status" in status and status["text"].endswith("…")
    assert all(seen[name] > 5 for name in ("prefix", "escaped", "astral", "media", "long", "cut retweet")), seen


@pytest.mark.parametrize("joined", [0.03, 0.9])
def test_the_asked_share_of_replies_has_its_parent(joined: float) -> None:
    statuses, _ = read("2021", statuses=400, joined=joined)
    there = {one["id"]: one for status in statuses for one in (status, *embedded(status))}
    replies = [one for one in statuses if one["in_reply_to_status_id"]]
    found = [one for one in replies if one["in_reply_to_status_id"] in there]
    assert len(found) / len(replies) == pytest.approx(joined, abs=0.02)
    for one in found:
        assert there[one["in_reply_to_status_id"]]["user"]["id"] == one["in_reply_to_user_id"]
    if joined < 0.5:
        return
    assert max(Counter(one["in_reply_to_status_id"] for one in found).values()) >= 4


def test_a_small_joined_stream_has_conversations_of_every_kind() -> None:
    statuses, _ = read("2021", statuses=150, joined=0.9)
    there = {one["id"]: one for status in statuses for one in (status, *embedded(status))}
    trees, depth = dict[int, list[int]](), dict[int, int]()
    root_of = dict[int, int]()
    for tweet_id in sorted(there):
        parent = there[tweet_id]["in_reply_to_status_id"]
        root_of[tweet_id] = root_of.get(parent, tweet_id)
        depth[tweet_id] = depth[parent] + 1 if parent in there else 0
        trees.setdefault(root_of[tweet_id], []).append(tweet_id)
    kinds = Counter[str]()
    for tree in trees.values():
        replies = [there[tweet_id] for tweet_id in tree[1:]]
        authors = {there[tweet_id]["user"]["id"] for tweet_id in tree}
        deepest = max(depth[tweet_id] for tweet_id in tree)
        branches = sum(count > 1 for count in Counter(one["in_reply_to_status_id"] for one in replies).values())
        kinds["branches at several places"] += branches > 1
        kinds["two authors, deep"] += len(authors) == 2 and deepest >= 7
        kinds["three authors, deep"] += len(authors) == 3 and deepest >= 5
        kinds["self-thread"] += len(authors) == 1 and deepest >= 3
        own = sum(one["user"]["id"] == one["in_reply_to_user_id"] for one in replies)
        kinds["a turn of two tweets"] += len(authors) > 1 and own > 0
    assert len(kinds) == 5
    assert all(kinds.values()), kinds


def test_output_depends_on_the_seed_alone() -> None:
    first, again, other = (list(synthetic.members("2019", seed=seed, statuses=50)) for seed in (7, 7, 8))
    assert first == again != other
    assert synthetic.encode(first[0][1], "2019") == synthetic.encode(again[0][1], "2019")


@pytest.mark.parametrize(
    ("era", "name", "end"),
    [
        ("2013", "04/04/00/00.json.bz2", b"\r\n"),
        ("2017", "2017/11/11/17/05.json.bz2", b"\r\n"),
        ("2021", "2021/01/01/10/29.json.bz2", b"\r\n"),
        ("2022", "20220804/20220804000400.json.gz", b"\n"),
    ],
)
def test_members_are_named_and_compressed_as_then(era: str, name: str, end: bytes) -> None:
    made, lines = next(synthetic.members(era, statuses=20))
    data = synthetic.encode(lines, era)
    assert made == name
    assert (gzip if end == b"\n" else bz2).decompress(data) == b"".join(line + end for line in lines)
    if end == b"\r\n":
        first = bz2.BZ2Decompressor()
        first.decompress(data)
        assert bool(first.unused_data) == (era == "2021")


@pytest.mark.parametrize("container", synthetic.CONTAINERS)
def test_containers_are_repeatable(tmp_path: Path, container: str) -> None:
    files = [(f"2021/01/0{day}/10/2{day}.json.bz2", b"x" * day) for day in (1, 2)]
    digests = []
    for name in ("a", "b"):
        synthetic.pack(files, tmp_path / name, container)
        made = sorted((tmp_path / name).rglob("*.bz2")) if container == "folder" else [tmp_path / name]
        digests.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in made])
    assert digests[0] == digests[1] != []


def unpacked(archive: Path) -> dict[str, bytes]:
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as held:
            files = {name: held.read(name) for name in held.namelist()}
    else:
        with tarfile.open(archive) as tar:
            files = {entry.name: file.read() for entry in tar if (file := tar.extractfile(entry))}
    return {name: (bz2 if name.endswith(".bz2") else gzip).decompress(data) for name, data in files.items()}


def test_the_commands_in_the_readme_make_the_bundled_archives(tmp_path: Path) -> None:
    lines = (EXAMPLES / "README.md").read_text().splitlines()
    commands = [shlex.split(line)[2:] for line in lines if line.startswith("python examples/synthetic.py examples/")]
    bundled = sorted((EXAMPLES / "stream").iterdir())
    assert sorted(EXAMPLES.parent / path for path, *_ in commands) == bundled
    for path, *options in commands:
        made = tmp_path / Path(path).name
        synthetic.main([str(made), *options])
        assert unpacked(made) == unpacked(EXAMPLES.parent / path)
