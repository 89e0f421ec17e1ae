"""Get missing tweets from a provider, within a budget: those that unlock most first, and up their threads to the roots.

Nothing is asked twice: what became of each id is in the table `asked`. A run that was stopped or killed goes on, and
what it has spent counts.
"""

import heapq
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from chinwag import assemble, shelves, wanted
from chinwag.answers import Answers, State
from chinwag.asking import Asking, Budget, Wave
from chinwag.engines import Engine
from chinwag.engines.duckdb import DuckDB
from chinwag.errors import UsageError
from chinwag.progress import Bar, count
from chinwag.providers import Request
from chinwag.recipe import Recipe, settings_for
from chinwag.sql import statement
from chinwag.values import id_time
from chinwag.workspace import Workspace

WAVE = 1000  # ids of a wave: after each, what was found is asked for further up
GROUPS = 10  # pages of a wave
RECENT = 7 * 86_400  # seconds: X's recent archive


def dollars(amount: float) -> str:
    """Write an amount; one of a few posts is parts of a cent."""
    return f"${amount:,.2f}" if abs(amount - round(amount, 2)) < 1e-9 else f"${amount:,.3f}"


@dataclass(frozen=True)
class Plan:
    """Say what a run would ask for, and what that costs at most and at least."""

    what: str
    ids: int
    requests: int
    posts: tuple[int, int | None]
    price: float
    minutes: float

    def line(self) -> str:
        """Say it in one line."""
        (least, most), price = self.posts, self.price
        cost = f" ({dollars(least * price)} to {'?' if most is None else dollars(most * price)})" if price else ""
        wait = f", {self.minutes:,.1f} minutes or more" if self.minutes >= 1 else ""
        posts = f"{least:,} to {'?' if most is None else f'{most:,}'} posts"
        return f"{self.ids:,} {self.what}: {self.requests:,} requests or more, {posts}{cost}{wait}"


@dataclass
class Summary:
    """Say what was asked, what became of it, and what it cost; `plan` is what was to be expected."""

    plan: Plan
    requests: int = 0
    tweets: Counter[str] = field(default_factory=Counter)
    conversations: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    complaint: str = ""
    pages: int = 0
    posts: int = 0
    dollars: float = 0.0
    assembled: assemble.Summary | None = None

    def add(self, wave: Wave) -> None:
        """Take in what came of a wave."""
        self.requests += wave.requests
        self.unanswered += wave.unanswered
        self.complaint = wave.complaint or self.complaint
        self.tweets.update(wave.outcomes.values())
        self.conversations.update(wave.conversations.values())

    def line(self) -> str:
        """Say it in one line."""
        outcomes = [f"{number:,} {name.replace('_', ' ')}" for name, number in self.tweets.most_common()]
        outcomes += [f"{number:,} conversations {name}" for name, number in self.conversations.items()]
        outcomes += [f"{self.pages:,} pages to go on with"] if self.pages else []
        why = f" ({self.complaint})" if self.complaint else ""
        outcomes += [f"{self.unanswered:,} requests unanswered{why}"] if self.unanswered else []
        cost = f", {dollars(self.dollars)}" if self.dollars else ""
        return f"{self.requests:,} requests: {', '.join(outcomes) or 'nothing'}; {self.posts:,} posts{cost}"


@dataclass(frozen=True)
class Wish:
    """Say what to get: the tweets wanted most; or `ids`; or whole `conversations`, from the archive `recent` or `all`.

    Of those wanted most, the options of `wanted.run` make a `selection`, after the filters of a recipe. `ids` are asked
    for as they are, without what they answer, and if they are to be checked, `again`. What came back `unknown` is asked
    for again only if that is wished.
    """

    recipe: Recipe = field(default_factory=Recipe)
    selection: Mapping[str, Any] = field(default_factory=dict)
    ids: Iterable[int] | None = None
    again: bool = False
    conversations: str | None = None
    unknown: bool = False

    @property
    def purpose(self) -> str:
        """Name what is got: a run that was stopped is gone on with by one for the same."""
        if self.conversations:
            return f"conversations {self.conversations}"
        return "wanted" if self.ids is None else "check" if self.again else "ids"


def run(  # noqa: PLR0913 - what to get, from whom, for how much
    workspace: Path,
    wish: Wish,
    *,
    provider: str = "x-api",
    options: Mapping[str, Any] | None = None,
    budget: tuple[int | None, float | None] = (None, None),
    dry_run: bool = False,
    memory: int | None = None,
    say: Callable[[str], None] = lambda line: None,
    quiet: bool = False,
) -> Summary:
    """Get what is wished from a provider, for no more than a `budget` of posts and dollars; then make the trees anew.

    A dry run only says what would be asked, and what it costs. Raises UsageError where a paid provider has no budget;
    ProviderError where it refuses: what came before is kept.
    """
    part = shelves.load("providers", provider)
    settings = settings_for(part.open, options or {}, f"provider {provider}")
    limit = _budget(part, *budget)
    if part.PRICE and limit.most is None and not dry_run:
        cost = f"provider {provider} costs ${part.PRICE} a post"
        raise UsageError(f"{cost}: give --max-spend or --max-posts, or --dry-run")
    if wish.conversations and not part.SEARCHES:
        raise UsageError(f"provider {provider} gives no whole conversations")
    new = wish.ids is not None and not wish.again  # those can be got into a workspace that is to be made
    if not new or (workspace / "log").is_dir():
        assemble.again(workspace, memory=memory)
    if dry_run:
        with _engine(workspace) as engine:
            return _Run(engine, part, provider, wish, limit, say).fulfil(None, [], workspace, quiet=quiet)
    Workspace(workspace, create=new)
    answers = Answers(workspace, provider)
    with answers.writing(), closing(part.open(**settings)) as asker:
        asker.tell(say)
        asking = Asking(workspace, provider, part, asker, answers, limit)
        recovered = asking.finish(killed=True)
        if recovered.requests:
            assemble.again(workspace, memory=memory)
        _go_on(answers, wish.purpose, limit, say)
        with _engine(workspace) as engine:
            fulfil = _Run(engine, part, provider, wish, limit, say).fulfil
            summary = fulfil(asking, answers.state.pages, workspace, quiet=quiet)
        summary.add(recovered)
        summary.posts, summary.dollars = limit.spent, limit.dollars()
        summary.pages = len(answers.state.pages)
        answers.save(State(wish.purpose, answers.state.wave, 0, answers.state.pages))
    if summary.requests:
        summary.assembled = assemble.again(workspace, memory=memory, quiet=quiet)
    elif summary.plan.ids:
        say("the limit leaves no room for a request: nothing was asked")
    return summary


def _go_on(answers: Answers, purpose: str, limit: Budget, say: Callable[[str], None]) -> None:
    """Count what a run for the same purpose has spent that did not end."""
    old = answers.state
    pages = [page for page in old.pages if not _is_past(page)]
    state = State(purpose, old.wave, old.spent if old.purpose == purpose else 0, pages)
    answers.save(state)
    limit.spent = state.spent
    if state.spent and limit.most is not None:
        cost = f" ({dollars(limit.dollars())})" if limit.price else ""
        say(f"going on with a run that was stopped: {state.spent:,} posts{cost} of the limit are spent")


def _budget(part: ModuleType, max_posts: int | None, max_spend: float | None) -> Budget:
    limits = [] if max_posts is None else [max_posts]
    if max_spend is not None and part.PRICE:
        limits.append(int(max_spend / part.PRICE + 1e-9))
    return Budget(min(limits, default=None), part.PRICE)


@contextmanager
def _engine(workspace: Path) -> Iterator[Engine]:
    """Open the tables as they are when a run begins, with a scratch folder."""
    target = Workspace(workspace) if (workspace / "log").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="chinwag-") as scratch, DuckDB(Path(scratch)) as engine:
        for table in ("nodes", "conversations", "deletes", "asked"):
            engine.read(table, target.parts(table) if target else [])
        # Its parts are gone once somebody assembles meanwhile; the others' stay, or are read only in the beginning.
        if parts := target.parts("tweets") if target else []:
            engine.read("tweets_now", parts)
            engine.make("tweets", "select id, conversation_id from tweets_now")
        else:
            engine.read("tweets", [])
        yield engine


class _Run:
    """Choose what to ask for; without an `asking`, only say what that would be."""

    def __init__(
        self, engine: Engine, part: ModuleType, name: str, wish: Wish, budget: Budget, say: Callable[[str], None]
    ) -> None:
        self._engine, self._part, self._name = engine, part, name
        self._wish, self._budget, self._say = wish, budget, say
        self._asked: set[int] = set()  # by this run, and what came along

    def fulfil(self, asking: Asking | None, pages: list[Request], workspace: Path, *, quiet: bool) -> Summary:
        """Do what is wished."""
        wish = self._wish
        if wish.conversations:
            return self.threads(asking, wish.conversations, pages, quiet=quiet)
        if wish.ids is not None:
            return self.these(asking, wish.ids, again=wish.again, quiet=quiet)
        return self.up(asking, self._scores(workspace, quiet=quiet), quiet=quiet)

    def _scores(self, workspace: Path, *, quiet: bool) -> dict[int, int]:
        """Give the tweets wanted most, no more than can be paid for, and the turns that each unlocks."""
        wish, left = self._wish, self._budget.left()
        selection = dict(wish.selection)
        if left is not None:
            selection["top"] = min(left, selection.get("top") or left)
        ranking = wanted.run(
            workspace, wish.recipe, price=self._part.PRICE, provider=self._name, unknown=wish.unknown, quiet=quiet,
            **selection,
        )  # fmt: skip
        id, unlocks = ranking.columns.index("tweet_id"), ranking.columns.index("unlocks")
        return {row[id]: row[unlocks] for row in ranking.rows()}

    def up(self, asking: Asking | None, scores: dict[int, int], *, quiet: bool) -> Summary:
        """Look up the tweets that score highest, and what they answer, up to the roots."""
        scores = {id: scores[id] for id in self._unknown(scores)}
        summary = Summary(self._plan("wanted tweets", len(scores)))
        queue = [(-score, id) for id, score in scores.items()]
        heapq.heapify(queue)
        with count("fetch", len(queue), quiet=quiet) as show:
            while asking and queue:
                wave = self._look_up(asking, self._best(queue, scores), summary, show)
                if not wave.requests:
                    break
                above: defaultdict[int, int] = defaultdict(int)
                for id, parent in wave.parents.items():
                    above[parent] += scores[id] + 1
                for parent in self._unknown(above):
                    scores[parent] = scores.get(parent, 0) + above[parent]
                    heapq.heappush(queue, (-scores[parent], parent))
        return summary

    def _best(self, queue: list[tuple[int, int]], scores: dict[int, int]) -> list[int]:
        """Take a wave's ids from the queue, those that score highest; an entry with an older score is a leftover."""
        best: list[int] = []
        while queue and len(best) < WAVE:
            score, id = heapq.heappop(queue)
            if id not in self._asked and scores[id] == -score:
                best.append(id)
                self._asked.add(id)
        return best

    def these(self, asking: Asking | None, ids: Iterable[int], *, again: bool, quiet: bool) -> Summary:
        """Look up ids as they are given."""
        given = list(dict.fromkeys(islice(ids, self._budget.left()) if again else ids))
        if not again:
            unknown, all_given = self._unknown(given), len(given)
            given = [id for id in given if id in unknown]
            if len(given) < all_given:
                self._say(f"{all_given - len(given):,} of {all_given:,} ids are here, were asked for, or are gone")
        summary = Summary(self._plan("tweets", len(given), each=1))
        with count("fetch", len(given), quiet=quiet) as show:
            waiting = iter(given)
            while asking and (batch := list(islice(waiting, WAVE))):
                if not self._look_up(asking, batch, summary, show, alone=True).requests:
                    break
        return summary

    def threads(self, asking: Asking | None, archive: str, pages: list[Request], *, quiet: bool) -> Summary:
        """Collect whole conversations: those of which most is known first, and their roots, which no search gives."""
        rows = self._engine.rows(statement("threads"), [self._name, archive])
        pages = [page for page in pages if page.archive == archive]
        started = {id for page in pages for id in page.ids}
        roots = [id for batch in rows for id in batch["id"].to_pylist() if id not in started]
        size = self._part.packed(archive)
        groups = iter([Request(tuple(roots[at : at + size]), archive=archive) for at in range(0, len(roots), size)])
        summary = Summary(self._plan("conversations", len(roots) + len(started), -(-len(roots) // size) + len(pages)))
        if not summary.plan.ids:
            self._say("no conversation is known that is not there already; get missing originals first: chinwag fetch")
        with count("fetch", len(roots), quiet=quiet) as show:
            while asking:
                wave = [*pages[:GROUPS], *islice(groups, max(GROUPS - len(pages), 0))]
                new = [id for page in wave if page.token is None for id in page.ids]
                if not wave or (new and not self._roots(asking, new, summary, show)):
                    break
                found = asking.search(wave, show)
                summary.add(found)
                if not found.requests:
                    break
                pages = [page for page in found.pages if page.archive == archive]
        return summary

    def _roots(self, asking: Asking, roots: list[int], summary: Summary, show: Bar) -> bool:
        """Look up the roots that are not known; False where the budget is spent."""
        missing = self._unknown(roots)
        return not missing or bool(self._look_up(asking, sorted(missing), summary, show, alone=True).requests)

    def _look_up(self, asking: Asking, ids: list[int], summary: Summary, show: Bar, *, alone: bool = False) -> Wave:
        before = summary.tweets.total()
        wave = asking.look_up(ids, lambda done: show(before + done), alone=alone)
        summary.add(wave)
        self._asked |= wave.seen
        return wave

    def _unknown(self, ids: Iterable[int]) -> set[int]:
        """Give those of some ids that are worth asking for."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        new = [id for id in ids if id not in self._asked]
        if not new:
            return set()
        with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
            pq.write_table(pa.table({"id": pa.array(new, pa.int64())}), file.name)
            self._engine.read("candidates", [Path(file.name)])
            asked_again = "unknown" if self._wish.unknown else ""
            batches = self._engine.rows(statement("unknown"), [self._name, asked_again])
            return {id for batch in batches for id in batch["id"].to_pylist()}

    def _plan(self, what: str, ids: int, requests: int | None = None, *, each: int | None = None) -> Plan:
        """Say what asking costs: an id may bring `each` posts, `MOST` if nothing is said; a conversation any number."""
        part, left = self._part, self._budget.left()
        least, most = (ids, ids * (each or part.MOST)) if requests is None else (0, None)
        if left is not None:
            least, most = min(least, left), left if most is None else min(most, left)
        requests = -(-ids // part.BATCH) if requests is None else requests
        minutes = requests / part.RATE / 60 if part.RATE else 0.0
        plan = Plan(what, ids, requests, (least, most), part.PRICE, minutes)
        self._say(plan.line())
        return plan


def _is_past(page: Request) -> bool:
    """Tell a page of the recent archive that has left it meanwhile."""
    written = id_time(page.until_id or 0)
    return page.archive == "recent" and written is not None and written / 1000 < time.time() - RECENT
