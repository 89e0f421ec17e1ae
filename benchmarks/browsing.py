"""Measure the site: time to its first page, with and without an index, and to open pages and a tree of 5,000 tweets.

Each page is asked for by an HTTP client, and, where Chromium is installed, opened in it: until everything is laid out.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import httpx

from benchmarks.assembly import size
from benchmarks.curation import made, rows
from benchmarks.tables import Table, spread
from chinwag import curate, query
from chinwag.recipe import load
from chinwag.workspace import Workspace

ROUNDS = 7


@contextmanager
def served(workspace: Path, memory: int) -> Iterator[tuple[str, float]]:
    """Run the site; gives its address, and seconds from the command to the end of the first page."""
    command = [sys.executable, "-m", "chinwag", "browse", "-w", str(workspace), "--port", "0", "--no-open"]
    command += ["--memory", str(memory)] if memory else []
    started = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            lines = iter(server.stderr.readline, "")
            address = next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
            httpx.get(f"{address}/").raise_for_status()
            yield address, time.perf_counter() - started
        finally:
            server.terminate()
            server.communicate()


def times(ask: Callable[[str], object], url: str) -> str:
    """Give the median and the range of some rounds, in milliseconds."""
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        ask(url)
        taken.append(1000 * (time.perf_counter() - started))
    return spread(taken, 0)


def deepest(workspace: Path) -> tuple[int, int, int]:
    """Give the root, tweets and depth of the conversation that has the most tweets."""
    select = "select root_id, tweets, depth from conversations order by tweets desc, root_id limit 1"
    ((root_id, tweets, depth),) = query.rows(query.run(workspace, select)[1])
    return root_id, tweets, depth


@contextmanager
def chromium() -> Iterator[Callable[[str], object] | None]:
    """Give what opens a page in Chromium and waits until it is laid out; None where it is not installed."""
    program = shutil.which("chromium")
    if program is None:
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()

        def opened(url: str) -> object:
            page.goto(url)
            return page.evaluate("document.body.offsetHeight")

        yield opened
        browser.close()


def main(arguments: list[str] | None = None) -> list[Table]:
    """Measure the site of a synthetic workspace."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--sightings", type=int, default=200_000)
    parser.add_argument("--memory", type=size, default=0, help="as 4GB, for the index")
    parser.add_argument("--data", type=Path, help="keep the workspace here, and use it again")
    options = parser.parse_args(arguments)
    with nullcontext(options.data) if options.data else tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        made(workspace, options.sightings)
        if not Workspace(workspace).state.steps.get("curate"):
            print(curate.run(workspace, load(None), quiet=True).line())
        shutil.rmtree(workspace / "browse", ignore_errors=True)
        root_id, tweets, depth = deepest(workspace)
        note = f"{rows(workspace, 'tweets'):,} tweets, {rows(workspace, 'nodes'):,} of them in trees"
        with served(workspace, options.memory) as (_, seconds):
            note += f"; first page, index and all: {seconds:.1f} s"
        index = sum(path.stat().st_size for path in (workspace / "browse").iterdir())
        note += f"; index: {index / 1e6:,.0f} MB"
        pages = {
            "list": "/",
            "list, filtered": "/?lang=en&depth=3&state=kept",
            "list, searched": "/?text=kotoba",
            f"tree of {tweets:,} tweets, {depth:,} deep": f"/conversation/{root_id}",
            "its last part": f"/conversation/{root_id}?from={tweets // 500 * 500}",
            "what-if": "/rules?filter=length&least=20",
        }
        with served(workspace, options.memory) as (address, seconds), chromium() as opened, httpx.Client() as client:
            note += f"; first page, with the index: {seconds:.1f} s. Medians of {ROUNDS} rounds."
            found = []
            for name, path in pages.items():
                answer = client.get(address + path)
                answer.raise_for_status()
                shown = times(opened, address + path) if opened else "not installed"
                found.append((name, times(client.get, address + path), shown, f"{len(answer.content) / 1e3:,.0f}"))
                print(f"browsing: {name} {found[-1][1]} ms", flush=True)
    return [Table("Browse", ("page", "ms", "ms until Chromium has laid it out", "kB"), found, note)]
