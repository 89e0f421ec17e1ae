"""Clusters of near-duplicates: what is the same, what is alike, and that texts and their age alone decide."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.duplicates import Texts, alike
from chinwag import clusters
from chinwag.clusters import LIKENESS, likeness
from chinwag.engines import Value
from chinwag.engines.duckdb import DuckDB
from chinwag.filters._normal import LEAST, normal
from chinwag.tables import schema
from tests import reference

Row = dict[str, Any]
START = datetime(2021, 1, 1, tzinfo=UTC)
TEXTS = list(islice(Texts(), 1_000))


def clustered(tweets: Sequence[tuple[int, str]], alone: Sequence[int] = (), engine: type[DuckDB] = DuckDB) -> list[Row]:
    """Give the rows of clusters for tweets of an age and a text, the ids of which are their places from 1 on."""
    ids = range(1, len(tweets) + 1)
    said = [
        {"id": number, "created_at": START + timedelta(hours=age) if age >= 0 else None, "text": text}
        for number, (age, text) in zip(ids, tweets, strict=True)
    ]
    nodes = [{"tweet_id": number, "root_id": 1, "depth": 0} for number in ids if number not in alone]
    with TemporaryDirectory() as name, engine(Path(name), threads=2) as database:
        folder = Path(name)
        for table, rows in (("tweets", said), ("nodes", nodes)):
            database.read(table, [reference.parquet(folder / f"{table}.parquet", rows, schema(table))])
        made = pq.read_table(clusters.run(database, folder))
    assert made.schema.equals(schema("clusters"))
    found: list[Row] = made.to_pylist()
    return found


def of(rows: list[Row], column: str) -> list[Any]:
    return [row[column] for row in rows]


def texts_of(*texts: str) -> list[tuple[int, str]]:
    return list(enumerate(texts))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Thank you", "thank  you!!", True),
        ("@someone Thank you https://example.org/a", "Thank you", True),
        ("ＴＨＡＮＫ ｙｏｕ", "thank you 🙏", True),
        ("Straße ΟΔΟΣ", "STRASSE οδος", True),
        ("cafe\u0301", "café", True),
        ("❤️ 1️⃣", "1", True),
        ("ありがとう", "ありがとう。", True),
        ("ก็ดี", "กดี", False),  # a mark makes another word
        ("order 12", "order 13", False),
        ("так", "тик", False),
    ],
)
def test_texts_are_the_same_without_signs_and_case(one: str, other: str, same: bool) -> None:
    first, second = normal(pa.array([one, other]), between="").to_pylist()
    assert (first == second) is same


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("🙏 @someone https://example.org", 0),
        ("Thank you, all!", 11),
        ("ありがとう", 10),
        ("서울 a", 5),
        ("ก็ดี", 4),
    ],
)
def test_a_length_is_that_of_what_is_compared(text: str, length: int) -> None:
    assert len(normal(pa.array([text]), between="")[0].as_py()) == length


def test_the_same_texts_and_their_lengths() -> None:
    rows = clustered(texts_of("Thank you", "@someone thank you!", "", "ありがとう", "👍"))
    assert of(rows, "text_id") == [1, 1, 3, 4, 5]
    assert of(rows, "length") == [8, 8, 0, 10, 0]


FORM = "Hi {}, please send us your order number by direct message and we will look into it for you"
NEWS = "警察は今朝、{}駅の近くで起きた事故について、原因を調べていると発表しました"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([FORM.format("Ann"), FORM.format("Bob"), FORM.format("Marie-Claire")], [1, 1, 1]),
        ([FORM.format("Ann"), "We went to the sea on Sunday and it rained all day long, again"], [1, 2]),
        ([NEWS.format("東京"), NEWS.format("大阪")], [1, 1]),
        ([NEWS.format("東京"), "昨日は家族と一緒に海へ行きましたが、残念ながら一日中雨が降っていました"], [1, 2]),
        (["Thank you", "Thank you"], [None, None]),
        (["", "👍"], [None, None]),
        (["a" * LEAST, "a" * LEAST, "a" * (LEAST - 1)], [1, 1, None]),
    ],
)
def test_texts_that_say_nearly_the_same_are_a_cluster(texts: list[str], expected: list[int | None]) -> None:
    assert of(clustered(texts_of(*texts)), "cluster_id") == expected


def test_a_cluster_may_be_connected_by_what_is_between() -> None:
    first, last = FORM + "as soon as we find the time", FORM + "unless it is a holiday"
    between = FORM + "as soon as we find the time unless it is a holiday"
    said = normal(pa.array([first, last]), between="").to_pylist()
    assert likeness(*said) < LIKENESS
    assert of(clustered(texts_of(first, last)), "cluster_id") == [1, 2]
    assert of(clustered(texts_of(first, last, between)), "cluster_id") == [1, 1, 1]


def test_the_oldest_names_its_cluster_and_of_unknown_time_is_oldest() -> None:
    tweets = [(5, FORM.format("Ann")), (3, FORM.format("Bob")), (4, FORM.format("Bob")), (-1, NEWS), (0, NEWS)]
    rows = clustered(tweets)
    assert of(rows, "text_id") == [1, 2, 2, 4, 4]
    assert of(rows, "cluster_id") == [2, 2, 2, 4, 4]


def test_what_is_in_no_tree_is_in_no_cluster_and_names_none() -> None:
    rows = clustered(texts_of(FORM, FORM, FORM), alone=[1])
    assert rows == [
        {"tweet_id": 2, "text_id": 2, "cluster_id": 2, "length": len(FORM.replace(" ", "")) - 3},
        {"tweet_id": 3, "text_id": 2, "cluster_id": 2, "length": len(FORM.replace(" ", "")) - 3},
    ]


def test_there_may_be_nothing() -> None:
    assert clustered([]) == []


class Cut(DuckDB):
    """Give rows seven at a time, and where no order is asked for from the last one to the first."""

    def rows(self, select: str, values: Sequence[Value] = ()) -> Iterator[pa.RecordBatch]:
        batches = list(super().rows(select, values))
        if batches:
            rows = pa.Table.from_batches(batches)
            ordered = rows if "order by" in select else rows.sort_by([(rows.column_names[0], "descending")])
            yield from ordered.to_batches(max_chunksize=7)


# Texts that are alike, the same, short, and none of it, drawn from few.
DRAWN = st.one_of(
    st.builds(FORM.format, st.sampled_from(("Ann", "Bob", "ann!", "Christopher", "東京都の人"))),
    st.builds(NEWS.format, st.sampled_from(("東京", "大阪", "新大阪"))),
    st.lists(st.sampled_from(FORM.split()), min_size=6, max_size=20).map(" ".join),
    st.text(max_size=40),
)
TWEETS = st.lists(st.tuples(st.integers(-1, 4), DRAWN), max_size=12)


@given(TWEETS)
@settings(max_examples=10)
def test_a_cluster_is_what_is_connected_and_has_the_name_of_its_oldest(tweets: list[tuple[int, str]]) -> None:
    rows = clustered(tweets)
    said = dict(enumerate(normal(pa.array([text for _, text in tweets], pa.string()), between="").to_pylist(), 1))
    age = {number: (max(hours, -1), number) for number, (hours, _) in enumerate(tweets, 1)}
    older = dict(zip(said, said, strict=True))  # the plain way: each pair, until nothing changes
    told = [number for number, text in said.items() if len(text) >= LEAST]
    near = [pair for pair in combinations(told, 2) if likeness(said[pair[0]], said[pair[1]]) >= LIKENESS]
    for _ in told:
        for one, other in near:
            older[one] = older[other] = min(older[one], older[other], key=age.__getitem__)
    for row in rows:
        number, text = row["tweet_id"], said[row["tweet_id"]]
        same = [other for other in said if said[other] == text] if text else [number]
        assert row == {
            "tweet_id": number,
            "text_id": min(same, key=age.__getitem__),
            "cluster_id": older[number] if number in told else None,
            "length": len(text),
        }


def test_neither_batches_nor_the_order_of_rows_change_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    tweets = [(number // 2, text) for number, text in enumerate(TEXTS[:150])]
    expected = clustered(tweets)
    assert len(set(of(expected, "cluster_id"))) < 130
    monkeypatch.setattr(clusters, "AT_ONCE", 4)
    assert clustered(tweets, engine=Cut) == expected
    places = list(range(1, len(tweets) + 1))
    random.Random(1).shuffle(places)  # other ids, the same ages; who is as old is told by ids alone
    moved = {old: new for new, old in enumerate(places, 1)}
    ages = [(number, text) for number, (_, text) in enumerate(tweets)]
    shuffled = clustered([ages[place - 1] for place in places])
    renamed = [
        {**row, **{name: row[name] and moved[row[name]] for name in ("tweet_id", "text_id", "cluster_id")}}
        for row in clustered(ages)
    ]
    assert shuffled == sorted(renamed, key=lambda row: int(row["tweet_id"]))


def test_nearly_all_pairs_are_found() -> None:
    tweets = texts_of(*TEXTS)
    rows = {row["tweet_id"]: row for row in clustered(tweets)}
    said = normal(pa.array([text for _, text in tweets]), between="").to_pylist()
    texts = {one: text for one, text in enumerate(said, 1) if rows[one]["text_id"] == one and len(text) >= LEAST}
    sets = {one: {text[n : n + clusters.SHINGLE] for n in range(len(text) - 4)} for one, text in texts.items()}
    pairs = {
        (one, other)
        for one, other in combinations(texts, 2)
        if len(sets[one] & sets[other]) >= LIKENESS * len(sets[one] | sets[other])
    }
    assert {tuple(sorted(pair)) for pair in alike(texts)} == pairs  # what the benchmark measures by
    found = sum(rows[one]["cluster_id"] == rows[other]["cluster_id"] for one, other in pairs)
    assert len(pairs) > 100
    assert found >= 0.99 * len(pairs)


def test_a_text_that_changes_word_by_word_stays_one_cluster() -> None:
    words = " ".join(TEXTS).split()
    rows = clustered([(number, " ".join(words[number : number + 30])) for number in range(100)], engine=Cut)
    assert of(rows, "cluster_id") == [1] * 100


def test_one_text_in_thousands_of_forms_is_one_cluster() -> None:
    rows = clustered([(number, FORM.format(f"customer {number}")) for number in range(3_000)])
    assert set(of(rows, "cluster_id")) == {1}
    assert set(of(rows, "text_id")) == set(range(1, 3_001))


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(categories=("L", "M", "N")), min_size=5, max_size=30), min_size=1, max_size=6))
def test_shingles_and_buckets_of_a_text_are_its_own(texts: list[str]) -> None:
    cut = [
        text[start : start + clusters.SHINGLE] for text in texts for start in range(len(text) - clusters.SHINGLE + 1)
    ]
    numbers = list(clusters._shingles(texts))
    assert len(numbers) == len(cut)
    assert len(set(zip(cut, numbers, strict=True))) == len(set(cut)) == len(set(numbers))
    together = [band.to_pylist() for band in clusters._buckets(texts)]
    assert [list(band) for band in zip(*together, strict=True)] == [
        [band[0].as_py() for band in clusters._buckets([text])] for text in texts
    ]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("abcdef", "abcdef", 1), ("abcdef", "abcdefg", 2 / 3), ("abcdef", "bcdefg", 1 / 3), ("abcdef", "ghijkl", 0)],
)
def test_likeness_is_the_share_of_runs_in_both(one: str, other: str, expected: float) -> None:
    assert likeness(one, other) == likeness(other, one) == expected
