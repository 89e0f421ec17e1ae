"""Drive a real Chromium against the pages: the report as a file, the site as the command serves it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, sync_playwright

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Chromium calls home at its start unless it is told not to.
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
WIDTH, NARROW = {"width": 1280, "height": 900}, {"width": 375, "height": 800}


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    if PROGRAM is None:
        pytest.skip("Chromium is not installed: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        # As root, in a container, its sandbox cannot be made.
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=[*FLAGS, "--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def opened(chromium: Browser, *, refused: bool = False, **options: Any) -> Iterator[Page]:
    """Open an empty page that is watched: a request to elsewhere, or an error in the console, fails the test.

    If answers may be `refused`, what the console says of that is none.
    """
    context = chromium.new_context(**{"viewport": WIDTH, "reduced_motion": "reduce", **options})
    page = context.new_page()
    strangers: list[str] = []
    errors: list[str] = []

    def watch(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("file", "data", "about") and parts.hostname != "127.0.0.1":
            strangers.append(request.url)

    def note(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and not (refused and "status of 40" in said.text):
            errors.append(said.text)

    def refuse(dialog: Dialog) -> None:
        errors.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("request", watch)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", note)
    page.on("dialog", refuse)
    try:
        yield page
    finally:
        context.close()
    assert (strangers, errors) == ([], [])


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with opened(chromium) as made:
        yield made


@contextmanager
def served(workspace: Path) -> Iterator[str]:
    """Run `chinwag browse` as a user does; gives the address it says."""
    command = [sys.executable, "-m", "chinwag", "browse", "-w", str(workspace), "--port", "0", "--no-open"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            found = None
            while found is None and (line := server.stderr.readline()):
                found = re.search(r"http://127\.0\.0\.1:\d+/", line)
            assert found is not None, server.wait()
            yield found[0].rstrip("/")
        finally:
            server.terminate()
            server.communicate(timeout=30)


def violations(page: Page) -> list[str]:
    """Say what axe-core finds fault with; what it finds in order is not told, which takes time."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {node['html'][:200]} {node['failureSummary']}" for one in found for node in one["nodes"]]
