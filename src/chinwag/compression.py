"""Decompress a member block by block, whatever it is packed with, and lose nothing that can be read.

Archive members of 2019 and later hold 13 to 17 bz2 streams each. `bz2.decompress` silently drops everything behind a
damaged one, so the streams are walked here one by one: a damaged stream is reported, and reading goes on at the next
stream header. bz2 that is as it should be does not come to that: rapidgzip reads it faster, some streams at once.
Memory is bounded by the packing's block and by what rapidgzip may hold, whatever a member expands to.
"""

import bz2
import io
import re
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Protocol

try:
    from isal import igzip_lib, isal_zlib
except ImportError:  # a platform without python-isal: zlib reads the same, at 0.4 of the speed
    igzip_lib = isal_zlib = None  # type: ignore[assignment]
try:
    import rapidgzip
except ImportError:  # a platform without rapidgzip: bz2 reads the same, at 0.85 of the speed
    rapidgzip = None

RAW = 256 * 1024  # compressed bytes read at once
HEADER = 16  # bytes that hold any stream's header
BATCH = 2 * 1024 * 1024  # compressed bytes given to rapidgzip at once: most members of archive.org's are smaller
HELD = 32 * 1024 * 1024  # bytes it may make of them, held until all checksums are met; what expands further is walked
SMALLEST = 16 * 1024  # compressed bytes that are worth the 0.15 ms it takes to begin
FOOTER = 0x177245385090  # ends each bz2 stream, with a checksum of 32 bits and up to 7 bits of padding behind
WINDOW = 4 * 1024 * 1024  # compressed bytes searched for the next stream header after damage; a bz2 block is under 1 MB

Read = Callable[[int], bytes]
Report = Callable[[str], None]


class Decompressor(Protocol):
    """Decompress one stream, as `bz2.BZ2Decompressor` does."""

    @property
    def eof(self) -> bool:
        """Tell whether the stream's end is reached."""

    @property
    def needs_input(self) -> bool:
        """Tell whether there is nothing more to give without more data."""

    @property
    def unused_data(self) -> bytes:
        """Give the data found behind the stream's end."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Give at most `max_length` bytes; what is left of `data` is kept."""


class _Zlib:
    """Give `zlib.decompressobj` the manner of `bz2.BZ2Decompressor`."""

    def __init__(self, wbits: int) -> None:
        self._inner = zlib.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        """Tell whether the stream's end is reached."""
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        """Tell whether there is nothing more to give without more data."""
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """Give the data found behind the stream's end."""
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Give at most `max_length` bytes; what is left of `data` is kept."""
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def _gzip() -> Decompressor:
    if igzip_lib is None:
        return _Zlib(31)
    stream: Decompressor = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    return stream


@dataclass(frozen=True)
class Packing:
    """Describe one stream format: its name, how a stream begins, what reads it, the bytes it gives at once.

    What a call was about to give when it meets damage is lost. A bz2 block holds 900 kB and its checksum comes last,
    so a larger call gives a stream of 2019 and later whole and verified or not at all; gzip gives what came before.
    """

    name: str
    header: re.Pattern[bytes]
    open: Callable[[], Decompressor]
    block: int


BZ2 = Packing("bz2", re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), bz2.BZ2Decompressor, 1 << 20)
GZIP = Packing("gzip", re.compile(rb"\x1f\x8b\x08[\x00-\x1f]"), _gzip, 1 << 17)
ZSTD = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")  # a frame, or one to skip as pzstd writes it
ZSTD_BLOCK = 1 << 17

# What the decompressors raise on damaged data; isal's error is a class of its own.
DAMAGE: tuple[type[Exception], ...] = (OSError, EOFError, ValueError, zlib.error)
if isal_zlib is not None:
    DAMAGE = (*DAMAGE, isal_zlib.error)  # type: ignore[arg-type]
THROWN: tuple[type[Exception], ...] = (*DAMAGE, RuntimeError)  # what rapidgzip makes of the exceptions of C++


def is_packed(head: bytes) -> bool:
    """Tell from its first bytes whether data is compressed."""
    return head[:3] in (b"BZh", b"\x1f\x8b\x08") or ZSTD.match(head) is not None


def blocks(read: Read, report: Report) -> Iterator[bytes]:
    """Decompress what `read` gives, told apart by magic number, in blocks of at most 1 MiB.

    Plain data comes through as it is. Damage is reported as one line, a line feed is put where bytes are missing so
    that no two records are glued, and everything readable is given.
    """
    head = read(RAW)
    if head[:3] == b"BZh":
        yield from _streams(head, read, BZ2, report)
    elif head[:3] == b"\x1f\x8b\x08":
        yield from _streams(head, read, GZIP, report)
    elif ZSTD.match(head):
        yield from _zstd(head, read, report)
    else:
        while head:
            yield head
            head = read(RAW)


def _streams(pending: bytes, read: Read, packing: Packing, report: Report) -> Iterator[bytes]:
    """Walk joined streams; where one is damaged go on at the next header."""
    sound = packing is BZ2 and rapidgzip is not None
    while pending:
        if sound and packing.header.match(pending):
            pending, bounds = _whole_streams(pending, read)
            if found := _at_once(pending, bounds):
                yield from found
                pending = pending[bounds[-1] :]
            else:
                sound = False
                continue
        elif packing.header.match(pending):
            pending = yield from _stream(pending, read, packing, report)
        elif pending[0] == 0:  # zeros are the padding of tapes and tars
            pending = pending.lstrip(b"\0")
        else:
            report(f"bytes that are no {packing.name} stream")
            yield b"\n"
            pending = _next_header(pending[1:], read, packing)
        while len(pending) < HEADER and (more := read(RAW)):
            pending += more


def _whole_streams(pending: bytes, read: Read) -> tuple[bytes, list[int]]:
    """Read on to a batch of bz2 streams; give what was read, and where the whole streams in it begin and end."""
    parts, size = [pending], len(pending)
    while size < BATCH and (data := read(RAW)):
        parts.append(data)
        size += len(data)
    pending = b"".join(parts)
    bounds = [found.start() for found in BZ2.header.finditer(pending)]
    return pending, bounds if size >= BATCH else [*bounds, size]


def _at_once(data: bytes, bounds: list[int]) -> list[bytes]:
    """Decompress joined bz2 streams with rapidgzip; nothing where they are damaged, cut, small or expand too far.

    It checks each block's checksum and each stream's, and no more: it ends without an error at bytes that are no
    stream, so what lies before each bound must be a stream's end, and the last bound where it stopped.
    """
    found: list[bytes] = []
    if bounds[-1] < SMALLEST or not all(_ends_stream(data[end - 11 : end]) for end in bounds[1:]):
        return found
    try:
        with rapidgzip.IndexedBzip2File(io.BytesIO(memoryview(data)[: bounds[-1]]), parallelization=1) as file:
            while (block := file.read(BZ2.block)) and len(found) < HELD // BZ2.block:
                found.append(block)
            whole = not block and file.tell_compressed() == 8 * bounds[-1]
    except THROWN:
        return []
    return found if whole else []


def _ends_stream(data: bytes) -> bool:
    tail = int.from_bytes(data)
    return any(tail >> 32 + padding & (1 << 48) - 1 == FOOTER for padding in range(8))


def _stream(pending: bytes, read: Read, packing: Packing, report: Report) -> Generator[bytes, None, bytes]:
    """Decompress one stream and return the bytes read beyond its end, or from the next header where it is damaged."""
    stream, window = packing.open(), b""
    while not stream.eof:
        data = b""
        if stream.needs_input:
            data, pending = pending or read(RAW), b""
            if not data:
                report(f"{packing.name} stream is cut")
                return b""
            window = (window + data)[-WINDOW:]
        try:
            out = stream.decompress(data, packing.block)
        except DAMAGE:
            report(f"damaged {packing.name} stream")
            yield b"\n"
            return _next_header(window[1:], read, packing)
        if out:
            yield out
    return stream.unused_data


def _next_header(window: bytes, read: Read, packing: Packing) -> bytes:
    """Skip to the next stream header; empty where there is none."""
    while not (found := packing.header.search(window)):
        data = read(RAW)
        if not data:
            return b""
        window = window[-HEADER:] + data  # a header may lie across two reads
    return window[found.start() :]


def _zstd(head: bytes, read: Read, report: Report) -> Iterator[bytes]:
    """Decompress zstd frames with the codec that comes with PyArrow; nothing is read behind a damaged one."""
    import pyarrow as pa

    source = _Reader(head, read)
    with pa.CompressedInputStream(pa.PythonFile(source, mode="r"), "zstd") as stream:
        size = ZSTD_BLOCK
        while size == ZSTD_BLOCK:
            block = bytearray(b"\xff") * ZSTD_BLOCK  # a byte of no text: it shows how far a read got that met damage
            try:
                size = stream.readinto(block)
            except (OSError, ValueError):
                if source.failed:
                    raise
                report("damaged zstd frame")
                yield bytes(block.rstrip(b"\xff")) + b"\n"
                return
            if size:
                yield bytes(block[:size])


class _Reader:
    """Make a file object of bytes already read and a function that reads on."""

    closed = False

    def __init__(self, head: bytes, read: Read) -> None:
        self._head, self._read = head, read
        self.failed = False

    def read(self, size: int) -> bytes:
        """Read on; `failed` tells a read error from damage, which PyArrow raises as the same class."""
        if self._head:
            out, self._head = self._head[:size], self._head[size:]
            return out
        try:
            return self._read(size)
        except OSError:
            self.failed = True
            raise

    def close(self) -> None:
        """Note that no more is asked for."""
        self.closed = True
