"""Give each record to the source whose shape it has, and count what became of it.

A source is a module: `Record`, the fields it wants; `claims`, which tells its shape from all others; `read`, which adds
to `rows` what a record holds, or says that it is none of its own. Lines are decoded straight into the `Record` of the
source that claimed the last record; only what that one refuses is decoded in full and offered to the others.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from chinwag import columns, shelves
from chinwag.errors import ChinwagError
from chinwag.mending import fitted, objects
from chinwag.rows import Rows

LAST = "mapped"  # it takes whatever has its columns: it is asked when no other source knows a record
REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
UNKNOWN = "unknown record"


@dataclass(frozen=True)
class Source:
    """Hold a source with a decoder of its records."""

    name: str
    record: Any
    claims: Callable[[dict[str, Any]], bool]
    read: Callable[[Any, int, Rows], bool]
    decoder: msgspec.json.Decoder[Any]
    terms: str | None = None


def load(only: str | None = None, mapping: Mapping[str, str] | None = None) -> list[Source]:
    """Load the sources in the order in which they are asked; `only` one of them, where a shape is forced.

    `mapping` says which columns are which of the tables that no source knows.
    """
    columns.use(mapping)
    names = [only] if only is not None else sorted(shelves.names("sources"), key=lambda name: (name == LAST, name))
    return [_source(name) for name in names]


def _source(name: str) -> Source:
    part = shelves.load("sources", name)
    missing = [wanted for wanted in ("Record", "claims", "read") if not hasattr(part, wanted)]
    if missing:
        raise ChinwagError(f"source {name!r} has no {' and no '.join(missing)}")
    decoder = msgspec.json.Decoder(part.Record)
    return Source(name, part.Record, part.claims, part.read, decoder, getattr(part, "TERMS", None))


def claimant(record: dict[str, Any], sources: Iterable[Source]) -> Source | None:
    """Find the source that claims a record, or a table by its columns."""
    return next((source for source in sources if source.claims(record)), None)


class Records:
    """Read records into rows, each by its source; `source` is the one that the next record is offered to first."""

    def __init__(self, source: Source, sources: Sequence[Source], rows: Rows) -> None:
        self._sources, self._rows = sources, rows
        self._turn_to(source)

    def _turn_to(self, source: Source) -> None:
        self._source = source
        self._rows.source, self._rows.terms = source.name, source.terms
        self._rows.sources.add(source.name)

    def lines(self, numbers: range, lines: bytes) -> None:
        """Read the lines of these numbers."""
        self._rows.counts["lines"] += len(numbers)
        try:
            records = self._source.decoder.decode_lines(lines)
        except REFUSED:
            records = []
        if len(records) != len(numbers):  # a blank, broken or doubled line: decode each by itself
            for number, line in zip(numbers, lines.removesuffix(b"\n").split(b"\n"), strict=True):
                self._line(number, line)
            return
        read, rows = self._source.read, self._rows
        refused = [number for number, record in zip(numbers, records, strict=True) if not read(record, number, rows)]
        if refused:
            each = lines.split(b"\n")
            for number in refused:
                self._other(number, each[number - numbers.start])

    def _line(self, number: int, line: bytes) -> None:
        content = line.strip(b" \t\r\0")  # a machine that broke down leaves zeros in a file
        if not content:
            self._rows.counts["blanks"] += 1
            return
        try:
            record = self._source.decoder.decode(content)
        except REFUSED:
            self._broken(number, content)
            return
        if not self._source.read(record, number, self._rows):
            self._other(number, content)

    def _broken(self, number: int, line: bytes) -> None:
        """Read a line that is not as it should be; each object on it counts as a line of its own."""
        index = -1
        for index, found in enumerate(objects(line)):
            self._rows.counts["lines"] += index > 0
            self._object(number, found)
        self._rows.counts["blanks"] += index < 0

    def _other(self, number: int, line: bytes) -> None:
        """Read a line that is well, and of another shape."""
        try:
            record = msgspec.json.decode(line)
        except REFUSED:
            self._broken(number, line)
            return
        self._object(number, record if isinstance(record, dict) else "not a JSON object")

    def item(self, number: int, found: dict[str, Any] | str) -> None:
        """Read a record that is decoded already: an item of a document, a row of a table; text says what is wrong."""
        self._rows.counts["lines"] += 1
        if found:
            self._object(number, found)
        else:
            self._rows.counts["blanks"] += 1

    def _object(self, number: int, found: dict[str, Any] | str) -> None:
        if isinstance(found, str):
            self._rows.reject(number, found)
            return
        try:
            problem = self._read_as(self._source, number, found)
            if problem:
                other = claimant(found, [source for source in self._sources if source is not self._source])
                if other is not None:
                    self._turn_to(other)
                    problem = self._read_as(other, number, found)
        except RecursionError:
            problem = "nested too deep"
        if problem:
            self._rows.reject(number, problem)

    def _read_as(self, source: Source, number: int, found: dict[str, Any]) -> str | None:
        """Read a record as one of a source, without what cannot be used; where it is refused, say what is wrong."""
        problems: list[str] = []
        record: Any = found
        if isinstance(source.record, type) and issubclass(source.record, msgspec.Struct):
            record = fitted(found, source.record, problems.append)
        rejects = self._rows.counts["rejects"]
        if not source.read(record, number, self._rows):
            return problems[0] if problems else UNKNOWN
        if self._rows.counts["rejects"] == rejects:
            for problem in problems:
                self._rows.field(number, problem)
        return None
