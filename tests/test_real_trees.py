"""Hold trees against those that other people published, where their files are at hand (`../shared/real/trees`)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chinwag import assemble, curate, export, ingest
from chinwag.query import run as query
from chinwag.recipe import Recipe, Split

REAL = Path(__file__).parents[2] / "shared" / "real" / "trees"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the published trees are not on this machine")


def pairs(structure: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Give each child with its parent."""
    waiting = [(int(parent), replies) for parent, replies in structure.items()]
    while waiting:
        parent, replies = waiting.pop()
        for child, below in dict(replies or {}).items():
            yield int(child), parent
            waiting.append((int(child), below))


def rows(workspace: Path, select: str) -> list[tuple[Any, ...]]:
    _, batches = query(workspace, select)
    return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]


def exported(folder: Path) -> Iterator[tuple[int, int | None]]:
    """Give each message of an export with its parent."""
    for shard in folder.glob("*.jsonl"):
        waiting = [json.loads(line)["prompt"] for line in shard.read_text().splitlines()]
        while waiting:
            node = waiting.pop()
            yield int(node["message_id"]), node["parent_id"] and int(node["parent_id"])
            waiting += node["replies"]


@pytest.mark.parametrize(("name", "known"), [("rumoureval2017-dev", 256), ("rumoureval2017-train", 3966)])
def test_every_known_parent_is_found_and_exported(name: str, known: int, tmp_path: Path) -> None:
    ingest.run([REAL / name], tmp_path / "ws", quiet=True)
    assemble.run(tmp_path / "ws", quiet=True)
    curate.run(tmp_path / "ws", Recipe(split=Split(0, 0)), quiet=True)
    export.run("oasst", tmp_path / "ws", tmp_path / "oasst", ids=True, quiet=True)
    authors = dict(rows(tmp_path / "ws", "select id, author_id from tweets"))
    nodes = {row[0]: row[1:] for row in rows(tmp_path / "ws", "select tweet_id, parent_id, root_id from nodes")}
    published = {
        child: (parent, int(file.parent.name))
        for file in REAL.joinpath(name).rglob("structure.json")
        for child, parent in pairs(json.loads(file.read_text()))
        if child in authors and parent in authors
    }
    assert len(published) == known
    assert {child: nodes[child] for child in published} == published

    turn = {root: root for _, root in published.values()}
    for child in sorted(published):  # parents are older
        parent = published[child][0]
        turn[child] = turn[parent] if authors[child] == authors[parent] else child
    messages = dict(exported(tmp_path / "oasst"))
    monologues = {root for root in turn if all(turn[c] == root for c, (_, r) in published.items() if r == root)}
    expected = {
        child: turn[parent]
        for child, (parent, root) in published.items()
        if authors[child] != authors[parent] and root not in monologues
    }
    assert {child: messages[child] for child in expected} == expected
