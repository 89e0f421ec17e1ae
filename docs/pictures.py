"""Take the pictures that the README shows: the report and the site, of the bundled synthetic archive, with Chromium."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from chinwag import build
from chinwag.recipe import load
from tests.browser.conftest import FLAGS, PROGRAM, served

DOCS = Path(__file__).parent


def main() -> None:
    """Write docs/report.png and docs/browse.png."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        out = Path(folder) / "demo"
        build.run([DOCS.parent / "examples" / "stream"], out, load(None), quiet=True)
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=[*FLAGS, "--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 860})
        page.goto((out / "report.html").as_uri())
        page.screenshot(path=DOCS / "report.png")
        with served(out / "workspace") as address:
            page.goto(f"{address}/?lang=en&state=kept&order=largest")
            page.locator(".row-link").first.click()
            page.wait_for_load_state()
            page.screenshot(path=DOCS / "browse.png")
        browser.close()


if __name__ == "__main__":
    main()
