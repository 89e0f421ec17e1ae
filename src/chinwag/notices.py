"""Read what files say is gone, compliance results and lists, as notices in the shape of the compliance stream."""

import csv
import gzip
import hashlib
import io
import re
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from chinwag.compression import blocks
from chinwag.errors import ChinwagError, UsageError, printable
from chinwag.forms import chunks, tell
from chinwag.values import TWITTER_EPOCH, id_time, iso_time, to_id
from chinwag.workspace import sync_write

# The notice that a result of each reason is; all others say that the tweet, or the user, is gone.
OF_TWEETS = {"protected": "drop", "suspended": "drop", "scrub_geo": "scrub_geo"}
OF_USERS = {"protected": "user_protect", "suspended": "user_suspend", "scrub_geo": "scrub_geo"}

# Lines of a list. What stands in the place of a name in some addresses is none.
NO_NAMES = "i|intent|search|hashtag|home|explore|share|settings|messages|notifications|compose|login|signup|tos|privacy"
SITE = r"(?:https?://)?(?:(?:www|mobile|m)\.)?(?:twitter|x)\.com/(?:#!/)?"
TWEET = re.compile(rf"(?:{SITE}(?:\w+|i/web)/status(?:es)?/)?([0-9]+)(?:[/?#].*)?", re.ASCII | re.IGNORECASE)
USER = re.compile(rf"(?:user:|{SITE}i/user/)([0-9]+)(?:[/?#].*)?", re.ASCII | re.IGNORECASE)
NAME = re.compile(rf"(?:@|{SITE}(?!(?:{NO_NAMES})\b))(\w{{1,20}})/?(?:[?#].*)?", re.ASCII | re.IGNORECASE)
ROUNDING = 2000  # ms by which the time in a result may differ from that in the id
HELD = 1000  # lines that are packed at once
COMMENT = re.compile(r"\s#.*")

Reject = Callable[[int | None, str], None]


class Result(msgspec.Struct, gc=False):
    """Read a compliance result; nothing in it tells a tweet from a user."""

    id: str | int | None = None
    action: str | None = None
    created_at: str | None = None
    redacted_at: str | None = None
    reason: str | None = None


class Notices:
    """Collect what one file says is gone, as notices; `misfits` are results that cannot be of tweets."""

    def __init__(self) -> None:
        self.tweets, self.users, self.places = array("q"), array("q"), array("q")
        self.names: set[str] = set()
        self.lines = self.results = self.fits = self.misfits = 0
        self._packed, self._hash = io.BytesIO(), hashlib.sha256()
        self._held: list[bytes] = []
        self._file = gzip.GzipFile("", "wb", 1, self._packed, mtime=0)

    def tweet(self, id: int, kind: str = "delete", at: int | None = None) -> None:
        """Add a notice about a tweet."""
        subject: dict[str, Any] = {"id": id, "id_str": str(id)}
        (self.places if kind == "scrub_geo" else self.tweets).append(id)
        self._write(kind, subject if kind == "scrub_geo" else {"status": subject}, at)

    def user(self, id: int, kind: str = "user_delete", at: int | None = None) -> None:
        """Add a notice about all tweets of a user."""
        if kind != "scrub_geo":
            self.users.append(id)
        self._write(kind, {"user_id" if kind == "scrub_geo" else "id": id}, at)

    def name(self, handle: str) -> None:
        """Add a notice about all tweets of a user, by name."""
        self.names.add(handle.lower())
        self._write("user_delete", {"screen_name": handle}, None)

    def _write(self, kind: str, subject: dict[str, Any], at: int | None) -> None:
        line = msgspec.json.encode({kind: subject if at is None else {**subject, "timestamp_ms": str(at)}}) + b"\n"
        self.lines += 1
        self._held.append(line)
        if len(self._held) == HELD:
            self._pack()

    def _pack(self) -> None:
        data = b"".join(self._held)
        self._held.clear()
        self._hash.update(data)
        self._file.write(data)

    def result(self, result: Result, *, users: bool) -> str | None:
        """Add what a result says, or say what is wrong with it."""
        id, reason, at = to_id(result.id), result.reason or result.action, iso_time(result.redacted_at)
        if id is None or reason is None:
            return "no compliance result"
        if users:
            self.user(id, OF_USERS.get(reason, "user_delete"), at)
            return None
        self.results += 1
        fits = _may_be_tweet(id, iso_time(result.created_at))
        self.fits += fits is True
        self.misfits += fits is False
        self.tweet(id, OF_TWEETS.get(reason, "delete"), at)
        return None

    def entry(self, text: str, *, users: bool) -> str | None:
        """Add what a line of a list names, or say what is wrong with it."""
        if found := NAME.fullmatch(text):
            self.name(found[1])
            return None
        tweet, user = TWEET.fullmatch(text), USER.fullmatch(text)
        found = tweet or user
        if found is None:
            return "no tweet and no user"
        if (id := to_id(found[1])) is None:
            return "id out of range"
        if user or (users and text.isdecimal()):
            self.user(id)
        else:
            self.tweet(id)
        return None

    def save(self, folder: Path) -> Path:
        """Write the notices under a name that follows from them: the same ones are one file."""
        self._pack()
        self._file.close()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self._hash.hexdigest()[:16]}.jsonl.gz"
        if not path.exists():
            sync_write(path, self._packed.getvalue())
        return path


def _may_be_tweet(id: int, created_at: int | None) -> bool | None:
    """Tell whether a tweet made at a time can have an id; None where nothing tells.

    The id of a tweet holds its time to the millisecond. Users' were counted up to 2016: no tweet has such an id and was
    made after the first snowflake.
    """
    own = id_time(id)
    if created_at is None or (own is None and created_at < TWITTER_EPOCH):
        return None
    return own is not None and abs(own - created_at) <= ROUNDING


def read(path: Path, reject: Reject, *, users: bool, show: Callable[[int], None] = lambda size: None) -> Notices:
    """Read one file: results as JSON lines or CSV, or a list; lines that say nothing are told with their number.

    With `users` the ids of results, and those that stand alone in a list, are users'. `show` takes word of the bytes
    of each block that is read.
    """
    notices = Notices()
    take: Callable[[str], str | None] | None = None
    try:
        with path.open("rb") as file:
            for number, text in _lines(path, _telling(file, show), reject):
                if take is None:
                    columns = _cells(text)
                    if {"id", "reason"} <= set(columns):
                        take = _rows(notices, columns, users=users)
                        continue
                    take = _results(notices, users=users) if text.startswith("{") else _entries(notices, users=users)
                if problem := take(text):
                    reject(number, problem)
    except OSError as error:
        raise ChinwagError(f"{printable(path)}: {error.strerror or error}") from error
    return notices


def _telling(file: IO[bytes], show: Callable[[int], None]) -> Callable[[int], bytes]:
    """Give what reads a file, and tells of each block that it was read."""

    def read(size: int) -> bytes:
        data = file.read(size)
        show(len(data))
        return data

    return read


def _lines(path: Path, read: Callable[[int], bytes], reject: Reject) -> Iterator[tuple[int, str]]:
    """Give the lines of a file, packed or not, but for blank ones and comments."""
    form, _, content = tell(blocks(read, lambda reason: reject(None, reason)))
    if form != "lines":
        raise UsageError(f"{printable(path)}: neither a list nor compliance results, line by line")
    for numbers, chunk in chunks(content, reject):
        for number, line in zip(numbers, chunk.removesuffix(b"\n").split(b"\n"), strict=True):
            text = line.decode("utf-8", "replace").strip("\ufeff\0 \t\r")
            if text and not text.startswith("#"):
                yield number, text


def _results(notices: Notices, *, users: bool) -> Callable[[str], str | None]:
    decoder = msgspec.json.Decoder(Result)

    def take(text: str) -> str | None:
        try:
            return notices.result(decoder.decode(text), users=users)
        except (msgspec.DecodeError, UnicodeError):
            return "no compliance result"

    return take


def _rows(notices: Notices, columns: list[str], *, users: bool) -> Callable[[str], str | None]:
    def take(text: str) -> str | None:
        cells = dict(zip(columns, _cells(text), strict=False))
        known = {name: cells.get(name) or None for name in Result.__struct_fields__}
        return notices.result(Result(**known), users=users)

    return take


def _cells(text: str) -> list[str]:
    try:
        return next(csv.reader([text]))
    except csv.Error:
        return []


def _entries(notices: Notices, *, users: bool) -> Callable[[str], str | None]:
    return lambda text: notices.entry(COMMENT.sub("", text).rstrip(), users=users)
