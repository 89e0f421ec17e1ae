"""Measure how fast missing tweets are got from a server that answers at once: the client must not be what is slow.

The stand-in of the X API runs in a process of its own on this machine; it takes its share of the two. What X allows is
3,500 requests in 15 minutes. A bare loop of the same requests over the same connections tells what the server can do.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import httpx

from benchmarks.tables import Table
from chinwag import assemble, ingest
from chinwag.providers import x_api
from tests.stand_in.server import TOKEN, StandIn
from tests.stand_in.tweets import START, Counts, Tweet, snowflake
from tests.workspaces import status

# Runs in a process of its own, so that time and memory are those of the fetch alone.
FETCH = """
import json, resource, sys, time
from pathlib import Path
from chinwag import fetch
began = time.perf_counter()
options = {"base_url": sys.argv[2]}
summary = fetch.run(Path(sys.argv[1]), fetch.Wish(), options=options, budget=(10**9, None), quiet=True)
used = resource.getrusage(resource.RUSAGE_SELF)
seconds = time.perf_counter() - began
asking = seconds - (summary.assembled.seconds if summary.assembled else 0)
peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([summary.line(), summary.requests, seconds, asking, used.ru_utime + used.ru_stime, peak]))
"""


def originals(count: int) -> list[Tweet]:
    """Make tweets that others answer, a second apart."""
    counts = Counts(replies=1, likes=3)
    return [
        Tweet(snowflake(START - 10_000_000 + n), n % 5000 + 1, f"original {n} " + "word " * (n % 30), counts=counts)
        for n in range(count)
    ]


def workspace_of(folder: Path, tweets: list[Tweet]) -> Path:
    """Make a workspace that holds an answer to each tweet, and none of them."""
    with (folder / "answers.jsonl").open("w") as file:
        for n, tweet in enumerate(tweets):
            answer = status(snowflake(START + n), f"answer {n}", to=tweet.id, author=9000 + n % 5000)
            file.write(json.dumps(answer) + "\n")
    ingest.run([folder / "answers.jsonl"], folder / "workspace", quiet=True)
    assemble.run(folder / "workspace", quiet=True)
    return folder / "workspace"


def serve(count: int, told: Connection) -> None:
    """Be the server until the other side has had enough."""
    with StandIn(originals(count), limits=None) as server:
        told.send(server.url)
        before: int = told.recv()
        asked = [id for one in server.requests[before:] for id in one.ids]
        told.send((len(server.requests) - before, len(asked) - len(set(asked))))


def bare(url: str, tweets: list[Tweet]) -> float:
    """Ask the same in a bare loop, from as many threads; gives requests a second."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        batches = [tweets[at : at + x_api.BATCH] for at in range(0, len(tweets), x_api.BATCH)]
        began = time.perf_counter()
        with ThreadPoolExecutor(x_api.PARALLEL) as pool:
            sizes = list(pool.map(lambda batch: _bytes(client, batch), batches))
        seconds = time.perf_counter() - began
    print(f"bare loop: {len(batches) / seconds:,.0f} requests/s, {sum(sizes) / len(sizes):,.0f} bytes an answer")
    return len(batches) / seconds


def _bytes(client: httpx.Client, batch: list[Tweet]) -> int:
    asked = {"ids": ",".join(str(tweet.id) for tweet in batch), "tweet.fields": x_api.FIELDS}
    answer = client.get("/2/tweets", params={**asked, "expansions": "referenced_tweets.id"})
    answer.raise_for_status()
    return len(answer.content)


def main(arguments: list[str] | None = None) -> list[Table]:
    """Measure how fast missing tweets are got from a server on this machine."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--ids", type=int, default=100_000)
    options = parser.parse_args(arguments)
    tweets = originals(options.ids)
    context = get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        workspace = workspace_of(Path(folder), tweets)
        here, there = context.Pipe()
        server = context.Process(target=serve, args=(options.ids, there))
        server.start()
        url = here.recv()
        limit = bare(url, tweets)
        env = {**os.environ, x_api.TOKEN: TOKEN}
        command = [sys.executable, "-c", FETCH, str(workspace), url]
        done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
        here.send(-(-options.ids // x_api.BATCH))
        requests, again = here.recv()
        server.join()
        line, asked, seconds, asking, cpu, peak = json.loads(done.stdout)
        kept = sum(path.stat().st_size for path in (workspace / "answers").rglob("*.gz"))
    print(f"fetch: {line}")
    head = ("", "requests/s", "to the bare loop", "to what X allows", "s", "CPU s", "peak GB")
    row = (f"{asked / asking:,.0f}", f"{asked / asking / limit:.2f}", f"{asked / asking / x_api.RATE:,.0f}",
           f"{seconds:.1f}", f"{cpu:.1f}", f"{peak / 1e9:.2f}")  # fmt: skip
    note = (
        f"{options.ids:,} missing tweets from a server on this machine that answers at once: {requests:,} requests, "
        f"{again} ids asked again, {kept / 1e6:,.1f} MB of answers kept. One run; the time is with the trees made anew."
    )
    bare_row = ("the same requests in a bare loop", f"{limit:,.0f}", "1.00", f"{limit / x_api.RATE:,.0f}", "", "", "")
    return [Table("Fetch", head, [bare_row, ("chinwag fetch", *row)], note)]
