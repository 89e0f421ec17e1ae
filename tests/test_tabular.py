import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag import tabular
from chinwag.tabular import BROKEN, REPEATED, TOO_LONG, UNEVEN, Item, csv_columns, csv_rows

CELLS = st.text(st.sampled_from("ab \"'\r\n\t,;|é😀\0\\#"), max_size=6) | st.text(max_size=4)
TABLES = st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=5))
NAMES = ["id", "full text", "a.b", "Größe"]
Row = dict[str, Any]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"id,text", ["id", "text"]),
        (b"id,text\r\n1,2,3", ["id", "text"]),
        (b"id,text\r1,2,3", ["id", "text"]),
        (b"\xef\xbb\xbfid,text", ["id", "text"]),
        (b'\xef\xbb\xbf"id","text, in full"\r\n', ["id", "text, in full"]),
        (b",id,text", ["", "id", "text"]),
        (b"\tid\ttext", ["", "id", "text"]),
        (b"id;text;n, m", ["id", "text", "n, m"]),
        (b"id|text", ["id", "text"]),
        (b" id, text ", ["id", "text"]),
        (b"public_metrics.like_count,__twarc.url,#", ["public_metrics.like_count", "__twarc.url", "#"]),
        ("größe,日本".encode(), ["größe", "日本"]),
        (b"id", None),
        (b"", None),
        (b"\r\nid,text", None),
        (b"id,,text", None),
        (b"id,text,", None),
        (b"1,text", None),
        (b"id,2.5e3", None),
        (b'{"id": 1, "text": 2}', None),
        (b'[{"id": 1}, {"id": 2}]', None),
        (b"<a>,<b>", None),
        (b"id,te\0xt", None),
        (b"id,te\x80xt", None),
        (b'id,"text', None),
        (b"id," + b"x" * 101, None),
    ],
)
def test_a_header_is_told_from_other_lines(line: bytes, expected: list[str] | None) -> None:
    assert csv_columns(line) == expected


def rows(data: bytes) -> list[Item]:
    return list(csv_rows([data]))


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("plain", "a,b\n1,2\n3,4\n", [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]),
        ("no end of the last line", "a,b\n1,2", [{"a": "1", "b": "2"}]),
        ("empty cells", "a,b\n,2\n,\n", [{"b": "2"}, {}]),
        ("an index of pandas", ",a,b\n0,1,2\n", [{"": "0", "a": "1", "b": "2"}]),
        ("byte order mark and CRLF", "\ufeffa,b\r\n1,2\r\n", [{"a": "1", "b": "2"}]),
        ("twice translated line ends", "a,b\r\r\n1,2\r\r\n", [{"a": "1", "b": "2"}]),
        ("quoted line ends", 'a,b\n"1\n\r\n","x\ry"\n3,4\n', [{"a": "1\n\r\n", "b": "x\ry"}, {"a": "3", "b": "4"}]),
        ("doubled quotes", 'a,b\n"say ""so""",2\n', [{"a": 'say "so"', "b": "2"}]),
        ("quotes inside of a cell", 'a,b\n5" or 6",2\n', [{"a": '5" or 6"', "b": "2"}]),
        ("a bare CR", "a,b\n1,one\rtwo\r three\n3,4\n", [{"a": "1", "b": "one\rtwo\r three"}, {"a": "3", "b": "4"}]),
        (
            "a bare CR, and CRLF",
            "a,b\r\n\r1,one\rtwo\r\n3,4\r\n",
            [{"a": "\r1", "b": "one\rtwo"}, {"a": "3", "b": "4"}],
        ),
        ("CR for line ends", "a,b\r1,2\r3,x\ny\r", [{"a": "1", "b": "2"}, {"a": "3", "b": "x\ny"}]),
        ("NUL bytes", "a,b\n1,x\0y\n\0\0\0\n", [{"a": "1", "b": "x\0y"}, {}]),
        ("blank lines", "a,b\n\n  \n1,2\n\x1a", [{}, {}, {"a": "1", "b": "2"}, {}]),
        ("too many and too few cells", "a,b\n1,2,3\n4\n5,6\n", [UNEVEN, UNEVEN, {"a": "5", "b": "6"}]),
        ("a cut last row", "a,b\n1,2\n3", [{"a": "1", "b": "2"}, UNEVEN]),
        ("cut within quotes", 'a,b\n1,2\n3,"4', [{"a": "1", "b": "2"}, BROKEN]),
        ("joined files", "a,b\n1,2\na,b\n3,4\n", [{"a": "1", "b": "2"}, REPEATED, {"a": "3", "b": "4"}]),
        ("joined files with marks", "\ufeffa,b\n1,2\n\ufeffa,b\n", [{"a": "1", "b": "2"}, REPEATED]),
        ("text behind a quote", 'a,b\n1,"2"x\n3,4\n', [BROKEN, {"a": "3", "b": "4"}]),
        ("a stray quote to the end", 'a,b\n1,"2\n3,4\n5,6\n', [BROKEN, {"a": "3", "b": "4"}, {"a": "5", "b": "6"}]),
        (
            "a stray quote before a quoted cell",
            'a,b\n1,"2\n3,4\n5,"six, or 6"\n7,8\n',
            [BROKEN, {"a": "3", "b": "4"}, {"a": "5", "b": "six, or 6"}, {"a": "7", "b": "8"}],
        ),
        (
            "a stray quote that another one closes",
            'a,b,c\n1,"2,x\n3,4,y\n5,"\n7,8,z\n',
            [UNEVEN, {"a": "3", "b": "4", "c": "y"}, BROKEN, {"a": "7", "b": "8", "c": "z"}],
        ),
    ],
)
def test_rows_of_csv(name: str, data: str, expected: list[Row | str]) -> None:
    assert rows(data.encode()) == list(enumerate(expected, 1)), name


def test_bad_utf8_takes_one_character() -> None:
    assert rows(b"a,b\n1,x\xff\xfe\xe2\x82y\n3,4\n") == [
        (1, {"a": "1", "b": "x\ufffd\ufffd\ufffdy"}),
        (2, {"a": "3", "b": "4"}),
    ]


def test_what_is_no_table_has_no_rows() -> None:
    assert [rows(data) for data in (b"", b"\n", b"text\n1\n", b"1,2\n3,4\n")] == [[], [], [], []]


def test_the_delimiter_is_the_headers() -> None:
    assert [rows(f"a{one}b\n1{one}x,;|y\n".encode()) for one in "\t"] == [[(1, {"a": "1", "b": "x,;|y"})]]


def test_a_long_cell_is_read_and_a_longer_row_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "x" * 200_000  # more than the csv module takes of its own accord
    assert rows(f"a,b\n1,{long}\n".encode()) == [(1, {"a": "1", "b": long})]
    monkeypatch.setattr(tabular, "LONGEST", 50)
    long = "x" * 60
    whole = (2, {"a": "5", "b": "6"})
    assert rows(f"a,b\n1,{long}\n5,6\n".encode()) == [(1, TOO_LONG), whole]
    assert rows(f'a,b\n1,"{long}"\n5,6\n'.encode()) == [(1, TOO_LONG), whole]
    lines = "y,z\n" * 20
    read = rows(f'a,b\n1,"{lines}"\n5,6\n'.encode())  # a row of short lines
    assert read[0] == (1, TOO_LONG)
    assert read[-1] == (22, {"a": "5", "b": "6"})
    assert rows(b"a,b\n5,6\n1," + b"x" * 60) == [(1, {"a": "5", "b": "6"}), (2, TOO_LONG)]


def test_memory_is_bounded() -> None:
    taken = 0

    def blocks() -> Any:
        nonlocal taken
        yield b"a,b\n"
        for _ in range(1000):
            taken += 1
            yield b"1,2\n" * 100

    read = csv_rows(blocks())
    next(read)
    assert taken <= 2


@given(TABLES, st.sampled_from(tabular.DELIMITERS), st.sampled_from(["\r\n", "\n", "\r"]), st.integers(1, 9))
def test_any_table_comes_back_from_csv(table: list[list[str]], delimiter: str, end: str, step: int) -> None:
    names = NAMES[: len(table[0]) if table else 2]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([names, *table])
    data = out.getvalue().encode("utf-8", "replace")
    expected = [dict(zip(names, map(_encodable, cells), strict=True)) for cells in table]
    assert rows(data) == [(number, _filled(row)) for number, row in enumerate(expected, 1)]
    assert list(csv_rows(data[at : at + step] for at in range(0, len(data), step))) == rows(data)


@given(TABLES, st.sampled_from(tabular.DELIMITERS), st.sampled_from(["\r\n", "\n"]))
def test_cells_with_bare_line_ends_need_no_quotes(table: list[list[str]], delimiter: str, end: str) -> None:
    """Programs quote the line end they write, and leave the other one bare; at a row's end nothing can tell it."""
    names = NAMES[: len(table[0]) if table else 2]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows([names, *table])
    data = out.getvalue().encode("utf-8", "replace")
    cells = ([*map(_encodable, cells[:-1]), _encodable(cells[-1].rstrip("\r\n"))] for cells in table)
    expected = [_filled(dict(zip(names, one, strict=True))) for one in cells]
    read = [
        {**row, names[-1]: row.get(names[-1], "").rstrip("\r\n")} if isinstance(row, dict) and row else row
        for _, row in rows(data)
    ]
    assert [_filled(row) if isinstance(row, dict) else row for row in read] == expected


@given(st.binary(max_size=200), st.integers(1, 20))
def test_no_bytes_break_it_and_no_cut_changes_it(data: bytes, step: int) -> None:
    data = b'a,"b"\n' + data
    read = rows(data)
    assert [number for number, _ in read] == list(range(1, len(read) + 1))
    assert list(csv_rows(data[at : at + step] for at in range(0, len(data), step))) == read


@given(st.lists(st.sampled_from(['"', '""', ",", "x", "\n", "\r", '"x",y\n', "1,2\n"]), max_size=12))
def test_whole_rows_behind_a_broken_one_are_read(parts: list[str]) -> None:
    read = rows(("a,b\n" + "".join(parts) + "\n" + "x,y\n" * 3).encode())
    assert [row for _, row in read[-2:]] == [{"a": "x", "b": "y"}] * 2


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _filled(row: Row) -> Row:
    return {name: cell for name, cell in row.items() if cell}
