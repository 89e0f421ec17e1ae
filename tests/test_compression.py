import bz2
import gzip
import io
import random
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chinwag import compression
from chinwag.compression import GZIP, RAW, Packing, blocks, is_packed
from tests.archives import PACKINGS, streams, zstd

LINES = b"".join(
    b"line %06d %s\n" % (number, random.Random(number).randbytes(20).hex().encode()) for number in range(9000)
)


def unpack(data: bytes) -> tuple[bytes, list[str]]:
    reports: list[str] = []
    return b"".join(blocks(io.BytesIO(data).read, reports.append)), reports


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
def test_every_packing_is_told_by_its_first_bytes_and_gives_all(pack: Callable[[bytes], bytes]) -> None:
    packed = pack(LINES)
    assert is_packed(packed) == (packed != LINES)
    assert unpack(packed) == (LINES, [])


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
@pytest.mark.parametrize("size", [1 << 10, 7919])
def test_a_reader_that_gives_little_at_once_changes_nothing(pack: Callable[[bytes], bytes], size: int) -> None:
    source, reports = io.BytesIO(pack(LINES)), list[str]()
    assert b"".join(blocks(lambda wanted: source.read(min(size, wanted)), reports.append)) == LINES
    assert not reports


@pytest.mark.parametrize("data", [b"", b"\n", b"x"])
@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
def test_small_and_empty_data_comes_through(pack: Callable[[bytes], bytes], data: bytes) -> None:
    assert unpack(pack(data)) == (data, [])


@pytest.mark.parametrize("damaged", range(15))
def test_a_damaged_bz2_stream_loses_only_itself(damaged: int) -> None:
    parts = streams(LINES, 15)
    whole = [bz2.decompress(part) for part in parts]
    broken = bytearray(parts[damaged])
    broken[len(broken) // 2] ^= 0x55
    data, reports = unpack(b"".join([*parts[:damaged], bytes(broken), *parts[damaged + 1 :]]))
    assert data == b"".join([*whole[:damaged], b"\n", *whole[damaged + 1 :]])
    assert reports == ["damaged bz2 stream"]


def test_a_damaged_gzip_stream_keeps_what_came_before_and_all_streams_behind() -> None:
    noise = random.Random(1).randbytes(1 << 20).hex().encode() + b"\n"
    broken = bytearray(gzip.compress(noise))
    broken[len(broken) // 2] ^= 0xFF
    data, reports = unpack(gzip.compress(LINES) + bytes(broken) + gzip.compress(LINES))
    assert data.startswith(LINES + noise[: 1 << 18])
    assert data.endswith(b"\n" + LINES)
    assert reports == ["damaged gzip stream"]


@pytest.mark.parametrize(("name", "pack"), [("gzip", gzip.compress), ("bz2", bz2.compress), ("zstd", zstd)])
def test_a_cut_stream_gives_what_came_before_and_is_reported_once(name: str, pack: Callable[[bytes], bytes]) -> None:
    first = pack(LINES)
    for cut in (5, 100, len(first) // 2, len(first) - 1):
        data, reports = unpack(first + pack(LINES)[:cut])
        assert data.startswith(LINES)
        assert LINES.startswith(data[len(LINES) :].removesuffix(b"\n"))
        assert reports in ([f"{name} stream is cut"], ["damaged zstd frame"], [f"bytes that are no {name} stream"])


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_zeros_between_and_behind_streams_are_padding(pack: Callable[[bytes], bytes]) -> None:
    for size in (1, 512, RAW, 3 * RAW + 1):
        assert unpack(pack(LINES) + bytes(size) + pack(b"more\n") + bytes(size)) == (LINES + b"more\n", [])


@pytest.mark.parametrize(("name", "pack"), [("gzip", gzip.compress), ("bz2", bz2.compress)])
def test_bytes_that_are_no_stream_are_stepped_over(name: str, pack: Callable[[bytes], bytes]) -> None:
    rubbish = b"rubbish" * 100_000
    assert unpack(pack(LINES) + rubbish + pack(LINES)) == (LINES + b"\n" + LINES, [f"bytes that are no {name} stream"])


def test_a_skippable_zstd_frame_may_come_first() -> None:
    assert unpack(b"\x50\x2a\x4d\x18\x04\0\0\0size" + zstd(LINES)) == (LINES, [])


def test_rubbish_behind_a_zstd_frame_takes_nothing_of_it() -> None:
    assert unpack(zstd(LINES) + b"rubbish") == (LINES + b"\n", ["damaged zstd frame"])


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, zstd])
def test_a_bomb_is_given_in_small_blocks(pack: Callable[[bytes], bytes]) -> None:
    bomb = pack(bytes(30_000_000))
    assert len(bomb) < 40_000
    reports: list[str] = []
    sizes = [len(block) for block in blocks(io.BytesIO(bomb).read, reports.append)]
    assert not reports
    assert sum(sizes) == 30_000_000
    assert max(sizes) <= 1 << 20


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
def test_an_error_of_reading_is_no_damage(pack: Callable[[bytes], bytes]) -> None:
    noise = random.Random(1).randbytes(1 << 20)
    source, reports = io.BytesIO(pack(noise)), list[str]()

    def read(size: int) -> bytes:
        if source.tell() > RAW:
            raise OSError(5, "Input/output error")
        return source.read(size)

    with pytest.raises(OSError, match="Input/output error"):
        for _ in blocks(read, reports.append):
            pass
    assert not reports


def test_zlib_reads_what_isal_reads() -> None:
    fallback = Packing("gzip", GZIP.header, partial(compression._Zlib, 31), GZIP.block)
    data = gzip.compress(LINES) + gzip.compress(bytes(5_000_000)) + gzip.compress(LINES)[:-500]
    for packing in (GZIP, fallback):
        reports: list[str] = []
        source = io.BytesIO(data)
        found = b"".join(compression._streams(source.read(RAW), source.read, packing, reports.append))
        assert found.startswith(LINES + bytes(5_000_000) + LINES[:100_000])
        assert reports == ["gzip stream is cut"]


MAGIC = st.sampled_from([b"", b"BZh9", bz2.compress(b"")[:10], b"BZh91AY&SY", b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd"])


@given(MAGIC, st.binary(max_size=2000))
def test_random_bytes_never_break_it(magic: bytes, data: bytes) -> None:
    found, reports = unpack(magic + data)
    assert reports or is_packed(magic + data) or found == magic + data


@given(st.sampled_from(list(PACKINGS)), st.integers(0, 10**6), st.integers(0, 10**6), st.binary(max_size=50))
def test_no_change_of_bytes_breaks_it(name: str, start: int, size: int, patch: bytes) -> None:
    packed = PACKINGS[name](LINES[:20_000])
    start %= len(packed)
    unpack(packed[:start] + patch + packed[start + size % 500 :])


BATCHES = b"".join([*streams(LINES, 2), bytes(600), bz2.compress(LINES[:200_000])])


def walked(data: bytes) -> tuple[bytes, list[str]]:
    """Read by the walk alone, as where there is no rapidgzip."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compression, "rapidgzip", None)
        return unpack(data)


@settings(max_examples=25)
@given(st.integers(0, len(BATCHES)), st.integers(0, 300), st.binary(max_size=300), st.booleans())
def test_rapidgzip_reads_what_the_walk_reads(start: int, size: int, patch: bytes, cut: bool) -> None:
    damaged = BATCHES[:start] + patch + (b"" if cut else BATCHES[start + size :])
    assert unpack(damaged) == walked(damaged)


@pytest.mark.parametrize("rubbish", [b"rubbish" * 9, b"\n", bytes(700), bz2.compress(b"")[:-1]])
def test_what_lies_between_streams_is_seen_and_no_line_written_of_it(
    rubbish: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    data = bz2.compress(LINES) + rubbish + bz2.compress(LINES)
    found, reports = unpack(data)
    assert (found, reports) == walked(data)
    assert found.startswith(LINES) and found.endswith(LINES)
    assert bool(reports) == any(rubbish)
    assert capfd.readouterr() == ("", "")


def test_sound_bz2_is_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"".join(streams(LINES * 8, 30))
    assert len(data) > compression.BATCH // 2
    monkeypatch.setattr(compression, "BATCH", 1 << 18)
    monkeypatch.setattr(compression, "_stream", None)
    assert unpack(data) == (LINES * 8, [])
