"""Read what a personal archive says of its tweets elsewhere: who wrote them, and long posts in full."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from chinwag.mending import mend
from chinwag.places import Place
from chinwag.sources.v1 import Hashtag, Url, User
from chinwag.texts import LEADING_MENTION, SHORT_LINK, unescaped
from chinwag.values import id_time, iso_time, name_id, to_id

CUT = re.compile(r"(.*)…(?:\s+https?://t\.co/[A-Za-z0-9]+)*\s*", re.DOTALL)  # links of media and quotes follow the cut
# Twitter cuts at a weight of 280, which is 140 wide characters; a link that does not fit is left out as a whole.
SHORTEST_CUT = 100
NO_ACCOUNT = "no account.js beside it: the author is unknown"
NO_ACCOUNT_IN_IT = "no account in it: the author is unknown"


class Account(msgspec.Struct, gc=False):
    """Read whose archive it is; account.js has `username`, manifest.js `userName`."""

    accountId: str | None = None
    username: str | None = None
    userName: str | None = None


class NoteUrl(msgspec.Struct, gc=False):
    """Read a link in a long post."""

    shortUrl: str | None = None
    expandedUrl: str | None = None


class Core(msgspec.Struct, gc=False):
    """Read the text of a long post with what belongs to it."""

    text: str | None = None
    urls: list[NoteUrl] | None = None
    hashtags: list[Hashtag] | None = None


class NoteTweet(msgspec.Struct, gc=False):
    """Read a long post; it does not say which tweet it belongs to."""

    noteTweetId: str | None = None
    createdAt: str | None = None
    core: Core | None = None


@dataclass(frozen=True)
class Note:
    """Hold a long post; its text is not escaped, and its t.co links are others than those of its tweet."""

    at: int
    text: str
    urls: list[Url]
    hashtags: list[Hashtag]


@dataclass(frozen=True)
class Archive:
    """Hold what is known of all tweets of an archive; `notes` by the second in which they were written."""

    user: User | None
    made_at: int | None
    notes: Mapping[int, list[Note]]
    problems: tuple[str, ...]

    def note(self, text: str, written_at: int) -> tuple[Note, int] | None:
        """Find the long post that a cut text begins, and where in the text it begins: behind the reply prefix.

        A long post is written some ms before its tweet (13 to 41 ms for 41 of a real archive); of those within a second
        or so the nearest counts whose text goes on where the tweet's is cut. All 31 cut tweets there found their own.
        """
        cut = CUT.fullmatch(text) if self.notes else None
        if cut is None or len(cut[1]) < SHORTEST_CUT:
            return None
        second = written_at // 1000
        near = [note for at in range(second - 1, second + 2) for note in self.notes.get(at, ())]
        for note in sorted(near, key=lambda note: abs(note.at - written_at)):
            whole = _masked(note.text)
            for start in _beginnings(cut[1]):
                if whole.startswith(_masked(unescaped(cut[1][start:]))):
                    return note, start
        return None


def _beginnings(text: str) -> Iterator[int]:
    """Give where a text may begin: at its first character, or behind any of its leading mentions."""
    start = 0
    yield start
    while (found := LEADING_MENTION.match(text, start)) and found.end() < len(text):
        start = found.end()
        yield start


def _masked(text: str) -> str:
    return SHORT_LINK.sub("\0", text)


@lru_cache(maxsize=4)  # asked for every tweet, while a worker reads one member after another
def beside(place: Place) -> Archive:
    """Read what lies beside a script of tweets."""
    problems: list[str] = []
    account = _script(place, "account.js", problems.append)
    manifest = _script(place, "manifest.js", problems.append)
    if not isinstance(manifest, dict):
        manifest = {}
    made = manifest.get("archiveInfo")
    notes = list(_scripts(place, "note-tweet", problems.append))
    user = _user(account) or _user(manifest.get("userInfo"))
    if user is None:
        problems.append(NO_ACCOUNT)
    return Archive(user, iso_time(str(made.get("generationDate"))) if isinstance(made, dict) else None, _notes(notes),
                   tuple(problems))  # fmt: skip


def inside(record: dict[str, Any]) -> Archive:
    """Read what one object that holds a whole archive says of it."""
    user = _user(record.get("account"))
    notes = record.get("note-tweet")
    return Archive(user, None, _notes(notes if isinstance(notes, list) else []), () if user else (NO_ACCOUNT_IN_IT,))


def _scripts(place: Place, name: str, report: Callable[[str], None]) -> Iterator[Any]:
    """Give the items of a script and of its further parts."""
    part, found = 0, _script(place, f"{name}.js", report)
    while found is not None:
        yield from found if isinstance(found, list) else ()
        part += 1
        found = _script(place, f"{name}-part{part}.js", report)


def _script(place: Place, name: str, report: Callable[[str], None]) -> Any:
    """Decode what a script assigns; None where there is none of this name."""
    script = place.beside(name)
    if script is None:
        return None
    try:
        return json.loads(script.decode("utf-8", "replace").partition("=")[2].strip().removesuffix(";"), strict=False)
    except (ValueError, RecursionError):
        report(f"{name} beside it: broken or cut JSON")
        return ()


def _user(value: Any) -> User | None:
    """Make an author of `[{"account": {...}}]`, or of the innermost object."""
    value = value[0] if isinstance(value, list) and value else value
    value = value.get("account", value) if isinstance(value, dict) else None
    account = mend(value, Account, lambda _: None) or Account()
    handle = account.username or account.userName
    if to_id(account.accountId) is None and not handle:
        return None
    return User(id_str=account.accountId, id=name_id(handle) if handle else None, screen_name=handle)


def _notes(items: list[Any]) -> dict[int, list[Note]]:
    notes = defaultdict[int, list[Note]](list)
    for item in items:
        found = mend(item.get("noteTweet") if isinstance(item, dict) else None, NoteTweet, lambda _: None)
        if found is None or found.core is None or not found.core.text:
            continue
        at = id_time(to_id(found.noteTweetId) or 0) or iso_time(found.createdAt)  # the id is finer
        if at is not None:
            urls = [Url(url.shortUrl, url.expandedUrl) for url in found.core.urls or ()]
            notes[at // 1000].append(Note(at, found.core.text, urls, found.core.hashtags or []))
    return dict(notes)
