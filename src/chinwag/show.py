"""Print one conversation in a terminal: who answered whom, what is kept of it, and what fell by which rule."""

import shlex
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chinwag import trees
from chinwag.engines import Engine
from chinwag.errors import UsageError, WorkspaceError
from chinwag.texts import harmless
from chinwag.trees import Post, Tree
from chinwag.workspace import Workspace

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

WIDTH = 100  # of the lines that go to a pipe
STEP = 4  # columns that an answer stands to the right of what it answers, as in tree(1)
ROOM = 48  # columns that guides leave to the text, where the terminal has so many
SHALLOW = 3  # steps to the right that are made in any case
ELSEWHERE = ("sightings", "wanted", "asked", "deletes", "edits")  # tables that know tweets which are in no tree
GONE = {"delete": "it was deleted", "protected": "its author protects it", "status_withheld": "it is withheld"}


def run(workspace: Path, number: int) -> Tree:
    """Gather the conversation that a tweet is in, by the tweet's id.

    Turns and drops that are older than the trees are left out: they are of other trees. Raises WorkspaceError where
    nothing was assembled, UsageError where the tweet is in no tree: it says why, and what to do.
    """
    from chinwag.engines.duckdb import DuckDB

    target = Workspace(workspace)
    if not target.state.steps.get("assemble"):
        raise WorkspaceError(f"{workspace}: nothing is assembled; run: chinwag assemble -w {workspace}")
    stale = () if target.fresh("curate", after="assemble") else ("drops", "turns")
    with tempfile.TemporaryDirectory(prefix="chinwag-") as scratch, DuckDB(Path(scratch)) as engine:
        for table in {*trees.READ, *ELSEWHERE}:
            engine.read(table, [] if table in stale else target.parts(table))
        root_id = trees.root_of(engine, number)
        tree = None if root_id is None else trees.load(engine, root_id)
        if tree is None:
            raise UsageError(f"{number}: {next(_reasons(engine, target, number))}")
    return tree


def _reasons(engine: Engine, target: Workspace, number: int) -> Iterator[str]:
    """Say why a tweet is in no tree, and what can be done; what tells most comes first."""

    def find(select: str) -> Any:
        return engine.value(select, [number])

    where = f"-w {shlex.quote(str(target.path))}"
    answered = "select coalesce(reply_to_id, quoted_id) as id from tweets where id = ?"
    if missing := find(f"select a.id from ({answered}) as a anti join tweets as t on a.id = t.id where a.id > 0"):  # noqa: S608
        yield f"is in no tree: it answers {missing}, which is not here; try: chinwag fetch {where} --dry-run"
    if find("select 1 from tweets where id = ?"):
        yield "is in no tree: it answers nothing that is here, and nothing that is here answers it"
    if first := find("select initial_id from edits where tweet_id = ? and initial_id <> tweet_id"):
        yield f"is a later version of {first}; run: chinwag show {first} {where}"
    if kind := find("select kind from deletes where tweet_id = ? and kind <> 'scrub_geo'"):
        yield f"is gone: {GONE.get(str(kind), kind)}, as a notice says; nothing of it can be shown"
    seen = find("select 1 from sightings where id = ?")
    if seen and not target.fresh("assemble", after="ingest"):
        yield f"was read after the trees were made; run: chinwag assemble {where}"
    if seen:
        yield "was read and is left out: its author is gone, or its source was excluded when the trees were made"
    asked = find("select outcome from asked where id = ? and level = 'tweet' order by asked.at desc nulls last limit 1")
    if asked and asked != "found":
        yield f"is not here: a provider was asked for it, and the answer was {str(asked).replace('_', ' ')}"
    if replies := find("select replies from wanted where tweet_id = ?"):
        waiting = "1 reply that is here waits" if replies == 1 else f"{replies:,} replies that are here wait"
        yield f"is not here, and {waiting} for it; to get it: echo {number} | chinwag fetch {where} --ids - --dry-run"
    yield f"is not here: nothing that was read shows it; what is here: chinwag status {where}"


def machine_form(tree: Tree) -> dict[str, Any]:
    """Give a tree as JSON has it.

    `root_id`, `split`, `mark`, `note` (null where there is none) and `drops`, the rules that drop it as a whole;
    `tweets` in reading order, each with the columns of `posts.sql`, its `drops` and its `turn_id`; `turns`, the rows of
    that table. Ids are numbers, times ISO 8601 in UTC.
    """
    mark = tree.mark or {}
    return {
        "root_id": tree.root_id,
        "split": tree.split,
        "mark": mark.get("mark"),
        "note": mark.get("note"),
        "drops": tree.drops,
        "tweets": [
            {**post.row, "drops": post.drops, "turn_id": post.turn["turn_id"] if post.turn else None}
            for post in tree.posts
        ],
        "turns": list(tree.turns.values()),
    }


def print_tree(tree: Tree) -> None:
    """Print a tree for people: to the width of the terminal, or plain and `WIDTH` wide on a pipe."""
    from rich.console import Console

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH
    console = Console(width=width, highlight=False)
    deepest = max(SHALLOW, (width - ROOM) // STEP)
    for line in _lines(tree, console, deepest):
        line.rstrip()
        console.print(line, soft_wrap=True)  # it is wrapped already


def _lines(tree: Tree, console: "Console", deepest: int) -> Iterator["Text"]:
    from rich.text import Text

    for told in _summary(tree):
        yield from Text(told, style="bold").wrap(console, console.width, overflow="fold")
    for post, (guides, branch, own) in zip(tree.posts, _guides(tree.posts, deepest), strict=True):
        style = "" if post.turn else "dim"
        for number, text in enumerate((_title(post, tree, deepest), *_said(post))):
            before = (guides + branch, guides + own)
            room = max(console.width - len(before[1]), STEP)
            for place, line in enumerate(text.wrap(console, room, overflow="fold")):
                line.stylize(style if number else "")
                yield Text.assemble((before[bool(number or place)], "dim"), line)
    yield from Text(_fallen(tree), style="bold").wrap(console, console.width, overflow="fold")


def _guides(posts: Sequence[Post], deepest: int) -> list[tuple[str, str, str]]:
    """Draw for each tweet the lines left of it, the branch it hangs on, and what stands below that left of its text.

    What lies deeper than `deepest` stands there too, as if it were a row of answers.
    """
    drawn = []
    goes_on: list[bool] = [False] * (deepest + 2)  # by level: whether more of it comes below
    for post in reversed(posts):
        level = min(int(post.row["depth"]), deepest)
        guides = "".join("│   " if goes_on[above] else "    " for above in range(1, level))
        beside = ("│   " if goes_on[level] else "    ") if level else ""
        branch = ("├── " if goes_on[level] else "└── ") if level else ""
        # Text stands two columns right of where a branch begins, so that no text can pass for one.
        drawn.append((guides, branch, beside + ("│ " if goes_on[level + 1] else "  ")))
        goes_on[level] = True
        goes_on[level + 1 :] = [False] * (deepest + 1 - level)
    return drawn[::-1]


def _title(post: Post, tree: Tree, deepest: int) -> "Text":
    """Say who wrote a tweet and when, and what became of it; the depth where its place does not show it."""
    from rich.text import Text

    row = post.row
    name = f"@{row['author_handle']}" if row["author_handle"] else f"author {row['author_id'] or 'unknown'}"
    told = [str(row["tweet_id"]), _time(row["created_at"])]
    told += [row["kind"]] if row["kind"] not in (None, "reply") else []
    told += [] if row["like_count"] is None else [_counted(row["like_count"], "like")]
    title = Text.assemble(
        (f"depth {row['depth']:,}: " if row["depth"] > deepest else "", "yellow"),
        (harmless(name), "bold cyan"),
        f"  {'  '.join(harmless(one) for one in told)}  ",
    )
    if post.turn:
        title.append(str(post.turn["role"]), "green")
    elif post.drops or tree.drops:
        title.append(f"dropped: {', '.join(post.drops) or 'with the whole'}", "red")
    return title


def _said(post: Post) -> Iterator["Text"]:
    """Give the lines of a tweet's text, and what media it has."""
    from rich.text import Text

    for line in (post.row["text"] or "").splitlines():
        if line.strip():
            yield Text(harmless(line.strip()))
    kinds = Counter(str(one["kind"] or "media").replace("_", " ") for one in post.row["media"] or ())
    if kinds:
        told = ", ".join(_counted(number, kind) for kind, number in kinds.items())
        yield Text(harmless(f"[{told}]"), style="italic")


def _summary(tree: Tree) -> Iterator[str]:
    """Say what the tree is as a whole."""
    rows = [post.row for post in tree.posts]
    authors = {row["author_id"] if row["author_id"] is not None else row["author_handle"] for row in rows}
    root = next((row for row in rows if row["tweet_id"] == tree.root_id), rows[0])
    kept = f"split {tree.split}" if tree.split else "in no split"
    told = [_counted(len(rows), "tweet"), _counted(len(authors), "author"), root["lang"] or "und", kept]
    told += [f"dropped whole: {', '.join(tree.drops)}"] if tree.drops else []
    told += [f"marked {tree.mark['mark']}"] if tree.mark and tree.mark["mark"] else []
    yield harmless(f"{tree.root_id}: {', '.join(told)}")
    if tree.mark and tree.mark["note"]:
        yield harmless(f"note: {tree.mark['note']}")


def _fallen(tree: Tree) -> str:
    """Say what fell by which rule."""
    fallen = [f"{rule} {number:,}" for rule, number in tree.fallen().items()]
    fallen += [f"the whole by {', '.join(tree.drops)}"] if tree.drops else []
    if fallen:
        return harmless(f"dropped: {', '.join(fallen)}")
    return "dropped: none" if tree.turns else "no turns are made of it"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _time(when: datetime | None) -> str:
    return "time unknown" if when is None else f"{when:%Y-%m-%d %H:%M}"
