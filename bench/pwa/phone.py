"""A phone four times slower than this machine, and a thumb: everything by CDP, so that only the page's own work is measured."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright

from bench.installation import ROOT, Missing, prefer
from bench.pwa.school import Cookies
from tests.browser.site import FLAGS, PHONE
from tests.browsers import find

HERE = Path(__file__).parent
SLOWER = 4
PREFER = "BENCH_PREFER"
"""Set by `--prefer`, for the browsers that are started."""
SETTINGS: dict[str, Any] = {**PHONE, "locale": "nl-NL", "timezone_id": "Europe/Amsterdam"}
WAYS = {"up": (0, -1), "right": (1, 0), "left": (-1, 0), "down": (0, 1)}
Way = Literal["up", "right", "left", "down"]
SWIPE_PX = 130
SWIPE_STEPS = 8
FRAME = 1 / 60
LIFTS = itertools.cycle((0.004, 0.012, 0.007, 0.016, 0.010, 0.019))


def messages() -> dict[str, str]:
    """The Dutch texts of the app: buttons are found by what they say."""
    found: dict[str, str] = json.loads((ROOT / "pwa" / "messages" / "nl.json").read_text())
    return found


def watching() -> str:
    """What runs in every page that is measured.

    Raises:
        Missing: the packages of bench/pwa are not installed.
    """
    vitals = HERE / "node_modules" / "web-vitals" / "dist" / "web-vitals.iife.js"
    if not vitals.is_file():
        raise Missing("The packages of bench/pwa are missing: say make bench-pwa, which installs them.")
    return vitals.read_text() + (HERE / "watch.js").read_text()


@dataclass
class Elsewhere:
    """Which addresses were asked for that are not ours."""

    origin: str
    asked: int = 0
    foreign: set[str] = field(default_factory=set)

    def note(self, address: str) -> None:
        """Look at one address."""
        self.asked += 1
        if not address.startswith((f"{self.origin}/", "data:", "blob:", "about:")):
            self.foreign.add(address.split("?")[0])

    def listen(self, context: BrowserContext) -> None:
        """Look at all that the pages and service workers of this context ask for."""
        context.on("request", lambda request: self.note(request.url))


def prefer_sessions(mark: str) -> None:
    """Serve the processes that have `mark` in their command before others: a browser has sessions of its own."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, Missing):
            if mark in (folder / "cmdline").read_text():
                prefer(int(folder.name))


@contextmanager
def browser_of(playwright: Playwright, folder: Path, elsewhere: Elsewhere) -> Iterator[BrowserContext]:
    """A browser with its own profile in `folder`, started for this alone, as on a phone of 360 px in Dutch."""
    program = find("chromium")
    if program is None:
        raise Missing("No Chromium here: `make browsers` installs one.")
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=str(program), args=FLAGS, service_workers="allow", **SETTINGS
    )
    try:
        if PREFER in os.environ:
            prefer_sessions(str(folder))
        elsewhere.listen(context)
        context.add_init_script(script=watching())
        yield context
    finally:
        context.close()


def sign_in(context: BrowserContext, url: str, cookies: Cookies) -> None:
    """This person is signed in on this phone."""
    context.add_cookies(
        [{"name": name, "value": value, "url": url, "sameSite": "Lax"} for name, value in cookies.items()]
    )


class Phone:
    """One page under the thumb."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.cdp: CDPSession = page.context.new_cdp_session(page)

    def slow_down(self, times: float = SLOWER) -> None:
        """From now on the page's own thread works `times` slower."""
        self.cdp.send("Emulation.setCPUThrottlingRate", {"rate": times})

    def slowness(self) -> float:
        """How much slower the page works now than at full speed: proof that the brake holds."""
        slow = min(self.ask("bench.work()") for _ in range(2))
        self.slow_down(1)
        fast = min(self.ask("bench.work()") for _ in range(3))
        self.slow_down()
        return float(slow / fast)

    def ask(self, expression: str) -> Any:
        """What the page answers; promises are waited for.

        Raises:
            RuntimeError: the page failed.
        """
        answer = self.cdp.send(
            "Runtime.evaluate", {"expression": expression, "returnByValue": True, "awaitPromise": True}
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise RuntimeError(f"{expression}: {details.get('exception', {}).get('description', details['text'])}")
        return answer["result"].get("value")

    def where(self, what: str, which: int | str = "") -> tuple[float, float]:
        """The middle of a thing on the screen.

        Raises:
            RuntimeError: it is not there.
        """
        found = self.ask(f"bench.where({json.dumps(what)}, {json.dumps(which)})")
        if found is None:
            raise RuntimeError(f"There is no {what} {which} on the page.")
        return found["x"], found["y"]

    def touch(self, kind: str, x: float = 0, y: float = 0) -> None:
        """One event of one finger."""
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def tap(self, what: str, which: int | str = "") -> None:
        """A short touch in the middle of a thing."""
        x, y = self.where(what, which)
        self.touch("touchStart", x, y)
        time.sleep(0.05)
        self.touch("touchEnd")

    def swipe(self, way: Way) -> None:
        """From the middle of the card, as fast as a thumb goes: about 130 ms."""
        x, y = self.where("card")
        dx, dy = WAYS[way]
        self.touch("touchStart", x, y)
        for step in range(1, SWIPE_STEPS + 1):
            time.sleep(FRAME)
            part = SWIPE_PX * step / SWIPE_STEPS
            self.touch("touchMove", x + dx * part, y + dy * part)
        # A finger leaves at any moment between two frames of the screen.
        time.sleep(next(LIFTS))
        self.touch("touchEnd")

    def type(self, text: str) -> None:
        """Key by key into what has the caret, faster than most people do."""
        self.page.keyboard.type(text, delay=45)
