"""Find the members of tars, zips and folders, by magic number and without unpacking anything.

A seekable tar is indexed by its headers alone and a zip by its directory; the members are then read by offset, so
that any number of workers can read one archive. A tar that is compressed or comes through a pipe is streamed.
A member is never written to disk, whatever path it names.
"""

import io
import os
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from chinwag.compression import RAW, Read, Report, blocks, is_packed

STREAMED = 64 * 1024 * 1024  # a larger member of a streamed tar is cut there: it has to fit in memory
PIECE = 8 * 1024 * 1024  # a stream that is no tar is read in pieces of lines of this size
NESTED = 3  # containers in containers: a month's tar of a day's zips needs two
LOCAL_HEADER = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
STORED, DEFLATED = 0, 8


@dataclass(frozen=True, slots=True)
class Member:
    """Say where one member lies: `size` bytes at `offset` of the file, or in `data` where the file was streamed.

    `name` is its path in the container, empty for a file that is no container. A zip's member may be `deflated` and
    has a checksum.
    """

    name: str
    offset: int
    size: int
    deflated: bool = False
    checksum: int | None = None
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Damage:
    """Say that something of a container could not be read."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Junk:
    """Name a member that is none of ours: hidden files, leftovers of copying, links, devices."""

    name: str


Found = Member | Damage | Junk


class Slice(io.RawIOBase):
    """Read a part of a file as if it were a file, without sharing a position with any other reader."""

    def __init__(self, fd: int, offset: int, size: int) -> None:
        self._fd, self._offset, self._size, self._at = fd, offset, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._size - self._at)
        data = os.pread(self._fd, left if size < 0 else min(size, left), self._offset + self._at)
        self._at += len(data)
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def members(path: Path) -> Iterator[Found]:
    """List what a file holds, in the order of its bytes; a file that is no container is its own only member.

    Raises OSError where the file cannot be opened or read.
    """
    with path.open("rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            yield from _streamed(file.read)
            return
        size = os.fstat(file.fileno()).st_size
        head = os.pread(file.fileno(), 512, 0)
        if is_packed(head) and _is_tar(_unpacked_head(file.fileno(), size)):
            yield from _streamed(Slice(file.fileno(), 0, size).read)
        else:
            yield from _indexed(file.fileno(), Member("", 0, size), NESTED)


def read_member(fd: int, member: Member, report: Report) -> Iterator[bytes]:
    """Decompress a member of the open file `fd` block by block, reporting damage; memory is bounded."""
    if member.data is not None:
        yield from blocks(io.BytesIO(member.data).read, report)
        return
    source = Slice(fd, member.offset, member.size)
    read: Read = _inflated(source, report) if member.deflated else source.read
    if member.checksum is not None:
        read = _checked(read, member.checksum, report)
    yield from blocks(read, report)
    if member.offset + member.size > os.fstat(fd).st_size:
        report("member is cut: its file ends before it")


def _inflated(source: Slice, report: Report) -> Read:
    """Undo the deflating of a zip's member."""
    inflater = zlib.decompressobj(-15)

    def read(size: int) -> bytes:
        while not inflater.eof:
            data = inflater.unconsumed_tail or source.read(RAW)
            try:
                out = inflater.decompress(data, size)
            except zlib.error:
                report("damaged zip member")
                break
            if out or not data:
                return out
        return b""

    return read


def _checked(read: Read, checksum: int, report: Report) -> Read:
    """Hold what is read against its checksum once it has all been read."""
    so_far = 0

    def checked(size: int) -> bytes:
        nonlocal so_far
        data = read(size)
        so_far = zlib.crc32(data, so_far)
        if not data and so_far != checksum:
            report("zip member does not match its checksum")
        return data

    return checked


def _is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar"


def _unpacked_head(fd: int, size: int) -> bytes:
    """Decompress the first 512 bytes of a file."""
    head = b""
    for block in blocks(Slice(fd, 0, size).read, lambda _: None):
        head += block
        if len(head) >= 512:
            break
    return head[:512]


def _is_junk(name: str) -> bool:
    """Tell leftovers by name: hidden files (`.nfs…`, rsync's `.09.json.bz2.J1uA1l`) and macOS's shadow folder."""
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") and part not in (".", "..") for part in parts) or "__MACOSX" in parts


def _indexed(fd: int, outer: Member, depth: int) -> Iterator[Found]:
    """List the members of a container at a known place of a file, containers within it included."""
    head = os.pread(fd, min(512, outer.size), outer.offset)
    if depth and _is_tar(head):
        inner = _tar(fd, outer)
    elif depth and head[:4] in (LOCAL_HEADER, EMPTY_ZIP):
        inner = _zip(fd, outer)
    else:
        yield outer
        return
    for found in inner:
        if isinstance(found, Member) and not found.deflated:
            yield from _indexed(fd, found, depth - 1)
        else:
            yield found


def _joined(outer: str, inner: str) -> str:
    return f"{outer}!{inner}" if outer else inner


def _tar(fd: int, outer: Member) -> Iterator[Found]:
    """Index a tar by its headers; what lies between them and is no header is damage, and is stepped over."""
    end = 0
    source = io.BufferedReader(Slice(fd, outer.offset, outer.size), 4096)
    try:
        with tarfile.open(fileobj=source, mode="r:", ignore_zeros=True, errorlevel=0) as tar:
            for entry in tar:
                if any(os.pread(fd, min(entry.offset - end, RAW), outer.offset + end)):
                    yield Damage(outer.name, f"unreadable tar header at byte {end}")
                end = entry.offset_data + -(-entry.size // 512) * 512
                name = _joined(outer.name, entry.name)
                if entry.isreg() and not _is_junk(entry.name) and not entry.issparse():
                    yield Member(name, outer.offset + entry.offset_data, entry.size)
                elif not entry.isdir():
                    yield Junk(name)
                tar.members = []  # tarfile remembers every header it has seen
    except (tarfile.TarError, EOFError, ValueError, OverflowError):
        yield Damage(outer.name, f"tar is cut or damaged behind byte {end}")
        return
    rest = os.pread(fd, max(0, min(RAW, outer.size - end)), outer.offset + end)
    if any(rest):
        yield Damage(outer.name, f"unreadable tar header at byte {end}")
    elif len(rest) < 512:
        yield Damage(outer.name, "tar has no end mark: it may be cut")


def _zip(fd: int, outer: Member) -> Iterator[Found]:
    """Index a zip by its directory, or where that is missing by the headers before each member."""
    try:
        with zipfile.ZipFile(io.BufferedReader(Slice(fd, outer.offset, outer.size))) as archive:
            entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError):
        yield Damage(outer.name, "zip has no readable directory: its members are found by their own headers")
        yield from _scanned(fd, outer)
        return
    for entry in entries:
        name = _joined(outer.name, entry.filename)
        if _is_junk(entry.filename):
            yield Junk(name)
        elif not entry.is_dir():
            yield _zip_member(fd, outer, name, entry.header_offset, entry)


def _zip_member(fd: int, outer: Member, name: str, start: int, entry: zipfile.ZipInfo) -> Found:
    """Find the data of a zip's member behind its own header."""
    header = os.pread(fd, 30, outer.offset + start)
    if len(header) < 30 or header[:4] != LOCAL_HEADER:
        return Damage(name, "damaged zip member header")
    if entry.flag_bits & 1 or entry.compress_type not in (STORED, DEFLATED):
        return Damage(name, "encrypted" if entry.flag_bits & 1 else f"zip method {entry.compress_type} is not read")
    offset = start + 30 + sum(struct.unpack_from("<HH", header, 26))
    size = min(entry.compress_size, outer.size - offset)
    return Member(name, outer.offset + offset, size, entry.compress_type == DEFLATED, entry.CRC)


def _scanned(fd: int, outer: Member) -> Iterator[Found]:
    """Find a zip's members by their own headers, each reaching at most to the next; their checksums are not known."""
    starts = list(_local_headers(fd, outer))
    for start, stop in zip(starts, [*starts[1:], outer.size], strict=True):
        header = os.pread(fd, 30 + 4096, outer.offset + start)
        flags, method, _, _, _, packed, _, name_size, extra_size = struct.unpack_from("<HHHHIIIHH", header, 6)
        name = header[30 : 30 + name_size].decode("utf-8", "replace")
        offset = start + 30 + name_size + extra_size
        known = not flags & 8 and packed != 0xFFFFFFFF
        size = min(packed, stop - offset) if known else stop - offset
        if _is_junk(name):
            yield Junk(_joined(outer.name, name))
        elif flags & 1 or method not in (STORED, DEFLATED):
            yield Damage(_joined(outer.name, name), "damaged zip member header")
        elif not name.endswith("/") and size > 0:
            yield Member(_joined(outer.name, name), outer.offset + offset, size, method == DEFLATED)


def _local_headers(fd: int, outer: Member) -> Iterator[int]:
    """Find where the members of a zip begin, by reading all of it."""
    at, tail = 0, b""
    while data := os.pread(fd, min(RAW, outer.size - at), outer.offset + at):
        window = tail + data
        for found in re.finditer(LOCAL_HEADER, window):
            start = at - len(tail) + found.start()
            if start + 30 < outer.size:
                yield start
        at += len(data)
        tail = window[-3:]


def _streamed(read: Read) -> Iterator[Found]:
    """Read a tar that cannot be indexed from its beginning to its end, giving each member with its bytes."""
    damage: list[str] = []
    source = _Joined(blocks(read, damage.append))
    if not _is_tar(source.peek(512)):
        yield from _lines(source)
        return
    try:
        with tarfile.open(fileobj=source, mode="r|", ignore_zeros=True, errorlevel=0) as tar:
            for entry in tar:
                if not entry.isreg() or _is_junk(entry.name) or entry.issparse():
                    if not entry.isdir():
                        yield Junk(entry.name)
                    continue
                data, whole = _content(tar, entry)
                yield Member(entry.name, 0, len(data), data=data)
                if not whole:
                    yield Damage(entry.name, "member is cut")
                tar.members = []
    except (tarfile.TarError, EOFError, ValueError, OverflowError):
        damage.append("tar is cut or damaged")
    for reason in dict.fromkeys(damage):
        yield Damage("", reason)


def _lines(source: "_Joined") -> Iterator[Member]:
    """Cut a stream of lines into members that fit in memory, each ending with a line."""
    start, rest = 0, b""
    while data := rest + source.read(PIECE):
        end = len(data) if len(data) < PIECE else data.rfind(b"\n") + 1
        if not end and len(data) < STREAMED:
            rest = data
            continue
        data, rest = data[: end or None], data[end:] if end else b""
        yield Member(f"from byte {start}" if start else "", 0, len(data), data=data)
        start += len(data)


def _content(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> tuple[bytes, bool]:
    """Read a member of a streamed tar as far as it goes, and say whether that is all of it."""
    file = tar.extractfile(entry)
    chunks: list[bytes] = []
    left = min(entry.size, STREAMED)
    try:
        while file and left and (chunk := file.read(min(RAW, left))):
            chunks.append(chunk)
            left -= len(chunk)
    except tarfile.ReadError:
        pass  # the stream ends here; what was read counts
    return b"".join(chunks), left == 0 and entry.size <= STREAMED


class _Joined:
    """Make a readable file of an iterator of blocks."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source, self._block, self._at = source, b"", 0

    def peek(self, size: int) -> bytes:
        """Give the next bytes without using them up."""
        while len(self._block) - self._at < size and (block := next(self._source, b"")):
            self._block, self._at = self._block[self._at :] + block, 0
        return self._block[self._at : self._at + size]

    def read(self, size: int) -> bytes:
        """Give exactly `size` bytes, fewer only at the end."""
        out = bytearray()
        while len(out) < size:
            if self._at == len(self._block):
                self._block, self._at = next(self._source, b""), 0
                if not self._block:
                    break
            piece = self._block[self._at : self._at + size - len(out)]
            self._at += len(piece)
            out += piece
        return bytes(out)
