"""Run stand-ins of snscrape and twscrape, which take what the real ones take and print what those print."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from chinwag.errors import Unanswered
from chinwag.providers import Request, command
from chinwag.providers.command import PRESETS, Command
from shapes import Tweet, graphql, snscrape, twscrape
from tests.providers.programs import Programs, Waits, runs, writing
from tests.sources.reading_back import read_back

IDS = (1_500_000_123_456_789_012, 1_500_000_123_456_789_013, 1_500_000_123_456_789_014)


@pytest.fixture
def program(tmp_path: Path) -> Programs:
    return writing(tmp_path)


# What the real programs parse: snscrape 0.7.0.20230622, twscrape 0.20.1. Records lie in a file beside each.
SNSCRAPE = """
    parser = argparse.ArgumentParser()
    parser.add_argument("--retry", "--retries", type=int, default=3)
    parser.add_argument("-n", "--max-results", type=int)
    group = parser.add_mutually_exclusive_group()
    group.add_argument("-f", "--format")
    group.add_argument("--jsonl", action="store_true")
    parser.add_argument("--with-entity", action="store_true")
    tweet = parser.add_subparsers(dest="scraper", required=True).add_parser("twitter-tweet")
    modes = tweet.add_mutually_exclusive_group()
    modes.add_argument("--scroll", action="store_true")
    modes.add_argument("--recurse", "--recursive", action="store_true")
    tweet.add_argument("tweetId", type=int)
    args = parser.parse_args()
    if (here / "blocked").exists():
        raise SystemExit("snscrape.base.ScraperException: 4 requests to https://twitter.com/ failed, giving up.")
    line = json.loads((here / "records").read_text()).get(str(args.tweetId))
    if line is not None:
        print(line if args.jsonl else json.loads(line)["url"])
"""
TWSCRAPE = """
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--db", default="accounts.db")
    parser.add_argument("--debug", action="store_true")
    details = parser.add_subparsers(dest="command").add_parser("tweet_details")
    details.add_argument("tweet_id", type=int)
    details.add_argument("--raw", action="store_true")
    args = parser.parse_args()
    print("telemetry", os.environ.get("TWS_TELEMETRY"), file=sys.stderr)
    if (here / "blocked").exists():
        print("2026-01-01 00:00:00.000 | WARNING  | No active accounts. Stopping...", file=sys.stderr)
        line = None
    else:
        absent = {"errors": [{"message": "_Missing: No status found with that ID.", "code": 144}], "data": {}}
        records = json.loads((here / "records").read_text())
        line = records.get(str(args.tweet_id), json.dumps(absent) if args.raw else None)
    print("Not Found. See --raw for more details." if line is None else line)
"""
TWEETS = [Tweet(tweet_id, 11, "anna", "hello", conversation_id=tweet_id) for tweet_id in IDS[:2]]
SHAPES: dict[str, tuple[str, Callable[[Tweet], dict[str, bytes]]]] = {
    "snscrape": (SNSCRAPE, lambda tweet: snscrape.write([tweet])),
    "twscrape": (TWSCRAPE, lambda tweet: graphql.write([tweet])),
}


@pytest.fixture(params=SHAPES)
def preset(
    request: pytest.FixtureRequest, program: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str]:
    """Put a stand-in of a program first on PATH; give its preset's name, and the source of what it prints."""
    name = str(request.param)
    body, write = SHAPES[name]
    program(body, name=name)
    records = {tweet.id: next(iter(write(tweet).values())).decode().rstrip() for tweet in TWEETS}
    (tmp_path / "records").write_text(json.dumps(records))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    return name, {"snscrape": snscrape, "twscrape": graphql}[name].SOURCE


def test_a_preset_gets_tweets_that_its_source_reads(preset: tuple[str, str], tmp_path: Path) -> None:
    name, source = preset
    asker = command.open(preset=name, pause=0, retries=0)
    requests = [Request((id,)) for id in IDS]
    answers = [asker.ask(request) for request in requests]
    assert runs(tmp_path) == 3
    read = read_back({"answer.jsonl": b"".join(answers)})
    assert (read.sources, {row["id"] for row in read.sightings}) == ({source}, set(IDS[:2]))
    assert not read.rejects
    verdicts = [asker.verdict(request, answer) for request, answer in zip(requests, answers, strict=True)]
    assert [(verdict.posts, verdict.outcomes) for verdict in verdicts] == [(1, {}), (1, {}), (0, {})]
    assert answers[2] == b""  # it is gone, and that is an answer


def test_a_preset_that_gets_nothing_is_unanswered(preset: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "blocked").touch()
    asker = Command(PRESETS[preset[0]], retries=1, clock=Waits())
    with pytest.raises(Unanswered, match=r"failed, giving up|got no answer: .*No active accounts"):
        asker.ask(Request(IDS[:1]))
    assert runs(tmp_path) == 2


@pytest.mark.parametrize(("own", "handed_on"), [(None, "0"), ("1", "1")])
def test_twscrape_tells_its_maker_nothing_unless_told_to(
    program: Programs, monkeypatch: pytest.MonkeyPatch, own: str | None, handed_on: str, tmp_path: Path
) -> None:
    program(TWSCRAPE, "sys.exit(1)", name="twscrape")
    (tmp_path / "records").write_text(json.dumps({str(IDS[0]): None}))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.delenv("TWS_TELEMETRY", raising=False)
    if own:
        monkeypatch.setenv("TWS_TELEMETRY", own)
    with pytest.raises(Unanswered, match=f"telemetry {handed_on}$"):
        Command(PRESETS["twscrape"]).ask(Request(IDS[:1]))


PARSED = next(iter(twscrape.write(TWEETS[:1]).values()))
ODD_PAGES = {
    b'{"errors":[{"code":64,"message":"Your account is suspended"}]}\n': (b"", "got an answer without data"),
    b'{"errors":[{"message":"x"}],"data":{"a":null}}\n': (b"", "got an answer without data"),
    b'{"errors":[{"message":"x"}],"data":{"a":{}}}\n': (b'{"errors":[{"message":"x"}],"data":{"a":{}}}\n', ""),
    b"[]\n": (b"", "got an answer without data"),
    b'"x"\n': (b"", "got an answer without data"),
    b"\xff\n": (b"", "got no answer"),
    PARSED: (b"", "got an answer without data"),
    b"": (b"", ""),
}


@pytest.mark.parametrize("printed", ODD_PAGES)
def test_odd_pages_of_twscrape(printed: bytes) -> None:
    assert PRESETS["twscrape"].pages(printed) == ODD_PAGES[printed]
