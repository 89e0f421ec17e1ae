"""Ask for tweets, one provider a file: `open` gives an `Asker`; what it answers is read as any other file is.

A provider does no more than ask: which ids, in what order, at what cost, and what became of them is the business of
`fetch`, which keeps every answer on disk before anything in it is read. Beside `open`, whose keyword-only parameters
are the provider's options, a module states

- `BATCH`: the ids a request may hold; where options decide, what `open` gives has an attribute `batch` of its own,
- `MOST`: the posts that may be billed for one id that is looked up, those that come along with it included,
- `PRICE`: dollars a post, 0 where nothing is paid,
- `RATE`: requests a second that it allows, or None,
- `PARALLEL`: the requests that may be under way at once,
- `SEARCHES`: whether it gives whole conversations too; then also `PAGE`, the most posts of a page by archive,
  `SMALLEST`, the least, and `packed(archive)`, the conversations that fit into one request,
- `PROVES_ABSENCE`: whether what it says is gone is gone: a scraper that finds nothing proves nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

# What became of an id that was asked for. Those in RETRY are asked again by the next run, the others never.
FOUND = "found"
GONE = ("not_found", "protected", "suspended", "withheld", "unavailable", "unknown")
RETRY = "retry"


@dataclass(frozen=True)
class Request:
    """Ask for tweets by ids; or, where `archive` is `recent` or `all`, for a page of conversations by those of roots.

    With `alone`, what they answer and quote is not wanted, where the provider can tell that apart. `limit` is the most
    posts that a page may hold. Pages after the first are asked for by the `token` that the page
    before gave, or, where that is refused, as what is older than the oldest tweet of it.
    """

    ids: tuple[int, ...]
    alone: bool = False
    archive: str | None = None
    limit: int = 0
    token: str | None = None
    until_id: int | None = None


@dataclass(frozen=True)
class Verdict:
    """Say what an answer costs, what became of ids it does not give, and where it goes on.

    `posts` is what may be billed for it. An id that is neither in the tables, once the answer is read, nor in
    `outcomes` is `unknown`. `oldest_id` is the oldest tweet of a page.
    """

    posts: int = 0
    outcomes: Mapping[int, str] = field(default_factory=dict)
    token: str | None = None
    oldest_id: int | None = None


class Asker(Protocol):
    """Ask one provider. `ask` is called from several threads at once; the others are not."""

    def ask(self, request: Request) -> bytes:
        """Give the answer as it came: lines of JSON that a source reads, each with its line feed.

        Waits as the provider demands, and asks again where that may help. Raises Unanswered where it does not,
        ProviderError where nothing more may be asked, Stopped once `stop` was called and the answer has not come.
        """

    def verdict(self, request: Request, answer: bytes) -> Verdict:
        """Say what an answer holds. Raises ProviderError where it shows that going on would waste money."""

    def tell(self, say: Callable[[str], None]) -> None:
        """Take what to call, from any thread, with a line where a long wait begins."""

    def stop(self) -> None:
        """End all waiting: no request is begun any more, and those under way are given a moment to be answered."""

    def close(self) -> None:
        """Let go of connections and programs."""


class Stopped(Exception):
    """Say that a request was not begun, because the run ends."""
