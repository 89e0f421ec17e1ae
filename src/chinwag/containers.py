"""Find the members of tars, zips and folders, by magic number and without unpacking anything.

A seekable tar is indexed by its headers alone and a zip by its directory; the members are then read by offset, so
that any number of workers can read one archive. A tar that is compressed or comes through a pipe is streamed.
A member is never written to disk, whatever path it names.
"""

import io
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath

from chinwag.compression import RAW, Read, Report, blocks, is_packed
from chinwag.errors import printable
from chinwag.stores import Input, Opened, opened
from chinwag.tars import TAR_DAMAGE, Tar
from chinwag.views import Headers, Joined, Slice

STREAMED = 64 * 1024 * 1024  # a larger member of a streamed tar does not fit in memory: it is read in pieces
PIECE = 8 * 1024 * 1024  # a stream that is no tar is read in pieces of lines of this size
NESTED = 3  # containers in containers: a month's tar of a day's zips needs two
LOCAL_HEADER = b"PK\x03\x04"
PLAUSIBLE_HEADER = re.compile(rb"PK\x03\x04[\x00-\x3f]\x00..[\x00-\x63]\x00", re.DOTALL)  # version, flags, method
EMPTY_ZIP = b"PK\x05\x06"
STORED, DEFLATED = 0, 8
NO_END = "tar has no end mark: it may be cut"


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


def members(path: Input) -> Iterator[Found]:
    """List what a file holds, in the order of its bytes; a file that is no container is its own only member.

    Raises OSError where the file cannot be opened or read.
    """
    if isinstance(path, Path) and not path.is_file():
        with path.open("rb") as pipe:
            yield from _streamed(pipe.read)
        return
    with closing(opened(path)) as file:
        size = file.size()
        if is_packed(file.pread(512, 0)) and _is_tar(_unpacked_head(file, size)):
            yield from _streamed(Slice(file, 0, size).read)
        else:
            yield from _indexed(file, Member("", 0, size), NESTED)


def read_member(file: Opened, member: Member, report: Report) -> Iterator[bytes]:
    """Decompress a member of an open file block by block, reporting damage; memory is bounded."""
    if member.data is not None:
        yield from blocks(io.BytesIO(member.data).read, report)
        return
    source = Slice(file, member.offset, member.size)
    read: Read = _inflated(source, report) if member.deflated else source.read
    if member.checksum is not None:
        read = _checked(read, member.checksum, report)
    yield from blocks(read, report)
    if member.offset + member.size > file.size():
        report("its file became shorter while it was read")


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
            if not (out or data or inflater.eof):
                report("zip member is cut")
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


def _unpacked_head(file: Opened, size: int) -> bytes:
    """Decompress the first 512 bytes of a file."""
    head = b""
    for block in blocks(Slice(file, 0, size).read, lambda _: None):
        head += block
        if len(head) >= 512:
            break
    return head[:512]


def _is_junk(name: str) -> bool:
    """Tell leftovers by name: hidden files (`.nfs…`, rsync's `.09.json.bz2.J1uA1l`) and macOS's shadow folder."""
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") and part not in (".", "..") for part in parts) or "__MACOSX" in parts


def _indexed(file: Opened, outer: Member, depth: int) -> Iterator[Found]:
    """List the members of a container at a known place of a file, containers within it included."""
    head = file.pread(min(512, outer.size), outer.offset)
    if depth and _is_tar(head):
        inner = _tar(file, outer)
    elif depth and head[:4] in (LOCAL_HEADER, EMPTY_ZIP):
        inner = _zip(file, outer)
    else:
        yield outer
        return
    for found in inner:
        if isinstance(found, Member) and not found.deflated:
            yield from _indexed(file, found, depth - 1)
        else:
            yield found


def _joined(outer: str, inner: str) -> str:
    return f"{outer}!{printable(inner)}" if outer else printable(inner)


def _tar(file: Opened, outer: Member) -> Iterator[Found]:
    """Index a tar by its headers."""
    end, whole = 0, True
    try:
        tar = Tar(fileobj=Headers(Slice(file, outer.offset, outer.size), 4096), ignore_zeros=True, errorlevel=0)
    except TAR_DAMAGE:
        yield Damage(outer.name, "tar is cut or damaged at its beginning")
        return
    for entry in tar.entries():
        if isinstance(entry, str):
            whole = False
            yield Damage(outer.name, entry)
            continue
        end, start = tar.offset, entry.offset_data
        yield from _entry(
            entry, Member(_joined(outer.name, entry.name), outer.offset + start, min(entry.size, outer.size - start))
        )
    if whole and outer.size - end < 512:
        yield Damage(outer.name, NO_END)


def _entry(entry: tarfile.TarInfo, member: Member) -> Iterator[Found]:
    """Give what a tar's entry is: a member of ours, junk, or nothing for a folder."""
    if entry.issparse():
        yield Damage(member.name, "sparse member is not read")
    elif entry.isreg() and not _is_junk(entry.name):
        yield member
    elif not entry.isdir():
        yield Junk(member.name)


def _zip(file: Opened, outer: Member) -> Iterator[Found]:
    """Index a zip by its directory, or where that is missing by the headers before each member."""
    try:
        with zipfile.ZipFile(Headers(Slice(file, outer.offset, outer.size))) as archive:
            entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    except (zipfile.BadZipFile, tarfile.ReadError, ValueError, OSError, struct.error, NotImplementedError):
        yield Damage(outer.name, "zip has no readable directory: its members are found by their own headers")
        yield from _scanned(file, outer)
        return
    for entry in entries:
        name = _joined(outer.name, entry.filename)
        if _is_junk(entry.filename):
            yield Junk(name)
        elif not entry.is_dir():
            yield _zip_member(file, outer, name, entry.header_offset, entry)


def _zip_member(file: Opened, outer: Member, name: str, start: int, entry: zipfile.ZipInfo) -> Found:
    """Find the data of a zip's member behind its own header."""
    header = file.pread(30, outer.offset + start) if start >= 0 else b""
    if len(header) < 30 or header[:4] != LOCAL_HEADER:
        return Damage(name, "damaged zip member header")
    if entry.flag_bits & 1 or entry.compress_type not in (STORED, DEFLATED):
        return Damage(name, "encrypted" if entry.flag_bits & 1 else f"zip method {entry.compress_type} is not read")
    offset = start + 30 + sum(struct.unpack_from("<HH", header, 26))
    size = max(0, min(entry.compress_size, outer.size - offset))
    return Member(name, outer.offset + offset, size, entry.compress_type == DEFLATED, entry.CRC)


def _scanned(file: Opened, outer: Member) -> Iterator[Found]:
    """Find a zip's members by their own headers, each reaching at most to the next; their checksums are not known."""
    for start, stop in pairwise([*_local_headers(file, outer), outer.size]):
        header = file.pread(30 + 4096, outer.offset + start)
        if len(header) < 30:  # the file became shorter
            return
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


def _local_headers(file: Opened, outer: Member) -> Iterator[int]:
    """Find where the members of a zip begin, by reading all of it."""
    at, tail = 0, b""
    while data := file.pread(min(RAW, outer.size - at), outer.offset + at):
        window = tail + data
        for found in PLAUSIBLE_HEADER.finditer(window):
            start = at - len(tail) + found.start()
            if start + 30 < outer.size:
                yield start
        at += len(data)
        tail = window[-9:]


def _streamed(read: Read) -> Iterator[Found]:
    """Read a file that cannot be indexed from its beginning to its end, giving each member with its bytes."""
    damage: list[str] = []
    source = Joined(blocks(read, damage.append))
    if _is_tar(source.peek(512)):
        yield from _streamed_tar(source)
    elif source.peek(4) in (LOCAL_HEADER, EMPTY_ZIP):
        yield Damage("", "a zip cannot be read through a pipe: its directory is at its end")
    else:
        yield from _pieces(source, "")
    for reason in dict.fromkeys(damage):
        yield Damage("", reason)


def _streamed_tar(source: "Joined") -> Iterator[Found]:
    whole = True
    try:
        tar = Tar(fileobj=source, ignore_zeros=True, errorlevel=0)
    except TAR_DAMAGE:
        yield Damage("", "tar is cut or damaged at its beginning")
        return
    for entry in tar.entries():
        if isinstance(entry, str):
            whole = False
            yield Damage("", entry)
            continue
        for found in _entry(entry, Member(printable(entry.name), 0, entry.size)):
            if isinstance(found, Member):
                # Not by extractfile: that gives nothing of the last block where the stream ends too early.
                yield from _contents(found.name, entry.size, tar.fileobj.read)
            else:
                yield found
    if whole and source.peek(1) == b"" and any(source.last):
        yield Damage("", NO_END)


def _contents(name: str, size: int, read: Read) -> Iterator[Found]:
    """Read a member of a streamed tar as far as it goes, a large one in pieces."""
    reports: list[str] = []
    if size > STREAMED:
        yield from _pieces(Joined(blocks(_limited(read, size), reports.append)), name)
    else:
        data = read(size)
        yield Member(name, 0, len(data), data=data)
        if len(data) < size:
            reports.append("member is cut")
    for reason in dict.fromkeys(reports):
        yield Damage(name, reason)


def _limited(read: Read, size: int) -> Read:
    """Read no further than `size` bytes."""
    left = size

    def limited(size: int) -> bytes:
        nonlocal left
        data = read(min(size, left))
        left -= len(data)
        return data

    return limited


def _pieces(source: "Joined", name: str) -> Iterator[Member]:
    """Cut a stream of lines into members that fit in memory, each ending with a line."""
    start, rest = 0, b""
    while data := rest + source.read(PIECE):
        end = len(data) if len(data) < PIECE else data.rfind(b"\n") + 1
        if not end and len(data) < STREAMED:
            rest = data
            continue
        data, rest = data[: end or None], data[end:] if end else b""
        yield Member(f"{name} from byte {start}".strip() if start else name, 0, len(data), data=data)
        start += len(data)
