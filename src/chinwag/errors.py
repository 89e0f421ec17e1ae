"""Hold the tree of errors: what a user can be told in one line.

ChinwagError            the input or the world is at fault: exit code 1
├── UsageError          the command was misused: exit code 2
├── NothingToRead       a path that was given holds no tweets
├── WorkspaceError      the workspace cannot be used as asked
│   └── WorkspaceBusy   another run is writing to it
├── EngineError         the database could not finish a step
├── ProviderError       a provider refuses: nothing more can be asked of it now
│   └── Unanswered      one request was not answered, however often it was sent; others may be
└── ExportError         an export could not be written, or broke its consumer's rules
"""

from collections.abc import Iterable
from difflib import get_close_matches


def printable(name: object) -> str:
    """Give a name as text that any file, table and terminal takes: what they cannot hold is escaped."""
    text = str(name)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def check_known(names: Iterable[str], allowed: Iterable[str], where: str, what: str) -> None:
    """Hold names against those there are; raises UsageError, with the one that was likely meant."""
    there = list(allowed)
    for name in names:
        if name not in there:
            close = get_close_matches(name, there, 1)
            hint = f"do you mean {close[0]}?" if close else f"there are: {', '.join(there) or 'none'}"
            raise UsageError(f"{where}: no {what} is called {name!r}; {hint}")


class ChinwagError(Exception):
    """Say in one line what went wrong, where, and what to do."""

    exit_code = 1


class UsageError(ChinwagError):
    """Report a misused command, option or recipe."""

    exit_code = 2


class NothingToRead(ChinwagError):
    """Report paths that were given and hold no tweets."""


class WorkspaceError(ChinwagError):
    """Report a workspace that cannot be used as asked."""


class WorkspaceBusy(WorkspaceError):
    """Report that another run is writing to the workspace."""


class EngineError(ChinwagError):
    """Report a step that the database could not finish."""


class ProviderError(ChinwagError):
    """Report a provider that refuses: nothing more can be asked of it now."""


class Unanswered(ProviderError):
    """Report a request that was not answered, however often it was sent; others may be.

    `billed` says that it may have been: an answer began, and was lost on its way.
    """

    def __init__(self, message: str, *, billed: bool = False) -> None:
        super().__init__(message)
        self.billed = billed


class ExportError(ChinwagError):
    """Report an export that could not be written, or that broke its consumer's rules."""
