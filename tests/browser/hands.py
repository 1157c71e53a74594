"""What a person does with a phone: swipe with a thumb, wait for news from another process, look at the whole page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Literal

from playwright.sync_api import APIResponse, BrowserContext, Locator, Page, expect

Way = Literal["up", "right", "left", "down"]
WAYS: dict[Way, tuple[int, int]] = {"up": (0, -1), "right": (1, 0), "left": (-1, 0), "down": (0, 1)}
SWIPE_PX = 130
STEPS = 6
NEWS_SECONDS = 20


def swipe(page: Page, card: Locator, way: Way) -> None:
    """One finger down on the middle of the card, a short way in this direction, and up again: real touch events."""
    box = card.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    dx, dy = WAYS[way]
    cdp = page.context.new_cdp_session(page)

    def touch(kind: str, part: float | None) -> None:
        points = [] if part is None else [{"x": x + dx * SWIPE_PX * part, "y": y + dy * SWIPE_PX * part}]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0)
    for step in range(1, STEPS + 1):
        touch("touchMove", step / STEPS)
    touch("touchEnd", None)
    cdp.detach()


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
    """Waits until the screen stands: nothing is loading, nothing moves."""
    page.wait_for_function(
        """() => document.querySelector('#app > *, .sign-in-people') && !document.querySelector('[aria-busy=true], .skeleton')
             && document.getAnimations().every((one) => one.playState !== 'running')"""
    )


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


@contextmanager
def listening(context: BrowserContext, origin: str) -> Iterator[list[str]]:
    """Collects requests that leave our origin, and what the content security policy refused."""
    found: list[str] = []

    def left(url: str) -> None:
        if not url.startswith((origin, "data:", "blob:")):
            found.append(f"asked {url}")

    on_request: Callable[[Any], None] = lambda request: left(request.url)
    on_console: Callable[[Any], None] = lambda message: (
        found.append(message.text) if "Content Security Policy" in message.text else None
    )
    context.on("request", on_request)
    context.on("console", on_console)
    yield found
    context.remove_listener("request", on_request)
    context.remove_listener("console", on_console)
