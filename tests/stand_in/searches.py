"""Find tweets as the search of the X API does, and number its pages."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from tests.stand_in import problems
from tests.stand_in.tweets import DAY, Tweet, World

Matches = Callable[[Tweet], bool]

# Of each archive: the longest query, the largest page, and how many days back it begins if nothing is said.
ARCHIVES = {"recent": (512, 100, 7), "all": (1024, 500, 30)}
SMALLEST = 10
OLDEST = datetime(2006, 3, 21, tzinfo=UTC).timestamp()  # no search may begin before the first tweet
TOKEN = re.compile(r"\(|\)|\bOR\b|-?[a-z_]+:[^\s()]+|-?[^\s()]+")


def matcher(query: str, world: World) -> Matches:
    """Understand a query: operators side by side must all hold, OR binds weaker, brackets bind most."""
    tokens = TOKEN.findall(query)
    found = _either(tokens, world)
    if tokens:
        raise problems.invalid(f"no viable alternative at '{tokens[0]}'", "query", query)
    return found


def _either(tokens: list[str], world: World) -> Matches:
    sides = [_both(tokens, world)]
    while tokens and tokens[0] == "OR":
        tokens.pop(0)
        sides.append(_both(tokens, world))
    return lambda tweet: any(side(tweet) for side in sides)


def _both(tokens: list[str], world: World) -> Matches:
    parts = []
    while tokens and tokens[0] not in ("OR", ")"):
        token = tokens.pop(0)
        if token == "(":
            parts.append(_either(tokens, world))
            if not tokens or tokens.pop(0) != ")":
                raise problems.invalid("missing ')'", "query", token)
        else:
            parts.append(_operator(token, world))
    if not parts:
        raise problems.invalid("missing operand", "query", " ".join(tokens))
    return lambda tweet: all(part(tweet) for part in parts)


def _operator(token: str, world: World) -> Matches:
    if token.startswith("-"):
        held = _operator(token[1:], world)
        return lambda tweet: not held(tweet)
    name, colon, value = token.partition(":")
    if not colon:
        return lambda tweet: token.lower() in tweet.text.lower()
    made = _made(name, value, world)
    if made is None:
        raise problems.invalid(f"Reference to invalid operator '{token}'", "query", token)
    return made


def _made(name: str, value: str, world: World) -> Matches | None:
    """Give what an operator says of a tweet. Conversations are found without their roots, and without quotes."""
    states: dict[str, Matches] = {
        "reply": lambda tweet: tweet.reply_to_id is not None,
        "quote": lambda tweet: tweet.quoted_id is not None,
        "retweet": lambda tweet: tweet.retweeted_id is not None,
    }
    if name == "is":
        return states.get(value)
    if name == "lang":
        return lambda tweet: tweet.lang == value
    if name == "from":
        return lambda tweet: tweet.username == value
    if not value.isdecimal():
        return None
    asked = world.by_id.get(int(value))
    versions = set(asked.ids) if asked else {int(value)}
    numbers: dict[str, Matches] = {
        "conversation_id": lambda tweet: tweet.root_id in versions and tweet.reply_to_id is not None,
        "in_reply_to_tweet_id": lambda tweet: tweet.reply_to_id in versions,
        "quotes_of_tweet_id": lambda tweet: tweet.quoted_id in versions,
        "min_replies": lambda tweet: tweet.counts.replies >= int(value),
    }
    return numbers.get(name)


@dataclass(frozen=True)
class Place:
    """Say where a page begins, for which search, and when that was told."""

    search: str
    below: int  # ids are below it
    number: int
    told: float

    def token(self) -> str:
        packed = json.dumps(list(asdict(self).values())).encode()
        return base64.b32hexencode(packed).decode().lower().rstrip("=")


def place(token: str) -> Place | None:
    """Read a token; None where none of ours was like it."""
    try:
        padded = token.upper() + "=" * (-len(token) % 8)
        search, below, number, told = json.loads(base64.b32hexdecode(padded))
    except (ValueError, TypeError):
        return None
    return Place(search, below, number, told)


def size(parameters: Mapping[str, str], largest: int) -> int:
    """Read the size of a page. Raises Refused where it is out of range."""
    given = parameters.get("max_results", str(SMALLEST))
    if not given.isdecimal() or not SMALLEST <= int(given) <= largest:
        said = f"The `max_results` query parameter value [{given}] is not between {SMALLEST} and {largest}"
        raise problems.invalid(said, "max_results", given)
    return int(given)


def query(parameters: Mapping[str, str], archive: str) -> str:
    given = parameters.get("query", "")
    longest = ARCHIVES[archive][0]
    if not given:
        raise problems.invalid("The `query` query parameter can not be empty", "query", given)
    if len(given) > longest:
        raise problems.invalid(f"`query` is {len(given)} characters long, the most is {longest}", "query", given)
    return given


def within(parameters: Mapping[str, str], archive: str, now: float) -> Matches:
    """Tell what lies in the time searched. It begins some days ago, unless the whole archive is asked for more."""
    earliest = now - ARCHIVES[archive][2] * DAY
    start, end = _time(parameters, "start_time", earliest), _time(parameters, "end_time", now)
    since, until = _id(parameters, "since_id", 0), _id(parameters, "until_id", 1 << 63)
    if start < (earliest if archive == "recent" else OLDEST):
        raise problems.invalid("'start_time' is too long ago", "start_time", parameters["start_time"])
    start = 0.0 if since else start  # ids go before times
    return lambda tweet: start <= tweet.made <= end and since < tweet.id < until


def _time(parameters: Mapping[str, str], name: str, default: float) -> float:
    if name not in parameters:
        return default
    try:
        return datetime.fromisoformat(parameters[name]).timestamp()
    except ValueError:
        raise problems.invalid(f"The `{name}` is no time", name, parameters[name]) from None


def _id(parameters: Mapping[str, str], name: str, default: int) -> int:
    if name not in parameters:
        return default
    if not re.fullmatch(r"[0-9]{1,19}", parameters[name]):
        raise problems.invalid(f"The `{name}` query parameter value is no id", name, parameters[name])
    return int(parameters[name])
