"""Write ConvoKit corpora, one a split: folders of utterances, speakers, conversations for `Corpus(filename=...)`.

An utterance is a turn, a speaker the pseudonym of an author. The form is told in ConvoKit's docs/source/data_format.rst
and model/corpus_helpers.py. ConvoKit takes a corpus into memory whole; its `traverse` in pre- and post-order recurses
and fails on the longest chains (of 1,501 utterances, with ConvoKit 5.0), all else takes them.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from chinwag.exports._corpora import CONVERSATIONS, CORPUS, INDEX, INDICES, SPEAKERS, UTTERANCES, wrong_corpus
from chinwag.turns import Turn
from chinwag.workspace import Workspace

if TYPE_CHECKING:
    from chinwag.engines import Engine

Entries = Iterator[tuple[str, dict[str, Any]]]

KINDS = ("jsonl",)
COMPRESS = ("none",)  # ConvoKit opens the file by its name
FILE = f"{{split}}/{UTTERANCES}"
MEMORY = 1_000_000_000  # bytes for the database that finds the speakers; what is more goes to the disk
FIELDS = ("id", "conversation_id", "text", "speaker", "timestamp")  # mandatory, with reply_to or reply-to
REPLY = ("reply_to", "reply-to")  # the former is what the documents say, the latter what ConvoKit writes
META: dict[str, type] = {"lang": str, "like_count": int, "time_known": bool}  # of an utterance

# Who speaks, and what conversations there are, in an order of their own so that the same turns give the same bytes.
SPEAKING = "select author from turns where split = ? group by author order by author"
HELD = "select turn_id, lang from turns where split = ? and depth = 0 order by turn_id"


def records(turns: list[Turn], name: Callable[[int], str]) -> Iterator[dict[str, Any]]:
    """Give each turn as an utterance, `timestamp` in whole seconds since 1970.

    ConvoKit sorts replies by their times and raises where one has none. So a turn whose time is not known, as
    `time_known` says, has that of the turn it answers, and the first one the earliest that is known, or else 0.
    """
    root = name(turns[0].id)
    earliest = min((turn.created_at for turn in turns if turn.created_at is not None), default=0)
    times: dict[int | None, int] = {None: earliest}
    for turn in turns:
        times[turn.id] = times[turn.parent_id] if turn.created_at is None else turn.created_at
        yield {
            "id": name(turn.id),
            "conversation_id": root,
            "text": turn.text,
            "speaker": turn.author,
            "meta": {"lang": turn.lang, "like_count": turn.like_count, "time_known": turn.created_at is not None},
            "reply_to": None if turn.parent_id is None else name(turn.parent_id),
            "timestamp": times[turn.id] // 1000,
            "vectors": [],
        }


def beside(folder: Path, manifest: dict[str, Any], target: Workspace, name: Callable[[int], str]) -> None:
    """Write the other files of each corpus, in constant memory."""
    from chinwag.engines.duckdb import DuckDB

    with TemporaryDirectory(dir=folder) as scratch, DuckDB(Path(scratch), memory=MEMORY) as engine:
        engine.read("turns", target.parts("turns"))
        for entry in manifest["files"]:
            corpus, split = (folder / entry["name"]).parent, entry["split"]
            speakers: Entries = ((row["author"], {}) for row in _rows(engine, SPEAKING, split))
            held: Entries = ((name(row["turn_id"]), {"lang": row["lang"]}) for row in _rows(engine, HELD, split))
            meta = {
                "made_by": f"chinwag {manifest['chinwag']}",
                "split": split,
                "utterances": entry["records"],
                "speakers": _write(corpus / SPEAKERS, speakers),
                "conversations": _write(corpus / CONVERSATIONS, held),
            }
            kinds: tuple[dict[str, type], ...] = (
                META,
                {},
                {"lang": str},
                {key: type(value) for key, value in meta.items()},
            )
            indices = [{key: [str(kind)] for key, kind in one.items()} for one in kinds]
            index = {**dict(zip(INDICES, indices, strict=True)), "version": 1, "vectors": []}
            (corpus / CORPUS).write_text(json.dumps(meta) + "\n", encoding="utf-8")
            (corpus / INDEX).write_text(json.dumps(index) + "\n", encoding="utf-8")


def _rows(engine: "Engine", select: str, split: str) -> Iterator[dict[str, Any]]:
    for batch in engine.rows(select, [split]):
        yield from batch.to_pylist()


def _write(path: Path, entries: Entries) -> int:
    """Write one JSON object of what each has of metadata, an entry a line; gives their number."""
    number = 0
    with path.open("w", encoding="utf-8") as out:
        out.write("{")
        for number, (key, meta) in enumerate(entries, 1):
            out.write(",\n" if number > 1 else "\n")
            out.write(f"{json.dumps(key)}: {json.dumps({'meta': meta, 'vectors': []})}")
        out.write("\n}\n")
    return number


def check(record: Any) -> str | None:
    """Say which rule of ConvoKit's form an utterance breaks.

    The first utterance of a conversation, and no other, replies to nothing, and the conversation has its id. A
    timestamp is what can be compared, or null, as in some of ConvoKit's own corpora.
    """
    if not isinstance(record, dict) or not set(FIELDS) <= set(record) or record.keys().isdisjoint(REPLY):
        return f"an utterance lacks one of {', '.join(FIELDS)} and reply_to"
    own, held, reply_to = record["id"], record["conversation_id"], next(record[key] for key in REPLY if key in record)
    rules = {
        "an id, a speaker or a conversation is no text": all(map(_is_name, (own, held, record["speaker"]))),
        "the text is no text": isinstance(record["text"], str),
        "reply_to is neither an id nor null": reply_to is None or _is_name(reply_to),
        "an utterance replies to itself": reply_to is None or reply_to != own,
        "a conversation is not named by the utterance that replies to none": (reply_to is None) == (own == held),
        "the timestamp is no number, text or null": type(record["timestamp"]) in (int, float, str, type(None)),
        "the metadata is no object": isinstance(record.get("meta", {}), dict),
        "vectors are no list of names": _are_names(record.get("vectors", [])),
    }
    return next((rule for rule, kept in rules.items() if not kept), None)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_name, value))


def check_folder(folder: Path) -> Iterator[str]:
    """Say what keeps ConvoKit from loading each corpus in a folder, and which of them fail its `check_integrity`."""
    for path in sorted([*folder.glob(UTTERANCES), *folder.glob(f"*/{UTTERANCES}")]):
        corpus = path.parent
        for problem in wrong_corpus(corpus):
            yield problem if corpus == folder else f"{corpus.name}: {problem}"
