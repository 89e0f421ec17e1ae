"""Tell by its first bytes in what form a member holds its records, and cut it into lines or items.

The forms are lines of JSON; a document, which is one JSON value or several over many lines; a script, which is a
document behind the name it is assigned to; a table of CSV, Parquet or SQLite. The file's name says nothing.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

import msgspec

CHUNK = 512 * 1024  # bytes decoded at once; more spoils the cache (a whole member at once is slower)
BOM = b"\xef\xbb\xbf"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # what Windows calls Unicode text
LONGEST_LINE = 16 * 1024 * 1024  # a record of Twitter's has some KB
LARGEST_VALUE = 64 * 1024 * 1024  # an item of a document has to fit in memory
SCRIPT = re.compile(rb"\s*(?:(?:var|let|const)\s+)?([A-Za-z_$][\w.$]{0,200})\s*=\s*(?=[\[{])")
PARQUET, SQLITE = b"PAR1", b"SQLite format 3\0"
NEXT_OBJECT = re.compile(r"[\n}][\s,]*(?=\{)")  # where a line or an item begins, behind one that is broken
BROKEN, TOO_DEEP = "broken or cut JSON", "nested too deep"
TOO_LARGE = f"JSON value larger than {LARGEST_VALUE >> 20} MiB"

Item = tuple[int, dict[str, Any] | str]  # its number from 1, and the record, or what is wrong with it


def tell(blocks: Iterator[bytes]) -> tuple[str, bytes, Iterator[bytes]]:
    """Tell the form, `lines`, `document`, `script`, `parquet` or `sqlite`, and give the first line and all blocks.

    Of a script the name is given in place of the line, and only the blocks of the value. `lines` stands for all other
    text too: CSV is told by its columns.
    """
    head = _head(blocks)
    if head.startswith(UTF_16):
        blocks = _from_utf_16(chain([head], blocks))
        head = _head(blocks)
    head = head.removeprefix(BOM)
    if head.startswith((PARQUET, SQLITE)):
        return ("parquet" if head.startswith(PARQUET) else "sqlite"), b"", chain([head], blocks)
    if found := SCRIPT.match(head):
        return "script", found[1], chain([head[found.end() :]], blocks)
    first, second, head = _first_lines(head, blocks)
    form = "document" if _goes_on(first.strip()) and not (first.lstrip()[:1] == b"{" == second[:1]) else "lines"
    return form, first, chain([head], blocks)


def _head(blocks: Iterator[bytes]) -> bytes:
    head = b""
    while len(head) < 512 and (block := next(blocks, b"")):
        head += block
    return head


def _from_utf_16(blocks: Iterator[bytes]) -> Iterator[bytes]:
    decode = codecs.getincrementaldecoder("utf-16")("replace").decode
    return (text.encode("utf-8", "replace") for block in blocks if (text := decode(block)))


def _first_lines(head: bytes, blocks: Iterator[bytes]) -> tuple[bytes, bytes, bytes]:
    """Read until the first line that is not blank is whole; give it, how the next begins, and all that was read."""
    held = [head]
    size = len(head)
    while b"\n" not in held[-1].lstrip() and size <= LONGEST_LINE and (block := next(blocks, b"")):
        held.append(block)
        size += len(block)
    head = b"".join(held)
    first, _, rest = head.lstrip(b" \r\n").partition(b"\n")
    return first.rstrip(b" \r"), rest[:512].lstrip(), head


def _goes_on(line: bytes) -> bool:
    """Tell whether the first line is no record: a JSON value goes on behind it, or it is a list of records."""
    if line[:1] in (b"[", b"{"):
        try:
            return isinstance(msgspec.json.decode(line), list)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return line[:1] == b"[" or "truncated" in str(error)
    return False


def items(blocks: Iterator[bytes]) -> Iterator[Item]:
    """Give the objects of a document one by one: the items of its list, or the values that stand one after another.

    Where an item is broken it is told, and what follows is read on from the next object. Memory is bounded.
    """
    window = Window(blocks)
    number = 0
    while True:
        start = window.text[window.at : window.at + 1]
        if not start:
            if not window.more():
                return
        elif start in "[],;" or start.isspace():  # a list around the items, and what stands between them
            window.at += 1
        else:
            number += 1
            found = window.value()
            yield number, found
            if found == TOO_LARGE or (found in (BROKEN, TOO_DEEP) and not window.find(NEXT_OBJECT)):
                return


class Window:
    """Hold the part of a document's text that is being decoded."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.text, self.at = "", 0
        self._blocks = blocks
        self._decode: Callable[[bytes], str] = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._json = json.JSONDecoder(strict=False)

    def more(self) -> bool:
        """Read on, as much again as there is; False at the end, or where too much would be held."""
        rest = self.text[self.at :]
        read = []
        size = 0
        while size <= len(rest) and len(rest) + size <= LARGEST_VALUE and (block := next(self._blocks, b"")):
            read.append(self._decode(block))
            size += len(block)
        self.text, self.at = rest + "".join(read), 0
        return bool(read)

    def value(self) -> dict[str, Any] | str:
        """Decode the next value, or say what is wrong with it."""
        while True:
            try:
                value, self.at = self._json.raw_decode(self.text, self.at)
            except RecursionError:
                return TOO_DEEP
            except ValueError:  # broken, or not there as a whole yet
                if not self.more():
                    return TOO_LARGE if len(self.text) > LARGEST_VALUE else BROKEN
            else:
                return value if isinstance(value, dict) else "not a JSON object"

    def find(self, pattern: re.Pattern[str]) -> bool:
        """Go on to the end of the next match."""
        while True:
            if found := pattern.search(self.text, self.at):
                self.at = found.end()
                return True
            self.at = max(self.at, len(self.text) - 64)
            if not self.more():
                return False


def chunks(blocks: Iterable[bytes], reject: Callable[[int, str], None]) -> Iterator[tuple[range, bytes]]:
    """Cut blocks into chunks of whole lines, each with the numbers of its lines; memory is bounded."""
    rest: list[bytes] = []  # pieces of a line whose end has not come yet
    number, skipping = 1, False
    for piece in _pieces(blocks):
        begin = piece.find(b"\n") + 1 if skipping else 0
        if skipping and not begin:
            continue
        skipping = False
        end = piece.rfind(b"\n", begin) + 1
        if end:
            numbers = range(number, number + _count_lines(piece, begin))
            yield numbers, b"".join((*rest, memoryview(piece)[begin:end]))
            number, rest, begin = numbers.stop, [], end
        if begin < len(piece):
            rest.append(piece[begin:])
        if sum(map(len, rest)) > LONGEST_LINE:
            reject(number, f"line longer than {LONGEST_LINE >> 20} MiB")
            number, rest, skipping = number + 1, [], True
    if rest:
        yield range(number, number + 1), b"".join(rest)


def _count_lines(piece: bytes, begin: int) -> int:
    """Count line feeds by leaping from one to the next, which `bytes.count` does not: it looks at each byte."""
    count = 0
    while begin := piece.find(b"\n", begin) + 1:
        count += 1
    return count


def _pieces(blocks: Iterable[bytes]) -> Iterator[bytes]:
    for block in blocks:
        for start in range(0, len(block), CHUNK):
            yield block[start : start + CHUNK]
