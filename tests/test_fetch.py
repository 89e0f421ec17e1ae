"""Get missing tweets from the stand-in of the X API, over sockets, through the whole of chinwag."""

import json
from pathlib import Path
from typing import Any

import pytest

import chinwag.assemble
from chinwag import answers, fetch
from chinwag.errors import ProviderError, UsageError, WorkspaceBusy
from chinwag.providers import x_api
from tests.fetching import asked, chains, holding, leaves, outcomes, parents, versions
from tests.stand_in.server import TOKEN, Clock, Fault, StandIn
from tests.stand_in.tweets import START, Tweet, snowflake, thread, world
from tests.workspaces import chinwag_run, rows, values

WORLD = world(3, 300)
HELD = leaves(WORLD)
THREAD = list(thread(5, 12))


pytestmark = pytest.mark.usefixtures("token")


def get(
    server: StandIn,
    workspace: Path,
    *,
    max_posts: int | None = 100_000,
    max_spend: float | None = None,
    conversations: str | None = None,
    **more: Any,
) -> fetch.Summary:
    wish, options = fetch.Wish(conversations=conversations), {"base_url": server.url}
    return fetch.run(workspace, wish, options=options, budget=(max_posts, max_spend), quiet=True, **more)


def chain(length: int, *, start: float = START) -> list[Tweet]:
    """Make a thread in which each tweet answers the one before."""
    ids = [snowflake(start + number * 60) for number in range(length)]
    return [
        Tweet(id, number % 3 + 1, f"tweet {number}", ids[0] if number else 0, ids[number - 1] if number else None)
        for number, id in enumerate(ids)
    ]


def test_missing_parents_become_complete_trees(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    waiting = values(workspace, "select tweet_id from wanted")
    with StandIn(WORLD) as server:
        summary = get(server, workspace)
        assert server.asked_again() == set()
        assert summary.posts == server.billed.posts
    truth = chains(HELD, WORLD)
    found = parents(workspace)
    assert {id: found[id] for id in truth if truth[id] is not None} == {id: to for id, to in truth.items() if to}
    assert {found[id] for id, to in truth.items() if to is None and id in found} == {None}
    assert values(workspace, "select count(*) from wanted") == [0]
    assert values(workspace, "select bool_and(complete) from conversations") == [True]
    assert set(outcomes(workspace).values()) == {"found"}
    assert set(waiting) <= set(outcomes(workspace))
    whole = versions(WORLD)
    for id, text in rows(workspace, "select id, text from tweets where not seen_own or array_contains(sources, 'v2')"):
        assert text.split()[:2] == whole[id].text.replace("<", "<").split()[:2]


def test_the_command_goes_the_whole_way(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    with StandIn(WORLD) as server:
        done = chinwag_run("fetch", "-w", workspace, "--max-spend", "20", "-O", f"base_url={server.url}")
        assert done.returncode == 0, done.stderr
        assert server.asked_again() == set()
        count = len(server.requests)
        again = chinwag_run("fetch", "-w", workspace, "--max-spend", "20", "-O", f"base_url={server.url}", "--json")
        assert len(server.requests) == count
    assert "wanted tweets" in done.stderr.splitlines()[0]
    assert " found" in done.stderr
    assert json.loads(again.stdout)["requests"] == 0
    assert chinwag_run("export", "messages", "-w", workspace, "-o", tmp_path / "chats").returncode == 0
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in kept if TOKEN.encode() in path.read_bytes()] == []
    assert TOKEN not in done.stderr + done.stdout


def test_what_unlocks_most_is_asked_for_first_and_before_it_what_was_found_leads_to(tmp_path: Path) -> None:
    high, low = chain(12), chain(4, start=START + 5000)
    crowd = [Tweet(snowflake(START + 9000 + n), 50 + n, "me too", high[0].id, high[10].id) for n in range(20)]
    workspace = holding(tmp_path, [*crowd, low[-1]])
    with StandIn([*high, *low, *crowd]) as server:
        get(server, workspace)
        order = asked(server)
    assert order[:2] == [high[10].id, low[2].id]
    assert order[2:] == [high[8].id, low[0].id, high[6].id, high[4].id, high[2].id, high[0].id]


def test_every_outcome_is_kept_and_nothing_is_asked_for_again(tmp_path: Path) -> None:
    reasons = {
        "resource-not-found": "not_found",
        "not-authorized-for-resource": "protected",
        "not-authorized-for-resource:suspended": "suspended",
        "resource-unavailable": "unavailable",
        "disallowed-resource": "withheld",
        "something-new": "unknown",
    }
    roots = [Tweet(snowflake(START + number), 1, "root") for number in range(len(reasons) + 2)]
    answers = [Tweet(snowflake(START + 1000 + n), 2, "answer", one.id, one.id) for n, one in enumerate(roots)]
    workspace = holding(tmp_path, answers)
    gone = {one.id: problem for one, problem in zip(roots, reasons, strict=False)}
    later, silent = roots[-2].id, roots[-1].id
    with StandIn([*roots, *answers], gone={**gone, later: "internal-error"}) as server:
        server.faults.append(Fault(forget={silent}))
        get(server, workspace)
        expected = dict(zip(gone, reasons.values(), strict=True)) | {silent: "unknown"}
        assert outcomes(workspace) == expected
        del server.gone[later]
        get(server, workspace)
        assert asked(server)[-1:] == [later]
        assert outcomes(workspace) == {**expected, later: "found"}
        count = len(server.requests)
        assert get(server, workspace).requests == 0
        assert len(server.requests) == count
    kinds = dict(rows(workspace, "select tweet_id, kind from deletes"))
    assert kinds == {
        id: {"not_found": "delete", "withheld": "status_withheld"}.get(outcome, "protected")
        for id, outcome in expected.items()
        if outcome in ("not_found", "protected", "suspended", "withheld")
    }


@pytest.mark.parametrize("most", [0, 2, 3, 10, 57])
def test_a_budget_is_never_exceeded_and_the_next_one_goes_on(tmp_path: Path, most: int) -> None:
    workspace = holding(tmp_path, HELD)
    with StandIn(WORLD) as server:
        summary = get(server, workspace, max_posts=most)
        assert server.billed.posts <= summary.posts <= most
        assert most - summary.posts < x_api.MOST or not values(workspace, "select 1 from wanted limit 1")
        dear = get(server, workspace, max_posts=None, max_spend=0.1)
        assert dear.posts <= 20
        assert dear.dollars == pytest.approx(dear.posts * x_api.PRICE)
        get(server, workspace)
        assert server.asked_again() == set()
    assert values(workspace, "select count(*) from wanted") == [0]


def test_a_paid_provider_is_not_asked_without_a_limit(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    with StandIn(WORLD) as server:
        with pytest.raises(UsageError, match="--max-spend"):
            get(server, workspace, max_posts=None)
        assert server.requests == []


def test_a_dry_run_asks_nothing_and_needs_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(x_api.TOKEN)
    workspace = holding(tmp_path, HELD)
    wanted = values(workspace, "select count(*) from wanted")[0]
    said: list[str] = []
    with StandIn(WORLD) as server:
        summary = get(server, workspace, max_posts=None, dry_run=True, say=said.append)
        assert server.requests == []
    assert summary.plan.ids == wanted
    assert said == [
        f"{wanted} wanted tweets: 1 requests or more, {wanted} to {3 * wanted} posts "
        f"({fetch.dollars(wanted * 0.005)} to {fetch.dollars(3 * wanted * 0.005)})"
    ]
    with pytest.raises(ProviderError, match="X_BEARER_TOKEN is not set"), StandIn(WORLD) as server:
        get(server, workspace)


def test_credit_that_runs_out_stops_at_once_and_the_same_command_goes_on(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    with StandIn(WORLD, credit=40) as server:
        command = ("fetch", "-w", workspace, "--max-posts", 5000, "-O", f"base_url={server.url}")
        stopped = chinwag_run(*command)
        assert stopped.returncode == 1
        assert "credit at X is spent" in stopped.stderr.splitlines()[-1]
        assert [one.status for one in server.requests].count(402) <= x_api.PARALLEL
        kept = len(outcomes(workspace))
        assert kept == len({id for one in server.requests if one.status == 200 for id in one.ids})
        server.settings.credit = None
        assert chinwag_run(*command).returncode == 0
        assert server.asked_again() == set()
    assert values(workspace, "select count(*) from wanted") == [0]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_stops_at_once(tmp_path: Path, status: int) -> None:
    workspace = holding(tmp_path, HELD)
    with StandIn(WORLD, faults=[Fault(status=status)]) as server:
        with pytest.raises(ProviderError):
            get(server, workspace)
        assert len(server.requests) == 1
        get(server, workspace)
    assert values(workspace, "select count(*) from wanted") == [0]


def test_fields_that_are_dropped_are_noticed_before_money_is_spent(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    with StandIn(WORLD, drop_fields={"author_id"}) as server:
        with pytest.raises(ProviderError, match="author_id"):
            get(server, workspace)
        assert len(server.requests) == 1
        assert len(server.requests[0].ids) <= 10
        server.settings.drop_fields = frozenset()
        get(server, workspace)
    assert values(workspace, "select count(*) from tweets where author_id is null") == [0]
    assert values(workspace, "select count(*) from wanted") == [0]


@pytest.mark.usefixtures("clock")
def test_requests_that_are_not_answered_are_left_for_the_next_run(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    with StandIn(WORLD, limits=None) as server:
        server.faults.extend([Fault(status=503)] * 8)
        summary = get(server, workspace)
        assert summary.unanswered == 1
        lost = set(server.requests[0].ids)
        assert lost.isdisjoint(outcomes(workspace))
        get(server, workspace)
        assert lost <= set(values(workspace, "select id from tweets"))  # some came along with others


@pytest.mark.usefixtures("clock")
def test_a_provider_that_is_silent_ends_the_run(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    with StandIn(WORLD, limits=None) as server:
        server.faults.extend([Fault(close=True)] * 100)
        with pytest.raises(ProviderError):
            get(server, workspace)
        assert 3 <= len({one.ids for one in server.requests}) <= 3 + x_api.PARALLEL


def test_whole_conversations_are_collected_with_their_roots(tmp_path: Path, clock: Clock) -> None:
    one, other, unknown = list(thread(5, 30)), list(thread(6, 3)), list(thread(7, 9))
    shown = [one[0], next(tweet for tweet in one if tweet.reply_to_id == one[0].id)]
    workspace = holding(tmp_path, [*shown, *other])
    with StandIn([*one, *other, *unknown], clock=clock.time, short_pages=True) as server:
        summary = get(server, workspace, conversations="all")
        assert {found.kind for found in server.requests} == {"all"}
        count = len(server.requests)
        assert get(server, workspace, conversations="all").requests == 0
        assert len(server.requests) == count
        assert server.billed.posts == summary.posts
    assert summary.conversations == {"all": 2}
    assert set(values(workspace, "select id from tweets")) == {tweet.ids[0] for tweet in [*one, *other]}
    assert parents(workspace) == chains([*one, *other], [*one, *other])


def test_pages_that_the_budget_left_are_gone_on_with(tmp_path: Path, clock: Clock) -> None:
    long = [
        *chain(1),
        *(Tweet(snowflake(START + 900 + n), 9 + n, "so", snowflake(START), snowflake(START)) for n in range(60)),
    ]
    workspace = holding(tmp_path, long[:2])
    with StandIn(long, clock=clock.time) as server:
        summary = get(server, workspace, conversations="all", max_posts=25)
        assert (summary.posts, summary.pages) == (25, 1)
        assert outcomes_of_conversations(workspace) == {}
        server.settings.refuse_tokens = True
        rest = get(server, workspace, conversations="all")
        assert rest.posts <= 41
        assert outcomes_of_conversations(workspace) == {long[0].id: "all"}
    assert len(values(workspace, "select id from tweets")) == len(long)


def outcomes_of_conversations(workspace: Path) -> dict[int, str]:
    return dict(rows(workspace, "select id, outcome from asked where level = 'conversation'"))


def test_ids_that_are_given_are_asked_for_as_they_are(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    given = [tweet.id for tweet in WORLD if tweet.reply_to_id and tweet not in HELD][:30]
    (tmp_path / "ids.txt").write_text("".join(f"{id}\n" for id in [*given, given[0], HELD[0].id]))
    with StandIn(WORLD) as server:
        done = chinwag_run(
            "fetch", "-w", workspace, "--ids", tmp_path / "ids.txt", "--max-posts", 500, "-O", f"base_url={server.url}"
        )
        assert done.returncode == 0, done.stderr
        assert sorted(asked(server)) == sorted(given)
    assert set(given) <= set(outcomes(workspace))


def test_two_runs_do_not_ask_at_once(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    with StandIn(WORLD) as server, answers.Answers(workspace, "x-api").writing():
        with pytest.raises(WorkspaceBusy):
            get(server, workspace)
        assert server.requests == []


def test_trees_are_made_anew_as_they_were(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    chinwag.assemble.run(workspace, quotes=False, quiet=True)
    with StandIn(WORLD) as server:
        get(server, workspace)
    assert set(values(workspace, "select kind from edges")) == {"reply"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--provider", "nobody"], "no provider is called 'nobody'"),
        (["-O", "base-urls=x"], "do you mean base_url?"),
        (["-O", "base_url"], "no NAME=VALUE"),
        (["--conversations", "all", "--provider", "command", "-O", "run=cat"], "no whole conversations"),
        (["--conversations", "all", "--ids", "-", "--max-posts", "1"], "exclude each other"),
        ([], "--max-spend"),
        (["--max-spend", "-1"], "-1"),
    ],
)
def test_misuse_is_told_in_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    workspace = holding(tmp_path, THREAD)
    done = chinwag_run("fetch", "-w", workspace, *arguments, stdin=-3)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_any_program_can_be_a_provider(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    by_id = versions(WORLD)
    shelf = tmp_path / "shelf.json"
    shelf.write_text(json.dumps({str(id): line(tweet) for id, tweet in by_id.items()}))
    program = tmp_path / "give.py"
    program.write_text(
        "import json, sys\nshelf = json.load(open(sys.argv[1]))\n"
        "for id in sys.stdin:\n    print(json.dumps(shelf[id.strip()])) if id.strip() in shelf else None\n"
    )
    done = chinwag_run("fetch", "-w", workspace, "--provider", "command", "-O", f"run=python3 {program} {shelf}")
    assert done.returncode == 0, done.stderr
    assert values(workspace, "select count(*) from wanted") == [0]
    assert parents(workspace).keys() >= {id for id, to in chains(HELD, WORLD).items() if to}


def line(tweet: Tweet) -> dict[str, Any]:
    """Write a tweet as API v2 flattened does."""
    to = [{"type": "replied_to", "id": str(tweet.reply_to_id)}] if tweet.reply_to_id else []
    made = {"id": str(tweet.id), "text": tweet.whole, "author_id": str(tweet.author_id), "referenced_tweets": to}
    return {**made, "edit_history_tweet_ids": [str(id) for id in tweet.ids], "conversation_id": str(tweet.root_id)}


def test_a_program_that_prints_what_nobody_knows_is_told(tmp_path: Path) -> None:
    workspace = holding(tmp_path, HELD)
    (tmp_path / "odd.py").write_text('import sys\nfor id in sys.stdin: print(\'{"colour": "red"}\')\n')
    done = chinwag_run("fetch", "-w", workspace, "--provider", "command", "-O", f"run=python3 {tmp_path / 'odd.py'}")
    assert done.returncode == 1
    assert "a shape that no source knows" in done.stderr.splitlines()[-1]
    assert outcomes(workspace) == {}
