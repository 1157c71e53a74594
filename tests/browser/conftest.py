"""Browser tests: a real Chromium against a whole running Driehoek, started once for this folder.

Not for the whole session: playwright keeps an event loop running, and beside it no asynchronous test can run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests import browsers
from tests.browser.site import PHONE, Site, launch, running_site
from tests.conftest import SCRATCH

WEBKIT, XVFB = browsers.find("webkit"), browsers.find("xvfb")
collect_ignore = [] if WEBKIT and XVFB else ["test_webkit.py"]
Open = Callable[..., BrowserContext]
PATIENCE_MS = 10_000
"""A busy machine may take this long for what takes a moment on a quiet one."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if collect_ignore:
        terminalreporter.write_line(
            "No WebKit with Xvfb found: tests/browser/test_webkit.py (rating in what every iPhone has) was not run. "
            "`make browsers` installs both on Debian; elsewhere install WebKitWebDriver and Xvfb.",
            yellow=True,
        )


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    SCRATCH.mkdir(exist_ok=True)
    with running_site(SCRATCH / "site") as found:
        yield found


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Open]:
    """Opens contexts of a phone of 360 px in Dutch; faults in the page fail the test."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def open_phone(**more: Any) -> BrowserContext:
        context = browser.new_context(**{**PHONE, "locale": "nl-NL", "timezone_id": "Europe/Amsterdam", **more})
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        opened.append(context)
        return context

    yield open_phone
    for context in opened:
        context.close()
    assert faults == []
