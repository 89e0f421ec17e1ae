"""Count what the report plots: where parents came from, and how trees, texts, times and splits are spread.

All numbers are exact counts of a workspace's tables. No figure tells who wrote what: of tweets there are only the ids
of missing ones.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chinwag.engines import Engine, Value
from chinwag.errors import printable
from chinwag.sql import statement
from chinwag.values import LARGEST_ID
from chinwag.workspace import Workspace

READ = ("sightings", "edits", "tweets", "edges", "nodes", "conversations", "wanted", "asked", "clusters", "turns")
SHOWN = 15  # ranked categories; the others are summed
WANTED = 20
CODE = 40  # characters: what data gives for a language is shown, but not at any length
DAYS, MONTHS = 62, 36  # the longest time that is shown by days, and by months; of so many steps none is left out
FETCHED = re.compile(r"(.*/)?answers/[^/]+/\d{8}\.jsonl\.gz")  # so `Answers.seal` names what a provider answered

# What the numbers in the rows of these SELECTs stand for.
PARENTS = (
    "own record",
    "embedded in another record",
    "in an API's includes, or among likes",
    "another source",
    "fetched",
    "still missing",
)
DELAYS = (
    "under 10 s", "10 s to 1 min", "1 to 10 min", "10 min to 1 h", "1 h to 1 day", "1 day to 1 week", "over 1 week",
    "unknown",
)  # fmt: skip
DUPLICATES = ("first to say it", "exact copy of an older one", "near-duplicate of an older one", "too short to tell")
# Twitter's codes of what has no language (filters/language.py).
NO_LANGUAGE = {
    "und": "undetermined",
    "zxx": "nothing in words (zxx)",
    "qam": "only mentions (qam)",
    "qct": "only cashtags (qct)",
    "qht": "only hashtags (qht)",
    "qme": "only media or cards (qme)",
    "qst": "too short (qst)",
    "art": "only emoji (art)",
}

# SELECTs of a number and how often it occurs.
SIZES = "select tweets, count(*) from conversations group by tweets"
DEPTHS = "select depth, count(*) from conversations group by depth"
AUTHORS = "select authors, count(*) from conversations group by authors"
ANSWERED = """
select answers, count(*)
from (select parent_id, count(*) as answers from nodes where parent_id is not null group by parent_id) as answered
group by answers
"""
LENGTHS = "select length(text), count(*) from turns group by length(text)"
TURNS = """
select turns, count(*) from (select root_id, count(*) as turns from turns group by root_id) as kept group by turns
"""

Counts = Mapping[Any, int]
Rows = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold one figure: what is counted, and a row for each category or step of a scale, as it is to be shown.

    `name` is for machines, `title` and the labels of `rows` for people; `unit` is what the numbers count, in plural.
    `note` says how it was counted, where that is not plain. `ordered` rows are steps of a scale, others are categories.
    """

    name: str
    title: str
    unit: str
    rows: Rows
    note: str = ""
    ordered: bool = True


def figures(target: Workspace, engine: Engine) -> list[Figure]:
    """Give the figures of a workspace as far as its tables are made; the engine has read the tables `READ`.

    What counts nothing is left out. Labels and their order follow from the tables alone. Makes the engine's tables
    `versions`, `fetched`, `spread` and `vain`.
    """
    made = (*_parents(target, engine), *_trees(engine), *_tweets(engine), *_texts(target, engine), *_kept(engine))
    return [figure for figure in (*made, *_wanted(engine)) if any(number for _, number in figure.rows)]


def _parents(target: Workspace, engine: Engine) -> Iterator[Figure]:
    """Give where parents came from."""
    engine.make("versions", statement("versions"))
    engine.make("fetched", "select cast(0 as bigint) as file_id where false")
    for file_id, entry in sorted(target.state.files.items()):
        if FETCHED.fullmatch(str(entry.get("name"))):
            engine.append("fetched", "select cast(? as bigint) as file_id", [file_id])
    left_out = ",".join(target.state.options.get("assemble", {}).get("exclude", ()))
    yield Figure(
        "parents", "Where parents came from", "replies",
        _named(_counts(engine, statement("figure_parents"), [left_out, left_out]), PARENTS),
        "All replies that name the tweet they answer, each at the first of these that holds; the first three are of "
        "sources that show the reply too, and fetched ones are in no other file.",
        ordered=False,
    )  # fmt: skip


def _trees(engine: Engine) -> Iterator[Figure]:
    """Give the shapes of trees."""
    yield Figure("tweets_a_tree", "Tweets in a tree", "trees", _doubling(_counts(engine, SIZES)))
    yield Figure(
        "depths", "Depth of trees", "trees", _doubling(_counts(engine, DEPTHS)),
        "Steps from the first tweet to the deepest answer.",
    )  # fmt: skip
    yield Figure(
        "authors", "Authors in a tree", "trees", _doubling(_counts(engine, AUTHORS)),
        "Authors of whom nothing is known do not count.",
    )  # fmt: skip
    answered = _counts(engine, ANSWERED)
    tweets = int(engine.value("select count(*) from nodes") or 0)
    answers = {0: tweets - sum(answered.values()), **answered}
    yield Figure(
        "answers",
        "Direct answers to a tweet in a tree",
        "tweets",
        _doubling(answers),
        "Quotes count where trees join them.",
    )


def _tweets(engine: Engine) -> Iterator[Figure]:
    """Give languages, sources and times of the tweets in trees, and how soon they were answered."""
    engine.make("spread", statement("figure_nodes"))
    languages = _counts(engine, "select lang, cast(sum(number) as bigint) from spread group by lang")
    yield Figure("languages", "Languages", "tweets", _ranked(languages, _language), "Tweets in trees.", ordered=False)
    days = _counts(engine, "select day, cast(sum(number) as bigint) from spread group by day")
    yield Figure("months", "When it was written", "tweets", _dated(days), "Tweets in trees, by UTC.")
    delays = _counts(engine, statement("figure_delays"))
    yield Figure(
        "delays",
        "Time from a tweet to the reply",
        "replies",
        _named(delays, DELAYS),
        "Replies to tweets that are known.",
    )
    sources = _counts(engine, "select sources, cast(sum(number) as bigint) from spread group by sources")
    yield Figure(
        "sources", "Sources", "tweets", _ranked(sources, " + ".join),
        "Tweets in trees, by the shapes of all records that show them.", ordered=False,
    )  # fmt: skip


def _texts(target: Workspace, engine: Engine) -> Iterator[Figure]:
    """Give what repeats what, if that was told of these trees."""
    if target.fresh("clusters", after="assemble"):
        yield Figure(
            "duplicates", "Who says what others said", "tweets",
            _named(_counts(engine, statement("figure_duplicates")), DUPLICATES),
            "Tweets in trees, compared without links, mentions, signs and capitals.", ordered=False,
        )  # fmt: skip


def _kept(engine: Engine) -> Iterator[Figure]:
    """Give what is known of what is kept."""
    yield Figure(
        "lengths", "Characters in a turn", "turns", _doubling(_counts(engine, LENGTHS)), "Turns that are kept."
    )
    yield Figure(
        "turns_a_conversation", "Turns in a conversation", "conversations", _doubling(_counts(engine, TURNS)),
        "Conversations that are kept.",
    )  # fmt: skip
    languages = _counts(engine, "select coalesce(lang, 'und'), count(*) from turns group by coalesce(lang, 'und')")
    yield Figure(
        "languages_kept", "Languages of what is kept", "turns", _ranked(languages, _language),
        "Of a turn, that of its first tweet.", ordered=False,
    )  # fmt: skip
    conversations = _counts(engine, "select split, count(distinct root_id) from turns group by split")
    yield Figure("splits", "Conversations by split", "conversations", _by_split(conversations), ordered=False)
    turns = _counts(engine, "select split, count(*) from turns group by split")
    yield Figure("splits_turns", "Turns by split", "turns", _by_split(turns), ordered=False)


def _wanted(engine: Engine) -> Iterator[Figure]:
    """Give the missing tweets that unlock most, as `chinwag wanted` ranks them without a recipe."""
    engine.make("vain", statement("vain"), ["", ""])
    ranked = _rows(engine, f"{statement('ranked')} limit {WANTED}", [0, LARGEST_ID, 0, "", ""])
    yield Figure(
        "most_wanted", "Most wanted originals", "turns", [(str(row[0]), int(row[5])) for row in ranked],
        "Missing tweets by their ids, and the turns that each would join to a conversation, before any filter; those "
        "asked for in vain are left out.", ordered=False,
    )  # fmt: skip


def _rows(engine: Engine, select: str, values: Sequence[Value] = ()) -> Iterator[tuple[Any, ...]]:
    for batch in engine.rows(select, values):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _counts(engine: Engine, select: str, values: Sequence[Value] = ()) -> dict[Any, int]:
    """Give the rows of a SELECT of something and a number; of a list, by a tuple."""
    return {tuple(key) if isinstance(key, list) else key: number for key, number in _rows(engine, select, values)}


def _named(counts: Counts, names: Sequence[str]) -> Rows:
    return [(name, counts.get(place, 0)) for place, name in enumerate(names)]


def _by_split(counts: Counts) -> Rows:
    return [(split, counts.get(split, 0)) for split in ("train", "validation", "test")]


def _doubling(counts: Counts) -> Rows:
    """Sum numbers up in steps that double (0, 1, 2, 3 to 4, 5 to 8, ...), from the first that occurs to the last."""
    steps: Counter[int] = Counter()
    for value, number in counts.items():
        steps[(value - 1).bit_length() + 1 if value else 0] += number
    return [(_step(step), steps[step]) for step in range(min(steps), max(steps) + 1)] if steps else []


def _step(step: int) -> str:
    return str(step) if step < 3 else f"{(1 << step - 2) + 1:,} to {1 << step - 1:,}"


def _ranked(counts: Counts, name: Any) -> Rows:
    """Give the categories that most are in, and the sum of the others."""
    ranked = sorted(((name(key), number) for key, number in counts.items()), key=lambda row: (-row[1], row[0]))
    others = ranked[SHOWN:]
    return ranked[:SHOWN] + ([("others", sum(number for _, number in others))] if others else [])


def _language(code: str) -> str:
    return NO_LANGUAGE.get(code) or printable(code if len(code) <= CODE else f"{code[:CODE]}…")


def _dated(days: Mapping[str | None, int]) -> Rows:
    """Give days, months or years in their order, by the time they span; tweets of unknown time come last."""
    known = sorted(day for day in days if day)
    if not known:
        return []
    first, last = date.fromisoformat(known[0]), date.fromisoformat(known[-1])
    months = [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(_month(first), _month(last) + 1)]
    if (last - first).days < DAYS:
        steps = [str(first + timedelta(day)) for day in range((last - first).days + 1)]
    elif len(months) <= MONTHS:
        steps = months
    else:
        steps = [f"{year:04}" for year in range(first.year, last.year + 1)]
    size = len(steps[0])
    counts: Counter[str] = Counter()
    for day in known:
        counts[day[:size]] += days[day]
    rows = [(step, counts[step]) for step in (steps if len(steps) <= DAYS else sorted(counts))]
    return rows + ([("unknown", days[None])] if None in days else [])


def _month(day: date) -> int:
    return 12 * day.year + day.month - 1
