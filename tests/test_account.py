import json
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chinwag import account, assemble, curate, export, ingest
from chinwag.account import Step
from chinwag.errors import ChinwagError, UsageError, WorkspaceError
from chinwag.recipe import check
from shapes import Tweet, snscrape, v1_stream, v2_page
from tests.workspaces import assembled, rows, status, values

FIRST = 1_612_345_678_901_234_567
MINUTE = 60_000 << 22
FILTERS = {"language": {"keep": ["en", "ja"]}, "sensitive": {}, "incomplete": {}}
DELETE = {"delete": {"status": {"id": FIRST + 60 * MINUTE, "id_str": str(FIRST + 60 * MINUTE), "user_id": 1}}}


def tweets() -> list[Tweet]:
    """Give ten trees of six: some lack their parents, two are joined by a quote, authors answer themselves."""
    made: list[Tweet] = []
    for n in range(60):
        tree, place = divmod(n, 6)
        lang = {4: "fr", 5: "und"}.get(place, "ja" if tree == 4 else "en")
        tweet = Tweet(FIRST + n * MINUTE, 10 + place % 4, f"handle{place % 4}", f"words {n}", lang=lang)
        missing = replace(tweet, id=FIRST - n - 1)
        parent = missing if n in (18, 17, 42) else made[6 * tree + (place - 1) // 2] if place else None
        if parent:
            tweet = replace(tweet, reply_to_id=parent.id, reply_to_author_id=parent.author_id)
            tweet = replace(tweet, reply_to_handle=parent.author_handle)
        if n == 30:
            tweet = replace(tweet, quoted=made[2])
        made.append(tweet)
    return made


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hold what three sources tell of the same trees, in part, with a delete, empty lines and a broken one."""
    folder, made = tmp_path_factory.mktemp("account"), tweets()
    gone = Tweet(FIRST + 60 * MINUTE, 1, "handle1", "to be gone", lang="ja")
    files = {
        "stream": v1_stream.write([*made[:40], gone]),
        "answers": v2_page.write(made[30:50]),
        "web": snscrape.write([*made[45:], *made[:5]]),
        "more": {
            "more.jsonl": b"\n" + json.dumps(DELETE).encode() + b'\n\n{"delete":{"status":{"id":1,"id_str":"1"}}}\n'
        },
        "broken": {"broken.jsonl": json.dumps(status(FIRST + 70 * MINUTE, possibly_sensitive=True)).encode() + b"\n{"},
    }
    for group, held in files.items():
        for name, data in held.items():
            path = folder / group / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    ingest.run([folder / group for group in files], folder / "workspace", workers=1, quiet=True)
    return folder / "workspace"


def made_of(workspace: Path, exclude: list[str], filters: dict[str, Any]) -> list[Step]:
    assemble.run(workspace, exclude=exclude, quiet=True)
    recipe = {"filters": filters, "exclude_sources": exclude, "split": {"validation": 0.2, "test": 0.2}}
    curate.run(workspace, check(recipe, "recipe"), quiet=True)
    return account.run(workspace).steps


def grouped(steps: list[Step]) -> dict[tuple[str, str | None], list[Step]]:
    found = defaultdict(list)
    for step in steps:
        found[step["scope"], step["value"]].append(step)
    return found


@pytest.mark.parametrize(("exclude", "filters"), [([], FILTERS), (["web"], {}), (["v1", "x-api"], FILTERS)])
def test_what_is_left_is_what_was_less_what_is_lost(
    workspace: Path, exclude: list[str], filters: dict[str, Any]
) -> None:
    steps = made_of(workspace, exclude, filters)
    groups = grouped(steps)
    assert {by for by, _ in groups} == {"all", "language", "source", "terms"}
    assert {"en", "ja", "und", "fr"} == {value for by, value in groups if by == "language"}
    for group in groups.values():
        left: dict[str, int] = {}
        for step in group:
            assert step["remaining"] >= 0
            if step["lost"] is not None:
                assert step["lost"] >= 0
                assert step["remaining"] == left[step["unit"]] - step["lost"]
            left[step["unit"]] = step["remaining"]
    whole = {(step["stage"], step["rule"]): step for step in groups["all", None]}
    assert len(whole) == len(groups["all", None])
    for by in ("language", "source", "terms"):
        sums: defaultdict[Any, Counter[str]] = defaultdict(Counter)
        for (kind, _), group in groups.items():
            for step in group if kind == by else ():
                sums[step["stage"], step["rule"]].update(
                    {key: step[key] or 0 for key in ("remaining", "lost", "marked", "alone")}
                )
        assert sums
        for place, total in sums.items():
            assert total == {key: whole[place][key] or 0 for key in ("remaining", "lost", "marked", "alone")}, (
                by,
                place,
            )
        assert {stage for stage, _ in whole} - {stage for stage, _ in sums} <= {
            "language": {"records"},
            "source": set(),
            "terms": {"records", "sightings", "tweets", "replies", "trees", "filters", "splits"},
        }[by]


def left(steps: list[Step], by: str = "all") -> Any:
    """Give what is left of each step of the whole, or of each value."""
    return {
        (step["stage"], step["rule"], *[step["value"]] * (by != "all")): step["remaining"]
        for step in steps
        if step["scope"] == by
    }


def test_each_step_is_what_the_tables_hold(workspace: Path) -> None:
    steps = made_of(workspace, ["snscrape"], FILTERS)
    found = left(steps)
    told = {
        ("records", None): "select sum(lines) from files",
        ("records", "rejects"): "select sum(tweets) from files",
        ("sightings", None): "select count(*) from sightings",
        ("sightings", "embedded"): "select count(*) from sightings where seen_as <> 'own'",
        ("sightings", "excluded"): "select count(*) from sightings where source <> 'snscrape'",
        ("sightings", "gone"): "select sum(sightings) from tweets",
        ("sightings", "repeated"): "select count(*) from tweets",
        ("tweets", None): "select count(*) from tweets",
        ("replies", "parent_unknown"): "select count(distinct child_id) from edges",
        ("trees", "alone"): "select count(*) from nodes",
        ("splits", "split_leak"): "select sum(len(tweet_ids)) from turns",
        ("turns", None): "select count(*) from turns",
        ("conversations", None): "select count(distinct root_id) from turns",
        ("conversations", "test"): "select count(distinct root_id) from turns where split = 'test'",
    }
    for place, select in told.items():
        assert [found[place]] == values(workspace, select), place
    lost = {place: step["lost"] for place, step in zip(found, steps, strict=False)}
    assert min(lost[place] or 0 for place in [("sightings", "gone"), ("sightings", "repeated"), ("trees", "alone")]) > 0
    held = (
        "select t.lang, count(*) from (select unnest(tweet_ids) as id from turns) u join tweets t using (id) group by 1"
    )
    assert {lang: number for (_, rule, lang), number in left(steps, "language").items() if rule == "split_leak"} == {
        "fr": 0,
        "und": 0,
        **dict(rows(workspace, held)),
    }
    shown = "select array_to_string(sources, '+'), count(*) from tweets group by 1"
    tweets = {sources: n for (stage, _, sources), n in left(steps, "source").items() if stage == "tweets" and n}
    assert tweets == dict(rows(workspace, shown))
    assert len(tweets) == 3


def test_a_tweet_is_lost_at_the_first_rule_that_marks_it(tmp_path: Path) -> None:
    trees = [
        *(status(1), status(2, to=1, author=2, lang="fr", possibly_sensitive=True), status(3, to=2, author=3)),
        *(status(4, author=4, lang="fr"), status(5, to=4, author=5)),
        *(status(6, to=99), status(7, to=6, author=2, lang="fr"), status(8, to=6, author=3)),
        *(status(9, author=2), status(10, to=9, author=3), status(11, to=9, author=4, possibly_sensitive=True)),
    ]
    place = assembled(tmp_path, trees)
    expected = {
        # rule: left of eleven, lost, marked, alone
        "sensitive": (9, 2, 2, 1),
        "incomplete": (6, 3, 3, 2),
        "language": (5, 1, 3, 1),
        "below_dropped": (3, 2, 2, 2),
        "empty": (3, 0, 0, 0),
        "single_turn": (2, 1, 1, 1),
        "split_leak": (2, 0, 0, 0),
    }
    filters = {"sensitive": {}, "incomplete": {}, "language": {"keep": ["en"]}}
    curate.run(place, check({"filters": filters}, "recipe"), quiet=True)
    steps = [step for step in account.run(place).steps if step["scope"] == "all" and step["marked"] is not None]
    assert {
        step["rule"]: (step["remaining"], step["lost"], step["marked"], step["alone"]) for step in steps
    } == expected
    assert [step["rule"] for step in steps] == list(expected)
    assert values(place, "select distinct root_id from turns") == [9]
    curate.run(place, check({"filters": dict(reversed(filters.items()))}, "recipe"), quiet=True)
    lost = {step["rule"]: step["lost"] for step in account.run(place).steps if step["scope"] == "all"}
    assert [lost[rule] for rule in ("language", "incomplete", "sensitive")] == [3, 2, 1]


def test_it_goes_as_far_as_the_workspace_is_made(tmp_path: Path) -> None:
    source = tmp_path / "statuses.jsonl"
    source.write_text("".join(json.dumps(one) + "\n" for one in [status(1), status(2, to=1, author=2)]))
    place = tmp_path / "workspace"
    ingest.run([source], place, workers=1, quiet=True)
    assert [step["stage"] for step in account.run(place).steps if step["scope"] == "all"] == ["records"] * 4 + [
        "sightings"
    ] * 2
    assemble.run(place, quiet=True)
    assert account.run(place).steps[10]["stage"] == "replies"
    assert "turns" not in {step["stage"] for step in account.run(place).steps}
    curate.run(place, check({}, "recipe"), quiet=True)
    assert left(account.run(place).steps)["turns", None] == 2
    source.with_name("more.jsonl").write_text(json.dumps(status(3, to=2)) + "\n")
    ingest.run([source.with_name("more.jsonl")], place, workers=1, quiet=True)
    newer = left(account.run(place).steps)
    assert newer["sightings", None] == 3
    assert newer["sightings", "gone_or_newer"] == 2
    assemble.run(place, quiet=True)
    older = left(account.run(place).steps)
    assert older["trees", "alone"] == 3
    assert older["turns", None] == 2
    assert ("splits", "split_leak") not in older  # the turns are of other trees


def test_examples_are_those_of_the_manifests(workspace: Path, tmp_path: Path) -> None:
    steps = made_of(workspace, [], {})
    for name in ("chats", "more"):
        export.run("messages", workspace, tmp_path / name, quiet=True)
    export.run("oasst", workspace, tmp_path / "trees", quiet=True)
    manifest = json.loads((tmp_path / "chats" / "manifest.json").read_bytes())
    assert manifest["account"] == [step for step in steps if step["scope"] == "all"]
    assert "README.md" in {entry["name"] for entry in manifest["beside"]}
    found = account.run(workspace, [tmp_path / "chats", tmp_path / "trees"]).steps
    assert [step for step in found if step["unit"] != "example"] == steps
    written = {(entry["split"], entry["kind"]): entry["records"] for entry in manifest["files"]}
    whole = left(found)
    for split in account.SPLITS:
        assert whole["examples: messages", split] == written.get((split, "jsonl"), 0)
        assert whole["examples: oasst", split] == whole["conversations", split]
    assert min(whole["examples: oasst", "train"], whole["examples: oasst", "test"]) > 0
    both = account.run(workspace, [tmp_path / "chats", tmp_path / "more"]).steps
    stages = {step["stage"] for step in both if step["unit"] == "example"}
    assert stages == {"examples: messages in chats", "examples: messages in more"}


@pytest.mark.parametrize(
    ("text", "error"),
    [(None, UsageError), ("{", UsageError), ("[]", UsageError), ('{"format": "a", "files": []}', UsageError)],
)
def test_a_folder_that_is_no_export_is_named(
    workspace: Path, tmp_path: Path, text: str | None, error: type[ChinwagError]
) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(error, match=f"^{tmp_path}: .*export again$"):
        account.run(workspace, [tmp_path])
    with pytest.raises(WorkspaceError, match="no workspace"):
        account.run(tmp_path)


def step(stage: str, rule: str | None, left: int, lost: int | None = None, *marks: int, **more: Any) -> Any:
    marked, alone = marks or (None, None)
    fields = {"scope": "all", "value": None, "unit": "tweet", "marked": marked, "alone": alone, **more}
    return {"stage": stage, "rule": rule, "remaining": left, "lost": lost, **fields}


def test_a_table_of_the_whole() -> None:
    steps = [
        step("records", None, 12345, unit="record"),
        step("records", "blanks", 12340, 5, unit="record"),
        step("tweets", None, 2),
        step("filters", "sensitive", 0, 2, 2, 1),
        step("filters", "language", 0, 0, 1, 0),
        step("tweets", None, 7, scope="language", value="en"),
    ]
    assert account.Summary(steps).lines() == [
        "stage    rule         left  lost    share  marked  alone",
        "records             12,345",
        "         blanks     12,340     5    0.0 %",
        "tweets                   2",
        "filters  sensitive       0     2  100.0 %       2      1",
        "         language        0     0    0.0 %       1      0",
    ]
    assert account.Summary(steps).line() == "12,345 records, 2 tweets"
    assert account.Summary([]).line() == "nothing was read"


def test_a_table_by_language_shows_the_most_and_sums_the_others() -> None:
    steps = [
        step(stage, None, n * factor, scope="language", value=f"l{n}" if n else "\x1b[2J")
        for n in range(10)
        for stage, factor in (("tweets", 100), ("turns", 1))
    ]
    assert account.Summary(steps).lines("language") == [
        "stage   rule   l9   l8   l7   l6   l5   l4   l3   l2  others",
        "tweets        900  800  700  600  500  400  300  200     100",
        "turns           9    8    7    6    5    4    3    2       1",
    ]
    assert account.Summary([*steps[:4]]).lines("language")[0] == "stage   rule   l1  \\x1b[2J"
    assert account.Summary([]).lines("source") == ["stage  rule"]
