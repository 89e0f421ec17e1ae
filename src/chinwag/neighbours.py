"""Find what lies beside a member: in its folder of the disk, or in the same folder of its container.

An archive of one person keeps in files of their own what its tweets do not say.
"""

from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path, PurePosixPath

from chinwag.containers import Member, members, read_member
from chinwag.places import Place
from chinwag.stores import Input, Opened, opened

LARGEST = 64 * 1024 * 1024  # a neighbour has to fit in memory


def place_of(file: Opened, path: Input, member: Member) -> Place:
    """Say where a member of an open file lies; what came through a pipe has no neighbours."""
    if member.data is not None:
        return Place()
    if not member.name:
        return Place(str(path.parent), lambda name: _read_file(path.with_name(name)))
    folder = PurePosixPath(member.name).parent

    def beside(name: str) -> bytes | None:
        found = _index(path, file).get(str(folder / name))
        return None if found is None else _read(read_member(file, found, lambda _: None))

    return Place(f"{path}!{folder}", beside)


@lru_cache(maxsize=1)
def _index(path: Input, _: Opened) -> dict[str, Member]:
    """List a container's members by name; the other argument says that it is still open."""
    return {found.name: found for found in members(path) if isinstance(found, Member)}


def _read_file(path: Input) -> bytes | None:
    try:
        if isinstance(path, Path) and not path.is_file():
            return None
        with closing(opened(path)) as file:
            return file.pread(file.size(), 0) if file.size() <= LARGEST else None
    except OSError:
        return None


def _read(blocks: Iterator[bytes]) -> bytes | None:
    """Join blocks; None where they are more than fits."""
    data = bytearray()
    for block in blocks:
        data += block
        if len(data) > LARGEST:
            return None
    return bytes(data)
