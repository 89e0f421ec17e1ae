"""Check the tweets of a workspace with the stand-in of the X API, and take out what is gone."""

import json
from pathlib import Path
from typing import Any

import pytest

from chinwag import comply, fetch
from chinwag.errors import UsageError
from tests.fetching import asked, holding, outcomes
from tests.stand_in.server import StandIn
from tests.stand_in.tweets import world
from tests.workspaces import chinwag_run, rows, values

# Without edits: which version a check is about plays no part here.
WORLD = [tweet for tweet in world(21, 120) if not tweet.versions]


pytestmark = pytest.mark.usefixtures("token")


def check(server: StandIn, workspace: Path, max_posts: int = 10_000, **more: Any) -> fetch.Summary:
    asking = {"scope": "all", "budget": (max_posts, None), "quiet": True, **more}
    return comply.with_provider(workspace, options={"base_url": server.url}, **asking)


def test_what_is_gone_goes_out_and_the_rest_stays(tmp_path: Path) -> None:
    workspace = holding(tmp_path, WORLD)
    held = values(workspace, "select id from tweets order by id")
    problems = ["resource-not-found", "not-authorized-for-resource", "disallowed-resource", "resource-unavailable"]
    gone = dict(zip(held[::9], problems * 9, strict=False))
    with StandIn(WORLD, gone=gone) as server:
        summary = check(server, workspace)
        assert sorted(asked(server)) == held
        assert summary.posts == server.billed.posts == len(held) - len(gone)
        assert check(server, workspace).requests == 0
        assert len(asked(server)) == len(held)
        left = [id for id in held if gone.get(id) in (None, "resource-unavailable")]
        assert values(workspace, "select id from tweets order by id") == left
        check(server, workspace, max_age_days=0)
        assert sorted(asked(server)[len(held) :]) == left
    assert {id: outcome for id, outcome in outcomes(workspace).items() if outcome != "found"}.keys() == gone.keys()


def test_turns_come_first_and_a_budget_is_kept(tmp_path: Path) -> None:
    workspace = holding(tmp_path, WORLD)
    assert chinwag_run("curate", "-w", workspace).returncode == 0
    turns = values(workspace, "select unnest(tweet_ids) from turns")
    with StandIn(WORLD) as server:
        assert check(server, workspace, scope="turns", max_posts=25).posts == 25
        check(server, workspace, scope="turns")
        assert sorted(asked(server)) == sorted(turns)
        assert server.asked_again() == set()


def test_an_export_after_it_is_without_what_is_gone(tmp_path: Path) -> None:
    workspace = holding(tmp_path, WORLD)
    out = tmp_path / "chats"
    assert chinwag_run("export", "prompts", "-w", workspace, "-o", out).returncode == 0
    [(root, text)] = rows(
        workspace, "select turn_id, text from turns where depth = 0 order by length(text) desc limit 1"
    )
    assert text in prompts(out)
    with StandIn(WORLD, gone={root: "resource-not-found"}) as server:
        options = ("-O", f"base_url={server.url}", "--max-spend", 5)
        done = chinwag_run("comply", "-w", workspace, *options, "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["tweets"]["not_found"] == 1
    assert chinwag_run("export", "prompts", "-w", workspace, "-o", out).returncode == 0
    assert text not in prompts(out)


def prompts(out: Path) -> list[str]:
    return [json.loads(line)["prompt"] for path in out.glob("*.jsonl") for line in path.read_text().splitlines()]


def test_a_provider_that_proves_nothing_takes_nothing_out(tmp_path: Path) -> None:
    workspace = holding(tmp_path, WORLD)
    with pytest.raises(UsageError, match="proves nothing"):
        comply.with_provider(workspace, provider="command", options={"run": "true"})
    done = chinwag_run("comply", "-w", workspace, "--provider", "command", "-O", "run=true")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
