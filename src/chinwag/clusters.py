"""Find tweets that say the same, and nearly the same, among all that are in trees.

Texts are near-duplicates where the Jaccard similarity of their shingles is at least `LIKENESS`. MinHash finds those
that may be: the signature of a text is cut into bands, and texts that share a band are a bucket. Not all pairs of a
bucket are looked at, for a text that thousands repeat would make millions: each text is paired with the oldest of its
bucket and with the one before it. For these the similarity is counted, not estimated: 64 numbers tell 0.7 only to
0.06, and texts take less room than signatures. A cluster is what such pairs connect. Nothing depends on the order of
rows, on batches or threads.
"""

from array import array
from collections.abc import Iterator
from itertools import accumulate, chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chinwag.engines import Engine
from chinwag.filters._normal import LEAST, normal
from chinwag.progress import Steps
from chinwag.sql import statement

if TYPE_CHECKING:
    import pyarrow as pa

LIKENESS = 0.7  # data-juicer's threshold for the same measure
SHINGLE = 5  # characters; of words, as datatrove and data-juicer take for pages, a tweet has too few
# A pair of likeness s shares a band with probability 1 - (1 - s^4)^16: 0.99 at 0.7, 0.64 at 0.5, 0.12 at 0.3.
BANDS, ROWS = 16, 4
STEPS = BANDS + 5  # of `run`
SEED = 1
AT_ONCE = 10_000  # texts; the numbers of their shingles take some 20 MB
# Odd numbers of 64 bits that mix the letters of a shingle, one for each.
MIXERS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xFF51AFD7ED558CCD)


def run(engine: Engine, scratch: Path, show: Steps | None = None) -> list[Path]:
    """Write the table `clusters` into a folder, from the engine's tables `tweets` and `nodes`; gives its parts.

    It takes `STEPS` steps. Memory: what the engine takes, and 4 bytes a text.
    """
    show = show or Steps()
    show("texts", engine.percent, total=int(engine.value("select count(*) from nodes") or 0))
    select = "select id, created_at, text from tweets semi join nodes on id = tweet_id"
    engine.apply("normal_texts", select, _normal_texts, _normal_schema(), show=show)
    show("same texts", engine.percent)
    engine.make("same_texts", statement("same_texts"))
    engine.make("long_texts", statement("long_texts"), [LEAST])
    engine.make("pairs", "select place, place as older_place from long_texts where false")
    count = int(engine.value("select count(*) from long_texts") or 0)
    show("buckets", engine.percent, total=count)
    engine.apply("buckets", "select place, text from long_texts", _banded, _bucket_schema(), show=show)
    for name in _bucket_schema().names[1:]:
        show("pairs", engine.percent)
        band = f"with band as (select place, {name} as bucket from buckets)"  # noqa: S608 - the name of a column
        engine.append("pairs", f"{band}\n{statement('pairs')}")
    show("likeness", engine.percent)
    engine.read("members", [_write_members(_joined(engine, count, show), scratch / "members.parquet")])
    show("clusters", engine.percent)
    return engine.write("clusters", statement("clusters"), scratch, [LEAST])


def _normal_schema() -> "pa.Schema":
    import pyarrow as pa

    time = pa.timestamp("ms", "UTC")
    columns = {"tweet_id": pa.int64(), "created_at": time, "text": pa.string(), "length": pa.int64()}
    return pa.schema(list(columns.items()))


def _bucket_schema() -> "pa.Schema":
    import pyarrow as pa

    return pa.schema([(name, pa.int64()) for name in ("place", *(f"band_{number}" for number in range(BANDS)))])


def _normal_texts(batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
    """Give the normalised texts of tweets, and their lengths."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = _normal_schema()
    for batch in batches:
        texts = normal(batch["text"], between="")
        lengths = pc.cast(pc.utf8_length(texts), pa.int64())
        times = pc.cast(batch["created_at"], wanted.field("created_at").type)
        yield pa.record_batch([batch["id"], times, texts, lengths], schema=wanted)


def _banded(batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
    """Give the bucket of each text in each band."""
    import pyarrow as pa

    for batch in batches:
        parts = [batch["text"].slice(start, AT_ONCE) for start in range(0, batch.num_rows, AT_ONCE)]
        signed = zip(*(_buckets(part.to_pylist()) for part in parts), strict=True)
        columns = [batch["place"], *(pa.concat_arrays(buckets) for buckets in signed)]
        yield pa.record_batch(columns, schema=_bucket_schema())


def _buckets(texts: list[str]) -> "list[pa.Array]":
    """Give for each band the buckets of texts: the numbers of its rows of their signatures, made one."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from rensa import RMinHash  # type: ignore[import-untyped]

    ends = list(accumulate((len(text) - SHINGLE + 1 for text in texts), initial=0))
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(_shingles(texts), ends, BANDS * ROWS, SEED)
    rows = array("I", chain.from_iterable(matrix.to_rows()))
    count = BANDS * ROWS
    lists = pa.FixedSizeListArray.from_arrays(_numbers(rows, pa.uint32()).cast(pa.uint64()), count)
    found = []
    for start in range(0, count, ROWS):
        columns = (pc.list_element(lists, start + row) for row in range(ROWS))
        found.append(_mixed(columns).view(pa.int64()))
    return found


def _shingles(texts: list[str]) -> memoryview:
    """Give the shingles of texts, one after the other, as numbers of 64 bits.

    All texts are one array of letters, from which all is counted at once: cutting strings takes ten times as long.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    gap = "\0" * (SHINGLE - 1)  # no text has this letter, so it tells where a shingle would reach over an end
    letters = _numbers((gap.join(texts) + gap).encode("utf-32-le"), pa.uint32()).cast(pa.uint64())
    shifted = [letters.slice(start, len(letters) - SHINGLE + 1) for start in range(SHINGLE)]
    whole = pc.and_(pc.not_equal(shifted[0], 0), pc.not_equal(shifted[-1], 0))
    numbers = _mixed(iter(shifted)).filter(whole)
    start, end = 8 * numbers.offset, 8 * (numbers.offset + len(numbers))
    return memoryview(numbers.buffers()[1])[start:end].cast("B").cast("Q")


def _numbers(data: Any, kind: "pa.DataType") -> "pa.Array":
    """Give bytes as an array of numbers, without copying them."""
    import pyarrow as pa

    buffer = pa.py_buffer(data)
    return pa.Array.from_buffers(kind, buffer.size * 8 // kind.bit_width, [None, buffer])


def _mixed(columns: "Iterator[pa.Array]") -> "pa.Array":
    """Make one number of several, row by row; overflow is wanted."""
    import pyarrow as pa
    import pyarrow.compute as pc

    mixers = [pa.scalar(mixer, pa.uint64()) for mixer in MIXERS]
    total = None
    for column, mixer in zip(columns, mixers, strict=False):
        part = pc.multiply(column, mixer)
        total = part if total is None else pc.add(total, part)
    return pc.multiply(pc.bit_wise_xor(total, pc.shift_right(total, pa.scalar(29, pa.uint64()))), mixers[0])


def _joined(engine: Engine, count: int, show: Steps) -> "array[int]":
    """Connect the pairs that are near-duplicates; gives for each text an older one of its cluster, or itself."""
    older = array("i", range(count))

    def oldest(place: int) -> int:
        while older[place] != place:
            older[place] = place = older[older[place]]
        return place

    for batch in show.walk(engine.rows(statement("compared"))):
        columns = (batch[name].to_pylist() for name in ("place", "older_place", "text", "older_text"))
        for place, older_place, text, older_text in zip(*columns, strict=True):
            one, other = oldest(place), oldest(older_place)
            if one != other and likeness(text, older_text) >= LIKENESS:
                older[max(one, other)] = min(one, other)
    for place in range(count):
        older[place] = oldest(place)
    return older


def likeness(one: str, other: str) -> float:
    """Give the Jaccard similarity of the shingles of two normalised texts."""
    first, second = ({text[n : n + SHINGLE] for n in range(len(text) - SHINGLE + 1)} for text in (one, other))
    common = len(first & second)
    return common / (len(first) + len(second) - common)


def _write_members(older: "array[int]", path: Path) -> Path:
    """Write who belongs to an older text."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    wanted = pa.schema([("place", pa.int64()), ("older_place", pa.int64())])
    with pq.ParquetWriter(path, wanted) as writer:
        for start in range(0, max(len(older), 1), 1_000_000):
            part = pa.array(older[start : start + 1_000_000], pa.int64())
            places = pa.array(range(start, start + len(part)), pa.int64())
            table = pa.table([places, part], schema=wanted)
            writer.write_table(table.filter(pc.not_equal(places, part)))
    return path
