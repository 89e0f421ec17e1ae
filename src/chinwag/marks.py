"""Keep what people said of conversations: marks, by the tweet that was the root when it was marked.

A mark is one small commit, so a kill leaves the old or the new state, and whoever reads the workspace sees it whole.
Only the last of successive marks stays in the log, so thousands of them open as fast as one.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from chinwag.errors import UsageError
from chinwag.tables import schema
from chinwag.workspace import Workspace

Word = Literal["keep", "drop"]
WORDS = get_args(Word)
LONGEST = 2_000  # characters of a note
IDS = range(-(2**63), 2**63)


@dataclass(frozen=True)
class Mark:
    """Hold what was said of one conversation: keep, drop or nothing, and a note."""

    mark: str | None
    note: str | None


def read(workspace: Path) -> dict[int, Mark]:
    """Give all marks by the tweet they were set on, in the order of ids, as they are at one moment.

    Raises WorkspaceError where there is no workspace.
    """
    target = Workspace(workspace)
    while True:
        number = target.state.number
        try:
            return _read(target)
        except FileNotFoundError:  # a mark that came meanwhile has taken the place of these
            target.refresh()
            if target.state.number == number:
                raise


def put(workspace: Path, tweet_id: int, mark: str | None, note: str | None) -> Mark | None:
    """Set what is said of a conversation, or with neither mark nor note take it back; gives what was said before.

    A mark can be changed also where an older root was found since; it stays at its tweet. What changes nothing is not
    written. Raises UsageError where the tweet is no root and has no mark, the word is none of `WORDS`, or the note is
    longer than `LONGEST` characters; WorkspaceBusy while another run is writing.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if mark is not None and mark not in WORDS:
        raise UsageError(f"a mark is {' or '.join(WORDS)}, not {mark!r}")
    if note is not None:
        _check_note(note)
    target = Workspace(workspace)
    with target.writing() as scratch:
        marks = _read(target)
        before = marks.pop(tweet_id, None)
        if before is None and not _is_root(target, tweet_id):
            raise UsageError(f"{tweet_id}: is no root of a conversation")
        now = Mark(mark, note or None)
        if now == (before or Mark(None, None)):
            return before
        if now != Mark(None, None):
            marks[tweet_id] = now
        rows = [{"tweet_id": key, "mark": one.mark, "note": one.note} for key, one in sorted(marks.items())]
        part = scratch / "marks.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=schema("marks")), part)
        name = f"{target.state.number + 1:08}"
        target.commit("marks", replace={"marks": [target.adopt("marks", part, name)]}, instead=True)
    return before


def _read(target: Workspace) -> dict[int, Mark]:
    import pyarrow.parquet as pq

    rows = [row for part in target.parts("marks") for row in pq.read_table(part).to_pylist()]
    return {row["tweet_id"]: Mark(row["mark"], row["note"]) for row in rows}


def _check_note(note: str) -> None:
    """Raise UsageError for what cannot be kept: it may come from any form."""
    if len(note) > LONGEST:
        raise UsageError(f"a note has at most {LONGEST:,} characters; this one has {len(note):,}")
    try:
        note.encode()
    except UnicodeEncodeError as error:
        raise UsageError("a note is text; this one holds half of a character") from error


def _is_root(target: Workspace, tweet_id: int) -> bool:
    """Look into the rows of `conversations` among which the root would stand: they are sorted by it."""
    import pyarrow.parquet as pq

    return tweet_id in IDS and any(
        pq.read_table(part, columns=["root_id"], filters=[("root_id", "==", tweet_id)]).num_rows
        for part in target.parts("conversations")
    )
