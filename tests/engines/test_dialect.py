"""Refuse in `sql/` what DuckDB and Spark answer differently, or only one of them takes."""

import re
from pathlib import Path

import pytest

import chinwag

FILES = sorted((Path(chinwag.__file__).parent / "sql").glob("*.sql"))

# What is refused: a pattern, and what to write instead.
REFUSED = {
    r"\bconcat\s*\(": "the bars operator",
    r"\bregexp_\w+\s*\(": "Python, before loading",
    r"\bhash\s*\(": "nothing: the two hash differently",
    r"\bany_value\s*\(|\bfirst\s*\(|\blast\s*\(|\barg_m(ax|in)\s*\(|\bm(ax|in)_by\s*\(": "a window with a full order",
    r"::": "cast(x as type)",
    r"\bexclude\s*\(|\bexcept\s*\(|\breplace\s*\(\s*\w+\s+as\b": "the columns",
    r"//": "cast(floor(x / y) as bigint)",
    r"\bcreate\s+temp": "a step of its own",
    r"\blog\s*\(": "ln or log10",
    r"\bsubstr(ing)?\s*\(": "left, or Python",
    r"\bas\s+(int|integer|float|real|decimal)\b(?<!\? as int)": "bigint",
    r"\bbigint\s*\)\s*\*\s*interval\b": "a double: DuckDB takes no whole number above 2^31 there",
    r"\bstarts_with\s*\(|\bsign\s*\(|\bi?like\b": "Python, before loading",
    r"\barray_agg\s*\([^)]*\border\s+by\b": "array_sort(array_agg(x))",
    r"\bunnest\s*\(|\bexplode\s*\(|\blist_\w+\s*\(|\bstruct_pack\s*\(": "plain columns",
    r"\brecursive\b|\basof\b|\blateral\b|\bpivot\b": "joins",
    r"\b(random|rand|uuid|now|current_\w+)\b\s*\(?": "a value that follows from the rows",
    r"[{}$]|%\(": "a value: ?",
    r"(?m)\A\s*from\b|(?<=\()\s*from\b": "select ... from",
}


def without_comments(text: str) -> str:
    return re.sub(r"--[^\n]*", "", text)


def orders(sql: str) -> list[str]:
    """Give what stands in each `order by`, to its bracket or the end."""
    found = []
    for start in (match.end() for match in re.finditer(r"\border\s+by\b", sql)):
        depth, end = 0, start
        while end < len(sql) and depth >= 0:
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        found.append(sql[start : end if end == len(sql) else end - 1])
    return found


def keys(order: str) -> list[str]:
    """Cut an order into its keys, at the commas outside of brackets."""
    found, depth = [""], 0
    for sign in order:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return [" ".join(key.split()) for key in found]


# Columns that are never null, and so may be ordered by without a word about nulls.
NEVER_NULL = {
    "id", "text", "child_id", "parent_id", "kind", "root_id", "tweet_id", "depth", "unlocks", "replies",
}  # fmt: skip


def bare(key: str) -> bool:
    """Tell whether a key can be null and does not say where nulls go."""
    column = re.sub(r"^\w\.", "", re.sub(r"\s+(asc|desc)$", "", key))
    total = re.fullmatch(r"case .* else \d+ end|length\(s\.text\) \+ coalesce\(.*\)", column)
    return not (re.search(r"\bnulls last$", key) or total or column in NEVER_NULL)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_one_select_in_the_shared_dialect(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("-- "), "the first line says what the table holds"
    sql = without_comments(text).strip()
    assert sql.startswith("select")
    assert ";" not in sql
    assert {pattern: use for pattern, use in REFUSED.items() if re.search(pattern, sql, re.IGNORECASE)} == {}
    assert [key for order in orders(sql) for key in keys(order) if bare(key)] == []


@pytest.mark.parametrize(
    "sql",
    [
        "select concat(a, b)", "select regexp_replace(a, b, c)", "select hash(a)", "select any_value(a)",
        "select a::int", "select * exclude (a)", "select a // b", "create temp table a", "select log(a)",
        "select array_agg(a order by b)", "select cast(a as int)", "select substr(a, 0, 1)", "from a",
        "select '{a}'", "select a like b", "select cast(a as bigint) * interval '1' second",
    ],
)  # fmt: skip
def test_what_is_forbidden_is_refused(sql: str) -> None:
    assert any(re.search(pattern, sql) for pattern in REFUSED)


@pytest.mark.parametrize(
    ("sql", "bad"),
    [
        ("select a from b order by a", ["a"]),
        ("select a from b order by a desc, t.id", ["a desc"]),
        ("select rank() over (partition by b order by lang desc) from c order by id", ["lang desc"]),
        ("select a from b order by a nulls last", []),
        ("select a from b order by case when a is null then 1 else 0 end, coalesce(a, 2)", ["coalesce(a, 2)"]),
    ],
)
def test_an_order_says_where_nulls_go(sql: str, bad: list[str]) -> None:
    assert [key for order in orders(sql) for key in keys(order) if bare(key)] == bad
