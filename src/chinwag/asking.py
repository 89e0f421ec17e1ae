"""Ask a provider in waves: within the budget, some requests at once, and with every answer kept before it is read.

A wave ends by being read from the disk, whether it was asked to its end, stopped or killed: its answers are sealed and
ingested as any file is, and what became of each id is put into the table `asked`.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from chinwag import ingest, plan
from chinwag.answers import Answers, Asked, State
from chinwag.errors import ProviderError, Unanswered, WorkspaceError
from chinwag.progress import Bar
from chinwag.providers import FOUND, GONE, RETRY, Asker, Request, Verdict
from chinwag.tables import schema
from chinwag.workspace import Workspace

# What is read of a wave's answers, sightings first.
COLUMNS = {"sightings": ["id", "reply_to_id"], "edits": ["tweet_id", "initial_id"], "deletes": ["tweet_id", "kind"]}
PROBE = 10  # ids, or posts of a page, of the first requests to a paid provider: until one shows that all fields come
SILENT = 3  # requests in a row that are not answered end a run


@dataclass
class Budget:
    """Count posts against the most that may be had; None is no limit."""

    most: int | None
    price: float
    spent: int = 0
    held: int = 0

    def left(self) -> int | None:
        """Give the posts that may still be asked for, those under way taken off."""
        return None if self.most is None else max(self.most - self.spent - self.held, 0)

    def dollars(self) -> float:
        """Give what was spent."""
        return self.spent * self.price


@dataclass
class Wave:
    """Say what a wave gave: all tweets `seen`, and `parents`, the nearest missing one above each that was asked for."""

    outcomes: dict[int, str] = field(default_factory=dict)
    conversations: dict[int, str] = field(default_factory=dict)
    parents: dict[int, int] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    pages: list[Request] = field(default_factory=list)
    requests: int = 0
    posts: int = 0
    unanswered: int = 0
    complaint: str = ""


class Asking:
    """Ask one provider for a workspace. What it gives is in the workspace's tables when a wave ends."""

    def __init__(
        self, workspace: Path, name: str, part: ModuleType, asker: Asker, answers: Answers, budget: Budget
    ) -> None:
        self._workspace, self._name, self._part = workspace, name, part
        self._asker, self._answers, self.budget = asker, answers, budget
        self._proven = part.PRICE == 0
        self._silent = 0
        self._complaint = ""  # of the last request that was not answered

    def look_up(self, ids: Iterable[int], progress: Bar = lambda done: None, *, alone: bool = False) -> Wave:
        """Ask for tweets by id, as many as the budget allows; `alone`, without what they answer and quote."""
        waiting = list(ids)[::-1]
        batch = getattr(self._asker, "batch", self._part.BATCH)

        def pull() -> Request | None:
            size = min(batch, len(waiting), batch if self._proven else PROBE)
            left = self.budget.left()
            size = size if left is None else min(size, left // (1 if alone else self._part.MOST))
            return Request(tuple(waiting.pop() for _ in range(size)), alone) if size else None

        return self._wave(pull, progress)

    def search(self, pages: list[Request], progress: Bar = lambda done: None) -> Wave:
        """Ask for pages of conversations, as many as the budget allows; the wave's `pages` are those to go on with."""
        waiting = pages[::-1]

        def pull() -> Request | None:
            left, least = self.budget.left(), self._part.SMALLEST
            if not waiting or (left is not None and left < least):
                return None
            page = waiting.pop()
            most = self._part.PAGE[page.archive] if self._proven else least
            limit = most if left is None else min(most, left)
            return replace(page, limit=limit)

        return self._wave(pull, progress)

    def _wave(self, pull: Callable[[], Request | None], progress: Bar) -> Wave:
        """Ask until nothing is pulled, then read what was answered; an interruption comes after that.

        Where an answer could not be kept the wave is left to the next run, which counts it as spent.
        """
        try:
            self._ask_all(pull, progress)
        except OSError as error:
            raise WorkspaceError(f"{error.filename or self._answers.path}: {error.strerror or error}") from error
        except BaseException:
            self.finish()
            raise
        return self.finish()

    def _ask_all(self, pull: Callable[[], Request | None], progress: Bar) -> None:
        waiting: dict[Future[bytes], tuple[Request, int]] = {}
        done = 0
        with ThreadPoolExecutor(self._part.PARALLEL) as pool:
            try:
                while True:
                    room = (self._part.PARALLEL if self._proven else 1) - len(waiting)
                    for request in self._pulled(pull, room):
                        number = self._answers.begin(request)
                        waiting[pool.submit(self._ask, number, request)] = request, self._hold(request)
                    if not waiting:
                        return
                    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                        request, held = waiting.pop(future)
                        self._settle(future, request, held)
                        done += len(request.ids) if request.token is None else 0
                        progress(done)
            except BaseException:
                self._asker.stop()
                while wait(waiting, timeout=0).not_done:  # those under way are let end: their answers are paid for
                    with suppress(KeyboardInterrupt):
                        wait(waiting)
                raise

    @staticmethod
    def _pulled(pull: Callable[[], Request | None], room: int) -> Iterator[Request]:
        for _ in range(room):
            if (request := pull()) is None:
                return
            yield request

    def _hold(self, request: Request) -> int:
        posts = self._worst(request)
        self.budget.held += posts
        return posts

    def _worst(self, request: Request) -> int:
        return request.limit if request.archive else len(request.ids) * (1 if request.alone else int(self._part.MOST))

    def _ask(self, number: int, request: Request) -> bytes:
        try:
            answer = self._asker.ask(request)
        except Unanswered as error:
            if error.billed:
                self._answers.lose(number)
            raise
        self._answers.keep(number, answer)
        return answer

    def _settle(self, future: Future[bytes], request: Request, held: int) -> None:
        """Count what one answer costs; raises where no more may be asked."""
        self.budget.held -= held
        try:
            answer = future.result()
        except Unanswered as error:
            self.budget.spent += held if error.billed else 0
            self._silent, self._complaint = self._silent + 1, str(error)
            if self._silent >= SILENT:
                raise
            return
        self._silent = 0
        self.budget.spent += held  # until it is known to be less
        verdict = self._asker.verdict(request, answer)
        self.budget.spent += verdict.posts - held
        self._proven = self._proven or verdict.posts > 0

    def finish(self, *, killed: bool = False) -> Wave:
        """Read the wave that is under way from the disk; `killed` says that an earlier run left it.

        Of a killed run nobody knows which of its last requests were answered, and so billed: all are counted, as are
        those of whose answers only a part came.
        """
        wave, state = Wave(complaint=self._complaint), self._answers.state
        if not self._answers.is_open():
            return wave
        asked = [(one, self._verdict(one)) for one in self._answers.asked()]
        sealed = self._answers.seal(one.answer() for one, verdict in asked if verdict is not None)
        self._answers.seal((one.answer() for one, verdict in asked if verdict is None), ".refused")
        known = self._ingest(sealed) if sealed else Seen()
        wave.seen = known.ids()
        rows: list[tuple[int, str, str, str, int]] = []
        for one, verdict in asked:
            wave.requests += 1
            if verdict is None:
                wave.unanswered += one.path is None
                wave.posts += self._worst(one.request) if killed or one.path or one.lost else 0
                continue
            wave.posts += verdict.posts
            self._read(one.request, verdict, known, wave)
            level, outcomes = ("conversation", wave.conversations) if one.request.archive else ("tweet", wave.outcomes)
            rows += [(id, level, self._name, outcomes[id], one.at) for id in one.request.ids if id in outcomes]
        self._commit(rows if known.is_known else [])
        answered = {_page(one.request) for one, verdict in asked if verdict is not None}
        wave.pages = [page for page in state.pages if _page(page) not in answered] + wave.pages
        if state.wave < self._answers.number:  # else it was killed between its last two steps
            state = State(state.purpose, self._answers.number, state.spent + wave.posts, wave.pages)
        self.budget.spent = state.spent
        self._answers.close_wave(state)
        if sealed and not known.is_known:
            raise ProviderError(
                f"{sealed}: what {self._name} answers has a shape that no source knows; see: chinwag list sources"
            )
        return wave

    def _verdict(self, one: Asked) -> Verdict | None:
        """Judge an answer; None where there is none, or where it is not to be trusted: its ids are asked for again."""
        if one.path is None:
            return None
        try:
            return self._asker.verdict(one.request, one.answer())
        except ProviderError:
            return None

    def _read(self, request: Request, verdict: Verdict, known: "Seen", wave: Wave) -> None:
        """Tell what became of what was asked for."""
        if request.archive:
            if verdict.token is None:
                wave.conversations.update(dict.fromkeys(request.ids, request.archive))
            else:
                wave.pages.append(
                    replace(request, limit=0, token=verdict.token, until_id=verdict.oldest_id or request.until_id)
                )
            return
        for id in request.ids:
            outcome = FOUND if known.has(id) else verdict.outcomes.get(id, "unknown")
            if outcome == FOUND and (parent := known.missing_above(id)) is not None:
                wave.parents[id] = parent
            if outcome != RETRY:
                wave.outcomes[id] = outcome if outcome in (FOUND, *GONE) else "unknown"

    def _ingest(self, sealed: Path) -> "Seen":
        """Read a wave's answers into the tables, and say which tweets they hold."""
        import pyarrow.dataset as ds

        before = {table: len(parts) for table, parts in Workspace(self._workspace).state.parts.items()}
        summary = ingest.run([sealed], self._workspace, workers=1, quiet=True)
        target = Workspace(self._workspace)
        with sealed.open("rb") as file:
            file_id = plan.file_id(hashlib.file_digest(file, "sha256").hexdigest())
        if file_id not in target.state.files:
            raise WorkspaceError(summary.errors[0] if summary.errors else f"{sealed}: was not read")
        seen = Seen(is_known=bool(target.state.files[file_id]["source"]))
        for table, names in COLUMNS.items():
            # Where a killed run has ingested the file already, it is somewhere among all parts.
            parts = target.parts(table)[0 if summary.known else before.get(table, 0) :]
            if parts:
                found = ds.dataset([str(part) for part in parts]).to_table(names, filter=ds.field("file_id") == file_id)
                for row in zip(*(column.to_pylist() for column in found.columns), strict=True):
                    seen.take(table, row)
        return seen

    def _commit(self, rows: list[tuple[int, str, str, str, int]]) -> None:
        """Put what became of a wave's ids into `asked`, once."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        name = f"{self._name}-{self._answers.number:08}"
        target = Workspace(self._workspace)
        if not rows:
            return
        with target.writing() as scratch:
            if f"asked/{name}.parquet" not in target.state.parts.get("asked", []):
                wanted = schema("asked")
                columns = zip(zip(*rows, strict=True), wanted.types, strict=True)
                pq.write_table(
                    pa.Table.from_arrays([pa.array(column, kind) for column, kind in columns], schema=wanted),
                    scratch / "asked.parquet",
                )
                part = target.adopt("asked", scratch / "asked.parquet", name)
                target.commit("fetch", add={"asked": [part]}, options={"provider": self._name})


class Seen:
    """Hold what a wave's answers tell: tweets, with what they reply to, versions of edited ones, and what is gone."""

    def __init__(self, *, is_known: bool = True) -> None:
        self.is_known = is_known
        self._parents: dict[int, int | None] = {}
        self._first: dict[int, int] = {}
        self._newest: dict[int, int] = {}
        self._gone: set[int] = set()

    def take(self, table: str, row: tuple[Any, ...]) -> None:
        """Take in a row of a table, its `COLUMNS`."""
        tweet_id, other = row
        if table == "sightings":
            self._parents[tweet_id] = other or self._parents.get(tweet_id)
        elif table == "deletes":
            self._gone.add(tweet_id)
        else:
            self._first[tweet_id] = other
            if tweet_id in self._parents:
                self._newest[other] = tweet_id

    def ids(self) -> set[int]:
        """Give all ids of the tweets that are there, those of other versions too, and of those that are gone."""
        return {
            *self._parents,
            *self._gone,
            *(id for id, first in self._first.items() if first in self._newest),
            *self._newest,
        }

    def has(self, tweet_id: int) -> bool:
        """Tell whether a tweet, or a newer version of it, is there."""
        return self._version(tweet_id) in self._parents

    def _version(self, tweet_id: int) -> int:
        if tweet_id in self._parents:
            return tweet_id
        return self._newest.get(self._first.get(tweet_id, tweet_id), tweet_id)

    def missing_above(self, tweet_id: int) -> int | None:
        """Give the nearest tweet up the thread that is not there; None where the root is."""
        above: int | None = tweet_id
        for _ in range(len(self._parents) + 1):  # ids that are no snowflakes could lead in a circle
            if above is None or not self.has(above):
                return above
            above = self._parents[self._version(above)]
        return None


def _page(request: Request) -> tuple[object, ...]:
    """Tell a page from others, whatever its limit was."""
    return request.ids, request.archive, request.token
