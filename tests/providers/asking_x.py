"""Ask the stand-in of the X API, and make answers it would not give."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chinwag.providers import Request, Verdict
from chinwag.providers.x_api import XApi
from tests.stand_in.server import Clock, StandIn
from tests.stand_in.tweets import Tweet, thread

SECRET = "stand-in-token"
THREAD = thread(7, 60)
ROOT = THREAD[0]
ANSWERS = sorted((tweet for tweet in THREAD if tweet.reply_to_id), key=lambda tweet: tweet.id)
LOST = THREAD[5].id
Made = tuple[StandIn, XApi, Clock]
Json = dict[str, Any]


@contextmanager
def opened() -> Iterator[Made]:
    clock = Clock()
    with StandIn(THREAD, clock=clock.time) as server:
        api = XApi(server.url, SECRET, clock)
        try:
            yield server, api, clock
        finally:
            api.close()


def lookup(*tweets: Tweet) -> Request:
    return Request(tuple(tweet.id for tweet in tweets))


def answered(api: XApi, request: Request) -> tuple[Json, Verdict]:
    answer = api.ask(request)
    return json.loads(answer), api.verdict(request, answer)


def body(*tweets: Any, **more: Any) -> bytes:
    return json.dumps({"data": tweets, **more}).encode()


def tweet(tweet_id: int = LOST, **changes: Any) -> Json:
    """Give a tweet with all that is always there."""
    return {
        "id": str(tweet_id),
        "text": "tea",
        "author_id": "11",
        "conversation_id": str(tweet_id),
        "created_at": "2026-11-01T00:00:00.000Z",
        "edit_history_tweet_ids": [str(tweet_id)],
        "lang": "en",
        "public_metrics": {"like_count": 1},
    } | changes
