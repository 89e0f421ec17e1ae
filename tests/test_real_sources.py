"""Hold what is read of files that other people published against what is known of them (`../shared/real`)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chinwag import assemble
from tests.archives import ingest, table

Json = dict[str, Any]
REAL = Path(__file__).parents[2] / "shared" / "real"
pytestmark = pytest.mark.skipif(not REAL.exists(), reason="the real files are not at hand (../shared/real)")

# Of each folder: records that are tweets, tweets, those that say what they reply to, edges by kind, records rejected.
FOLDERS: dict[str, tuple[int, int, int, dict[str, int], dict[str, int]]] = {
    "x-api-v2/twarc-csv": (1509, 979, 277, {"reply": 193, "quote": 62},
                           {"a user, a list or a count: no tweet": 271, "broken or cut JSON": 1}),
    "x-api-v2/twarc-network": (500, 309, 58, {"reply": 39, "quote": 21}, {}),
    "snscrape": (5509, 4795, 1029, {"reply": 37, "inferred": 24, "quote": 307}, {}),
    "twscrape-raw": (37, 37, 36, {"reply": 36}, {}),
    "twint": (200, 100, 0, {"inferred": 1}, {}),
    "personal-archive": (1223, 1206, 819, {"reply": 413, "quote": 59}, {}),
    "customer-support": (947, 947, 704, {"reply": 702}, {}),
}  # fmt: skip


def counted(rows: list[Json], column: str) -> dict[str, int]:
    values = [row[column] for row in rows]
    return {value: values.count(value) for value in set(values)}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_gives_what_is_known_of_it(tmp_path: Path, name: str) -> None:
    records, tweets, replies, edges, rejects = FOLDERS[name]
    summary = ingest(tmp_path / "ws", REAL / name)
    assert (summary.errors, summary.damages) == ([], [])
    assert summary.counts["tweets"] == records
    assert counted([row for row in table(tmp_path / "ws", "rejects") if row["scope"] == "record"], "reason") == rejects
    assemble.run(tmp_path / "ws", quiet=True)
    made = table(tmp_path / "ws", "tweets")
    assert (len(made), sum(row["reply_to_id"] is not None for row in made)) == (tweets, replies)
    assert counted(table(tmp_path / "ws", "edges"), "kind") == edges


def answers() -> Iterator[Json]:
    for path in sorted((REAL / "x-api-v2").rglob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict) and "data" in record:
                yield record


def test_every_reply_of_api_v2_whose_parent_is_in_the_answer_is_joined(tmp_path: Path) -> None:
    there = set()
    for answer in answers():
        data = answer["data"] if isinstance(answer["data"], list) else [answer["data"]]
        all_of_it = [one for one in (*data, *answer.get("includes", {}).get("tweets", ())) if "text" in one]
        ids = {one["id"] for one in all_of_it}
        for one in all_of_it:
            for reference in one.get("referenced_tweets", ()):
                if reference["type"] == "replied_to" and reference["id"] in ids:
                    there.add((int(one["id"]), int(reference["id"])))
    ingest(tmp_path / "ws", REAL / "x-api-v2")
    assemble.run(tmp_path / "ws", quiet=True)
    edges = {(row["child_id"], row["parent_id"]) for row in table(tmp_path / "ws", "edges") if row["kind"] == "reply"}
    first = {row["tweet_id"]: row["initial_id"] for row in table(tmp_path / "ws", "edits")}
    assert len(there) > 150
    assert {(first.get(child, child), first.get(parent, parent)) for child, parent in there} <= edges


def test_all_folders_in_one_workspace_are_one_row_a_tweet(tmp_path: Path) -> None:
    ingest(tmp_path / "ws", *(REAL / name for name in FOLDERS), workers=2)
    assemble.run(tmp_path / "ws", quiet=True)
    rows = table(tmp_path / "ws", "tweets")
    assert len({row["id"] for row in rows}) == len(rows)
    edits = table(tmp_path / "ws", "edits")
    edited = {row["tweet_id"] for row in edits} | {row["initial_id"] for row in edits}
    longest: dict[int, int] = {}
    for seen in table(tmp_path / "ws", "sightings"):
        size = len(seen["text"]) + (len(seen["reply_prefix"]) + 1 if seen["reply_prefix"] else 0)
        longest[seen["id"]] = max(size, longest.get(seen["id"], 0))
    for row in rows:
        size = len(row["text"]) + (len(row["reply_prefix"]) + 1 if row["reply_prefix"] else 0)
        assert row["id"] in edited or size == longest[row["id"]]
