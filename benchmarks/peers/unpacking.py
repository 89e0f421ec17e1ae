"""Take a tar apart for peers that do not read one."""

import bz2
import gzip
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def names(tar: Path) -> list[str]:
    """List the members of a tar."""
    with tarfile.open(tar) as held:
        return [member.name for member in held if member.isfile()]


def packed(tar: Path, wanted: set[str] | None = None) -> Iterator[tuple[str, bytes]]:
    """Give the members of a tar, or those that are wanted, as they are packed."""
    with tarfile.open(tar) as held:
        for member in held:
            if member.isfile() and (wanted is None or member.name in wanted):
                file = held.extractfile(member)
                assert file is not None
                yield member.name, file.read()


def unpacked(name: str, data: bytes) -> bytes:
    """Undo the packing of a member."""
    return bz2.decompress(data) if name.endswith(".bz2") else gzip.decompress(data)


def extract(tar: Path, folder: Path, cores: int, *, undo: tuple[str, ...] = ()) -> list[Path]:
    """Write the members into a folder; those with an ending in `undo` unpacked, in a thread a core, without it."""
    folder.mkdir(parents=True)

    def put(number: int, name: str, data: bytes) -> Path:
        packing = next((ending for ending in undo if name.endswith(ending)), "")
        path = folder / f"{number:06}-{Path(name).name.removesuffix(packing)}"
        path.write_bytes(unpacked(name, data) if packing else data)
        return path

    with ThreadPoolExecutor(cores) as pool:
        waiting = [pool.submit(put, number, *member) for number, member in enumerate(packed(tar))]
        return [one.result() for one in waiting]
