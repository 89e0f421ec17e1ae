"""Kill `chinwag fetch` at random moments: nothing that was answered is lost, and nothing of it is asked again."""

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random, randrange

import msgspec
import pytest

from chinwag.providers import Request, x_api
from tests.fetching import holding, leaves, outcomes
from tests.stand_in.server import TOKEN, StandIn
from tests.stand_in.tweets import world
from tests.workspaces import rows, values

# Without quotes: a quoted tweet comes along only with one that is asked for, and others may come along with theirs.
WORLD = [replace(tweet, quoted_id=None) for tweet in world(11, 300)]
# How a tweet was seen depends on what was asked for together.
TABLES = {"tweets": "* exclude (sightings, seen_own)", "edges": "*", "nodes": "*", "conversations": "*", "wanted": "*"}
# How often a run is stopped: what comes of the last two is the same, an interrupt.
SIGNALS = {"killed": (signal.SIGKILL, 6), "terminated": (signal.SIGTERM, 3), "Ctrl-C": (signal.SIGINT, 3)}


def start(workspace: Path, server: StandIn, *more: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "chinwag", "fetch", "-w", str(workspace), "--max-posts", "100000", "-q", *more]
    env = {**os.environ, x_api.TOKEN: TOKEN}
    return subprocess.Popen([*command, "-O", f"base_url={server.url}"], env=env, stderr=subprocess.PIPE)


def kept(workspace: Path) -> set[int]:
    """Give the ids whose answers are on the disk: of waves under way, and of those that are in the tables."""
    folder = workspace / "answers" / "x-api"
    under_way = {
        id
        for path in folder.glob("*-*/*.jsonl")
        for id in msgspec.json.decode(path.with_suffix(".ask").read_bytes(), type=Request).ids
    }
    return under_way | set(outcomes(workspace))


def tables(workspace: Path) -> dict[str, list[tuple[object, ...]]]:
    return {table: sorted(rows(workspace, f"select {what} from {table}"), key=str) for table, what in TABLES.items()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[object, ...]]]:
    """Give the tables of a run that nothing disturbed."""
    workspace = holding(tmp_path_factory.mktemp("whole"), leaves(WORLD))
    with StandIn(WORLD, limits=None) as server:
        process = start(workspace, server)
        assert process.communicate()[1] == b""
    return tables(workspace)


@pytest.mark.parametrize("how", SIGNALS)
def test_a_run_that_is_stopped_loses_nothing_and_asks_nothing_twice(
    tmp_path: Path, whole: dict[str, list[tuple[object, ...]]], how: str
) -> None:
    seed = randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    moments = Random(seed)
    number, most = SIGNALS[how]
    workspace = holding(tmp_path, leaves(WORLD))
    stops: list[tuple[int, set[int]]] = []  # requests that had come, and ids whose answers were on the disk
    with StandIn(WORLD, limits=None, slow=0.02) as server:
        while True:
            process = start(workspace, server)
            if len(stops) < most:
                stop_somewhere(process, server, number, moments, at_once=not stops)
            said = process.communicate()[1].decode()
            server.settle()
            if process.returncode == 0:
                break
            if how != "killed":  # those under way are let end, and what they were answered is put into the tables
                ending = process.returncode < 0  # all is done, and Python minds no signals any more
                expected = "" if ending else "chinwag: stopped; the same command goes on from here"
                assert said.strip() == expected
            stops.append((len(server.requests), kept(workspace)))
        assert stops
        for count, safe in stops:
            assert safe & {id for one in server.requests[count:] for id in one.ids} == set()
        if how != "killed":
            assert server.asked_again() == set()
    assert tables(workspace) == whole
    assert values(workspace, "select count(*) - count(distinct id) from asked") == [0]
    names = {path.name for path in (workspace / "answers" / "x-api").iterdir()} - {"lock", "state.json"}
    assert all(re.fullmatch(r"\d{8}\.jsonl\.gz", name) for name in names), names


def stop_somewhere(
    process: "subprocess.Popen[bytes]", server: StandIn, how: signal.Signals, moments: Random, *, at_once: bool
) -> None:
    """Send a signal after some more requests, and often a moment later: while answers are put into the tables."""
    # Before Python has begun only -9 is for us to tell.
    count = len(server.requests) + (1 if at_once else moments.randint(how != signal.SIGKILL, 4))
    while process.poll() is None and len(server.requests) < count:
        with suppress(TimeoutError):
            server.wait_for(count, 0.05)
    with suppress(subprocess.TimeoutExpired):
        process.wait(0.0 if at_once else moments.choice([0.0, 0.02, 0.3, 1.0]) * moments.random())
    if process.poll() is None:
        process.send_signal(how)
