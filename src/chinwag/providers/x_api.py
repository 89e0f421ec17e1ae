"""X's own API v2, paid by the post: lookup by ids, and search for conversations; its token is read from X_BEARER_TOKEN.

It is asked in the words of tweets and read in those of tweets and of posts: X takes both, and leaves out without an
error, yet bills, what it does not know by the name it was asked for.
"""

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from chinwag import __version__
from chinwag.errors import ProviderError, printable
from chinwag.providers import FOUND, RETRY, Request, Verdict
from chinwag.providers._http import Answer, Sender, Time, parsed
from chinwag.values import id_time, to_id

BATCH = 100
MOST = 3  # itself, what it answers, what it quotes
PRICE = 0.005  # a post read, by X's price page of 2026-08
RATE = 3500 / 900
PARALLEL = 4
SEARCHES = True
PROVES_ABSENCE = True

TOKEN = "X_BEARER_TOKEN"  # noqa: S105 - its name
FIELDS = (
    "author_id,conversation_id,created_at,display_text_range,edit_controls,edit_history_tweet_ids,entities,"
    "in_reply_to_user_id,lang,note_tweet,possibly_sensitive,public_metrics,referenced_tweets,withheld"
)
QUERY = {"recent": 512, "all": 1024}  # the characters a query may have
PAGE = {"recent": 100, "all": 500}  # the posts a page may have; fewer than SMALLEST are not given
SMALLEST = 10
ARCHIVE = "/2/tweets/search/all"
SPACING = {ARCHIVE: 1.1}  # it takes one request a second, and the way there is not always equally long
BEGINNING = "2006-03-21T00:00:00Z"  # of Twitter; without it the full archive is that of the last 30 days

# By the last part of a problem's type; both api.twitter.com and api.x.com stand before it.
OUTCOMES = {
    "resource-not-found": "not_found",
    "not-authorized-for-resource": "protected",
    "resource-unavailable": "unavailable",
    "disallowed-resource": "withheld",
    "internal-error": RETRY,
}
OF_FIELDS = ("not-authorized-for-field", "field-unauthorized", "field-hydration-failure")  # the tweet is there
LATER = "the same command goes on then where this one stops"
ADVICE = {
    "usage-capped": f"the app's cap is used up; raise it in X's developer console, or wait for its renewal: {LATER}",
    "client-forbidden": "X does not serve this app; see in X's developer console whether it is in a project",
    "invalid-request": "X takes the request for invalid",
    400: "X takes the request for invalid",
    401: f"X refuses the token; see whether {TOKEN} holds the app's Bearer token of today",
    402: f"the credit at X is spent; buy more in X's developer console: {LATER}",
    403: "X does not allow this; see in X's developer console what the app may do",
}

ALWAYS = ("author_id", "conversation_id", "created_at", "lang", "public_metrics")
EDITS = ("edit_history_tweet_ids", "edit_history_post_ids")
EDITS_SINCE = 1_664_582_400_000  # 2022-10-01: older tweets need not have the field
REFERENCES = ("referenced_tweets", "referenced_posts")
NOTES = ("note_tweet", "note_post")
NOTES_SINCE = 1_675_814_400_000  # 2023-02-08
CUT = re.compile(r".{240,}…(?:\s+https://t\.co/\w+)*\s*", re.DOTALL)

Json = dict[str, Any]


def open(*, base_url: str = "https://api.x.com") -> "XApi":
    """Ask X, or what stands in for it, with the token in X_BEARER_TOKEN; raises ProviderError where there is none."""
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        raise ProviderError(f"{TOKEN} is not set; put the app's Bearer token (X's developer console has it) in it")
    if not re.fullmatch(r"[!-~]+", token):
        raise ProviderError(f"{TOKEN} holds no token: there is a blank, or a character no token has, in it")
    return XApi(base_url, token)


def packed(archive: str) -> int:
    """Give how many conversations one query can ask for."""
    longest = len(_query([10**18]))
    return (QUERY[archive] + len(" OR ")) // (longest + len(" OR "))


class TokenRefused(ProviderError):
    """Report a page that can no longer be asked for by its token."""


class XApi:
    """Ask X's API v2."""

    def __init__(self, base_url: str, token: str, clock: Time | None = None) -> None:
        self._sender = Sender(base_url, token, _refuse, spacing=SPACING, clock=clock)
        self._notes, self._cut = False, set[object]()  # whether any long text came whole, and the tweets that seem cut

    def ask(self, request: Request) -> bytes:
        """Give the answer as one line, with a note of where and when it was got, as twarc makes it."""
        try:
            return _line(self._page(request, request.token))
        except TokenRefused:
            if request.token is None:
                raise
            # By the oldest tweet there was; if there was none yet, from the beginning.
            return _line(self._page(request, None))

    def verdict(self, request: Request, answer: bytes) -> Verdict:
        """Say what an answer holds; raises ProviderError where X refuses in it, or leaves out what it was asked for."""
        page = parsed(answer) or {}
        data, problems = _objects(page.get("data")), _objects(page.get("errors"))
        includes = _object(page.get("includes"))
        included = _objects(includes.get("tweets")) + _objects(includes.get("posts"))
        for problem in problems:
            if (kind := _kind(problem)) in ADVICE:
                raise ProviderError(f"{ADVICE[kind]}{_said(problem)}")
        self._check_fields(data, included, problems)
        posts = len({str(tweet.get("id")) for tweet in data + included})  # the same one twice a day is billed once
        if request.archive is None:
            silent = not data and not problems  # it says nothing of anything: no answer to what was asked
            outcomes = dict.fromkeys(request.ids, RETRY) if silent else _outcomes(set(request.ids), data, problems)
            return Verdict(posts, outcomes)
        meta = _object(page.get("meta"))
        token = meta.get("next_token")
        ids = [found for tweet in data if (found := to_id(tweet.get("id")))]
        oldest = to_id(meta.get("oldest_id")) or min(ids, default=None)
        return Verdict(posts, {}, token if token and isinstance(token, str) else None, oldest)

    def tell(self, say: Callable[[str], None]) -> None:
        """Say where a long wait begins."""
        self._sender.tell(say)

    def stop(self) -> None:
        """End all waiting."""
        self._sender.stop()

    def close(self) -> None:
        """Let go of the connections."""
        self._sender.close()

    def _page(self, request: Request, token: str | None) -> Answer:
        if request.archive is None:
            asked = {"ids": ",".join(map(str, request.ids)), "tweet.fields": FIELDS}
            along = {} if request.alone else {"expansions": "referenced_tweets.id"}
            return self._sender.get("/2/tweets", asked | along)
        size = max(SMALLEST, min(request.limit, PAGE[request.archive]))
        params = {"query": _query(request.ids), "max_results": str(size), "tweet.fields": FIELDS}
        if request.archive == "all":
            params["start_time"] = BEGINNING
        if token is not None:
            params["next_token"] = token
        elif request.until_id is not None:
            params["until_id"] = str(request.until_id)
        return self._sender.get(f"/2/tweets/search/{request.archive}", params)

    def _check_fields(self, data: list[Json], included: list[Json], problems: list[Json]) -> None:
        """Raise ProviderError where fields that X was asked for, and bills, are nowhere to be seen."""
        tweets = data + included
        told = " ".join(str(problem.get("field")) for problem in problems if _kind(problem) in OF_FIELDS)
        missing = [name for name in ALWAYS if not _has(tweets, name)]
        editable = [tweet for tweet in tweets if _since(tweet, EDITS_SINCE)]
        if editable and not _has(editable, *EDITS):
            missing.append(EDITS[0])
        # Of tweets that only begin with a name, some name whom they speak to and answer no tweet. Of those that are
        # in another's conversation 1 in 200 does not say which it answers, so that one alone shows nothing.
        replies = [tweet for tweet in data if tweet.get("in_reply_to_user_id") and not _is_root(tweet)]
        if (included or len(replies) > 1) and not _has(tweets, *REFERENCES):
            missing.append(REFERENCES[0])
        # 1 in 2,000 authors ends a full tweet with an ellipsis: one alone shows nothing here either.
        self._notes = self._notes or _has(tweets, *NOTES)
        cut = {
            tweet.get("id") for tweet in tweets if _since(tweet, NOTES_SINCE) and CUT.fullmatch(str(tweet.get("text")))
        }
        self._cut |= cut
        if cut and not self._notes and len(self._cut) > 1:
            missing.append(NOTES[0])
        missing = [name for name in missing if name not in told]
        if missing and data:
            raise ProviderError(
                f"X left out {', '.join(missing)}, though asked for, and bills all the same; stopped before more is"
                " spent: a newer chinwag may know the names these have now"
            )


def _query(ids: Iterable[int]) -> str:
    return " OR ".join(f"conversation_id:{tweet_id}" for tweet_id in ids)


def _line(answer: Answer) -> bytes:
    """Put the note into an answer; its bytes are kept, but for line breaks: in JSON these stand between values only."""
    note = {
        "url": answer.url,
        "version": f"chinwag {__version__}",
        "retrieved_at": datetime.fromtimestamp(answer.at, UTC).isoformat(timespec="seconds"),
    }
    body = answer.body.removeprefix(b"\xef\xbb\xbf").replace(b"\n", b" ").replace(b"\r", b" ").strip()[:-1]
    comma = b"" if body.strip() == b"{" else b","
    return body + comma + b'"__twarc":' + json.dumps(note).encode() + b"}\n"


def _refuse(answer: Answer) -> None:
    """Raise ProviderError where an answer other than 200 says that asking again is of no use."""
    problem = parsed(answer.body) or {}
    kind, status = _kind(problem), answer.status
    if kind in ("usage-capped", "client-forbidden"):
        raise ProviderError(f"{ADVICE[kind]}{_said(problem)}")
    if status in (408, 425, 429) or status >= 500 or 200 <= status < 300:
        return
    if status == 400 and re.search(rb"\b(?:next|pagination)_token\b", answer.body):
        raise TokenRefused(f"X does not take the token of this page (HTTP 400){_said(problem)}")
    if 300 <= status < 400:
        raise ProviderError(f"the base URL leads elsewhere (HTTP {status}), and the token is not sent there")
    advice = ADVICE.get(status) or ADVICE.get(kind) or "X refuses; see whether the base URL is right"
    raise ProviderError(f"{advice} (HTTP {status}){_said(problem)}")


def _said(problem: Mapping[str, Any]) -> str:
    """Give what X says of a problem, as the end of a line."""
    messages = [found.get("message") for found in _objects(problem.get("errors"))]
    words = [found for found in (problem.get("detail") or problem.get("title"), *messages[:1]) if found]
    text = printable(" ".join(" ".join(map(str, words)).split()))
    return f": {text[:300]}" if text else ""


def _outcomes(asked: set[int], data: list[Json], problems: list[Json]) -> dict[int, str]:
    """Say what became of the ids that were asked for, as far as the answer tells."""
    outcomes: dict[int, str] = {}
    unnamed = False
    for problem in problems:
        kind = _kind(problem)
        if kind in OF_FIELDS or problem.get("resource_type") not in ("tweet", "post", None):
            continue
        named = [found for key in ("resource_id", "value") if (found := to_id(problem.get(key)))]
        unnamed = unnamed or (kind == "internal-error" and not named)
        outcome = OUTCOMES.get(kind, "unknown")
        if outcome == "protected" and "suspend" in f"{problem.get('title')} {problem.get('detail')}".lower():
            outcome = "suspended"
        outcomes.update({found: outcome for found in named if found in asked and found not in outcomes})
    for tweet in data:  # an edited tweet comes in its last version, whichever was asked for
        outcomes.update(dict.fromkeys(_versions(tweet) & asked, FOUND))
    if unnamed:
        outcomes.update({tweet_id: RETRY for tweet_id in asked if tweet_id not in outcomes})
    return outcomes


def _kind(problem: Mapping[str, Any]) -> str:
    return str(problem.get("type")).rstrip("/").rpartition("/")[2]


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _has(tweets: Iterable[Json], *names: str) -> bool:
    return any(tweet.get(name) is not None for tweet in tweets for name in names)


def _since(tweet: Json, time: int) -> bool:
    return (id_time(to_id(tweet.get("id")) or 0) or 0) >= time


def _versions(tweet: Json) -> set[int]:
    """Give the ids that a tweet has had, as far as it tells."""
    history = next((found for name in EDITS if isinstance(found := tweet.get(name), list)), [])
    return {found for version in (tweet.get("id"), *history) if (found := to_id(version))}


def _is_root(tweet: Json) -> bool:
    root = to_id(tweet.get("conversation_id"))
    return root is None or root in _versions(tweet)
