"""What a person does with a phone: swipe with a thumb, wait for news from another process, look at the whole page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Literal

from playwright.sync_api import APIResponse, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

Way = Literal["up", "right", "left", "down"]
WAYS: dict[Way, tuple[int, int]] = {"up": (0, -1), "right": (1, 0), "left": (-1, 0), "down": (0, 1)}
SWIPE_PX = 130
STEPS = 6
NEWS_SECONDS = 20
LAID_DOWN_SECONDS = 30
WITHOUT_SYNC = "delete globalThis.SyncManager; delete globalThis.ServiceWorkerRegistration?.prototype.sync;"
"""What browsers other than Chromium are like: nothing is sent without a page."""
MOST_PX = 8000


@contextmanager
def finger(page: Page, x: float, y: float, dx: float, dy: float, *, end: str = "touchEnd") -> Iterator[None]:
    """One finger down and along a line, held there, and then up again or (`touchCancel`) taken over by the phone."""
    cdp = page.context.new_cdp_session(page)

    def touch(kind: str, part: float | None) -> None:
        points = [] if part is None else [{"x": x + dx * part, "y": y + dy * part}]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0)
    for step in range(1, STEPS + 1):
        touch("touchMove", step / STEPS)
    yield
    touch(end, None)
    cdp.detach()


def drag(page: Page, x: float, y: float, dx: float, dy: float) -> None:
    """One finger down, along a line, and up again: real touch events."""
    with finger(page, x, y, dx, dy):
        pass


def middle(what: Locator) -> tuple[float, float]:
    """The middle of something, on the screen."""
    box = what.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def swipe(page: Page, card: Locator, way: Way, length: float = SWIPE_PX) -> None:
    """From the middle of the card a way in this direction."""
    dx, dy = WAYS[way]
    drag(page, *middle(card), dx * length, dy * length)


def eventually(page: Page, true: Callable[[], bool]) -> None:
    """Waits until this can be said of what is stored somewhere."""
    end = monotonic() + LAID_DOWN_SECONDS
    while not true():
        assert monotonic() < end
        page.wait_for_timeout(100)


def until_there(page: Page, what: Locator) -> None:
    """Loads the page again until something that another process brings is on it."""
    end = monotonic() + NEWS_SECONDS
    while True:
        try:
            expect(what).to_be_visible(timeout=800)
        except AssertionError:
            if monotonic() > end:
                raise
            page.reload()
        else:
            return


def calm(page: Page) -> None:
    """Waits until the screen stands: it is there, nothing is loading, nothing moves. What lies under a sheet may wait."""
    page.wait_for_function(
        """() => document.querySelector('#main > *, .sign-in-people, .letters')
             && !(document.querySelector('dialog[open]') ?? document).querySelector('[aria-busy=true], .skeleton')
             && document.getAnimations().every((one) => one.playState !== 'running')"""
    )


def show_all(page: Page) -> None:
    """Makes the screen as high as the page, so that bars at its bottom cover nothing; an open sheet keeps its size."""
    size = page.viewport_size
    high = page.evaluate("document.querySelector('dialog[open]') ? 0 : document.documentElement.scrollHeight")
    if size and high > size["height"]:
        page.set_viewport_size({"width": size["width"], "height": min(high, MOST_PX)})
        calm(page)


class Api:
    """The API as this browser's own pages call it."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self._request = context.request
        self._url = f"{url}/api/v1"

    def get(self, path: str) -> Any:
        """What a GET answers."""
        answer = self._request.get(self._url + path)
        assert answer.ok, f"{path}: {answer.status} {answer.text()}"
        return answer.json()

    def status(self, path: str) -> int:
        """Which status a GET answers."""
        return self._request.get(self._url + path).status

    def put(self, path: str, body: dict[str, Any], *, version: int = 0) -> APIResponse:
        """A write as the app sends it."""
        headers = {"sec-fetch-site": "same-origin", "if-match": f'"{version}"'}
        return self._request.put(self._url + path, data=body, headers=headers)

    def post(self, path: str, body: dict[str, Any]) -> APIResponse:
        """An act as the app sends it."""
        return self._request.post(self._url + path, data=body, headers={"sec-fetch-site": "same-origin"})


class Listener:
    """Hears what a browser asks of other origins, and what the content security policy refused."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.origin = origin
        self.heard: list[str] = []
        context.on("request", self._asked)
        context.on("console", self._said)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.heard.append(f"asks {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.heard.append(message.text)

    def take(self) -> list[str]:
        """What was heard since the last time."""
        heard, self.heard = self.heard, []
        return heard
