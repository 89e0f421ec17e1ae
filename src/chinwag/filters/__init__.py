"""Drop by one rule a file: `drop` says which tweets or conversations go, `LEVEL` says ids of what it gives.

`drop` gives one SELECT of the ids to drop, and its values; or, where SQL cannot say it, a SELECT of what is to be
judged, its values, and the function that judges: given rows, batch by batch, it gives the ids. The function is pickled,
for it may run in other processes, and any call may see any share of the rows. Where it has to see some together,
`ORDER` names columns: rows come in that order, and all that share a value of the first column come to one call. The
SELECT reads `tweets`, `nodes`, `conversations`, `clusters` and `marks`.

A filter by which people decide, and not what is in the tweets, may have two more. `SPARED` is a SELECT of roots, as
`root_id`: of these conversations no filter at all drops anything. `AFTER` names steps that may be done when the trees
have long been made: turns that are older are made anew. `wanted` counts such a filter, though it drops conversations.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

Value: TypeAlias = int | float | str | bool
Judge: TypeAlias = "Callable[[Iterator[pa.RecordBatch]], Iterator[int]]"
Drop: TypeAlias = tuple[str, Sequence[Value]] | tuple[str, Sequence[Value], Judge]
