"""The front end's figures as JSON lines {name, value, unit}.

    python -m bench.pwa [NAME …] [--times N] [--prefer]

NAME: weight, scripts, rating, flight, lighthouse (default: all); also a Lighthouse page alone: sign_in, report … Each is measured
`--times` times (default 5) and its median told. What each run gave goes to standard error, and at the end what is wanted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import TypeVar

from playwright.sync_api import Playwright, sync_playwright

from bench.installation import Installation, Missing, prefer, scratch
from bench.pwa import lighthouse, rating, start
from bench.pwa.phone import PREFER, Elsewhere, Phone, browser_of, sign_in
from bench.pwa.school import Place, served
from server.platform import embedded

NAMES = ("weight", "scripts", "rating", "flight", "lighthouse")
MOST = {
    "rating_js_gzip": 25_000,
    "precache_bytes": 250_000,
    "inp": 100,
    "longest_task": 100,
    "swipe_to_next_card": 50,
    "flight_cards_usable": 1000,
    "requests_elsewhere": 0,
}
LEAST = {
    f"lighthouse_{page}_{category}": 97 if category == "performance" else 100
    for page in lighthouse.PAGES
    for category in lighthouse.CATEGORIES
}

Found = TypeVar("Found")
told: dict[str, float] = {}


def tell(name: str, value: float, unit: str) -> None:
    """One line of the result."""
    told[name] = value
    print(json.dumps({"name": name, "value": round(value, 1), "unit": unit}), flush=True)


def verdict() -> None:
    """What is wanted of what was told, on standard error."""
    for name, value in told.items():
        if name in MOST:
            print(
                f"# {'ok  ' if value <= MOST[name] else 'OVER'} {name} {value:g}, wanted ≤ {MOST[name]}",
                file=sys.stderr,
            )
        elif name in LEAST:
            print(
                f"# {'ok  ' if value >= LEAST[name] else 'LESS'} {name} {value:g}, wanted ≥ {LEAST[name]}",
                file=sys.stderr,
            )


class Bench:
    """All that is measured on one served school."""

    def __init__(self, installation: Installation, place: Place, playwright: Playwright, times: int) -> None:
        self.place = place
        self.playwright = playwright
        self.times = times
        self.folder = installation.folder
        self.elsewhere = Elsewhere(place.url)
        self.cookies = place.cookies(place.teacher)

    def profile(self) -> Path:
        """A phone that was never here."""
        return Path(tempfile.mkdtemp(prefix="phone-", dir=self.folder))

    def again(self, what: str, once: Callable[[], Found]) -> list[Found]:
        """Measure so many times, each with a group that nobody has rated."""
        found = []
        for number in range(self.times):
            print(f"# {what}, {number + 1} of {self.times}; load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
            self.place.empty()
            found.append(once())
        return found

    def scripts(self) -> None:
        """What travels at the first start."""
        one = lambda: start.scripts(self.playwright, self.profile(), self.place, self.cookies, self.elsewhere)  # noqa: E731
        found = self.again("scripts", one)
        tell("rating_js_until_usable", median(one.until_usable for one in found), "bytes")
        tell("rating_js_first_load", median(one.first_load for one in found), "bytes")

    def rating(self) -> None:
        """A whole group."""

        def once() -> rating.Rated:
            with browser_of(self.playwright, self.profile(), self.elsewhere) as context:
                sign_in(context, self.place.url, self.cookies)
                found = rating.rate_group(Phone(context.new_page()), self.place, self.cookies)
            rating.tell(found)
            return found

        found = self.again("rating", once)
        tell("inp", median(one.inp for one in found), "ms")
        tell("longest_task", median(one.longest_task for one in found), "ms")
        tell("swipe_to_next_card", median(one.swipe for one in found), "ms")
        tell("swipe_to_next_card_slowest", median(one.swipe_slowest for one in found), "ms")
        tell("swipe_to_next_card_in_use", median(one.ready for one in found), "ms")
        tell("first_cards_usable", median(one.usable for one in found), "ms")

    def flight(self) -> None:
        """The second start without a network."""
        one = lambda: start.flight(self.playwright, self.profile(), self.place, self.cookies, self.elsewhere)  # noqa: E731
        tell("flight_cards_usable", median(self.again("flight", one)), "ms")

    def lighthouse(self, pages: Iterable[str]) -> None:
        """The four pages."""
        for page in pages:
            found = self.again(f"lighthouse {page}", lambda page=page: lighthouse.run(self.place, page, self.elsewhere))
            for category in lighthouse.CATEGORIES:
                tell(f"lighthouse_{page}_{category}", median(asdict(one)[category] for one in found), "of 100")


def measure(names: set[str], times: int) -> Elsewhere:
    """All that needs a served school; what was asked of other origins."""
    with scratch() as installation, served(installation) as place, sync_playwright() as playwright:
        bench = Bench(installation, place, playwright, times)
        if "scripts" in names:
            bench.scripts()
        if "rating" in names:
            bench.rating()
        if "flight" in names:
            bench.flight()
        if pages := [page for page in lighthouse.PAGES if names & {"lighthouse", f"lighthouse_{page}"}]:
            bench.lighthouse(pages)
        tell("requests_elsewhere", len(bench.elsewhere.foreign), f"of {bench.elsewhere.asked} requests")
        return bench.elsewhere


def main() -> int:
    """Measure what was asked for; the exit code is 1 when a page asked another origin for something."""
    parser = argparse.ArgumentParser(prog="python -m bench.pwa", description="Measure the front end.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES) + ", lighthouse_<page>; default all")
    parser.add_argument("--times", type=int, default=5, help="how often each is measured (default 5)")
    parser.add_argument("--prefer", action="store_true", help="before others on a busy machine (root on Linux)")
    chosen = parser.parse_args()
    names = set(chosen.names or NAMES)
    if unknown := names - {*NAMES, *(f"lighthouse_{page}" for page in lighthouse.PAGES)}:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    print(f"# load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", file=sys.stderr)
    elsewhere = None
    try:
        if chosen.prefer:
            prefer(os.getpid())
            os.environ[PREFER] = "1"
        if "weight" in names:
            for name, value in start.built().items():
                tell(name, value, "bytes")
        if names - {"weight"}:
            elsewhere = measure(names, chosen.times)
    except (Missing, embedded.Trouble) as missing:
        print(f"bench: {missing}", file=sys.stderr)
        return 1
    verdict()
    if elsewhere and elsewhere.foreign:
        print("# asked of others: " + ", ".join(sorted(elsewhere.foreign)), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
