"""Say where the time of an ingest goes: each layer is timed with all those below it, and its share is the difference.

The rounds take turns, as the speed of a machine changes from minute to minute; medians are told, of CPU time.
"""

import gc
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from chinwag import forms, records
from chinwag.compression import blocks
from chinwag.parts import Parts
from chinwag.reading import BATCH
from chinwag.rows import Rows
from chinwag.sources import v1

NOTHING = "decode JSON, keep nothing"

Chunks = Iterator[tuple[range, bytes]]


class Nothing(msgspec.Struct):
    """Decode a record and keep nothing of it: what no reading of JSON with msgspec can be cheaper than."""


def layered(packed: list[bytes]) -> dict[str, Callable[[], object]]:
    """Give the layers of reading members of the stream, each with those before it; the second stands beside them."""
    sources = records.load()
    source = next(source for source in sources if source.name == "v1")

    def lines() -> Chunks:
        for data in packed:
            yield from forms.chunks(blocks(io.BytesIO(data).read, print), lambda number, reason: None)

    def decode(decoder: "msgspec.json.Decoder[object]") -> None:
        for _, chunk in lines():
            decoder.decode_lines(chunk)

    def batches() -> Iterator[Rows]:
        rows = Rows()
        for numbers, chunk in lines():
            records.Records(source, sources, rows).lines(numbers, chunk)
            if len(rows) >= BATCH:
                yield rows
                rows = Rows()
        yield rows

    def write() -> None:
        with tempfile.TemporaryDirectory(prefix="chinwag-benchmark-") as folder, Parts(Path(folder), "0") as parts:
            for rows in batches():
                parts.add(rows.take())

    return {
        "decompress, cut into lines": lambda: [None for _ in lines()],
        NOTHING: lambda: decode(msgspec.json.Decoder(Nothing)),
        "decode JSON into what is wanted": lambda: decode(msgspec.json.Decoder(v1.Record)),
        "records to rows": lambda: [None for _ in batches()],
        "rows to Arrow": lambda: [rows.take() for rows in batches()],
        "Arrow to Parquet": write,
    }


def profile(packed: list[bytes], rounds: int, ingest: Callable[[], object]) -> list[tuple[str, str, str]]:
    """Give for each layer its seconds of CPU and its share of an ingest by one worker."""
    works = {**layered(packed), "start, plan, hash, commit": ingest}
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            gc.collect()
            gc.disable()
            began = time.process_time()
            work()
            times[name].append(time.process_time() - began)
            gc.enable()
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    nothing = medians.pop(NOTHING) - next(iter(medians.values()))
    above, total = list(medians.values()), list(medians.values())[-1]
    layers = {name: after - before for name, before, after in zip(medians, [0.0, *above], above, strict=False)}
    layers[f"({NOTHING}: the least)"] = nothing
    return [(name, f"{seconds:.3f}", f"{seconds / total:.1%}") for name, seconds in layers.items()]
