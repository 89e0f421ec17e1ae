"""Serve pages to look at the conversations of a workspace and mark them, to this machine alone."""

import socket
import sys
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from chinwag.errors import ChinwagError, UsageError
from chinwag.workspace import Workspace

if TYPE_CHECKING:
    import uvicorn

    from chinwag.web.index import Index

HOST = "127.0.0.1"
PATIENCE = 3  # seconds that requests under way are given at the end


def run(
    workspace: Path, *, port: int = 8765, opened: bool = True, memory: int | None = None, quiet: bool = False
) -> None:
    """Serve the pages until Ctrl-C or SIGTERM; the index is made first, where none fits.

    The address goes to stderr, and to a browser if it is to be `opened`. Port 0 is any that is free; `memory` is bytes
    for the whole process, and what does not fit goes to disk. Raises UsageError where the packages of the extra `web`
    are missing, ChinwagError where the port is taken, and what `index.make` raises.
    """
    try:
        import starlette  # noqa: F401 - to be told here, and not in the midst of it
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise UsageError("browse needs packages that are not installed: pip install 'chinwag[web]'") from error
    from chinwag.web.index import Index, make

    target = Workspace(workspace)
    with bound(port) as listener:
        make(target, memory=memory, quiet=quiet)
        with Index(target, memory=memory) as index:
            server = serving(index, listener)
            listener.listen()
            address = f"http://{HOST}:{listener.getsockname()[1]}/"
            sys.stderr.write(f"{address}\n" if quiet else f"chinwag: {address} shows {workspace}; Ctrl-C ends it\n")
            if opened:  # beside the server: some browsers keep whoever opens them waiting
                threading.Thread(target=_open, args=(address,), daemon=True).start()
            with suppress(KeyboardInterrupt):  # which uvicorn raises again when all is closed
                server.run(sockets=[listener])


def bound(port: int) -> socket.socket:
    """Hold a port of this machine; raises ChinwagError where it cannot be had."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise ChinwagError(f"port {port}: {error.strerror}; take another: --port 0 is any that is free") from error
    return listener


def serving(index: "Index", listener: socket.socket) -> "uvicorn.Server":
    """Make the server for a port that is held."""
    import uvicorn

    from chinwag.web.app import make

    config = uvicorn.Config(
        make(index, listener.getsockname()[1]),
        access_log=False,
        log_level="warning",
        lifespan="off",
        ws="none",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=PATIENCE,
    )
    return uvicorn.Server(config)


def _open(address: str) -> None:
    with suppress(webbrowser.Error, OSError):
        webbrowser.open(address)
