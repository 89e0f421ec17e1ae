"""Make the tables of an assembly anew where something was told since, and keep the rest as it is.

The steps are those of a whole assembly, over less: the sightings of tweets of which something was told, the links to
and from these, the trees that hold them, the missing tweets that these hang on. What comes of it takes the place of the
rows that were there for the same tweets, in the parts where these lie; all other parts stay. To find what is concerned
single columns of whole tables are read. The bytes are those of an assembly of everything, since parts are cut where
rows say.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, TypeAlias

from chinwag.engines import Engine
from chinwag.engines.writing import ROW_GROUP, write_parts
from chinwag.sql import statement
from chinwag.tables import ASSEMBLED, KEYS

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq
    from numpy.typing import NDArray

Ids: TypeAlias = "NDArray[np.int64]"

GIVEN = ("sightings", "deletes", "edits")
# What a step reads that is a table as a whole, unless tables are renewed.
WHOLE = {"linking": "tweets", "joined": "edges", "grown": "nodes", "waiting": "tweets", "dangling": "nodes"}
# The ids whose rows are made anew, by table: the relation that names them, and its column.
REMADE = {
    "tweets": ("changed", "id"),
    "edges": ("relinked", "id"),
    "nodes": ("felled", "root_id"),
    "conversations": ("felled", "root_id"),
    "wanted": ("reconsidered", "tweet_id"),
}


class Renewal:
    """Hold what an assembly needs to know of the one before it."""

    def __init__(
        self, engine: Engine, folder: Path, parts: Mapping[str, Sequence[Path]], read: Mapping[str, int]
    ) -> None:
        """Make known what was there, `parts` by table, and what came since: all but the first `read` parts."""
        self._engine, self._folder, self._parts = engine, folder, parts
        for table in ASSEMBLED:
            engine.read(f"old_{table}", parts[table])
        for table in GIVEN:
            engine.read(f"new_{table}", parts[table][read.get(table, 0) :], table)
        engine.read("edits", parts["edits"][: read.get("edits", 0)])
        engine.make("old_versions", statement("versions"))
        engine.read("edits", parts["edits"])

    def prepare(self, step: str) -> None:
        """Find what a step is about, before it is taken."""
        if step == "deleted":
            self._make("remapped", "told", "changed", "due")
            self._narrow("sightings")
            self._narrow("deletes")
        elif step == "links":
            self._make("relinked", "linking")
        elif step == "parents":
            self._make("moved", "felled", "joined")
        elif step == "unlocks":
            self._make("reconsidered", "waiting", "dangling")
            for table in ("sightings", "deletes"):
                self._engine.read(table, self._parts[table])
            self._engine.make("told", "select tweet_id as id from reconsidered")
            self._make("changed", "due")
            self._narrow("deletes")
            self._make("deleted")

    def _make(self, *names: str) -> None:
        for name in names:
            self._engine.make(name, statement(name))

    def _narrow(self, table: str) -> None:
        """Put in the place of a table what of it is due."""
        self._engine.read(table, self._engine.write(table, statement(f"due_{table}"), self._folder))

    def merged(self, table: str, fresh: Sequence[Path]) -> list[Path]:
        """Put the rows that were made anew in the place of the old; gives all parts of the table, in their order."""
        engine, key, old = self._engine, KEYS[table], list(self._parts[table])
        engine.read(f"fresh_{table}", fresh)
        gone, column = REMADE[table]
        remade = sorted_ids(engine, f"select {column} as id from {gone} union select {key} as id from fresh_{table}")  # noqa: S608
        firsts = [_first(part, key) for part in old]
        if not len(remade):
            return old
        if firsts == [None]:
            return list(fresh)
        rows = Fresh(fresh, key)
        made: list[Path] = []
        for touched, numbers in groupby(range(len(old)), _touched(firsts, remade).__getitem__):
            run = list(numbers)
            if touched:
                end = firsts[run[-1] + 1] if run[-1] + 1 < len(old) else None
                stream = merged_rows([old[number] for number in run], key, remade, rows, end)
                parts = write_parts(table, stream, self._folder, f"{table}-{token_hex(8)}")
                made += [part.path for part in parts if part.rows]
            else:
                made += [old[number] for number in run]
        return made or [part.path for part in write_parts(table, [], self._folder, f"{table}-{token_hex(8)}")]


def sorted_ids(engine: Engine, select: str) -> "Ids":
    """Give the different ids of a SELECT, the smallest first: 8 bytes each."""
    import numpy as np

    batches = [batch["id"].to_numpy() for batch in engine.rows(select)]
    return np.unique(np.concatenate(batches)) if batches else np.empty(0, dtype=np.int64)


def _first(part: Path, key: str) -> int | None:
    """Give the key a part begins with; None where it holds no rows."""
    import pyarrow.parquet as pq

    firsts = _firsts(pq.read_metadata(part), key)
    return firsts[0] if firsts else None


def _firsts(metadata: "pq.FileMetaData", key: str) -> list[int]:
    """Give the key that each row group begins with."""
    place = metadata.schema.names.index(key)
    groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
    return [int(group.column(place).statistics.min) for group in groups if group.num_rows]


def _touched(firsts: "Sequence[int | None]", ids: "Ids") -> list[bool]:
    """Say of each part whether rows are taken from it or put into it; it holds the keys from its first on.

    Where the very key is concerned that a part begins with, the part before it may not end there any more.
    """
    import numpy as np

    begins = np.array(firsts, dtype=np.int64)
    places = np.maximum(np.searchsorted(begins, ids, side="right") - 1, 0)
    touched = np.zeros(len(begins), dtype=bool)
    touched[places] = True
    touched[np.maximum(places[begins[places] == ids] - 1, 0)] = True
    found: list[bool] = touched.tolist()
    return found


class Fresh:
    """Give rows of sorted parts, from the first on, as far as they are asked for."""

    def __init__(self, parts: Sequence[Path], key: str) -> None:
        import pyarrow.parquet as pq

        self._batches = (batch for part in parts for batch in pq.ParquetFile(part).iter_batches(ROW_GROUP))
        self._key = key
        self._held: pa.RecordBatch | None = None

    def below(self, end: int | None) -> "Iterator[pa.RecordBatch]":
        """Give the rows that were not given yet and whose key is below `end`; without an end, all that are left."""
        import numpy as np

        while (batch := self._held or next(self._batches, None)) is not None:
            keys = batch[self._key].to_numpy()
            count = len(keys) if end is None else int(np.searchsorted(keys, end))
            self._held = batch.slice(count) if count < len(keys) else None
            yield batch.slice(0, count)
            if self._held is not None:
                return


def merged_rows(
    parts: Sequence[Path], key: str, remade: "Ids", fresh: Fresh, end: int | None
) -> "Iterator[pa.RecordBatch]":
    """Give the rows of neighbouring parts with fresh ones in the place of those remade, a row group at a time."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = [pq.ParquetFile(part) for part in parts]
    groups = [(file, number) for file in files for number in range(file.num_row_groups)]
    ends = [first for file in files for first in _firsts(file.metadata, key)][1:]
    for (file, number), until in zip(groups, [*ends, end], strict=True):
        rows = file.read_row_group(number)
        keys = rows[key].to_numpy()
        places = np.searchsorted(remade, keys)
        kept = np.flatnonzero(remade[np.minimum(places, len(remade) - 1)] != keys)
        more = pa.Table.from_batches(fresh.below(int(keys[-1]) + 1), schema=rows.schema)
        if more.num_rows or len(kept) < len(keys):
            places = np.concatenate([kept, np.arange(len(keys), len(keys) + more.num_rows)])
            keys = np.concatenate([keys[kept], more[key].to_numpy()])
            rows = pa.concat_tables([rows, more]).take(places[np.argsort(keys, kind="stable")])
        yield from rows.to_batches()
        # Between two groups all is fresh, and may be much: what is added is mostly newer than all that was there.
        yield from fresh.below(until)
