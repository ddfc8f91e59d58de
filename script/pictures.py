"""Runs the demo to the end of its news and photographs the pages that the docs show."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Page, sync_playwright

from tests.browsing import ALONE, require_browser

INTO = Path(__file__).parents[1] / "docs" / "pictures"
#: Each picture: its file, the page, and whether it is taken in the dark.
PICTURES = (
    ("desk.png", "/", False),
    ("desk-dark.png", "/", True),
    ("development.png", "/developments/1", False),
    ("charts.png", "/charts?months=6", False),
    ("map.png", "/map?months=6", False),
)
_NEWS_SECONDS = 90.0  # the newsroom's last story, and some to read it


def main() -> int:
    INTO.mkdir(exist_ok=True)
    demo = subprocess.Popen(
        [sys.executable, "-m", "nightdesk", "run", "--demo", "--for", str(_NEWS_SECONDS + 120)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = _address(demo)
        threading.Thread(target=_drain, args=(demo,), daemon=True).start()
        time.sleep(_NEWS_SECONDS)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=require_browser(), args=list(ALONE))
            for name, path, dark in PICTURES:
                page = browser.new_page(
                    viewport={"width": 1200, "height": 860},
                    color_scheme="dark" if dark else "light",
                )
                _log_in(page, address)
                page.goto(address + _path(page, address, path))
                page.wait_for_load_state("networkidle")
                page.screenshot(path=str(INTO / name))
                print(INTO / name)
                page.close()
            browser.close()
    finally:
        demo.terminate()
        demo.wait(30)
    return 0


def _address(demo: subprocess.Popen[str]) -> str:
    assert demo.stderr is not None
    for line in demo.stderr:
        if found := re.search(r"The desk's page: (http://\S+)", line):
            return found[1]
    raise SystemExit("the demo ended before its page was there")


def _drain(demo: subprocess.Popen[str]) -> None:
    """So that the demo is not held up by what it says."""
    assert demo.stderr is not None
    for _ in demo.stderr:
        pass


def _log_in(page: Page, address: str) -> None:
    page.goto(address + "/login")
    page.fill("#name", "operator")
    page.fill("#password", "demo")
    page.click("main button")
    page.wait_for_load_state()


def _path(page: Page, address: str, path: str) -> str:
    """Of developments the one that most articles report: its page shows most."""
    if not path.startswith("/developments/"):
        return path
    page.goto(address + "/sql?q=SELECT id AS development_id FROM developments_v ORDER BY articles DESC, id LIMIT 1")
    return page.locator("td a").first.get_attribute("href") or path


if __name__ == "__main__":
    sys.exit(main())
