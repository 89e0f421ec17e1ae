"""Show: one tree in the terminal; why a tweet is in none; text that cannot steer; chains of thousands."""

import json
import shutil
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import chinwag.assemble
import chinwag.curate
import chinwag.ingest
from chinwag import marks, show
from chinwag.errors import UsageError, WorkspaceError
from chinwag.recipe import Recipe
from chinwag.trees import Tree, tree
from chinwag.workspace import Workspace
from tests.workspaces import assembled, chinwag_run, status

STATUSES = [
    status(10, "the leaves of my beans turn yellow", favorite_count=1),
    status(11, "water them less often", to=10, author=2, favorite_count=1200),
    status(12, "thank you, that is what I will do", to=11),
    status(13, "\x1b[2J and \u202e lines\n\n└── @fake  14 and more words", to=10, author=3),
    status(14, "and this I quote", author=4, quoted_status_id=12, quoted_status_id_str="12"),
    status(20, "alone"),
    status(21, "it answers what is missing", to=19),
    status(22, "so does this", to=19, author=2),
]
NOTICE = {"delete": {"status": {"id": 30, "id_str": "30", "user_id": 1, "user_id_str": "1"}}}
KEPT = """\
10: 5 tweets, 4 authors, en, split train
note: good
@handle1  10  time unknown  1 like  prompter
│ the leaves of my beans turn yellow
├── @handle2  11  time unknown  1,200 likes  assistant
│   │ water them less often
│   └── @handle1  12  time unknown  prompter
│       │ thank you, that is what I will do
│       └── @handle4  14  time unknown  quote  assistant
│             and this I quote
└── @handle3  13  time unknown  dropped: length
      \ufffd[2J and \ufffd lines
      └── @fake  14 and more words
dropped: length 1
"""


@pytest.fixture(scope="module")
def given_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a workspace that is only assembled."""
    return assembled(tmp_path_factory.mktemp("show"), [*STATUSES, NOTICE])


@pytest.fixture
def workspace(given_tables: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(given_tables, tmp_path / "workspace"))


def printed(tree: Tree, capsys: pytest.CaptureFixture[str]) -> str:
    show.print_tree(tree)
    return capsys.readouterr().out


RECIPE = Recipe(filters={"length": {"most": 34}, "shallow": {"least": 2}})


def test_it_prints_who_answers_whom_and_what_became_of_it(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    marks.put(workspace, 10, None, "good")
    chinwag.curate.run(workspace, RECIPE, quiet=True)
    assert printed(show.run(workspace, 13), capsys) == KEPT


def test_of_an_assembled_workspace_it_shows_the_tree_alone(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(show.run(workspace, 14), capsys)
    assert text.startswith("10: 5 tweets, 4 authors, en, in no split\n@handle1  10  time unknown  1 like\n│ the leaves")
    assert text.endswith("\nno turns are made of it\n")


def test_what_the_trees_have_outlived_is_not_shown(workspace: Path) -> None:
    chinwag.curate.run(workspace, RECIPE, quiet=True)
    assert show.run(workspace, 10).turns
    chinwag.assemble.run(workspace, quiet=True)
    stale = show.run(workspace, 10)
    assert (stale.turns, stale.fallen()) == ({}, {})


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (20, "20: is in no tree: it answers nothing that is here, and nothing"),
        (21, "21: is in no tree: it answers 19, which is not here; try: chinwag fetch -w"),
        (19, "19: is not here, and 2 replies that are here wait for it; to get it: echo 19 | chinwag fetch"),
        (30, "30: is gone: it was deleted"),
        (99, "99: is not here: nothing that was read shows it"),
        (40, "40: was read after the trees were made; run: chinwag assemble -w"),
    ],
)
def test_a_tweet_in_no_tree_is_explained(number: int, said: str, workspace: Path) -> None:
    late = workspace.parent / "late.jsonl"
    late.write_text(json.dumps(status(40)))
    chinwag.ingest.run([late], workspace, workers=1, quiet=True)
    with pytest.raises(UsageError, match=f"^{said}") as caught:
        show.run(workspace, number)
    assert "\n" not in str(caught.value)


def test_without_trees_it_says_what_to_do(tmp_path: Path) -> None:
    Workspace(tmp_path, create=True)
    with pytest.raises(WorkspaceError, match="nothing is assembled; run: chinwag assemble -w"):
        show.run(tmp_path, 10)


def post(number: int, parent: int | None, depth: int, **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("kind", "created_at", "author_id", "author_handle", "like_count", "lang", "media"))
    return {**empty, "tweet_id": number, "parent_id": parent, "depth": depth, "text": "words", **more}


def test_a_chain_of_thousands_stays_on_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    chain = [post(number, number - 1 if number else None, number) for number in range(3000)]
    lines = printed(tree(0, chain, [], [], None), capsys).splitlines()
    assert max(map(len, lines)) <= show.WIDTH
    assert sum("─ author unknown " in line or "─ depth " in line for line in lines) == len(chain) - 1
    assert any(line.startswith(" " * 48 + "└── depth 2,999: author unknown  2999") for line in lines)


@pytest.mark.parametrize("drops", [["bots"], []])
def test_a_tree_that_is_dropped_whole_says_so(drops: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": 1, "level": "conversation", "filter": "incomplete"}]
    rows += [{"id": 2, "level": "tweet", "filter": name} for name in drops]
    text = printed(tree(1, [post(1, None, 0), post(2, 1, 1)], rows, [], {"mark": "drop", "note": None}), capsys)
    first, *_, last = text.splitlines()
    assert first == "1: 2 tweets, 1 author, und, in no split, dropped whole: incomplete, marked drop"
    assert f"2  time unknown  dropped: {drops[0] if drops else 'with the whole'}\n" in text
    assert last == f"dropped: {'bots 1, ' if drops else ''}the whole by incomplete"


HOSTILE = st.text(st.characters(codec="utf-8"), max_size=60)


@given(texts=st.lists(st.tuples(HOSTILE, HOSTILE, st.integers(0, 30)), min_size=1, max_size=8), note=HOSTILE)
def test_no_text_steers_the_terminal_or_leaves_the_page(texts: Sequence[tuple[str, str, int]], note: str) -> None:
    posts: list[dict[str, Any]] = []
    for number, (text, name, place) in enumerate(texts):
        parent = posts[place % number] if number else None
        depth = parent["depth"] + 1 if parent else 0
        media = [{"kind": name, "url": None, "alt": None}]
        above = parent["tweet_id"] if parent else None
        posts.append(post(number, above, depth, text=text, author_handle=name, kind=name, lang=name, media=media))
    with redirect_stdout(StringIO()) as out:
        show.print_tree(tree(0, posts, [], [], {"mark": None, "note": note}))
    for line in out.getvalue().split("\n"):
        assert all(char.isprintable() or char in "\u200c\u200d" for char in line)
        assert cell_len(line) <= show.WIDTH


def test_the_command_prints_the_tree_or_json(workspace: Path) -> None:
    chinwag.curate.run(workspace, RECIPE, quiet=True)
    done = chinwag_run("show", 12, "-w", workspace)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == KEPT.replace("note: good\n", "")
    told = json.loads(chinwag_run("show", 12, "-w", workspace, "--json").stdout)
    assert told.keys() == {"root_id", "split", "mark", "note", "drops", "tweets", "turns"}
    assert [(one["tweet_id"], one["drops"], one["turn_id"]) for one in told["tweets"]] == [
        (10, [], 10), (11, [], 11), (12, [], 12), (14, [], 14), (13, ["length"], None),
    ]  # fmt: skip
    assert [turn["turn_id"] for turn in told["turns"]] == [10, 11, 12, 14]
    missing = chinwag_run("show", 99, "-w", workspace)
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr.startswith("chinwag: 99: is not here: nothing")


@pytest.mark.parametrize("address", ["https://twitter.com/x/status/{}", "https://x.com/i/statuses/{}?s=20", " {} "])
def test_the_address_of_a_tweet_will_do(workspace: Path, address: str) -> None:
    number = show.run(workspace, 12).root_id
    assert chinwag_run("show", address.format(number), "-w", workspace).stdout.startswith(f"{number}: ")


@pytest.mark.parametrize("given", ["abc", "-1", "9223372036854775808", "https://example.org/12"])
def test_what_is_no_id_is_refused(workspace: Path, given: str) -> None:
    done = chinwag_run("show", "-w", workspace, "--", given)
    assert (done.returncode, "is no id of a tweet" in done.stderr) == (2, True)
