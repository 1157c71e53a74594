"""Pictures of every screen: `python -m tests.browser.screens` writes them into screens/, with an index page.

`--pictures` writes the three of the README into docs/pictures/ instead.
"""

from __future__ import annotations

import argparse
import html
import shutil
import tempfile
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from server.platform.embedded import is_root
from tests.browser.hands import show_all
from tests.browser.site import LAPTOP, PHONE, ROOT, Site, launch, running_site
from tests.browser.tour import Stop, by_person, new_context, prepare

OUT = ROOT / "screens"
PICTURES = ROOT / "docs" / "pictures"
FOR_README = {"teacher-cards": "rate", "mentor-report": "report", "student-report": "student"}
DEVICES: dict[str, dict[str, Any]] = {"phone": {**PHONE, "device_scale_factor": 1.5}, "laptop": LAPTOP}
LOOKS = ("light", "dark")


def all_screens(browser: Browser, site: Site, stops: Iterable[Stop]) -> list[tuple[str, str]]:
    """Writes each screen on both devices in both looks; answers (screen, file) pairs."""
    made = []
    for who, of_one in by_person(stops).items():
        for device, look in product(DEVICES, LOOKS):
            context = new_context(browser, site, who, DEVICES[device], color_scheme=look)
            for stop in of_one:
                if stop.wide not in (None, device == "laptop"):
                    continue
                page = context.new_page()
                stop.show(page, site.url)
                file = f"{stop.name}-{device}-{look}.png"
                show_all(page)
                page.screenshot(path=OUT / file)
                page.close()
                made.append((stop.name, file))
            context.close()
    return made


def write_index(stops: Iterable[Stop], made: list[tuple[str, str]]) -> None:
    """A page with all pictures in the order of the tour."""
    parts = []
    for stop in stops:
        images = "".join(
            f'<a href="{file}"><img src="{file}" alt="{html.escape(file)}" loading="lazy"></a>'
            for name, file in made
            if name == stop.name
        )
        parts.append(f"<h2>{html.escape(stop.name)}</h2><div>{images}</div>")
    style = "body{font:16px system-ui;margin:2rem;background:#888}div{display:flex;gap:1rem;align-items:start;overflow-x:auto}"
    (OUT / "index.html").write_text(
        f'<!doctype html><meta charset="utf-8"><title>Driehoek</title><style>{style}img{{height:480px}}</style>{"".join(parts)}',
        encoding="utf-8",
    )


def pictures(browser: Browser, site: Site, stops: Iterable[Stop]) -> None:
    """The three pictures of the README: a phone, light, as one sees it without scrolling."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for stop in stops:
        if stop.name in FOR_README:
            context = new_context(browser, site, stop.who, DEVICES["phone"], color_scheme="light")
            page = context.new_page()
            stop.show(page, site.url)
            page.screenshot(path=PICTURES / f"{FOR_README[stop.name]}.png")
            context.close()


def main() -> None:
    """Start everything, take the pictures, stop everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", action="store_true", help="only the three of the README, into docs/pictures/")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="driehoek-screens-"))
    folder.chmod(0o711 if is_root() else 0o700)
    try:
        with running_site(folder / "site") as site, sync_playwright() as playwright:
            browser = launch(playwright)
            stops = prepare(browser, site)
            if chosen.pictures:
                pictures(browser, site, stops)
            else:
                shutil.rmtree(OUT, ignore_errors=True)
                OUT.mkdir()
                write_index(stops, all_screens(browser, site, stops))
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
