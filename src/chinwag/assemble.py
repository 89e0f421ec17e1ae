"""Match replies with their parents, and make trees of them.

`STEPS` are SELECTs in their order, each in a file of `sql/` that has the name of the table it makes. Roots and depths
are found by leaps: `leaps` holds, for the tweets deep enough, the ancestor exactly 2^power steps up. Taken from the
shallow to the deep, a tweet's longest leap lands on its root or on a tweet whose root is known by then, so a chain of
thousands takes some dozen joins. A parent is older than its child, in one order of all tweets by time and id, so there
are no circles.
"""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chinwag.engines import Engine, Value, writing
from chinwag.engines.opening import opened
from chinwag.errors import WorkspaceError
from chinwag.progress import Steps, steps
from chinwag.recipe import check_excluded
from chinwag.renewal import GIVEN, WHOLE, Renewal
from chinwag.sql import statement
from chinwag.tables import ASSEMBLED
from chinwag.workspace import Workspace

MOST_NEW = 0.5  # the share of the sightings' bytes, beyond which to make all anew costs less

STEPS = (
    "versions",
    "withheld",
    "deleted",
    "repeated",
    "known",
    "fullest",
    "tweets",
    "links",
    "edges",
    "parents",
    "leaps",
    "rooted",
    "nodes",
    "conversations",
    "unlocks",
    "wanted",
)


@dataclass
class Summary:
    """Count the rows of the tables that were made, the links that came to nothing, and the time of each step.

    `excluded` are the sightings that were left out because of where they are from.
    `newer` links name a tweet that is not older; of the parents whose ids were lost in floats, `joined` were found and
    `lost` were not. Where tables are renewed these four are of what was looked at again.
    """

    rows: dict[str, int] = field(default_factory=dict)
    excluded: int = 0
    newer: int = 0
    joined: int = 0
    lost: int = 0
    steps: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    def line(self) -> str:
        """Say it in one line."""
        rows = self.rows
        excluded = f"{self.excluded:,} sightings left out, " if self.excluded else ""
        newer = f"{self.newer:,} links to tweets that are not older left out, " if self.newer else ""
        floats = f"lost ids: {self.joined:,} joined, {self.lost:,} not, " if self.joined or self.lost else ""
        return (
            f"{excluded}{rows['tweets']:,} tweets, {rows['edges']:,} edges, {rows['nodes']:,} tweets in "
            f"{rows['conversations']:,} conversations, {rows['wanted']:,} wanted, {newer}{floats}{self.seconds:.1f} s"
        )


def run(  # noqa: PLR0913 - one argument an option
    workspace: Path,
    *,
    quotes: bool = True,
    exclude: Sequence[str] = (),
    anew: bool = False,
    engine: str = "duckdb",
    master: str | None = None,
    memory: int | None = None,
    threads: int | None = None,
    quiet: bool = False,
) -> Summary:
    """Make `tweets`, `edges`, `nodes`, `conversations` and `wanted` from what was ingested.

    Where they were made before in the same way, only that is joined again of which something new was told, unless they
    are to be made `anew`; the tables are the same.
    Sightings whose source or terms `exclude` names are left out, as if they had never been made; what these sources say
    of deletes and edits counts all the same.
    What does not fit in `memory` (bytes, for the whole process) goes to the workspace's scratch folder. The tables
    appear together or not at all.
    Raises WorkspaceError where nothing was ingested, EngineError where the database cannot go on, UsageError where
    `exclude` names what there is not.
    """
    started = time.perf_counter()
    check_excluded(exclude)
    target = Workspace(workspace)
    if not target.state.steps.get("ingest"):
        raise WorkspaceError(f"{workspace}: nothing was ingested; start with: chinwag ingest PATH -w {workspace}")
    summary = Summary()
    with (
        target.writing() as scratch,
        opened(engine, scratch, memory=memory, threads=threads, master=master) as database,
    ):
        for table in GIVEN:
            database.read(table, target.parts(table))
        options = {"quotes": quotes, "exclude": sorted(set(exclude)), "cut": writing.CUT}
        renewal = None if anew else _renewal(target, database, scratch, options)
        parts = make_all(database, scratch, summary, quotes=quotes, exclude=exclude, quiet=quiet, renewal=renewal)
        made = {table: target.adopt_all(table, parts[table]) for table in ASSEMBLED}
        target.commit("assemble", replace=made, options=options)
        shutil.rmtree(workspace / "browse", ignore_errors=True)  # its index may show tweets that are gone now
    summary.seconds = time.perf_counter() - started
    return summary


def again(workspace: Path, *, first: bool = True, quiet: bool = True, **on: Any) -> Summary | None:
    """Make the trees anew, in the way in which they were made last; None where they are those of all that was read.

    `on` is engine, master and memory, as `run` takes them.

    Where there are none yet they are made if it is to be the `first` time.
    """
    target = Workspace(workspace)
    if target.fresh("assemble", after="ingest") or not (first or target.state.steps.get("assemble")):
        return None
    before = target.state.options.get("assemble", {"quotes": True, "exclude": []})
    return run(workspace, quotes=before["quotes"], exclude=before["exclude"], quiet=quiet, **on)


def _renewal(target: Workspace, engine: Engine, scratch: Path, options: dict[str, Any]) -> Renewal | None:
    """Give what renews the tables that are there; None where they are not there, or most sightings are new."""
    state = target.state
    if state.options.get("assemble") != options:
        return None
    read = state.read["assemble"]
    parts = {table: target.parts(table) for table in (*GIVEN, *ASSEMBLED)}
    sizes = [part.stat().st_size for part in parts["sightings"]]
    if sum(sizes[read.get("sightings", 0) :]) > MOST_NEW * sum(sizes):
        return None
    return Renewal(engine, scratch, parts, read)


def leave_out(engine: Engine, folder: Path, exclude: Sequence[str], show: Steps | None = None) -> int:
    """Put in the place of `sightings` those to assemble, written to a folder; gives how many others there are."""
    names, held = ",".join(exclude), _count(engine, "sightings")
    if show:
        show("included", engine.percent)
    engine.read("sightings", engine.write("sightings", statement("included"), folder, [names, names]))
    return held - _count(engine, "sightings")


def make_all(
    engine: Engine,
    folder: Path,
    summary: Summary,
    *,
    quotes: bool,
    exclude: Sequence[str] = (),
    quiet: bool,
    renewal: Renewal | None = None,
) -> dict[str, list[Path]]:
    """Take every step, from the engine's tables `GIVEN`; gives the parts of what is kept, new ones in a folder."""
    parts: dict[str, list[Path]] = {}
    with steps("assemble", len(STEPS) + bool(exclude), quiet=quiet) as show:
        for step in STEPS:
            started = time.perf_counter()
            if exclude and step == "repeated":  # who is gone was told by all sightings: some give a name its id
                summary.excluded = leave_out(engine, folder, exclude, show)
            values = [quotes] if step in ("links", "conversations") else []
            show(step, engine.percent)
            if renewal:
                renewal.prepare(step)
            if step in ASSEMBLED:
                fresh = engine.write(step, statement(step), folder, values)
                parts[step] = renewal.merged(step, fresh) if renewal else fresh
                engine.read(step, parts[step])
                for name, table in WHOLE.items():
                    if table == step and (renewal is None or name == "grown"):
                        engine.read(name, fresh)
                summary.rows[step] = _count(engine, step)
            else:
                make(engine, step, values)
            summary.steps[step] = time.perf_counter() - started
    summary.newer = _count(engine, "links where kind <> 'rounded' and not older")
    summary.joined = _count(engine, "links where kind = 'rounded' and older")
    summary.lost = _count(engine, "tweets where reply_to_rounded is not null") - summary.joined
    return parts


def _count(engine: Engine, rows: str) -> int:
    return int(engine.value(f"select count(*) from {rows}") or 0)  # noqa: S608 - all of it stands above


def make(engine: Engine, step: str, values: Sequence[Value] = ()) -> None:
    """Make the table of one step that stays in the engine."""
    engine.make(step, statement(step), values)
    if step == "leaps":
        power = 0
        while engine.value("select count(*) from leaps where power = ?", [power]):
            engine.append("leaps", statement("longer_leaps"), [power, power])
            power += 1
    elif step == "rooted":
        for power in range(int(engine.value("select max(power) from leaps") or 0) + 1):
            engine.append("rooted", statement("more_rooted"), [1 << power, power + 1, power])
