"""Make the turns of a dehydrated set again, from the set and anybody's own copies of its tweets.

Ids, structure, roles, splits and placeholders are those of the set (`chinwag export ids`), texts and all else those of
the copies. Where all tweets are there, every export gives the shards that the first workspace gives.
"""

import hashlib
import io
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import msgspec

from chinwag import assemble
from chinwag.engines import Engine
from chinwag.errors import ExportError, printable
from chinwag.export import MANIFEST
from chinwag.exports.ids import check, digest
from chinwag.progress import Steps, steps
from chinwag.pseudonyms import key_by
from chinwag.rendering import Rendering, Tweet, mentioned, says_something, text_of
from chinwag.renewal import GIVEN
from chinwag.shaping import drop_rows, in_batches, shaped_columns, turn_rows, tweets_in
from chinwag.sql import statement
from chinwag.turns import Turn, turn_of
from chinwag.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST = 64 * 1024 * 1024  # bytes of a record, some 300,000 turns, or of the manifest


class _Key(msgspec.Struct):
    hex: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")] | None
    check: str


class _About(msgspec.Struct):
    key: _Key
    turns: Rendering


class _Shard(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(pattern=r"^(train|validation|test)-[0-9]{5,}\.jsonl(\.gz|\.zst)?\Z")]
    split: Literal["train", "validation", "test"]
    records: int
    sha256: str


class _Curated(msgspec.Struct):
    filters: dict[str, dict[str, Any]]
    split: dict[str, float | bool]
    overlap: dict[str, int]


class _Manifest(msgspec.Struct):
    curate: _Curated
    assemble: dict[str, Any]
    ids: _About
    counts: dict[str, int]
    files: list[_Shard]


class _Row(NamedTuple):
    """Hold what the set and the copies say of one tweet: `parent_id` is the turn that its turn answers."""

    root_id: int
    split: str
    turn_id: int
    text_sha256: str
    mentions: list[int]
    tweet: Tweet


@dataclass
class Summary:
    """Count what was made, tweets that are missing in the copies, and turns whose text is another than in the set."""

    conversations: int = 0
    turns: int = 0
    missing: int = 0
    changed: int = 0
    seconds: float = 0.0

    def line(self) -> str:
        """Say it in one line."""
        changed = f"{self.changed:,} texts changed" + (" (edited, or cut in these copies)" if self.changed else "")
        return (
            f"{self.turns:,} turns in {self.conversations:,} conversations, {self.missing:,} tweets missing, "
            f"{changed}, {self.seconds:.1f} s"
        )


def run(ids: Path, workspace: Path, *, memory: int | None = None, quiet: bool = False) -> Summary:
    """Make `turns` and `drops` of the dehydrated set in the folder `ids`; trees older than their tweets are made first.

    A tweet that is missing takes its turn with it, and all that answers it. Raises ExportError where the set is damaged
    or is none; WorkspaceError where nothing was ingested, or the set wants another $CHINWAG_KEY.
    """
    from chinwag.engines.duckdb import DuckDB

    started = time.perf_counter()
    manifest = _manifest(ids)
    said = manifest.ids
    remedy = "unset it" if said.key.hex else "set that of those who made the set"
    key = key_by(msgspec.to_builtins(said.key), ids, remedy)
    target = Workspace(workspace)
    assemble.again(workspace, memory=memory, quiet=quiet)
    summary = Summary()
    with (
        target.writing() as scratch,
        DuckDB(scratch, memory=memory) as engine,
        steps("rehydrate", 3, quiet=quiet) as show,
    ):
        for table in ("tweets", "edits", "nodes"):
            engine.read(table, target.parts(table))
        _read(engine, ids, manifest, scratch, show)
        _shape(engine, key, said.turns, summary, show)
        made = {table: target.adopt_all(table, engine.write(table, statement(name), scratch))
                for table, name in (("turns", "turns"), ("drops", "left_out"))}  # fmt: skip
        options = {
            "key": msgspec.to_builtins(said.key),
            "filters": manifest.curate.filters,
            "turns": msgspec.to_builtins(said.turns),
            "split": manifest.curate.split,
            "overlap": manifest.curate.overlap,
            "rehydrated": {
                "assemble": manifest.assemble,
                "missing": summary.missing,
                "changed": summary.changed,
            },
        }
        target.commit("curate", replace={**made, "account": []}, options=options)
    summary.seconds = time.perf_counter() - started
    return summary


def missing(ids: Path, workspace: Path) -> Iterator[int]:
    """Give the tweets of a set that a workspace has not seen and does not know to be gone, from the smallest id.

    A workspace that is not there yet has seen none. Nothing is written, so that a fetch may write there meanwhile.
    """
    from chinwag.engines.duckdb import DuckDB

    manifest = _manifest(ids)
    target = Workspace(workspace) if (workspace / "log").exists() else None
    with TemporaryDirectory(prefix="chinwag-") as folder, DuckDB(scratch := Path(folder)) as engine:
        for table in GIVEN:
            engine.read(table, target.parts(table) if target else [])
        _read(engine, ids, manifest, scratch, Steps())
        engine.make("deleted", statement("deleted"))
        exclude = target.state.options.get("assemble", {}).get("exclude") if target else None
        if exclude:
            assemble.leave_out(engine, scratch, exclude)
        for batch in engine.rows(statement("missing")):
            yield from batch["tweet_id"].to_pylist()


def _manifest(ids: Path) -> _Manifest:
    """Read what a set says of itself, and hold its files against it."""
    path = ids / MANIFEST
    if not path.is_file():
        raise ExportError(f"{ids}: no dehydrated set here; chinwag export ids makes one")
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST)
        held = msgspec.json.decode(data)
        if not isinstance(held, dict) or held.get("format") != "ids":
            raise ExportError(f"{ids}: no dehydrated set, but something else; chinwag export ids makes one")
        manifest = msgspec.convert(held, _Manifest)
    except OSError as error:
        raise ExportError(f"{path}: {error.strerror}") from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ExportError(f"{path}: damaged: {printable(error)}") from error
    for shard in manifest.files:
        _check_sum(ids / shard.name, shard.sha256)
    return manifest


def _check_sum(path: Path, wanted: str) -> None:
    if not path.is_file():
        raise ExportError(f"{path}: is missing from the set")
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ExportError(f"{path}: {error.strerror}") from error
    if found != wanted:
        raise ExportError(f"{path}: is not what the manifest says: its sha256 is another")


def _read(engine: Engine, ids: Path, manifest: _Manifest, scratch: Path, show: Steps) -> None:
    """Make the tables `dehydrated`, a row a tweet of the set, and `versions`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number, text, numbers = pa.int64(), pa.string(), pa.list_(pa.int64())
    wanted = pa.schema([
        ("root_id", number), ("split", text), ("place", number), ("tweet_id", number), ("turn_id", number),
        ("parent_id", number), ("text_sha256", text), ("mentions", numbers),
    ])  # fmt: skip
    part = scratch / "dehydrated.parquet"
    show("set", total=sum(shard.records for shard in manifest.files))
    rows = (
        row
        for shard in manifest.files
        for record in _counted(_records(ids / shard.name, shard.records), show)
        for row in _rows_of(record, shard.split)
    )
    with pq.ParquetWriter(part, wanted, compression="zstd") as writer:
        for batch in in_batches(rows, wanted):
            writer.write_batch(batch)
    engine.read("dehydrated", [part])
    show("versions", engine.percent)
    engine.make("versions", statement("versions"))
    if (twice := engine.value(statement("twice"))) is not None:
        raise ExportError(f"{ids}: tweet {twice} stands in it twice")
    if (held := sum(shard.records for shard in manifest.files)) != manifest.counts.get("conversations", 0):
        raise ExportError(f"{ids / MANIFEST}: damaged: it names files of {held:,} records, but counts others")


def _counted(records: Iterable[dict[str, Any]], show: Steps) -> Iterator[dict[str, Any]]:
    for record in records:
        yield record
        show.more(1)


def _records(path: Path, wanted: int) -> Iterator[dict[str, Any]]:
    """Read a shard, record by record, each held to the rules."""
    import pyarrow as pa

    number = 0
    try:
        with io.BufferedReader(pa.input_stream(str(path), compression="detect")) as lines:
            for number, line in enumerate(iter(partial(lines.readline, LONGEST + 1), b""), 1):
                yield _record(line, f"{path}: record {number}")
    except (OSError, pa.ArrowException) as error:
        raise ExportError(f"{path}: damaged after record {number}: {' '.join(str(error).split())}") from error
    if number != wanted:
        raise ExportError(f"{path}: is not what the manifest says: {number:,} records, not {wanted:,}")


def _record(line: bytes, where: str) -> dict[str, Any]:
    if len(line) > LONGEST:
        raise ExportError(f"{where}: is longer than {LONGEST:,} bytes")
    try:
        record: dict[str, Any] = msgspec.json.decode(line)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ExportError(f"{where}: {printable(error)}") from error
    if problem := check(record):
        raise ExportError(f"{where}: {problem}")
    return record


def _rows_of(record: dict[str, Any], split: str) -> list[tuple[Any, ...]]:
    """Give a conversation as rows of `dehydrated`."""
    tweets = ((tweet_id, turn) for turn in record["turns"] for tweet_id in turn["tweet_ids"])
    return [
        (int(record["root_id"]), split, place, int(tweet_id), int(turn["id"]),
         None if turn["parent_id"] is None else int(turn["parent_id"]), turn["text_sha256"], turn["mentions"])
        for place, (tweet_id, turn) in enumerate(tweets)
    ]  # fmt: skip


def _shape(engine: Engine, key: bytes, rendering: Rendering, summary: Summary, show: Steps) -> None:
    """Make `shaped` of the set and the copies, and count what is in it; memory holds one conversation at a time."""
    show("turns", engine.percent, total=int(engine.value("select count(*) from dehydrated") or 0))
    engine.make("drops", "select cast(0 as bigint) as id, '' as level, '' as filter where false")
    engine.make("leaks", "select cast(0 as bigint) as id where false")
    engine.make("quotable", statement("quotable"), [rendering.quoted == "text"])
    shape = partial(_shaped, key=key, rendering=rendering)
    engine.apply("shaped", statement("hydrated"), shape, _columns(), order=("root_id", "place"), show=show)
    counts = {
        "turns": "count(*) from shaped where place is not null",
        "conversations": "count(distinct root_id) from shaped where place is not null",
        "changed": "count(*) from shaped where place is not null and changed",
        "missing": "count(*) from shaped where filter = 'missing'",
    }
    for name, select in counts.items():
        setattr(summary, name, int(engine.value(f"select {select}") or 0))


def _columns() -> "pa.Schema":
    import pyarrow as pa

    return shaped_columns().append(pa.field("changed", pa.bool_()))


def _shaped(batches: "Iterator[pa.RecordBatch]", *, key: bytes, rendering: Rendering) -> "Iterator[pa.RecordBatch]":
    """Give the rows of `shaped`, each with whether it is a turn whose text is another than in the set."""
    return in_batches(_shaped_rows(batches, key, rendering), _columns())


def _shaped_rows(batches: "Iterator[pa.RecordBatch]", key: bytes, rendering: Rendering) -> Iterator[tuple[Any, ...]]:
    for root_id, group in groupby(_hydrated(batches), attrgetter("root_id")):
        rows = list(group)
        turns, dropped, changed = _conversation(rows, key, rendering)
        for row in (*turn_rows(turns, root_id, rows[0].split), *drop_rows(dropped, root_id)):
            yield (*row, row[1] in changed)


def _hydrated(batches: "Iterator[pa.RecordBatch]") -> Iterator[_Row]:
    for batch in batches:
        columns = [batch[name].to_pylist() for name in _Row._fields[:-1]]
        yield from map(_Row, *columns, tweets_in(batch))


def _conversation(rows: list[_Row], key: bytes, rendering: Rendering) -> tuple[list[Turn], dict[int, str], set[int]]:
    """Make the turns of one conversation, say of each tweet in none of them why, and name those with changed texts."""
    runs = {turn_id: list(group) for turn_id, group in groupby(rows, attrgetter("turn_id"))}
    texts, changed = _texts(list(runs.values()), rendering)
    depths: dict[int | None, int] = {None: -1}
    dropped: dict[int, str] = {}
    turns = []
    for turn_id, run in runs.items():
        tweets = [row.tweet for row in run]
        parent_id = tweets[0].parent_id
        if parent_id not in depths or turn_id not in texts:
            dropped.update((tweet.id, "missing" if tweet.dropped else "below_dropped") for tweet in tweets)
        elif not says_something(texts[turn_id]):
            dropped.update((tweet.id, "empty") for tweet in tweets)
        else:
            depths[turn_id] = depths[parent_id] + 1
            turns.append(turn_of(tweets, parent_id, depths[turn_id], texts[turn_id], key))
    if len(turns) < 2:
        dropped.update((tweet_id, "single_turn") for turn in turns for tweet_id in turn.tweet_ids)
        turns = []
    return turns, dropped, changed


def _texts(runs: list[list[_Row]], rendering: Rendering) -> tuple[dict[int, str], set[int]]:
    """Give by turn the texts of turns whose tweets are all there, and say which are not those of the set.

    The set tells the numbers of the placeholders in each turn; in those whose text is the same, it is sure whose.
    """
    texts: dict[int, str] = {}
    changed: dict[int, tuple[list[Tweet], dict[str, str]]] = {}
    handles: dict[str, str] = {}
    for first, *others in runs:
        tweets = [first.tweet, *(row.tweet for row in others)]
        if any(tweet.dropped for tweet in tweets):
            continue
        named = mentioned(text_of(tweets, {}, replace(rendering, mentions="keep")))
        told = {name: f"@user{number}" for name, number in zip(named, first.mentions, strict=False)}
        text = text_of(tweets, dict(told), rendering)
        texts[first.turn_id] = text
        if digest(text) == first.text_sha256:
            handles.update(told)
        else:
            changed[first.turn_id] = tweets, told
    taken = set(handles.values())
    for _, told in changed.values():
        for name, placeholder in told.items():
            if name not in handles and placeholder not in taken:
                handles[name] = placeholder
                taken.add(placeholder)
    # Others take numbers behind all those of the set: missing turns may have the rest.
    most = max((number for run in runs for number in run[0].mentions), default=0)
    handles |= {f"@{number}": "" for number in range(most - len(handles))}
    for turn_id, (tweets, _) in changed.items():
        texts[turn_id] = text_of(tweets, handles, rendering)
    return texts, set(changed)
