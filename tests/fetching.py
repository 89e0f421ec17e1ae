"""Make workspaces in which tweets of the stand-in are missing."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from tests.archives import folder as unpacked
from tests.stand_in.server import StandIn
from tests.stand_in.tweets import Tweet
from tests.workspaces import assembled, rows, status


def versions(tweets: Iterable[Tweet]) -> dict[int, Tweet]:
    """Give each tweet by each of its ids."""
    return {version: tweet for tweet in tweets for version in tweet.ids}


def leaves(tweets: Sequence[Tweet]) -> list[Tweet]:
    """Give the replies that nobody answers."""
    answered = {tweet.reply_to_id for tweet in tweets}
    return [tweet for tweet in tweets if tweet.reply_to_id and not answered & {*tweet.ids}]


def holding(folder: Path, tweets: Iterable[Tweet]) -> Path:
    """Give an assembled workspace that holds some tweets, as a stream dump has them; it is made once and copied."""
    return unpacked(folder, _made(tuple(tweets))) / "workspace"


@cache
def _made(tweets: tuple[Tweet, ...]) -> Mapping[str, bytes]:
    """Give the files of a workspace, and of what it was made of."""
    held = [status(one.ids[0], one.whole, to=one.reply_to_id, author=one.author_id) for one in tweets]
    with tempfile.TemporaryDirectory() as place:
        assembled(Path(place), held)
        return {str(path.relative_to(place)): path.read_bytes() for path in Path(place).rglob("*") if path.is_file()}


def chains(held: Iterable[Tweet], tweets: Iterable[Tweet]) -> dict[int, int | None]:
    """Give, by the first version of each, what each tweet above some held ones answers, as it is in truth."""
    by_id, above = versions(tweets), dict[int, int | None]()
    for tweet in held:
        one: Tweet | None = tweet
        while one is not None:
            parent = by_id[one.reply_to_id] if one.reply_to_id else None
            above[one.ids[0]] = parent.ids[0] if parent else None
            one = parent
    return above


def parents(workspace: Path) -> dict[int, int | None]:
    """Give what each tweet in a tree replies to, as the workspace has it; quotes are no replies."""
    found = rows(workspace, "select tweet_id, case when kind = 'reply' then parent_id end from nodes")
    return dict(found)


def asked(server: StandIn) -> list[int]:
    """Give all ids that were looked up, in order."""
    return [id for one in server.requests if one.kind == "lookup" for id in one.ids]


def outcomes(workspace: Path) -> dict[int, str]:
    return dict(rows(workspace, "select id, outcome from asked where level = 'tweet'"))
