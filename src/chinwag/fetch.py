"""Get missing tweets from a provider, within a budget: those that unlock most first, and up their threads to the roots.

Nothing is asked twice: what became of each id is in the table `asked`. A run that was stopped or killed goes on, and
what it has spent counts.
"""

import heapq
import inspect
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from chinwag import assemble, shelves, wanted
from chinwag.answers import Answers, State
from chinwag.asking import Asking, Budget, Wave
from chinwag.engines import Engine
from chinwag.engines.duckdb import DuckDB
from chinwag.errors import UsageError
from chinwag.progress import Bar, count
from chinwag.providers import FOUND, Request
from chinwag.recipe import Recipe, fits
from chinwag.sql import statement
from chinwag.workspace import Workspace

WAVE = 1000  # ids of a wave: after each, what was found is asked for further up
GROUPS = 10  # pages of a wave
ARCHIVES = ("recent", "all")


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
        cost = f" (${least * price:,.2f} to {'?' if most is None else f'${most * price:,.2f}'})" if price else ""
        time = f", {self.minutes:,.1f} minutes or more" if self.minutes else ""
        posts = f"{least:,} to {'?' if most is None else f'{most:,}'} posts"
        return f"{self.ids:,} {self.what}: {self.requests:,} requests or more, {posts}{cost}{time}"


@dataclass
class Summary:
    """Say what was asked, what became of it, and what it cost; `plan` is what was to be expected."""

    plan: Plan
    requests: int = 0
    tweets: Counter[str] = field(default_factory=Counter)
    conversations: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    pages: int = 0
    posts: int = 0
    dollars: float = 0.0
    assembled: assemble.Summary | None = None

    def add(self, wave: Wave) -> None:
        """Take in what came of a wave."""
        self.requests += wave.requests
        self.unanswered += wave.unanswered
        self.tweets.update(wave.outcomes.values())
        self.conversations.update(wave.conversations.values())

    def line(self) -> str:
        """Say it in one line."""
        outcomes = [f"{number:,} {name.replace('_', ' ')}" for name, number in self.tweets.most_common()]
        outcomes += [f"{number:,} conversations {name}" for name, number in self.conversations.items()]
        outcomes += [f"{self.pages:,} pages to go on with"] if self.pages else []
        outcomes += [f"{self.unanswered:,} requests unanswered"] if self.unanswered else []
        cost = f", ${self.dollars:,.2f}" if self.dollars else ""
        return f"{self.requests:,} requests: {', '.join(outcomes) or 'nothing'}; {self.posts:,} posts{cost}"


@dataclass(frozen=True)
class Choice:
    """Say which of the missing tweets to get; all of these are options of `chinwag wanted`."""

    recipe: Recipe = field(default_factory=Recipe)
    selection: Mapping[str, Any] = field(default_factory=dict)


def run(  # noqa: PLR0913 - what to get, from whom, for how much
    workspace: Path,
    choice: Choice | None = None,
    *,
    provider: str = "x-api",
    options: Mapping[str, Any] | None = None,
    ids: Iterable[int] | None = None,
    again: bool = False,
    conversations: str | None = None,
    max_posts: int | None = None,
    max_spend: float | None = None,
    dry_run: bool = False,
    say: Callable[[str], None] = lambda line: None,
    quiet: bool = False,
) -> Summary:
    """Get missing tweets: those wanted most, or the `ids` given, or whole `conversations` (`recent` or `all`).

    `ids` are asked for as they are, without what they answer; with `again` also those that are known. A paid provider
    is asked for no more than `max_posts`, or for `max_spend` dollars. At the end the trees are assembled anew.
    Raises UsageError where a paid provider has no limit; ProviderError where it refuses: what came before is kept.
    """
    part = shelves.load("providers", provider)
    settings = _settings(part, options or {}, f"provider {provider}")
    budget = _budget(part, max_posts, max_spend)
    if part.PRICE and budget.most is None and not dry_run:
        raise UsageError(
            f"provider {provider} costs ${part.PRICE} a post: give --max-spend or --max-posts, or --dry-run"
        )
    if conversations and not part.SEARCHES:
        raise UsageError(f"provider {provider} gives no whole conversations")
    _begin(workspace, create=ids is not None and not again)
    answers = Answers(workspace, provider)
    with ExitStack() as stack:
        stack.enter_context(answers.writing())
        asking, recovered = None, Wave()
        if not dry_run:
            asker = part.open(**settings)
            stack.callback(asker.close)
            asker.tell(say)
            asking = Asking(workspace, provider, part, asker, answers, budget)
            recovered = asking.finish(killed=True)
            _begin(workspace)
        budget.spent = answers.state.spent
        if budget.spent:
            cost = f" (${budget.dollars():,.2f})" if part.PRICE else ""
            say(f"going on with a run that was stopped: {budget.spent:,} posts{cost} of the limit are spent")
        strategy = _Run(stack.enter_context(_engine(workspace, answers.path)), part, provider, budget, say)
        if conversations:
            summary = strategy.threads(asking, conversations, answers.state.pages, quiet=quiet)
        elif ids is not None:
            summary = strategy.these(asking, ids, again=again, quiet=quiet)
        else:
            summary = strategy.up(asking, _scores(workspace, choice or Choice(), part, budget), quiet=quiet)
        summary.add(recovered)
        summary.posts, summary.dollars = budget.spent, budget.dollars()
        if asking:
            summary.pages = len(answers.state.pages)
            answers.save(State(answers.state.wave, 0, answers.state.pages))
    if asking and summary.tweets[FOUND] + summary.posts:
        summary.assembled = assemble.again(workspace, quiet=quiet)
    return summary


def _budget(part: ModuleType, max_posts: int | None, max_spend: float | None) -> Budget:
    limits = [] if max_posts is None else [max_posts]
    if max_spend is not None and part.PRICE:
        limits.append(int(max_spend / part.PRICE + 1e-9))
    return Budget(min(limits, default=None), part.PRICE)


def _settings(part: ModuleType, given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Take a provider's options as they are written on a command line, and hold them against what there is."""
    parameters = inspect.signature(part.open).parameters
    settings = dict(given)
    for name in parameters.keys() & settings.keys():
        with suppress(msgspec.ValidationError):  # `fits` says what is wrong
            settings[name] = msgspec.convert(settings[name], parameters[name].annotation, strict=False)
    fits(part.open, settings, where)
    return settings


def _begin(workspace: Path, *, create: bool = False) -> None:
    """See that the trees are those of all that was read; with `create`, the workspace need not be there yet."""
    if Workspace(workspace, create=create).state.steps.get("ingest") or not create:
        assemble.again(workspace)


def _scores(workspace: Path, choice: Choice, part: ModuleType, budget: Budget) -> dict[int, int]:
    """Give the tweets wanted most, no more than can be paid for, and the turns that each unlocks."""
    left = budget.left()
    selection = dict(choice.selection)
    if left is not None:
        selection["top"] = min(left, selection.get("top") or left)
    ranking = wanted.run(workspace, choice.recipe, price=part.PRICE, **selection)
    names = ranking.columns
    id, unlocks = names.index("tweet_id"), names.index("unlocks")
    return {row[id]: row[unlocks] for row in ranking.rows()}


@contextmanager
def _engine(workspace: Path, place: Path) -> Iterator[Engine]:
    """Open the tables as they are when a run begins, with a scratch folder."""
    target = Workspace(workspace)
    with tempfile.TemporaryDirectory(dir=place, prefix="scratch-") as scratch, DuckDB(Path(scratch)) as engine:
        for table in ("tweets", "nodes", "conversations", "deletes", "asked"):
            engine.read(table, target.parts(table))
        yield engine


class _Run:
    """Choose what to ask for; without an `asking`, only say what that would be."""

    def __init__(self, engine: Engine, part: ModuleType, name: str, budget: Budget, say: Callable[[str], None]) -> None:
        self._engine, self._part, self._name, self._budget, self._say = engine, part, name, budget, say
        self._asked: set[int] = set()  # by this run, and what came along

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
            unknown = self._unknown(given)
            given = [id for id in given if id in unknown]
        summary = Summary(self._plan("tweets", len(given), each=1))
        with count("fetch", len(given), quiet=quiet) as show:
            for start in range(0, len(given) if asking else 0, WAVE):
                if (
                    asking
                    and not self._look_up(asking, given[start : start + WAVE], summary, show, alone=True).requests
                ):
                    break
        return summary

    def threads(self, asking: Asking | None, archive: str, pages: list[Request], *, quiet: bool) -> Summary:
        """Collect whole conversations: those of which most is known first, and their roots, which no search gives."""
        rows = self._engine.rows(statement("threads"), [self._name])
        started = {id for page in pages for id in page.ids}
        roots = [id for batch in rows for id in batch["id"].to_pylist() if id not in started]
        size = self._part.packed(archive)
        groups = iter([Request(tuple(roots[at : at + size]), archive=archive) for at in range(0, len(roots), size)])
        summary = Summary(self._plan("conversations", len(roots), -(-len(roots) // size)))
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
                pages = found.pages
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
            batches = self._engine.rows(statement("unknown"), [self._name])
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
