"""A real browser on the site: a Chromium without a window, what it said, and what it asked for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which(os.environ.get("AP_CHROMIUM", "/usr/bin/chromium"))
"""The program, by default where Debian puts it; none where there is none."""

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE_MS = 10_000
_AXE = {"resultTypes": ["violations"], "preload": False}
_SERIOUS = ("serious", "critical")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium; the test is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: install Debian's chromium, or name one in AP_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """A reader's visit to the site in the folder `site`: one tab, and a record of what went wrong in it."""

    def __init__(self, browser: Browser, site: Path, **preferences: Any) -> None:
        self.site = site
        self.complaints: list[str] = []
        self.requests: list[str] = []
        # A tab that is offline still opens files; whatever else it asked for would fail, and be told.
        self._context = browser.new_context(offline=True, **preferences)
        self._context.set_default_timeout(_PATIENCE_MS)
        self.page: Page = self._context.new_page()
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self._heard("error", str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.close()

    def _heard(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {text}")

    def open(self, name: str) -> Page:
        """Open a page of the site."""
        self.page.goto((self.site / name).as_uri())
        return self.page

    def strayed(self) -> list[str]:
        """What was asked for that is no file below the site's folder."""
        return [url for url in self.requests if not url.startswith(f"{self.site.as_uri()}/")]

    def overflow(self) -> int:
        """How many pixels wider the page is than the window."""
        width: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return width

    def barriers(self) -> list[str]:
        """What axe finds on the page that keeps somebody from reading it: serious or worse, a line each."""
        # Without `preload` it does not read the style sheet once more, which a page from a folder may not do.
        found = Axe().run(self.page, options=_AXE).response["violations"]
        return [
            f"{each['id']} ({each['impact']}): {node['html'][:200]} {node['failureSummary']}"
            for each in found
            if each["impact"] in _SERIOUS
            for node in each["nodes"]
        ]


def pages_of(site: Path) -> list[str]:
    """Every page of the site, by its name in the folder."""
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
