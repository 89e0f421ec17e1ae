"""Hold the tree of errors: what a user can be told in one line.

ChinwagError            the input or the world is at fault: exit code 1
├── UsageError          the command was misused: exit code 2
├── NothingToRead       a path that was given holds no tweets
├── WorkspaceError      the workspace cannot be used as asked
│   └── WorkspaceBusy   another run is writing to it
├── EngineError         the database could not finish a step
└── ExportError         an export could not be written, or broke its consumer's rules
"""


def printable(name: object) -> str:
    """Give a name as text that any file, table and terminal takes: what they cannot hold is escaped."""
    text = str(name)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


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


class ExportError(ChinwagError):
    """Report an export that could not be written, or that broke its consumer's rules."""
