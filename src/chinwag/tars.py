"""Walk the headers of a tar, whatever of it is damaged: `tarfile` alone steps over that in silence, or gives up."""

import tarfile
from collections.abc import Iterator
from typing import Self

TAR_DAMAGE = (tarfile.TarError, EOFError, ValueError, OverflowError)


class _Entry(tarfile.TarInfo):
    """Note headers that cannot be read."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Self:
        """Read the next header."""
        try:
            return super().fromtarfile(tarfile)
        except Exception as error:
            if isinstance(tarfile, Tar) and type(error).__name__ in ("InvalidHeaderError", "TruncatedHeaderError"):
                tarfile.note(tarfile.offset)
            raise


class Tar(tarfile.TarFile):
    """Read a tar from its beginning to its end."""

    tarinfo = _Entry
    _unreadable: int | None = None

    def note(self, position: int) -> None:
        """Remember the first of some headers in a row that cannot be read."""
        self._unreadable = position if self._unreadable is None else self._unreadable

    def entries(self) -> Iterator[tarfile.TarInfo | str]:
        """Give the headers and, as text, what is damaged before each and at the end."""
        entry: tarfile.TarInfo | None
        while True:
            begin = self.offset
            try:
                entry = self.next()
            except TAR_DAMAGE:
                if self.fileobj.tell() <= begin:
                    yield f"tar is cut before byte {begin}"
                    return
                self.note(begin)
                self.offset = self.fileobj.tell()
                continue
            if self._unreadable is not None:
                yield f"unreadable tar header at byte {self._unreadable}"
                self._unreadable = None
            if entry is None:
                return
            if entry.size < 0 or self.offset <= entry.offset:  # a negative size would lead in a circle
                yield f"tar is damaged behind byte {begin}"
                return
            yield entry
            self.members: list[tarfile.TarInfo] = []  # tarfile remembers every header it has seen
