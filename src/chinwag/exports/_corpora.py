"""Hold ConvoKit corpora to their rules as a whole: its `check_integrity`, and what their files say of each other.

Of an utterance three numbers are kept, hashes of ids, so that checking a corpus takes far less memory than loading it
with ConvoKit does.
"""

from array import array
from collections.abc import Container, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import pyarrow as pa

UTTERANCES = "utterances.jsonl"
SPEAKERS = "speakers.json"
CONVERSATIONS = "conversations.json"
CORPUS = "corpus.json"
INDEX = "index.json"
INDICES = ("utterances-index", "speakers-index", "conversations-index", "overall-index")
UNREADABLE = (OSError, ValueError, RecursionError, msgspec.DecodeError)


class _Utterance(msgspec.Struct, gc=False):
    """Read of an utterance what makes the tree, and its metadata; ConvoKit reads `reply_to` and writes `reply-to`."""

    id: str
    conversation_id: str
    speaker: str
    reply_to: str | None = None
    replies: str | None = msgspec.field(default=None, name="reply-to")
    meta: dict[str, Any] = {}


class _Entry(msgspec.Struct, gc=False):
    """Read nothing of a speaker or a conversation but that it is an object."""


def wrong_corpus(corpus: Path) -> Iterator[str]:
    """Say which rules a corpus breaks as a whole, each once, and where it can be told the first line that does."""
    index = _read(corpus / INDEX, dict[str, Any])
    if index is None:
        yield f"{INDEX}: is no object that can be read"
    elif not all(isinstance(index.get(name), dict) for name in INDICES) or type(index.get("version")) is not int:
        yield f"{INDEX}: lacks one of {', '.join(INDICES)} and version"
        index = None
    for name in (CONVERSATIONS, CORPUS):
        if _read(corpus / name, dict[str, _Entry] if name == CONVERSATIONS else dict[str, Any]) is None:
            yield f"{name}: is no object that can be read"
    speakers = _read(corpus / SPEAKERS, dict[str, _Entry])
    if speakers is None:
        yield f"{SPEAKERS}: is no object that can be read"
    lines = _Lines(index and index[INDICES[0]], speakers)
    try:
        with (corpus / UTTERANCES).open("rb") as file:
            for line in file:
                lines.add(line)
    except UNREADABLE:
        yield f"{UTTERANCES}: line {len(lines.ids) + 1}: cannot be read as an utterance"
        return
    for problem in lines.problems():
        yield f"{UTTERANCES}: {problem}"


def _read(path: Path, kind: Any) -> Any:
    """Read a file of JSON of this kind; None where it is not."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except UNREADABLE:
        return None


class _Lines:
    """Take up the utterances of a corpus, line by line."""

    def __init__(self, index: dict[str, Any] | None, speakers: Container[str] | None) -> None:
        self.ids = array("q")
        # For each line what it replies to, and its conversation; the conversations of lines that reply to nothing.
        self._parents, self._conversations, self._roots = array("q"), array("q"), array("q")
        self._index, self._speakers = index, speakers
        self._first: dict[str, int] = {}
        self._told: set[tuple[str, type]] = set()  # metadata that is as the index tells
        self._decode = msgspec.json.Decoder(_Utterance).decode

    def add(self, line: bytes) -> None:
        """Take up a line; raises what `UNREADABLE` names where it is no utterance."""
        one = self._decode(line)
        number = len(self.ids)
        self.ids.append(hash(one.id))
        self._conversations.append(hash(one.conversation_id))
        parent = one.replies if one.reply_to is None else one.reply_to
        if parent is None:
            self._roots.append(hash(one.conversation_id))
        # What replies to nothing is kept as replying to itself: that is always there, and in its conversation.
        self._parents.append(hash(one.id if parent is None else parent))
        if self._speakers is not None and one.speaker not in self._speakers:
            self._first.setdefault(f"its speaker is not in {SPEAKERS}", number)
        if self._index is not None and not self._told.issuperset((key, type(one.meta[key])) for key in one.meta):
            self._tell(one.meta, self._index, number)

    def _tell(self, meta: dict[str, Any], index: dict[str, Any], number: int) -> None:
        """Hold metadata to the index."""
        for key, value in meta.items():
            if _is_told(index, key, value):
                self._told.add((key, type(value)))
            else:
                self._first.setdefault(f"its metadata is not as {INDEX} tells", number)

    def problems(self) -> Iterator[str]:
        """Say each rule that is broken, where it can be told with the first line that does."""
        import pyarrow.compute as pc

        ids, parents, conversations, roots = map(_numbers, (self.ids, self._parents, self._conversations, self._roots))
        places = pc.index_in(parents, value_set=ids)
        apart = pc.not_equal(conversations.take(places), conversations)  # null where there is no such place
        rootless = pc.invert(pc.is_in(conversations, value_set=roots))
        for problem, mask in (
            ("it replies to an utterance that is not there", places.is_null()),
            ("it replies to an utterance of another conversation", apart),
            ("every utterance of its conversation replies to another", rootless),
        ):
            if (number := pc.index(mask, True).as_py()) >= 0:
                self._first.setdefault(problem, number)
        for problem, number in self._first.items():
            yield f"line {number + 1}: {problem}"
        if pc.count_distinct(ids).as_py() < len(ids):
            yield "two utterances have one id"
        if pc.count_distinct(roots).as_py() < len(roots):
            yield "two utterances of one conversation reply to none"


def _numbers(held: "array[int]") -> "pa.Array":
    import pyarrow as pa

    return pa.Array.from_buffers(pa.int64(), len(held), [None, pa.py_buffer(held)])


def _is_told(index: dict[str, Any], key: str, value: Any) -> bool:
    """Tell whether an index has a type for metadata as ConvoKit would write it: none yet is any, and so is `bin`."""
    kinds = index.get(key)
    if isinstance(kinds, str):
        kinds = [kinds]
    return isinstance(kinds, list) and (value is None or not kinds or "bin" in kinds or str(type(value)) in kinds)
