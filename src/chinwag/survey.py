"""Say what each file is taken for, and why, without reading it whole."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from chinwag import records
from chinwag.containers import Member, members, read_member
from chinwag.errors import printable
from chinwag.plan import list_files
from chinwag.reading import on_disk
from chinwag.records import Source
from chinwag.sniffing import shapes

STREAMED = 20  # members of a container that can only be read from its beginning
LOOKED_AT = 100  # members of any other container, spread over all of it


@dataclass
class Guess:
    """Say what a file, or some members of a container, were taken for; `source` is null where no source knows them.

    `members` counts those that were taken for the same of the `looked_at`, and `example` names one; of a file that is
    no container they are 0 and null.
    """

    file: str
    source: str | None
    why: str
    members: int = 0
    looked_at: int = 0
    example: str | None = None

    def line(self) -> str:
        """Say it in one line."""
        place = f"{self.file}!{self.example}" if self.example else self.file
        share = f" ({self.members:,} of {self.looked_at:,} members looked at)" if self.members else ""
        return f"{place}: {self.source + ', ' if self.source else ''}{self.why}{share}"


def run(
    paths: list[Path], errors: list[str], *, source: str | None = None, columns: Mapping[str, str] | None = None
) -> Iterator[Guess]:
    """Look at each file under `paths`; what cannot be read is told in `errors`."""
    sources = records.load(source, columns)
    for file in chain.from_iterable(list_files(paths, errors).values()):
        try:
            yield from _look_at(file.path, file.name, sources, forced=source is not None)
        except OSError as error:
            errors.append(f"{file.name}: {error.strerror or error}")


def _look_at(path: Path, name: str, sources: list[Source], *, forced: bool) -> Iterator[Guess]:
    found = [one for one in _some(path) if isinstance(one, Member)]
    guesses: dict[tuple[str | None, str], Guess] = {}
    with tempfile.TemporaryDirectory() as scratch, path.open("rb") as file:
        for member in found:
            with on_disk(path, member, Path(scratch)) as disk:
                for shape in shapes(
                    read_member(file.fileno(), member, lambda _: None),
                    sources,
                    on_disk=disk,
                    reject=lambda *_: None,
                    forced=forced,
                ):
                    taken = shape.source.name if shape.source else None
                    why = shape.why() if shape.source else shape.other
                    new = Guess(name, taken, why, 0, len(found), printable(member.name) or None)
                    guess = guesses.setdefault((taken, why if not member.name else shape.form), new)
                    guess.members += bool(member.name)
    if not guesses:
        yield Guess(name, None, "empty")
    yield from guesses.values()


def _some(path: Path) -> list[object]:
    """List the members of a file, or some of them, spread over all where there are many."""
    found = members(path)
    first = list(islice(found, STREAMED))
    if any(isinstance(one, Member) and one.data is not None for one in first):
        return list(first)
    every = [*first, *found]
    return list(every[:: max(1, len(every) // LOOKED_AT)])
