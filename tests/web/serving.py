"""Serve a workspace in a thread, with a client that asks as a browser does; and make workspaces worth looking at."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from chinwag import web
from chinwag.recipe import Recipe
from chinwag.web.index import Index, make
from chinwag.workspace import Workspace
from tests.workspaces import Json, curated, status

LANGUAGES = ("en", "ja", "de")
SENSITIVE = Recipe(filters={"sensitive": {}})


@contextmanager
def opened(workspace: Path) -> Iterator[Index]:
    """Open a workspace's index, which is made where none fits."""
    target = Workspace(workspace)
    make(target, quiet=True)
    with Index(target) as index:
        yield index


@contextmanager
def served(workspace: Path) -> Iterator[httpx.Client]:
    """Serve a workspace; redirects are not followed."""
    with opened(workspace) as index, web.bound(0) as listener:
        server = web.serving(index, listener)
        listener.listen()
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with httpx.Client(base_url=address, timeout=60) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


def token_of(client: httpx.Client) -> str:
    """Read the token of the forms off the list."""
    found = re.search(r'name="token" value="([^"]+)"', client.get("/").text)
    assert found is not None
    return found[1]


def roots_in(page: str) -> list[int]:
    """Give the roots of the rows of a list."""
    return [int(root) for root in re.findall(r'<li id="c-(\d+)"', page)]


def tree_of(number: int) -> list[Json]:
    """Make the statuses of one of many conversations, which differ in all that can be chosen by.

    Of every fifth the last answer is dropped, and of every tenth all answers, so that nothing of it is kept.
    """
    root = number * 1000
    made = [status(root, f"root of {number}", author=1 + number % 7, lang=LANGUAGES[number % 3])]
    for place in range(1, 2 + number % 4):
        to = root + place - 1 if number % 2 else root  # odd ones are chains
        gone = number % 10 == 0 or (number % 5 == 0 and place == 1 + number % 4)
        words = f"Straße ÄPFEL {number}" if number % 6 == 0 and place == 1 else f"answer {place} to {number}"
        author = 100 + place % (1 + number % 3)
        made.append(status(root + place, words, to=to, author=author, possibly_sensitive=gone))
    return made


def many(folder: Path, conversations: int = 130) -> Path:
    """Make a workspace of so many conversations: more than two pages of the list."""
    return curated(folder, [one for number in range(1, conversations + 1) for one in tree_of(number)], SENSITIVE)
