"""Show a part of a file, or a row of blocks, as a file of its own."""

import io
import tarfile
from collections.abc import Iterator

from chinwag.stores import Opened

LARGEST_HEADER = 256 * 1024 * 1024  # a tar's long name or a zip's directory has to fit in memory
SKIP = 256 * 1024  # bytes


class Slice(io.RawIOBase):
    """Read a part of a file as if it were a file, without sharing a position with any other reader."""

    def __init__(self, file: Opened, offset: int, size: int) -> None:
        self._pread, self._offset, self._size, self._at = file.pread, offset, size, 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Give the position in the part."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position in the part."""
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes."""
        left = max(0, self._size - self._at)
        data = self._pread(left if size < 0 else min(size, left), self._offset + self._at)
        self._at += len(data)
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read into a buffer."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class Headers(io.BufferedReader):
    """Refuse to read a header of a size that only damage or malice can have given it."""

    def read(self, size: int | None = -1) -> bytes:
        """Read as any file does."""
        _check(size or 0)
        return super().read(size)


class Joined(io.RawIOBase):
    """Make a file of an iterator of blocks, which can only be read onwards."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source, self._block, self._at, self._position = source, b"", 0, 0
        self.last = b""

    def peek(self, size: int) -> bytes:
        """Give the next bytes without using them up."""
        while len(self._block) - self._at < size and (block := next(self._source, b"")):
            self._block, self._at = self._block[self._at :] + block, 0
        return self._block[self._at : self._at + size]

    def tell(self) -> int:
        """Give the position in all blocks."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Skip to a position further on, or to the end."""
        if whence != io.SEEK_SET or offset < self._position:
            raise tarfile.StreamError("seeking backwards")
        while self._position < offset and self.read(min(SKIP, offset - self._position)):
            pass
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Give exactly `size` bytes, fewer only at the end; `last` is the end of what was given."""
        _check(size)
        out = bytearray()
        while len(out) < size:
            if self._at == len(self._block):
                self._block, self._at = next(self._source, b""), 0
                if not self._block:
                    break
            piece = self._block[self._at : self._at + size - len(out)]
            self._at += len(piece)
            out += piece
        self.last = (self.last + out[-512:])[-512:]
        self._position += len(out)
        return bytes(out)


def _check(size: int) -> None:
    if size > LARGEST_HEADER:
        raise tarfile.ReadError(f"a header of {size} bytes")
