"""The Firefox test is collected where there is a Firefox; elsewhere the summary says so in one line."""

from __future__ import annotations

import pytest

from tests import browsers

FIREFOX = browsers.find("firefox")
collect_ignore = [] if FIREFOX else ["test_firefox.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FIREFOX is None:
        terminalreporter.write_line(
            "No Firefox found: tests/push/test_firefox.py (a real push in a real browser) was not run. "
            "`make browsers` installs it on Debian; elsewhere install Firefox or set FIREFOX=/path/to/firefox.",
            yellow=True,
        )
