"""Ask the stand-in, over one connection, about a few tweets of which all is known."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.stand_in.server import TOKEN, Clock, StandIn
from tests.stand_in.tweets import START, Photo, Tweet, snowflake, world

Json = dict[str, Any]
BEARER = {"Authorization": f"Bearer {TOKEN}"}
WORLD = world(7, 400)
ROOT, PARENT, ANSWER, LONG, EDITED, QUOTE, AGAIN = (snowflake(START + number * 600) for number in range(7))
FIRST = EDITED - (60_000 << 22)
SMALL = [
    Tweet(ROOT, 1, "root & <all>"),
    Tweet(PARENT, 2, "one", ROOT, ROOT, (1,), photos=(Photo("3_1", "https://pbs.example.org/1.jpg", "a river"),)),
    Tweet(ANSWER, 1, "two", ROOT, PARENT, (2,), lang="de"),
    Tweet(LONG, 3, "long " * 100, ROOT, ROOT, (1,)),
    Tweet(EDITED, 1, "edited", versions=(FIRST, EDITED)),
    Tweet(QUOTE, 4, "look", quoted_id=ROOT),
    Tweet(AGAIN, 4, "and", EDITED, FIRST, (1,)),
]


class Asking:
    """Ask a stand-in, over one connection."""

    def __init__(self, stand_in: StandIn, client: httpx.Client) -> None:
        self.stand_in, self.client = stand_in, client

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        named = {name.replace("_fields", ".fields"): value for name, value in parameters.items()}
        return self.client.get(path, params=named or None)

    def tweets(self, ids: Iterable[int], **parameters: Any) -> Json:
        answer: Json = self.get("/2/tweets", ids=",".join(map(str, ids)), **parameters).json()
        return answer

    def search(self, query: str, archive: str = "all", **parameters: Any) -> Json:
        answer: Json = self.get(f"/2/tweets/search/{archive}", query=query, **parameters).json()
        return answer


@contextmanager
def asking(tweets: Iterable[Tweet] = SMALL, clock: Clock | None = None, **settings: Any) -> Iterator[Asking]:
    clock = clock or Clock()
    with (
        StandIn(tweets, clock=clock.time, **{"one_a_second": False} | settings) as stand_in,
        httpx.Client(base_url=stand_in.url, headers=BEARER, timeout=20, verify=False) as client,
    ):
        yield Asking(stand_in, client)


def found(answer: Json) -> list[int]:
    return [int(one["id"]) for one in answer.get("data", [])]
