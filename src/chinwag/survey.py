"""Say what each file is taken for, and why, without reading it whole."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from chinwag import records
from chinwag.containers import Damage, Found, Member, members, read_member
from chinwag.errors import printable
from chinwag.plan import list_files
from chinwag.reading import on_disk
from chinwag.records import Source
from chinwag.sniffing import Shape, shapes
from chinwag.stores import NO_FILE, Input, Opened, opened

STREAMED = 20  # members of a container that can only be read from its beginning
LOOKED_AT = 100  # members of any other container, spread over all of it


@dataclass
class Guess:
    """Say what a file, or some members of a container, were taken for; `source` is null where no source knows them.

    Of the `members` of a container `looked_at` were looked at, and `alike` of them were taken for the same; `example`
    names one. Of a file that is no container they are 0 and null. Where only its beginning was read, `members` is null.
    """

    file: str
    source: str | None
    why: str
    alike: int = 0
    looked_at: int = 0
    members: int | None = 0
    example: str | None = None

    def line(self) -> str:
        """Say it in one line."""
        place = f"{self.file}!{self.example}" if self.example else self.file
        told = f"{place}: {self.source + ', ' if self.source else ''}{self.why}"
        if not self.example:
            return told
        if self.looked_at == self.members:
            return f"{told} ({self.alike:,} of {self.members:,} members)"
        all_of_them = "the first" if self.members is None else f"{self.members:,} members,"
        return f"{told} ({self.alike:,} of {all_of_them} {self.looked_at:,} looked at)"


def run(
    paths: Sequence[Input], errors: list[str], *, source: str | None = None, columns: Mapping[str, str] | None = None
) -> Iterator[Guess]:
    """Look at each file under `paths`; what cannot be read is told in `errors`."""
    sources = records.load(source, columns)
    for path, files in list_files(paths, errors).items():
        if not files and not any(error.startswith(printable(path)) for error in errors):
            errors.append(f"{printable(path)}: no files")
        for file in files:
            try:
                yield from _look_at(file.path, file.name, sources, forced=source is not None)
            except OSError as error:
                errors.append(f"{file.name}: {error.strerror or error}")


def _look_at(path: Input, name: str, sources: list[Source], *, forced: bool) -> Iterator[Guess]:
    found, number = _some(path)
    looked_at = sum(isinstance(one, Member) for one in found)
    guesses: dict[tuple[str | None, str], Guess] = {}

    def add(member: str, source: str | None, why: str, likeness: str) -> None:
        guess = Guess(name, source, why, 0, looked_at, number, printable(member) or None)
        guesses.setdefault((source, likeness), guess).alike += 1

    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        file = NO_FILE
        if any(isinstance(one, Member) and one.data is None for one in found):
            file = stack.enter_context(closing(opened(path)))
        for one in found:
            if isinstance(one, Damage):
                add(one.name, None, f"damage: {one.reason}", one.reason)
            elif isinstance(one, Member):
                for shape in _shapes(path, file, one, sources, scratch, forced=forced):
                    taken = shape.source.name if shape.source else None
                    why = f"{shape.why()}{' (forced)' if forced else ''}" if taken else shape.other
                    alike = one.name and (taken or shape.form == "script")  # a personal archive has dozens
                    add(one.name, taken, why, shape.form if alike else why)
    if not guesses:
        yield Guess(name, None, "empty")
    yield from guesses.values()


def _shapes(
    path: Input, file: Opened, member: Member, sources: list[Source], scratch: Path, *, forced: bool
) -> Iterator[Shape]:
    with on_disk(path, member, scratch) as disk:
        blocks = read_member(file, member, lambda _: None)
        yield from shapes(blocks, sources, on_disk=disk, reject=lambda *_: None, forced=forced)


def _some(path: Input) -> tuple[Sequence[Found], int | None]:
    """List what is in a file, or some of it, spread over all where there is much; and the number of all members."""
    found = members(path)
    first = list(islice(found, STREAMED))
    if any(isinstance(one, Member) and one.data is not None for one in first):
        if isinstance(first[0], Member) and not first[0].name:  # no container: the first piece tells
            return first[:1], 1
        return first, len(first) if len(first) < STREAMED else None
    every = [*first, *found]
    there = [one for one in every if isinstance(one, Member)]
    damages = [one for one in every if isinstance(one, Damage)]
    return [*there[:: -(-len(there) // LOOKED_AT) or 1], *damages], len(there)
