"""Make small workspaces of hand-written statuses, run the command line, and read what came of it."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

import chinwag.assemble
import chinwag.curate
import chinwag.ingest
from chinwag import query
from chinwag.engines.writing import write_parts
from chinwag.recipe import Recipe, Split
from chinwag.rendering import Tweet
from chinwag.turns import Turn
from chinwag.workspace import Workspace

Json = dict[str, Any]


def status(tweet_id: int, text: str = "something", *, to: int | None = None, author: int = 1, **more: Any) -> Json:
    """Write a status as API v1.1 does, with no more than the tests need."""
    user = {"id": author, "id_str": str(author), "screen_name": f"handle{author}"}
    link = {"in_reply_to_status_id": to, "in_reply_to_status_id_str": str(to)} if to else {}
    return {"id": tweet_id, "id_str": str(tweet_id), "text": text, "user": user, "lang": "en", **link, **more}


def assembled(folder: Path, statuses: Iterable[Json]) -> Path:
    """Ingest and assemble statuses; gives the workspace."""
    source, workspace = folder / "statuses.jsonl", folder / "workspace"
    source.write_text("".join(json.dumps(one) + "\n" for one in statuses))
    assert chinwag.ingest.run([source], workspace, workers=1, quiet=True).errors == []
    chinwag.assemble.run(workspace, quiet=True)
    return workspace


def curated(folder: Path, statuses: Iterable[Json], recipe: Recipe | None = None) -> Path:
    """Go on to the turns."""
    workspace = assembled(folder, statuses)
    chinwag.curate.run(workspace, recipe or Recipe(), quiet=True)
    return workspace


def thirty(folder: Path) -> Path:
    """Make turns of thirty trees, one part; their roots are 10, 20, 30 and so on."""
    statuses = []
    for root in range(10, 310, 10):
        lang = "en" if root % 3 else "de"
        statuses.append(status(root, f"tree {root}: tea or coffee?", author=root, lang=lang))
        for reply, (text, likes) in enumerate([(f"coffee, I say to {root}", 2), (f"tea, the {root}th time", 9)], 1):
            time = {"created_at": f"Fri Jan 01 00:00:0{reply} +0000 2010", "favorite_count": likes}
            statuses.append(status(root + reply, text, to=root, author=reply, **time))
    return curated(folder, statuses, Recipe(split=Split(0.2, 0.2)))


def recut(workspace: Path, cut: int) -> list[Path]:
    """Write the turns anew, cut elsewhere; gives the parts."""
    target = Workspace(workspace)
    batches = (batch for part in target.parts("turns") for batch in pq.read_table(part).to_batches())
    with target.writing() as scratch:
        parts = target.adopt_all("turns", [part.path for part in write_parts("turns", batches, scratch, "cut", cut)])
        target.commit("curate", replace={"turns": parts}, options=target.state.options["curate"])
    return target.parts("turns")


def rows(workspace: Path, select: str) -> list[tuple[Any, ...]]:
    return list(query.rows(query.run(workspace, select)[1]))


def values(workspace: Path, select: str) -> list[Any]:
    return [value for (value,) in rows(workspace, select)]


def chinwag_run(*arguments: object, key: str = "", **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does."""
    command = [sys.executable, "-m", "chinwag", *map(str, arguments)]
    env = {**os.environ, "CHINWAG_KEY": key, "COLUMNS": "100"}
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False, timeout=60, **options)


def hashes(folder: Path) -> dict[str, str]:
    """Give the hash of every file under a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def tweet(
    tweet_id: int, parent_id: int | None = None, author: int | None = 1, text: str = "words", **more: Any
) -> Tweet:
    fields: Json = {
        "lang": "en",
        "reply_prefix": None,
        "media": [],
        "like_count": None,
        "followers": None,
        "created_at": None,
        "sources": ["v1"],
        "terms": ["stream"],
        "quoted_id": None,
        "quoted": None,
        "dropped": False,
    }
    return Tweet(id=tweet_id, parent_id=parent_id, author_id=author, text=text, **{**fields, **more})


def turn(turn_id: int, parent_id: int | None = None, depth: int = 0, text: str = "", **more: Any) -> Turn:
    fields: Json = {
        "author": f"u_{turn_id}",
        "lang": "en",
        "like_count": None,
        "followers": None,
        "created_at": None,
        "tweet_ids": [turn_id],
        "sources": ["v1"],
        "terms": ["stream"],
    }
    return Turn(id=turn_id, parent_id=parent_id, depth=depth, text=text or f"text {turn_id}", **{**fields, **more})


def path(turn: Turn, by_id: dict[int, Turn]) -> list[Turn]:
    """Give the turns from the root to this one."""
    steps = [turn]
    while (parent := steps[-1].parent_id) is not None:
        steps.append(by_id[parent])
    return steps[::-1]


# Two answers to the first turn, one of which is answered again, twice.
TREE = [turn(1), turn(2, 1, 1), turn(3, 1, 1), turn(4, 2, 2), turn(5, 2, 2), turn(6, 4, 3)]
