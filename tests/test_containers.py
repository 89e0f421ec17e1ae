import io
import os
import random
import struct
import tarfile
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chinwag.containers import NO_END, Damage, Found, Junk, Member, members, read_member
from chinwag.stores import opened
from tests.archives import PACKINGS, tar, write, zipped

DATA = {f"04/01/{minute:02}.json": random.Random(minute).randbytes(700 + 300 * minute) for minute in range(9)}
NAMES = list(DATA)


def listed(path: Path) -> tuple[dict[str, bytes], list[tuple[str, str]], list[str]]:
    """Give the members with their content, the damages, the junk."""
    held, damages, junk = dict[str, bytes](), list[tuple[str, str]](), list[str]()
    with closing(opened(path)) as file:
        for found in members(path):
            if isinstance(found, Member):
                reports: list[str] = []
                held[found.name] = b"".join(read_member(file, found, reports.append))
                damages += [(found.name, reason) for reason in reports]
            elif isinstance(found, Damage):
                damages.append((found.name, found.reason))
            else:
                junk.append(found.name)
    return held, damages, junk


@pytest.mark.parametrize(
    "pack",
    [tar, zipped, lambda data: zipped(data, zipfile.ZIP_DEFLATED), lambda data: PACKINGS["gzip"](tar(data)),
     lambda data: PACKINGS["bz2 streams"](tar(data)), lambda data: PACKINGS["zstd"](tar(data)),
     lambda data: tar(data, format=tarfile.GNU_FORMAT), lambda data: tar(data, format=tarfile.USTAR_FORMAT)],
    ids=["tar", "zip stored", "zip deflated", "tar.gz", "tar.bz2", "tar.zst", "gnu tar", "ustar"],
)  # fmt: skip
def test_a_container_gives_its_members_in_order(tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]) -> None:
    held, damages, junk = listed(write(tmp_path / "file", pack(DATA)))
    assert list(held.items()) == list(DATA.items())
    assert not damages
    assert not junk


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
def test_a_file_that_is_no_container_is_its_own_member(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    assert listed(write(tmp_path / "file", pack(b"text\n" * 3000))) == ({"": b"text\n" * 3000}, [], [])


def test_containers_are_read_in_containers(tmp_path: Path) -> None:
    days = {f"day-{day}.zip": zipped(DATA) for day in range(2)}
    held, damages, _ = listed(write(tmp_path / "month.tar", tar({**days, "more.tar": tar(DATA)})))
    assert held == {f"{outer}!{name}": data for outer in (*days, "more.tar") for name, data in DATA.items()}
    assert not damages


def test_the_content_of_an_inner_container_ends_with_it(tmp_path: Path) -> None:
    cut = tar(DATA)[: 512 + 100]
    held, damages, _ = listed(write(tmp_path / "file", tar({"cut.tar": cut, "other.json": b"other"})))
    assert held == {f"cut.tar!{NAMES[0]}": DATA[NAMES[0]][:100], "other.json": b"other"}
    assert [name for name, _ in damages] == ["cut.tar"]


def test_leftovers_links_and_folders_are_junk_or_nothing(tmp_path: Path) -> None:
    names = [".nfs0001", "04/.09.json.bz2.J1uA1l", "__MACOSX/09.json", ".hidden/09.json"]
    expected = [*names, "link", "hard", "pipe"]
    buffer = io.BytesIO(tar({**dict.fromkeys(names, b"x"), "./good.json": b"good"}))
    with tarfile.open(fileobj=buffer, mode="a") as archive:
        for name, kind in (("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("pipe", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "good.json"
            archive.addfile(info)
        info = tarfile.TarInfo("folder")
        info.type = tarfile.DIRTYPE
        archive.addfile(info)
    for packing in ("plain", "gzip"):
        assert listed(write(tmp_path / packing, PACKINGS[packing](buffer.getvalue()))) == (
            {"./good.json": b"good"}, [], expected)  # fmt: skip
    held, _, junk = listed(write(tmp_path / "zip", zipped({**dict.fromkeys(names, b"x"), "folder/": b"", "a": b"a"})))
    assert (held, junk) == ({"a": b"a"}, names)


@pytest.mark.parametrize("format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("packing", ["plain", "gzip"])
def test_names_may_be_long_strange_and_no_text(tmp_path: Path, format: int, packing: str) -> None:
    long = "/".join("x" * 100 for _ in range(100))
    data = tar({long: b"1", "line\nfeed": b"2", "bad\udcff": b"3", "日": b"4"}, format=format)
    held, damages, _ = listed(write(tmp_path / "file", PACKINGS[packing](data)))
    assert held == {long: b"1", "line\\nfeed": b"2", "bad\\udcff": b"3", "日": b"4"}
    assert not damages


def test_headers_about_the_whole_archive_are_no_damage(tmp_path: Path) -> None:
    data = tar(DATA, format=tarfile.PAX_FORMAT, pax_headers={"comment": "a note"})
    assert listed(write(tmp_path / "file", data)) == (DATA, [], [])


def test_a_sparse_member_is_named_and_those_behind_it_are_read(tmp_path: Path) -> None:
    data = bytearray(tar({"sparse.json": b"x" * 600, **DATA}, format=tarfile.GNU_FORMAT))
    data[156:157] = tarfile.GNUTYPE_SPARSE
    data[386:410] = b"%011o\0%011o\0" % (0, 600)
    data[483:495] = b"%011o\0" % 5_000_000
    data[148:156] = b"%06o\0 " % (256 + sum(data[:148]) + sum(data[156:512]))
    for packing in ("plain", "gzip"):
        held, damages, _ = listed(write(tmp_path / packing, PACKINGS[packing](bytes(data))))
        assert held == DATA
        assert damages == [("sparse.json", "sparse member is not read")]


# Damage ---------------------------------------------------------------------------------------------------------------


def offsets(data: bytes) -> list[int]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return [entry.offset for entry in archive]


@pytest.mark.parametrize("packing", ["plain", "gzip"])
def test_a_tar_cut_in_a_member_gives_that_as_far_as_it_goes(tmp_path: Path, packing: str) -> None:
    data = tar(DATA)
    cut = data[: offsets(data)[5] + 512 + 1000]
    held, damages, _ = listed(write(tmp_path / "file", PACKINGS[packing](cut)))
    assert held == {name: DATA[name] for name in NAMES[:5]} | {NAMES[5]: DATA[NAMES[5]][:1000]}
    assert damages


@pytest.mark.parametrize("packing", ["plain", "gzip"])
def test_a_tar_cut_between_members_lacks_its_end(tmp_path: Path, packing: str) -> None:
    data = tar(DATA)
    held, damages, _ = listed(write(tmp_path / "file", PACKINGS[packing](data[: offsets(data)[5]])))
    assert held == {name: DATA[name] for name in NAMES[:5]}
    assert damages == [("", NO_END)]


@pytest.mark.parametrize("packing", ["plain", "gzip"])
def test_a_tar_cut_in_a_header_is_damaged_there(tmp_path: Path, packing: str) -> None:
    data = tar(DATA)
    at = offsets(data)[5]
    held, damages, _ = listed(write(tmp_path / "file", PACKINGS[packing](data[: at + 200])))
    assert held == {name: DATA[name] for name in NAMES[:5]}
    assert damages == [("", f"unreadable tar header at byte {at}")]


@pytest.mark.parametrize("packing", ["plain", "gzip"])
@pytest.mark.parametrize("damaged", [[4], [4, 5], [8], [1, 3]])
def test_a_damaged_tar_header_loses_only_its_member(tmp_path: Path, packing: str, damaged: list[int]) -> None:
    data = bytearray(tar(DATA))
    for number in damaged:
        data[offsets(tar(DATA))[number] + 100] ^= 0xFF
    held, damages, _ = listed(write(tmp_path / "file", PACKINGS[packing](bytes(data))))
    assert held == {name: DATA[name] for number, name in enumerate(NAMES) if number not in damaged}
    first = [offsets(tar(DATA))[number] for number in damaged if number - 1 not in damaged]
    assert damages == [("", f"unreadable tar header at byte {at}") for at in first]


@pytest.mark.parametrize("packing", ["plain", "gzip"])
def test_a_long_name_before_a_damaged_header_hides_nothing_behind_it(tmp_path: Path, packing: str) -> None:
    data = bytearray(tar({"first": b"1", "x" * 300: b"2", "last": b"3"}, format=tarfile.GNU_FORMAT))
    data[offsets(bytes(data))[1] + 1024 + 100] ^= 0xFF
    held, damages, _ = listed(write(tmp_path / "file", PACKINGS[packing](bytes(data))))
    assert held == {"first": b"1", "last": b"3"}
    assert damages == [("", "unreadable tar header at byte 1024")]


@pytest.mark.parametrize("packing", ["plain", "gzip"])
@pytest.mark.parametrize("size", [-1, -512, -1024, -5_000, 1 << 40, 1 << 63])
def test_a_tar_that_lies_about_a_size_ends_there(tmp_path: Path, packing: str, size: int) -> None:
    data = bytearray(tar(DATA, format=tarfile.GNU_FORMAT))
    at = offsets(bytes(data))[3]
    data[at + 124 : at + 136] = bytes([255 if size < 0 else 128]) + (size % (1 << 88)).to_bytes(11, "big")
    data[at + 148 : at + 156] = b"%06o\0 " % (256 + sum(data[at : at + 148]) + sum(data[at + 156 : at + 512]))
    held, damages, _ = listed(write(tmp_path / "file", PACKINGS[packing](bytes(data))))
    assert {name: held[name] for name in NAMES[:3]} == {name: DATA[name] for name in NAMES[:3]}
    assert damages
    assert sum(map(len, held.values())) <= len(data)


def test_a_header_that_claims_gigabytes_is_refused(tmp_path: Path) -> None:
    data = bytearray(tar({"first": b"1", "x" * 300: b"2"}, format=tarfile.GNU_FORMAT))
    at = 1024
    data[at + 124 : at + 136] = b"%011o\0" % (3 << 30)
    data[at + 148 : at + 156] = b"%06o\0 " % (256 + sum(data[at : at + 148]) + sum(data[at + 156 : at + 512]))
    path = write(tmp_path / "file", bytes(data))
    os.truncate(path, 4 << 30)
    # Reading it up to there would take 3 GB and then 4 GB of zeros, block by block.
    found = next(item for item in members(path) if isinstance(item, Member))
    assert found.name == "first"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_without_its_directory_is_read_by_its_headers(tmp_path: Path, method: int) -> None:
    data = zipped(DATA, method)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        starts = [entry.header_offset for entry in archive.infolist()]
        directory = archive.start_dir
    for end, count in ((directory, 9), (directory + 60, 9), (starts[6], 6), (starts[6] + 20, 6)):
        held, damages, _ = listed(write(tmp_path / "file", data[:end]))
        assert held == {name: DATA[name] for name in NAMES[:count]}
        assert damages == [("", "zip has no readable directory: its members are found by their own headers")]
    held, damages, _ = listed(write(tmp_path / "file", data[: starts[6] + 500]))
    assert list(held) == NAMES[:7]
    assert DATA[NAMES[6]].startswith(held[NAMES[6]])
    assert held[NAMES[6]]


def test_a_zip_without_directory_that_was_written_to_a_pipe_is_read_too(tmp_path: Path) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise io.UnsupportedOperation

    with zipfile.ZipFile(pipe := Pipe(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in DATA.items():
            archive.writestr(name, data)
        whole = pipe.getvalue()
    held, damages, _ = listed(write(tmp_path / "file", whole))
    assert held == DATA
    assert len(damages) == 1


def test_damage_in_a_deflated_member_is_told_by_its_checksum(tmp_path: Path) -> None:
    data = bytearray(zipped(DATA, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        data[archive.infolist()[4].header_offset + 200] ^= 0xFF
    held, damages, _ = listed(write(tmp_path / "file", bytes(data)))
    assert {name for name in NAMES if held[name] != DATA[name]} == {NAMES[4]}
    assert {name for name, _ in damages} == {NAMES[4]}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("field", ["size", "offset", "name"])
def test_a_zip_that_lies_loses_only_the_member_it_lies_about(tmp_path: Path, method: int, field: str) -> None:
    data = bytearray(zipped(DATA, method))
    at = -1
    for _ in range(5):
        at = data.index(b"PK\x01\x02", at + 1)
    if field == "name":
        with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
            struct.pack_into("<H", data, archive.infolist()[4].header_offset + 26, 0xFFFF)
    else:
        struct.pack_into("<I", data, at + {"size": 20, "offset": 42}[field], 0xFFFFFFF0)
    held, damages, _ = listed(write(tmp_path / "file", bytes(data)))
    for name in set(NAMES) - {NAMES[4]}:
        assert held[name] == DATA[name]
    assert sum(map(len, held.values())) < 2 * len(data)
    assert {name for name, _ in damages} <= {NAMES[4]}
    assert damages or held == DATA


def test_encrypted_and_unknown_members_of_a_zip_are_named(tmp_path: Path) -> None:
    data = bytearray(zipped(DATA))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    at = data.index(b"PK\x01\x02", at + 1)
    struct.pack_into("<H", data, at + 10, 14)
    held, damages, _ = listed(write(tmp_path / "file", bytes(data)))
    assert list(held) == NAMES[2:]
    assert damages == [(NAMES[0], "encrypted"), (NAMES[1], "zip method 14 is not read")]


# Streams --------------------------------------------------------------------------------------------------------------


def piped(path: Path, data: bytes) -> list[Found]:
    os.mkfifo(path)
    writer = threading.Thread(target=write, args=(path, data))
    writer.start()
    found = list(members(path))
    writer.join()
    return found


def content(found: list[Found]) -> dict[str, bytes]:
    return {item.name: item.data or b"" for item in found if isinstance(item, Member)}


@pytest.mark.parametrize("packing", ["plain", "gzip", "bz2 streams", "zstd"])
def test_a_pipe_gives_a_tar_or_lines(tmp_path: Path, packing: str) -> None:
    assert content(piped(tmp_path / "tar", PACKINGS[packing](tar(DATA)))) == DATA
    assert content(piped(tmp_path / "lines", PACKINGS[packing](b"line\n" * 9))) == {"": b"line\n" * 9}


def test_a_large_stream_comes_in_pieces_of_whole_lines(tmp_path: Path) -> None:
    data = b"".join(b"%07d %s\n" % (number, b"x" * 1000) for number in range(20_000))
    pieces = content(piped(tmp_path / "pipe", data))
    assert b"".join(pieces.values()) == data
    assert len(pieces) == 3
    assert all(piece.endswith(b"\n") for piece in pieces.values())
    assert list(pieces)[1] == f"from byte {len(pieces[''])}"


def test_a_large_member_of_a_streamed_tar_comes_in_pieces(tmp_path: Path) -> None:
    data = b"".join(b"%07d %s\n" % (number, b"x" * 1000) for number in range(70_000))
    held, damages, _ = listed(write(tmp_path / "file", PACKINGS["gzip"](tar({"large": data, **DATA}))))
    assert b"".join(held[name] for name in held if name.startswith("large")) == data
    assert {name: held[name] for name in DATA} == DATA
    assert not damages


@pytest.mark.parametrize("container", [bytes, lambda lines: tar({"lines.json": lines})], ids=["lines", "tar"])
def test_damage_in_a_stream_is_told(tmp_path: Path, container: Callable[[bytes], bytes]) -> None:
    found = piped(tmp_path / "pipe", PACKINGS["gzip"](container(b"line\n" * 5000))[:-30])
    assert b"line\n" * 100 in b"".join(content(found).values())
    assert Damage("", "gzip stream is cut") in found


def test_a_zip_through_a_pipe_is_named(tmp_path: Path) -> None:
    [found] = piped(tmp_path / "pipe", zipped(DATA))
    assert found == Damage("", "a zip cannot be read through a pipe: its directory is at its end")


def test_an_empty_file_and_an_empty_archive_hold_nothing(tmp_path: Path) -> None:
    assert listed(write(tmp_path / "file", b"")) == ({"": b""}, [], [])
    assert listed(write(tmp_path / "zip", zipped({}))) == ({}, [], [])


def test_a_file_that_becomes_shorter_gives_what_is_left(tmp_path: Path) -> None:
    path = write(tmp_path / "file", tar(DATA))
    found = list(members(path))
    os.truncate(path, 3000)
    reports: list[str] = []
    with closing(opened(path)) as file:
        for item in found:
            assert isinstance(item, Member)
            b"".join(read_member(file, item, reports.append))
    assert reports
    assert set(reports) == {"its file became shorter while it was read"}


@example("tar", 0, 0, b"PK\5\6")
@settings(max_examples=150)
@given(st.sampled_from(["tar", "gnu", "tar.gz", "zip", "deflated", "nested"]), st.integers(0, 10**6),
       st.integers(0, 700), st.binary(max_size=20))  # fmt: skip
def test_no_change_of_bytes_breaks_the_reading(
    tmp_path_factory: pytest.TempPathFactory, kind: str, start: int, size: int, patch: bytes
) -> None:
    data = {
        "tar": lambda: tar(DATA),
        "gnu": lambda: tar({**DATA, "x" * 300: b"y"}, format=tarfile.GNU_FORMAT),
        "tar.gz": lambda: PACKINGS["gzip"](tar(DATA)),
        "zip": lambda: zipped(DATA),
        "deflated": lambda: zipped(DATA, zipfile.ZIP_DEFLATED),
        "nested": lambda: tar({"a.zip": zipped(DATA), "b.tar": tar({**DATA, "x" * 300: b"y"})}),
    }[kind]()
    start %= len(data)
    path = write(tmp_path_factory.getbasetemp() / "changed", data[:start] + patch + data[start + size :])
    held, _, _ = listed(path)
    assert all(isinstance(name, str) for name in held)


def test_junk_is_told_from_members_by_name_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "file", tar({"..data/a": b"1", "a/./b": b"2", "../c": b"3", "...": b"4"}))
    assert [type(found) for found in members(path)] == [Junk, Member, Member, Junk]
