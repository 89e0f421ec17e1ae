"""Mark conversations as the forms of the pages ask, and remember what was there before, so that it can be undone."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from chinwag import marks
from chinwag.errors import UsageError
from chinwag.marks import Mark
from chinwag.web.index import Index
from chinwag.web.listing import number

KEPT = 100  # changes that can be undone
FIELDS = ("id", "mark", "note", "token", "back")
MARKS = (*marks.WORDS, "")
UNMARKED = Mark(None, None)


@dataclass(frozen=True)
class Change:
    """Hold one change of a mark: what it was before, and is now."""

    root_id: int
    before: Mark
    now: Mark


class Changes:
    """Hold the last changes by number, from any thread; they are forgotten with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changes: OrderedDict[int, Change] = OrderedDict()
        self._last = 0

    def add(self, change: Change) -> int:
        """Remember a change; gives its number."""
        with self._lock:
            self._last += 1
            self._changes[self._last] = change
            while len(self._changes) > KEPT:
                self._changes.popitem(last=False)
            return self._last

    def get(self, number: int) -> Change | None:
        """Give a change; None where it is forgotten."""
        with self._lock:
            return self._changes.get(number)


def read_form(body: bytes) -> dict[str, str]:
    """Read the fields of a form; raises UsageError where it is none of ours."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=len(FIELDS))
    except ValueError as error:
        raise UsageError("the form cannot be read") from error
    if len({name for name, _ in pairs}) != len(pairs) or not {name for name, _ in pairs} <= {*FIELDS}:
        raise UsageError("the form has other fields than it should")
    return dict(pairs)


def mark(index: Index, changes: Changes, form: dict[str, str]) -> tuple[int, str] | None:
    """Do what a form asks; gives the change's number and the address to go back to, None where there is no such tweet.

    The mark goes where the conversation's mark is, else to the root. Without a note in the form the one there is stays.
    Raises UsageError where the form asks what cannot be, and what `marks.put` raises.
    """
    wanted, back = form.get("mark", ""), address(form.get("back", "/"))
    if wanted not in MARKS:
        raise UsageError("mark: keep, drop or nothing")
    root_id = index.root_of(number(form.get("id", ""), "id"))
    if root_id is None:
        return None
    holder, mark = index.marked().get(root_id, (root_id, UNMARKED))
    note = form.get("note", mark.note or "").replace("\r\n", "\n").strip()
    now = Mark(wanted or None, note or None)
    before = marks.put(index.target.path, holder, now.mark, now.note)
    return changes.add(Change(root_id, before or UNMARKED, now)), back


def address(text: str) -> str:
    """Take an address within the site; raises UsageError where it is another one, or might be read as one."""
    parts = urlsplit(text)
    known = parts.path in ("/", "/rules") or parts.path.startswith("/conversation/")
    odd = not text.isascii() or not text.isprintable() or any(sign in text for sign in "\\ ") or ".." in parts.path
    if parts.scheme or parts.netloc or text.startswith("//") or odd or not known:
        raise UsageError("back: no page of this site")
    return text


def told(back: str, change: int) -> str:
    """Write the address to go back to, with the number of the change that is to be told there."""
    parts = urlsplit(back)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "done"]
    return parts._replace(query=urlencode([*query, ("done", change)])).geturl()
