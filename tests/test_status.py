"""Status: what a workspace holds, what is stale, and what to do next, a workspace for each state."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

import chinwag.assemble
import chinwag.curate
import chinwag.ingest
from chinwag import answers, marks, status
from chinwag.answers import Answers
from chinwag.errors import WorkspaceError
from chinwag.providers import Request
from chinwag.recipe import Recipe, load
from chinwag.workspace import Workspace
from tests.workspaces import chinwag_run, hashes
from tests.workspaces import status as written

Deed = Callable[[Path], object]
Maker = Callable[..., Path]
STATUSES = [
    written(10, "the leaves of my beans turn yellow"),
    written(11, "water them less often, but deeply", to=10, author=2),
    written(12, "thank you, that is what I will do", to=11),
    *(written(number, f"nothing answers number {number}", author=number) for number in range(20, 40)),
]
ORPHANS = [written(100 + number, f"it is {number} o'clock", to=50 + number, author=3) for number in range(10)]


def ingest(*statuses: object) -> Deed:
    def do(workspace: Path) -> None:
        source = workspace.parent / f"{len(statuses)}.jsonl"
        source.write_text("".join(json.dumps(one) + "\n" for one in statuses))
        chinwag.ingest.run([source], workspace, workers=1, quiet=True)

    return do


def assemble(**options: object) -> Deed:
    return lambda workspace: chinwag.assemble.run(workspace, quiet=True, **options)  # type: ignore[arg-type]


def curate(recipe: Recipe) -> Deed:
    return lambda workspace: chinwag.curate.run(workspace, recipe, quiet=True)


def mark(workspace: Path) -> None:
    marks.put(workspace, 10, "keep", None)


def stop(provider: str, purpose: str, spent: int, *pages: Request) -> Deed:
    def do(workspace: Path) -> None:
        kept = Answers(workspace, provider)
        with kept.writing():
            kept.save(answers.State(purpose, 1, spent, list(pages)))

    return do


def kill(workspace: Path) -> None:
    (workspace / "scratch-of-a-killed-run").mkdir()


READ = ingest(*STATUSES)
ASSEMBLE = assemble()
USUAL = load(None)
CURATE = curate(USUAL)
CURATE_OTHERWISE = curate(Recipe(filters={"marks": {}}))
DONE = ["export messages -w W -o CHATS", "report -w W", "browse -w W"]
PAGE = Request((10,), archive="recent", token="next")
STATES: dict[str, tuple[list[Deed], list[str], list[str]]] = {
    "nothing": ([], [], ["ingest PATH -w W"]),
    "ingested": ([READ], [], ["assemble -w W"]),
    "assembled": ([READ, ASSEMBLE], [], ["curate -w W"]),
    "much is missing": (
        [READ, ingest(*ORPHANS), ASSEMBLE],
        [],
        ["curate -w W", "wanted -w W", "fetch -w W --dry-run"],
    ),
    "curated": ([READ, ASSEMBLE, CURATE], [], DONE),
    "marked, and it is gone by": ([READ, ASSEMBLE, CURATE, mark], ["the turns are older than the marks"],
                                  ["curate -w W"]),
    "marked, and it is not gone by": ([READ, ASSEMBLE, curate(Recipe()), mark], [], DONE),
    "marked, by another recipe": ([READ, ASSEMBLE, CURATE_OTHERWISE, mark], ["the turns are older than the marks"],
                                  ["curate -w W --recipe RECIPE"]),
    "more was read": (
        [READ, assemble(quotes=False, exclude=["stream"]), CURATE, ingest(*ORPHANS)],
        ["the trees are older than what was read"],
        ["assemble -w W --no-quotes --exclude-source stream"],
    ),
    "assembled anew": ([READ, ASSEMBLE, CURATE, ASSEMBLE], ["the turns are older than the trees"],
                       ["curate -w W"]),
    "a fetch was stopped": ([READ, ASSEMBLE, CURATE, stop("x-api", "wanted", 70)], [],
                            ["fetch -w W --provider x-api --max-spend DOLLARS", *DONE]),
    "pages are left": ([READ, ASSEMBLE, CURATE, stop("x-api", "conversations recent", 0, PAGE)], [],
                       ["fetch -w W --provider x-api --conversations recent --max-spend DOLLARS", *DONE]),
    "a check was stopped, of a provider that went": (
        [READ, ASSEMBLE, CURATE, stop("gone one", "check", 5)],
        [],
        ["comply -w W --provider 'gone one'", *DONE],
    ),
    "a fetch has ended": ([READ, ASSEMBLE, CURATE, stop("x-api", "wanted", 0)], [], DONE),
    "killed": ([READ, ASSEMBLE, kill], [], ["curate -w W"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Give a function that does deeds to a new workspace; the same first deeds are done once, and copied."""
    done: dict[tuple[Deed, ...], Path] = {}

    def reach(deeds: tuple[Deed, ...]) -> Path:
        if deeds not in done:
            place = tmp_path_factory.mktemp("state") / "workspace"
            if deeds:
                shutil.copytree(reach(deeds[:-1]), place)
                deeds[-1](place)
            else:
                Workspace(place, create=True)
            done[deeds] = place
        return done[deeds]

    def fresh(*deeds: Deed) -> Path:
        place = tmp_path_factory.mktemp("given") / "workspace"
        return Path(shutil.copytree(reach(deeds), place))

    return fresh


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_next_commands(state: str, make: Maker) -> None:
    deeds, stale, commands = STATES[state]
    place = make(*deeds)
    before = hashes(place)
    summary = status.run(place)
    assert hashes(place) == before, "to look changes nothing"
    assert summary.stale == stale
    assert summary.next == [f"chinwag {one}".replace("-w W", f"-w {place}") for one in commands]
    assert summary.cut_off == (state == "killed")
    assert summary.lines()[-len(commands) :] == [f"  {command}" for command in summary.next]
    assert all(any(line in shown for shown in summary.lines()) for line in stale)


def test_it_counts_what_the_tables_hold(make: Maker) -> None:
    place = make(ingest(*STATUSES, {"id": "odd", "text": 7}), ASSEMBLE, CURATE_OTHERWISE, mark)
    summary = status.run(place)
    rows = {name: held.rows for name, held in summary.tables.items()}
    expected = {"tweets": 23, "edges": 2, "nodes": 3, "conversations": 1, "sightings": 23, "turns": 3, "marks": 1}
    assert expected.items() <= rows.items()
    assert (summary.read["files"], summary.read["lines"], summary.read["rejects"]) == (1, 24, 1)
    assert sum(summary.splits.values()) == 1
    assert list(summary.filters or ()) == ["marks"]
    assert summary.steps == ["ingest", "assemble", "curate", "marks"]
    on_disk = {name: sum(part.stat().st_size for part in (place / name).glob("*.parquet")) for name in summary.tables}
    assert {name: held.bytes for name, held in summary.tables.items()} == on_disk


def test_while_a_run_writes_no_command_is_named_and_it_is_not_disturbed(make: Maker) -> None:
    place = make()
    with Workspace(place).writing() as scratch:
        summary = status.run(place)
        assert scratch.exists()
    assert (summary.writing, summary.cut_off, summary.next) == (True, False, [])
    assert "a run is writing here right now: wait for it to end" in "\n".join(summary.lines())
    assert not status.run(place).writing


def test_a_fetch_that_is_running_is_no_stopped_one(make: Maker) -> None:
    place = make()
    with Answers(place, "x-api").writing():
        summary = status.run(place)
    assert [one.running for one in summary.fetches] == [True]
    assert summary.next == []
    assert not status.run(place).fetches


@pytest.mark.parametrize(("columns", "widest"), [("40", 40), ("80", 80), ("10", 40)])
def test_it_fits_the_terminal_but_for_what_is_copied(
    columns: str, widest: int, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = make(READ, ASSEMBLE, CURATE, mark)
    monkeypatch.setenv("COLUMNS", columns)
    lines = status.run(place).lines()
    assert max(map(len, lines[1 : lines.index("next:")])) <= widest


@pytest.mark.parametrize("harm", [os.unlink, lambda part: part.write_bytes(b"no Parquet")])
def test_what_cannot_be_read_is_said_in_a_line(harm: Deed, make: Maker) -> None:
    place = make(READ, ASSEMBLE)
    harm(Workspace(place).parts("nodes")[0])
    with pytest.raises(WorkspaceError, match="nodes"):
        status.run(place)


def test_the_command_prints_lines_or_json(tmp_path: Path) -> None:
    place = tmp_path / "it's here"
    READ(place)
    done = chinwag_run("status", "-w", place)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == f"  chinwag assemble -w '{tmp_path}/it'\"'\"'s here'"
    summary = msgspec.json.decode(chinwag_run("status", "-w", place, "--json").stdout, type=status.Summary)
    assert summary == status.run(place)
    missing = chinwag_run("status", "-w", tmp_path / "nowhere")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "no workspace here" in missing.stderr
