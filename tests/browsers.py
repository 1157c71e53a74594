"""Which browsers there are on this machine. `python -m tests.browsers chromium` prints the path, or exits with 1.

WebKit is driven by its own `WebKitWebDriver` and draws on a display, so it takes Xvfb as well.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

NAMES = {
    "chromium": ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "firefox": ("firefox-esr", "firefox"),
    "webkit": ("WebKitWebDriver",),
    "xvfb": ("Xvfb",),
}


def find(browser: str) -> Path | None:
    """The program of one of `NAMES`: what `CHROMIUM=`, `FIREFOX=` … names, else from PATH, else playwright's Chromium."""
    if named := os.environ.get(browser.upper()):
        return Path(named)
    for name in NAMES[browser]:
        if found := shutil.which(name):
            return Path(found)
    return _playwrights_own() if browser == "chromium" else None


def _playwrights_own() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


if __name__ == "__main__":
    path = find(sys.argv[1])
    if path is None:
        sys.exit(1)
    sys.stdout.write(f"{path}\n")
