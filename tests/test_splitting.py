import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag import assemble, curate, ingest
from chinwag.recipe import Recipe, Split
from chinwag.rendering import Rendering
from chinwag.splitting import split_of
from chinwag.workspace import Workspace
from tests.workspaces import Json, curated, rows, status, values

TEXT = "the kettle in the old kitchen sings louder every single morning, number {}"


def test_splits_have_the_sizes_that_were_asked_for() -> None:
    shares = Split(validation=0.1, test=0.2)
    counts = Counter(split_of(root_id << 22, shares) for root_id in range(20_000))
    assert counts["validation"] / 20_000 == pytest.approx(0.1, abs=0.01)
    assert counts["test"] / 20_000 == pytest.approx(0.2, abs=0.01)
    assert {split_of(root_id, Split(0, 0)) for root_id in range(100)} == {"train"}


@given(st.integers(0, 2**63 - 1), st.floats(0, 0.4), st.floats(0, 0.5), st.floats(0, 0.1))
def test_a_larger_share_takes_and_gives_nothing_back(root_id: int, validation: float, test: float, more: float) -> None:
    if split_of(root_id, Split(validation, test)) == "test":
        assert split_of(root_id, Split(validation, test + more)) == "test"


def pairs(count: int, *, copies: int, writers: int) -> list[Json]:
    """Write pairs of a tweet and an answer: every fifth says one of few things, and some people write much."""
    made = []
    for number in range(1, count + 1):
        said = TEXT.format(number % copies) if number % 5 == 0 else f"{number * 7919:x} {number * 104729:x} words"
        author = 1000 + number % writers if number % 7 == 0 else 10_000 + number
        made += [
            status(number * 10, said, author=author),
            status(number * 10 + 1, f"{number * 31337:x} is the answer", to=number * 10, author=20_000 + number),
        ]
    return made


def spread(workspace: Path, group: str) -> dict[int, set[str]]:
    """Give the splits that each cluster, or author, is in, without the package's SQL."""
    clusters = dict(rows(workspace, f"select {group} from tweets left join clusters on tweet_id = id"))
    found = defaultdict(set)
    for split, tweet_ids in rows(workspace, "select split, tweet_ids from turns"):
        for tweet_id in tweet_ids:
            if clusters[tweet_id] is not None:
                found[clusters[tweet_id]].add(split)
    return found


@pytest.mark.parametrize("authors", [False, True])
def test_splits_share_nothing(tmp_path: Path, authors: bool) -> None:
    recipe = Recipe(split=Split(0.2, 0.2, authors))
    workspace = curated(tmp_path, pairs(150, copies=6, writers=5), recipe)
    assert max(map(len, spread(workspace, "id, cluster_id").values())) == 1
    by_author = sum(len(splits) > 1 for splits in spread(workspace, "id, author_id").values())
    said = Workspace(workspace).state.options["curate"]["overlap"]
    assert said == {"clusters": 0, "answers": 0, "authors": by_author}
    assert (by_author == 0) == authors
    leaked = values(workspace, "select id from drops where filter = 'split_leak'")
    kept = values(workspace, "select distinct root_id from turns")
    assert leaked
    assert not set(leaked) & set(kept)
    assert len(leaked) + len(kept) == 150
    assert {split for (split,) in rows(workspace, "select split from turns")} == {"train", "validation", "test"}


def test_the_same_short_words_are_in_one_split(tmp_path: Path) -> None:
    statuses = [
        one
        for number in range(10, 610, 10)
        for one in (
            status(number, "What is  the capital of Fr?", author=number),
            status(
                number + 1, "paris, OF course!" if number % 20 else "Paris, of course!", to=number, author=number + 1
            ),
        )
    ]
    workspace = curated(tmp_path, statuses, Recipe(split=Split(0.2, 0.2)))
    assert len(values(workspace, "select distinct split from turns")) == 1
    assert values(workspace, "select count(*) from clusters where cluster_id is not null") == [0]


def test_clusters_of_older_trees_are_not_used(tmp_path: Path) -> None:
    workspace = curated(tmp_path, pairs(20, copies=6, writers=5))
    before = values(workspace, "select count(*) from clusters")
    (tmp_path / "more.jsonl").write_text("".join(json.dumps(one) + "\n" for one in pairs(60, copies=6, writers=5)))
    ingest.run([tmp_path / "more.jsonl"], workspace, workers=1, quiet=True)
    assemble.run(workspace, quiet=True)
    Workspace(workspace).commit("curate", options=Workspace(workspace).state.options["curate"])  # as rehydrating does
    curate.run(workspace, Recipe(), quiet=True)
    assert (
        values(workspace, "select count(*) from clusters") == values(workspace, "select count(*) from nodes") > before
    )


def test_what_is_quoted_leaks_too_and_is_not_what_was_dropped(tmp_path: Path) -> None:
    told = [
        status(5, "the kettle in the old kitchen sings louder every single morning", author=5),
        status(6, "so it does", to=5, author=6),
        status(7, "nobody should ever read what is written in this one", author=7, possibly_sensitive=True),
        status(8, "indeed", to=7, author=8),
    ]
    for number in range(100, 500, 10):
        told += [
            status(number, f"{number} of them", author=number),
            status(
                number + 1, f"{number} said", to=number, author=number + 1, quoted_status_id=5 + number // 10 % 2 * 2
            ),
        ]
    recipe = Recipe(filters={"sensitive": {}}, turns=Rendering(quoted="text"), split=Split(0.3, 0.3))
    workspace = curated(tmp_path, told, recipe)
    assert values(workspace, "select count(*) from turns where contains(text, 'nobody should')") == [0]
    assert len(values(workspace, "select distinct split from turns where contains(text, 'the kettle')")) == 1
    assert len(values(workspace, "select distinct split from turns")) == 3


def test_data_that_is_added_moves_no_conversation_to_another_split(tmp_path: Path) -> None:
    statuses = pairs(150, copies=6, writers=5)
    recipe = Recipe(split=Split(0.2, 0.2))
    (tmp_path / "less").mkdir()
    less = dict(rows(curated(tmp_path / "less", statuses[:150], recipe), "select distinct root_id, split from turns"))
    more = dict(rows(curated(tmp_path, statuses, recipe), "select distinct root_id, split from turns"))
    assert len(less) > 40
    assert {root for root in less.keys() & more.keys() if less[root] != more[root]} == set()


def test_a_conversation_without_near_duplicates_stays(tmp_path: Path) -> None:
    workspace = curated(tmp_path, pairs(30, copies=1, writers=1), Recipe(split=Split(0, 0)))
    assert values(workspace, "select count(*) from drops") == [0]
    again = curate.run(workspace, Recipe(split=Split(0.5, 0)), quiet=True)
    assert again.drops["split_leak"] > 0
