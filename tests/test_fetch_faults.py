"""What goes wrong while missing tweets are got: no limit is exceeded, and every run can be gone on with."""

import shutil
from pathlib import Path
from typing import Any

import pytest

import chinwag.assemble
from chinwag import answers, export, fetch, rehydrate
from chinwag.errors import ProviderError, WorkspaceError
from chinwag.providers import x_api
from tests.fetching import asked, holding, leaves, outcomes
from tests.stand_in.server import TOKEN, Clock, Fault, StandIn
from tests.stand_in.tweets import START, Tweet, snowflake, thread, world
from tests.workspaces import chinwag_run, curated, rows, values

WORLD = world(3, 120)
HELD = leaves(WORLD)
ROOT = Tweet(snowflake(START), 1, "tea?")
MANY = [ROOT, *(Tweet(snowflake(START + 900 + n), 9 + n, "so", ROOT.id, ROOT.id) for n in range(60))]


pytestmark = pytest.mark.usefixtures("token")


def get(server: StandIn, workspace: Path, most: int = 10_000, **wish: Any) -> fetch.Summary:
    options = {"base_url": server.url}
    return fetch.run(workspace, fetch.Wish(**wish), options=options, budget=(most, None), quiet=True)


def conversations(workspace: Path) -> dict[int, str]:
    return dict(rows(workspace, "select id, outcome from asked where level = 'conversation'"))


def test_a_list_can_be_got_into_a_workspace_that_is_to_be_made(tmp_path: Path) -> None:
    texts = [{"id": str(one.id), "id_str": str(one.id), "text": one.whole} for one in MANY[:9]]
    user = {"id": 1, "id_str": "1", "screen_name": "a"}
    whole = [{**one, "user": {**user, "id": n, "id_str": str(n)}, "in_reply_to_status_id_str": None if n == 0 else
              str(ROOT.id)} for n, one in enumerate(texts)]  # fmt: skip
    first = curated(tmp_path, whole)
    export.run("ids", first, tmp_path / "ids", quiet=True)
    theirs = tmp_path / "theirs"
    ids = list(rehydrate.missing(tmp_path / "ids", theirs))
    assert sorted(ids) == sorted(one.id for one in MANY[:9])
    with StandIn(MANY) as server:
        summary = get(server, theirs, ids=ids)
        assert summary.tweets == {"found": 9}
        assert server.billed.posts == summary.posts == 9
    assert list(rehydrate.missing(tmp_path / "ids", theirs)) == []
    assert chinwag_run("rehydrate", tmp_path / "ids", "-w", theirs).returncode == 0
    assert values(theirs, "select count(*) from turns") == [9]
    done = chinwag_run("wanted", "-w", theirs, "--format", "ids")
    assert (done.returncode, done.stdout) == (0, "")


def test_answers_that_are_lost_on_their_way_are_counted(tmp_path: Path, clock: Clock) -> None:
    workspace = holding(tmp_path, HELD)
    with StandIn(WORLD, limits=None, clock=clock.time, faults=[Fault(cut=100)] * 21) as server:
        summary = get(server, workspace, 30)
        assert (summary.unanswered, summary.posts) == (1, 30)
        assert 0 < server.billed.posts_unique_per_day <= 30
        assert len({one.ids for one in server.requests}) == 1


def test_requests_that_were_never_answered_cost_nothing(tmp_path: Path, clock: Clock) -> None:
    workspace = holding(tmp_path, HELD)
    with StandIn(WORLD, limits=None, clock=clock.time, faults=[Fault(status=503)] * 14) as server:
        summary = get(server, workspace)
        assert summary.unanswered == 2
        assert summary.posts == server.billed.posts


def test_nothing_is_asked_where_an_answer_could_not_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = holding(tmp_path, HELD)
    monkeypatch.setattr(answers, "ROOM", shutil.disk_usage(tmp_path).total * 2)
    with StandIn(WORLD) as server:
        with pytest.raises(WorkspaceError, match="left on the disk"):
            get(server, workspace)
        assert server.requests == []
        monkeypatch.undo()
        monkeypatch.setenv(x_api.TOKEN, TOKEN)
        get(server, workspace)
    assert values(workspace, "select count(*) from wanted") == [0]


def test_an_answer_that_cannot_be_kept_leaves_the_wave_to_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = holding(tmp_path, HELD)
    keep = answers.Answers.keep

    def full(self: answers.Answers, number: int, answer: bytes) -> None:
        raise OSError(28, "No space left on device", str(self.path))

    with StandIn(WORLD) as server:
        monkeypatch.setattr(answers.Answers, "keep", full)
        with pytest.raises(WorkspaceError, match="No space left"):
            get(server, workspace)
        monkeypatch.setattr(answers.Answers, "keep", keep)
        lost = len(server.requests[0].ids)
        summary = get(server, workspace)
        assert summary.posts == server.billed.posts - len(server.requests[0].posts) + lost * x_api.MOST
    assert values(workspace, "select count(*) from wanted") == [0]


def test_the_recent_archive_is_not_all(tmp_path: Path, clock: Clock) -> None:
    clock.now = START + 900 + 50.5 + 7 * 86_400  # ten answers are in the last seven days
    workspace = holding(tmp_path, MANY[:2])
    with StandIn(MANY, clock=clock.time) as server:
        get(server, workspace, conversations="recent")
        assert conversations(workspace) == {ROOT.id: "recent"}
        some = values(workspace, "select count(*) from tweets")
        assert get(server, workspace, conversations="recent").requests == 0
        get(server, workspace, conversations="all")
        assert conversations(workspace)[ROOT.id] == "all"
        assert get(server, workspace, conversations="all").requests == 0
    assert some < values(workspace, "select count(*) from tweets") == [len(MANY)]


def test_a_token_that_is_refused_before_anything_was_found_begins_anew(tmp_path: Path, clock: Clock) -> None:
    workspace = holding(tmp_path, MANY[:2])
    with StandIn(MANY, clock=clock.time, short_pages=True) as server:
        for most in (10, 10, 10):
            get(server, workspace, most, conversations="all")
        server.settings.refuse_tokens = True
        server.settings.short_pages = False
        get(server, workspace, conversations="all")
        assert conversations(workspace) == {ROOT.id: "all"}
    assert values(workspace, "select count(*) from tweets") == [len(MANY)]


def test_ids_that_are_unknown_do_not_keep_others_from_being_asked_for(tmp_path: Path) -> None:
    roots = [Tweet(snowflake(START + n), 1, "root") for n in range(6)]
    replies = [Tweet(snowflake(START + 1000 + n), 2, "answer", one.id, one.id) for n, one in enumerate(roots)]
    workspace = holding(tmp_path, replies)
    with StandIn([*roots, *replies], gone={one.id: "something-new" for one in roots[:3]}) as server:
        for _ in range(3):
            get(server, workspace, selection={"top": 2})
        assert len(asked(server)) == 6
    assert list(outcomes(workspace).values()).count("found") == 3


def test_a_run_for_something_else_has_its_own_limit(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    with StandIn(WORLD, credit=30) as server:
        with pytest.raises(ProviderError, match="credit"):
            get(server, workspace)
        server.settings.credit = None
        said: list[str] = []
        ids = [one.id for one in thread(9, 3)]
        options = {"base_url": server.url}
        wish = fetch.Wish(ids=ids)
        summary = fetch.run(workspace, wish, options=options, budget=(5, None), say=said.append, quiet=True)
        assert summary.tweets.total() == len(ids)
        assert not any("going on" in line for line in said)


def test_a_limit_that_has_no_room_is_told(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    with StandIn(WORLD) as server:
        done = chinwag_run("fetch", "-w", workspace, "--max-posts", 2, "-O", f"base_url={server.url}")
        assert done.returncode == 0
        assert "no room for a request" in done.stderr
        assert server.requests == []


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    (tmp_path / "ids").write_text(f"{HELD[0].id}\n")
    assert chinwag_run("fetch", "-w", workspace, "--dry-run").returncode == 0
    assert not (workspace / "answers").exists()
    assert chinwag_run("fetch", "-w", tmp_path / "new", "--ids", tmp_path / "ids", "--dry-run").returncode == 0
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("fetch --ids - --top 3 --max-posts 9", "--top has no effect with --ids"),
        ("fetch --conversations all --recipe x --max-posts 9", "--recipe has no effect"),
        ("comply list --dry-run", "--dry-run has no effect with files"),
        ("comply --users --max-posts 1", "--users has no effect without files"),
    ],
)
def test_options_without_effect_are_refused(tmp_path: Path, command: str, said: str) -> None:
    workspace = holding(tmp_path, HELD)
    done = chinwag_run(*command.split(), "-w", workspace, stdin=-3)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert values(workspace, "select count(*) from deletes") == [0]


def test_what_came_back_unknown_is_asked_again_only_if_that_is_wished(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    command = ("fetch", "-w", workspace, "--provider", "command", "-O", "pause=0", "-O")
    assert chinwag_run(*command, "run=true").returncode == 0
    waiting = values(workspace, "select count(*) from wanted")[0]
    assert list(outcomes(workspace).values()) == ["unknown"] * waiting
    good = tmp_path / "good.py"
    line = '{"id": "%s", "text": "x", "author_id": "1", "edit_history_tweet_ids": ["%s"]}'
    good.write_text(f"import sys\nfor id in sys.stdin: print('{line}' % (id.strip(), id.strip()))\n")
    assert chinwag_run(*command, f"run=python3 {good}").returncode == 0
    assert set(outcomes(workspace).values()) == {"unknown"}
    assert chinwag_run(*command, f"run=python3 {good}", "--unknown").returncode == 0
    assert values(workspace, "select count(*) from asked where outcome = 'found'") == [waiting]


def test_a_program_that_fails_is_no_success_and_says_why(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    program = tmp_path / "bad.py"
    program.write_text("import sys\nsys.exit('no such luck')\n")
    run = ("-O", f"run=python3 {program}", "-O", "retries=0", "-O", "pause=0")
    done = chinwag_run("fetch", "-w", workspace, "--provider", "command", *run)
    assert done.returncode == 1
    assert "1 requests unanswered (python3: exit code 1: no such luck)" in done.stderr


def test_an_assemble_meanwhile_does_not_end_a_fetch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = holding(tmp_path, HELD)
    monkeypatch.setattr(fetch, "WAVE", 20)
    look_up = fetch._Run._look_up

    def meanwhile(self: fetch._Run, *arguments: Any, **options: Any) -> Any:
        chinwag.assemble.run(workspace, quiet=True)
        return look_up(self, *arguments, **options)

    monkeypatch.setattr(fetch._Run, "_look_up", meanwhile)
    with StandIn(WORLD) as server:
        get(server, workspace)
        assert server.asked_again() == set()
    assert values(workspace, "select count(*) from wanted") == [0]


@pytest.mark.parametrize("given", ["nan", "inf", "1e300", "-1", "five", ""])
def test_an_amount_is_an_amount(tmp_path: Path, given: str) -> None:
    done = chinwag_run("fetch", "-w", tmp_path, f"--max-spend={given}")
    assert (done.returncode, "no amount of dollars" in done.stderr) == (2, True), done.stderr


def test_a_list_of_ids_is_read_as_people_write_it(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    ids = [one.id for one in WORLD if one not in HELD and one.reply_to_id][:3]
    lines = [f"\ufeff{ids[0]}", "", "# a comment", f"https://x.com/anna/status/{ids[1]}  # one more", f"{ids[2]}\r"]
    (tmp_path / "ids").write_text("\n".join([*lines, str(HELD[0].id)]), newline="")
    with StandIn(WORLD) as server:
        options = ("-O", f"base_url={server.url}", "--max-posts", 50)
        done = chinwag_run("fetch", "-w", workspace, "--ids", tmp_path / "ids", *options)
        assert done.returncode == 0, done.stderr
        assert "1 of 4 ids are here, were asked for, or are gone" in done.stderr
        assert sorted(asked(server)) == sorted(ids)
    for bad, said in (("tea", "tea is not the id"), (str(1 << 63), "out of range"), ("\xe4\xff", "not the id")):
        (tmp_path / "bad").write_bytes(bad.encode("latin-1"))
        done = chinwag_run("fetch", "-w", workspace, "--ids", tmp_path / "bad", "--max-posts", 5)
        assert (done.returncode, said in done.stderr, "bad:1" in done.stderr) == (2, True, True), done.stderr
