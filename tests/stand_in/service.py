"""Answer the requests of the X API that read tweets."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.stand_in import problems, searches
from tests.stand_in.accounts import LIMITS, Bill, Windows
from tests.stand_in.answers import Page, Writer
from tests.stand_in.dialects import PARAMETERS, Wish, wish
from tests.stand_in.faults import Asked, Fault, Settings
from tests.stand_in.tweets import Tweet, World

Json = dict[str, Any]
MOST_IDS = 100
KINDS = {
    "lookup": re.compile(r"/2/tweets"),
    "recent": re.compile(r"/2/tweets/search/recent"),
    "all": re.compile(r"/2/tweets/search/all"),
    "quotes": re.compile(r"/2/tweets/([^/]+)/quote_tweets"),
    "single": re.compile(r"/2/tweets/([^/]+)"),
}
PAGING = frozenset({"max_results", "pagination_token"})
SEARCHING = PAGING | {"query", "next_token", "start_time", "end_time", "since_id", "until_id", "sort_order"}
TAKEN = {
    "lookup": PARAMETERS | {"ids"},
    "single": PARAMETERS,
    "recent": PARAMETERS | SEARCHING,
    "all": PARAMETERS | SEARCHING,
    "quotes": PARAMETERS | PAGING | {"exclude"},
}


def understood(target: str) -> tuple[str, str, dict[str, str], tuple[int, ...]]:
    """Give kind, path, parameters and ids of a request; the kind is empty where there is no such path."""
    parts = urlsplit(target)
    parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
    for kind, pattern in KINDS.items():
        if found := pattern.fullmatch(parts.path):
            given = parameters.get("ids", "").split(",") if kind == "lookup" else found.groups()
            ids = tuple(int(one) for one in given if one.isdecimal())
            return kind, parts.path, parameters, ids
    return "", parts.path, parameters, ()


@dataclass
class Service:
    """Hold tweets, keep accounts, and answer one request at a time."""

    world: World
    settings: Settings
    clock: Callable[[], float]
    token: str
    user_token: str

    def __post_init__(self) -> None:
        self.bill, self.windows = Bill(), Windows()
        self._writer = Writer(self.world, self.settings.hosts)

    def answer(self, asked: Asked, authorization: str | None) -> tuple[Json, dict[str, str]]:
        """Give body and headers of the answer to a request. Raises Refused."""
        self._writer.hosts = self.settings.hosts
        headers: dict[str, str] = {}
        try:
            self._let_in(asked, authorization)
            headers = self._count(asked)
            page = self._page(asked)
        except problems.Refused as refused:
            body = problems.said_by(self.settings.hosts[0], refused.body)
            raise problems.Refused(refused.status, body, {**headers, **refused.headers}) from None
        self._charge(asked, page)
        return page.body, headers

    def _let_in(self, asked: Asked, authorization: str | None) -> None:
        if authorization not in (f"Bearer {self.token}", f"Bearer {self.user_token}"):
            raise problems.Refused(401, problems.refusal(401))
        if asked.kind == "all" and authorization != f"Bearer {self.token}":
            raise problems.Refused(403, problems.refusal(403, name="unsupported-authentication"))
        if not asked.kind:
            raise problems.Refused(404, problems.refusal(404))

    def _count(self, asked: Asked) -> dict[str, str]:
        if self.settings.limits is None:
            return {}
        limit = self.settings.limits.get(asked.kind, LIMITS[asked.kind])
        return self.windows.count(asked.kind, limit, asked.time, one_a_second=self.settings.one_a_second)

    def _page(self, asked: Asked) -> Page:
        for name in asked.parameters.keys() - TAKEN[asked.kind]:
            raise problems.invalid(
                f"The query parameter [{name}] is not one of those taken", name, asked.parameters[name]
            )
        if self.settings.credit is not None and self.settings.credit <= 0:
            raise problems.Refused(402, problems.refusal(402))
        wanted = wish(asked.parameters)
        dropped = set(self.settings.drop_fields)
        if asked.fault:
            dropped |= {*asked.fault.drop_fields, *asked.fault.lost_fields}
        made = self._found(asked, wanted)
        made.body = _without(made.body, dropped)
        if asked.fault:
            self._spoil(made, wanted, asked.fault)
        return made

    def _found(self, asked: Asked, wanted: Wish) -> Page:
        if asked.kind == "lookup":
            forgotten = asked.fault.forget if asked.fault else ()
            self._check_ids(asked)
            return self._writer.lookup([one for one in asked.ids if one not in forgotten], wanted)
        if asked.kind in searches.ARCHIVES:
            return self._searched(asked, wanted)
        self._check_id(asked)
        if asked.kind == "single":
            made = self._writer.lookup(asked.ids, wanted, "id")
            if "data" in made.body:
                made.body["data"] = made.body["data"][0]
            return made
        return self._quotes(asked, wanted)

    def _check_ids(self, asked: Asked) -> None:
        given = asked.parameters.get("ids", "").split(",")
        if len(given) > MOST_IDS:
            said = f"The number of values in the `ids` query parameter list [{len(given)}] is not between 1 and 100"
            raise problems.invalid(said, "ids", ",".join(given))
        for one in given:
            if not re.fullmatch(r"[0-9]{1,19}", one):
                raise problems.invalid(f"The `ids` query parameter value [{one}] is not valid", "ids", one)

    def _check_id(self, asked: Asked) -> None:
        given = asked.path.split("/")[3]
        if not re.fullmatch(r"[0-9]{1,19}", given):
            raise problems.invalid(f"The `id` query parameter value [{given}] is not valid", "id", given)

    def _searched(self, asked: Asked, wanted: Wish) -> Page:
        query = searches.query(asked.parameters, asked.kind)
        matches = searches.matcher(query, self.world)
        lies_within = searches.within(asked.parameters, asked.kind, asked.time)
        largest = searches.ARCHIVES[asked.kind][1]
        found = self.world.newest_first(lambda tweet: lies_within(tweet) and matches(tweet))
        made = self._paged(asked, wanted, list(found), f"{asked.kind} {query}", largest)
        if data := made.body.get("data"):
            made.body["meta"] = {"newest_id": data[0]["id"], "oldest_id": data[-1]["id"], **made.body["meta"]}
        return made

    def _quotes(self, asked: Asked, wanted: Wish) -> Page:
        quoted = self.world.find(asked.ids[0])
        if quoted is None:
            made = self._writer.page([], wanted, [(asked.ids[0], "id")])
            made.body["meta"] = {"result_count": 0}
            return made
        excluded = asked.parameters.get("exclude", "").split(",")
        found = self.world.newest_first(
            lambda tweet: tweet.quoted_id in quoted.ids and not ("replies" in excluded and tweet.reply_to_id)
        )
        return self._paged(asked, wanted, list(found), f"quotes {asked.path}", 100)

    def _paged(self, asked: Asked, wanted: Wish, found: list[Tweet], search: str, largest: int) -> Page:
        """Give the page that the request is about; with a token for the next, if there is one."""
        size = searches.size(asked.parameters, largest)
        name = hashlib.sha256(search.encode()).hexdigest()[:12]
        below, number = self._begin(asked, name)
        rest = [tweet for tweet in found if tweet.id < below]
        taken = rest[: (size, size // 2, 0)[number % 3] if self.settings.short_pages else size]
        made = self._writer.page(taken, wanted)
        made.body["meta"] = {"result_count": len(taken)}
        if len(taken) < len(rest):
            below = taken[-1].id if taken else below
            made.body["meta"]["next_token"] = searches.Place(name, below, number + 1, asked.time).token()
        return made

    def _begin(self, asked: Asked, name: str) -> tuple[int, int]:
        parameter = "next_token" if "next_token" in asked.parameters else "pagination_token"
        token = asked.parameters.get(parameter)
        if token is None:
            return 1 << 63, 0
        place, life = searches.place(token), self.settings.token_life
        refused = self.settings.refuse_tokens or (asked.fault and asked.fault.refuse_token)
        if place is None or place.search != name or refused or (life is not None and asked.time - place.told > life):
            said = f"The `{parameter}` query parameter value [{token}] is not valid"
            raise problems.invalid(said, parameter, token)
        return place.below, place.number

    def _spoil(self, made: Page, wanted: Wish, fault: Fault) -> None:
        lost = [
            problems.lost_field(name, noun=wanted.dialect.noun, host=problems.alternate(self.settings.hosts, number))
            for number, name in enumerate(sorted(fault.lost_fields))
        ]
        if lost:
            made.body.setdefault("errors", []).extend(lost)

    def _charge(self, asked: Asked, made: Page) -> None:
        posts = made.posts
        if not self.settings.bills_includes:
            data = made.body.get("data", [])
            posts = {int(one["id"]) for one in (data if isinstance(data, list) else [data])}
        asked.posts = tuple(sorted(posts))
        cost = self.bill.add(posts, made.users, asked.time)
        if self.settings.credit is not None:
            self.settings.credit -= cost


def _without(body: Json, names: set[str]) -> Json:
    """Leave fields out of all tweets of an answer."""
    if not names:
        return body

    def left(item: Any) -> Any:
        return {name: value for name, value in item.items() if name not in names}

    made = dict(body)
    if "data" in made:
        data = made["data"]
        made["data"] = [left(one) for one in data] if isinstance(data, list) else left(data)
    if "includes" in made:
        made["includes"] = {
            kind: [left(one) for one in items] if kind in ("tweets", "posts") else items
            for kind, items in made["includes"].items()
        }
    return made
