"""Choose conversations, and give them page by page, in the time that one page takes.

A page begins after the last conversation of the one before it. Texts are searched in the order of the list, so many
tweets a request; where that does not fill a page, the page says how far it came.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode

from chinwag.errors import UsageError, check_known
from chinwag.web.index import Index, Row

PAGE = 50  # conversations
SEARCHED = 500_000  # tweets whose texts are searched in a request: a quarter of a second
CHUNK = 100_000  # so many at once, because often the first ones fill the page
LONGEST = 200  # characters of a text that is searched for
DIGITS = re.compile(r"\d{1,19}")
GREATEST = 2**63 - 1  # of ids
STATES = {"kept": "not whole", "dropped": "whole"}
MARKS = ("keep", "drop", "note", "none")
ORDERS = ("newest", "oldest", "largest")


@dataclass(frozen=True)
class Choice:
    """Say which conversations are wanted and in which order; what is empty or 0 is no condition.

    `authors` is a number, `2`, or a least one, `3+`; `rule` one that drops something of a conversation; `mark` keep,
    drop, note (there is one) or none (neither a mark nor a note).
    """

    text: str = ""
    lang: str = ""
    depth: int = 0
    tweets: int = 0
    authors: str = ""
    state: str = ""
    split: str = ""
    rule: str = ""
    source: str = ""
    mark: str = ""
    order: str = "newest"

    def query(self, **more: object) -> str:
        """Write it as the query of an address, with more parameters; what is not asked for is left out."""
        given = {**{name: value for name, value in asdict(self).items() if value != getattr(Choice, name)}, **more}
        told = {name: value for name, value in given.items() if value not in ("", None)}
        return f"?{urlencode(told)}" if told else ""


@dataclass
class Page:
    """Hold a page of the list.

    `after` is what the next page begins after, None at the end; `searched` counts the tweets that were searched up to
    the page's end, from the beginning of the list.
    """

    rows: list[Row] = field(default_factory=list)
    after: int | None = None
    searched: int | None = None


def number(text: str, name: str, most: int = GREATEST) -> int:
    """Read a number that is not negative; raises UsageError where it is none, or too great."""
    if not DIGITS.fullmatch(text) or not text.isascii() or int(text) > most:
        raise UsageError(f"{name}: {text[:40]!r} is no whole number from 0 to {most:,}")
    return int(text)


def chosen(query: Mapping[str, str], index: Index) -> Choice:
    """Read a choice from the parameters of an address; raises UsageError, saying what is wrong with them."""
    check_known(query, [*Choice.__dataclass_fields__, "after", "from", "done"], "the address", "parameter")
    given = {name: value.strip() for name, value in query.items() if value.strip()}
    if len(given.get("text", "")) > LONGEST:
        raise UsageError(f"text: search for at most {LONGEST} characters")
    if not re.fullmatch(r"([0-9]{1,9}\+?)?", given.get("authors", "")):
        raise UsageError("authors: give their number, as 2, or the least, as 3+")
    for name, allowed in (("state", STATES), ("mark", MARKS), ("order", ORDERS)):
        check_known([given[name]] if name in given else [], allowed, "the address", name)
    for name, words in index.words.items():
        check_known([given[name]] if name in given else [], words, "the address", name)
    values: dict[str, Any] = {name: value for name, value in given.items() if name in Choice.__dataclass_fields__}
    values.update({name: number(given[name], name) for name in ("depth", "tweets") if name in given})
    if values.get("text") and values.get("order") == "largest":
        del values["order"]  # texts are searched by age, where the time that takes is bounded
    return Choice(**values)


def options(index: Index) -> dict[str, list[tuple[str, str]]]:
    """Give the words that can be chosen, by kind, each with what the form shows."""
    return {
        kind: [(word, f"{word} ({conversations:,})") for word, conversations in words.items()]
        for kind, words in index.words.items()
    }


def find(index: Index, choice: Choice, after: int | None = None) -> Page:
    """Give the page that begins after a root; the first where that is None."""
    page = Page()
    if not choice.text:
        roots = _roots(index, choice, after, PAGE + 1)
    else:
        roots, page.after = _search(index, choice, after)
    if len(roots) > PAGE:
        page.after = roots[PAGE - 1]
    if choice.text:
        page.searched = _searched(index, choice, page.after)
    page.rows = _listed(index, roots[:PAGE])
    return page


def beside(index: Index, choice: Choice, root_id: int) -> tuple[int | None, int | None]:
    """Give the conversations before and after one in the list; of texts only those nearby are searched."""
    if not choice.text:
        found = [_roots(index, choice, root_id, 1, back=back) for back in (True, False)]
    else:
        found = []
        for back in (True, False):
            low, high, _ = _stretch(index, choice, root_id, back=back)
            found.append(_roots(index, choice, root_id, 1, back=back, stretch=(low, high)))
    before, following = (roots[0] if roots else None for roots in found)
    return before, following


def count(index: Index, choice: Choice) -> tuple[int, int]:
    """Count the conversations that are chosen, without looking at texts, and their tweets."""
    conditions, values = _conditions(index, choice)
    select = (
        f"select count(*) as conversations, coalesce(sum(tweets), 0)::bigint as tweets from listed where {conditions}"  # noqa: S608
    )
    [row] = index.rows(select, values)
    return row["conversations"], row["tweets"]


def _conditions(index: Index, choice: Choice) -> tuple[str, list[Any]]:
    """Give what a row of `listed` is held against, but for texts, and the values."""
    found: list[tuple[str, list[Any]]] = [("true", [])]
    for name, condition in (
        ("lang", "lang = ?"),
        ("depth", "depth >= ?"),
        ("tweets", "tweets >= ?"),
        ("split", "split = ?"),
        ("rule", "list_contains(rules, ?)"),
        ("source", "list_contains(sources, ?)"),
    ):
        if value := getattr(choice, name):
            found.append((condition, [value]))
    if choice.authors:
        least = choice.authors.endswith("+")
        found.append(("authors >= ?" if least else "authors = ?", [int(choice.authors.rstrip("+"))]))
    if choice.state:
        found.append((STATES[choice.state], []))
    if choice.mark:
        roots = [
            root
            for root, (_, mark) in index.marked().items()
            if choice.mark in (mark.mark, "none") or (choice.mark == "note" and mark.note)
        ]
        among = "in" if choice.mark != "none" else "not in"
        found.append((f"root_id {among} (select unnest(?::bigint[]))", [roots]))
    return " and ".join(condition for condition, _ in found), [value for _, some in found for value in some]


def _roots(
    index: Index,
    choice: Choice,
    after: int | None,
    limit: int,
    *,
    back: bool = False,
    stretch: tuple[int, int] | None = None,
) -> list[int]:
    """Give the next roots in the order of the list, or those before; within a stretch, of which some text matches."""
    conditions, values = _conditions(index, choice)
    down = (choice.order != "oldest") != back
    sign, way = ("<", "desc") if down else (">", "asc")
    order = f"tweets {way}, root_id {way}" if choice.order == "largest" else f"root_id {way}"
    if after is not None and choice.order == "largest":
        conditions += f" and (tweets, root_id) {sign} ((select tweets from listed where root_id = ?), ?)"  # noqa: S608
        values += [after, after]
    elif after is not None:
        conditions += f" and root_id {sign} ?"
        values.append(after)
    if stretch is not None:
        conditions += """ and root_id between ? and ? and root_id in (
            select root_id from posts where root_id between ? and ? and regexp_matches(text, '(?i)' || regexp_escape(?))
        )"""
        values += [*stretch, *stretch, choice.text]
    select = f"select root_id from listed where {conditions} order by {order} limit {limit}"  # noqa: S608
    return [row["root_id"] for row in index.rows(select, values)]


def _search(index: Index, choice: Choice, after: int | None) -> tuple[list[int], int | None]:
    """Give the next roots of which some text matches, a page and one, and where the search ended; None at the end."""
    roots: list[int] = []
    searched, end = 0, after
    while len(roots) <= PAGE and searched < SEARCHED:
        low, high, tweets = _stretch(index, choice, end)
        if not tweets:
            return roots, None
        roots += _roots(index, choice, end, PAGE + 1 - len(roots), stretch=(low, high))
        searched += tweets
        end = high if choice.order == "oldest" else low
    return roots, end if _stretch(index, choice, end)[2] else None


def _stretch(index: Index, choice: Choice, after: int | None, *, back: bool = False) -> tuple[int, int, int]:
    """Give the first and last root of the next conversations that have some CHUNK tweets, and their tweets' number."""
    down = (choice.order != "oldest") != back
    sign = "<" if down else ">"
    start = index.value("select reached from listed where root_id = ?", [after]) if after is not None else None
    if start is None:
        start = index.tweets if down else 0
    elif down:
        start -= index.value("select tweets from listed where root_id = ?", [after])
    within = "reached > ? - ?" if down else "reached - tweets < ? + ?"
    if after is not None:
        within += f" and root_id {sign} ?"
    select = f"""
        select coalesce(min(root_id), 0) as low, coalesce(max(root_id), 0) as high,
          coalesce(sum(tweets), 0)::bigint as tweets
        from listed where {within}
    """  # noqa: S608
    [row] = index.rows(select, [start, CHUNK, *([after] if after is not None else [])])
    return row["low"], row["high"], row["tweets"]


def _searched(index: Index, choice: Choice, end: int | None) -> int:
    """Count the tweets from the beginning of the list to a root."""
    if end is None:
        return index.tweets
    [row] = index.rows("select reached, tweets from listed where root_id = ?", [end])
    return int(row["reached"] if choice.order == "oldest" else index.tweets - row["reached"] + row["tweets"])


def _listed(index: Index, roots: list[int]) -> list[Row]:
    """Give the rows of some roots, in their order."""
    rows = index.rows("select * from listed where root_id in (select unnest(?::bigint[]))", [roots])
    by_root = {row["root_id"]: row for row in rows}
    return [by_root[root] for root in roots]
