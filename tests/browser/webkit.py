"""A real WebKit on a display of its own, driven over the WebDriver protocol."""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from server.platform import embedded

START_SECONDS = 60
SECONDS = 20
"""How long something may take to appear."""
SIZE = {"width": 420, "height": 900}
"""A large phone; the browser's own bars keep it from being narrower."""
FIND = """
  const [css, name] = arguments;
  const named = (one) => (one.getAttribute('aria-label') ?? (one.labels?.[0] ?? one).innerText ?? '').includes(name);
  return [...document.querySelectorAll(css)].find((one) => one.checkVisibility() && named(one)) ?? null;
"""
SCROLL = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' });"
AT = "return document.activeElement === arguments[0];"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Refused(AssertionError):
    """The browser would not: a script threw, or something lay over an element."""


class WebKit:
    """One page of one browser. Elements are chosen by CSS and by a part of their label or text."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._session = ""

    def command(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One command of the WebDriver protocol and its value."""
        answer = self._http.request(method, f"{self._session}{path}", json=body)
        value = answer.json()["value"]
        if answer.is_error:
            raise Refused(f"{path}: {value['error']}: {value['message']}")
        return value

    def start(self) -> None:
        """Opens the browser's window."""
        session = self.command("POST", "/session", {"capabilities": {}})["sessionId"]
        self._session = f"/session/{session}"
        self.command("POST", "/window/rect", SIZE)

    def stop(self) -> None:
        """Closes the window."""
        self.command("DELETE", "")

    def open(self, url: str) -> None:
        """Load a page."""
        self.command("POST", "/url", {"url": url})

    def reload(self) -> None:
        """Load this page again."""
        self.command("POST", "/refresh", {})

    def back(self) -> None:
        """One step back, as with the browser's own button."""
        self.command("POST", "/back", {})

    def run(self, body: str, *args: object) -> Any:
        """Run an async function body in the page with `args`."""
        script = f"""const done = arguments[arguments.length - 1];
        (async (...args) => {{ {body} }})(...arguments)
          .then((value) => done({{ value }}), (error) => done({{ error: String(error) }}));"""
        answer = self.command("POST", "/execute/async", {"script": script, "args": args})
        if "error" in answer:
            raise Refused(answer["error"])
        return answer.get("value")

    def shows(self, css: str, name: str = "") -> bool:
        """Whether such an element is on the screen now."""
        return self._find(css, name) is not None

    def until(self, css: str, name: str = "") -> None:
        """Waits until such an element is on the screen."""
        self._again(lambda: self._must_find(css, name))

    def until_gone(self, css: str, name: str = "") -> None:
        """Waits until no such element is on the screen."""

        def gone() -> None:
            if self.shows(css, name):
                raise Refused(f"still there: {css} {name}")

        self._again(gone)

    def until_at(self, css: str, name: str) -> None:
        """Waits until the caret or focus is there. (`:focus` says nothing in a window that nobody looks at.)"""

        def at() -> None:
            if not self.command(
                "POST", "/execute/sync", {"script": AT, "args": [{ELEMENT: self._must_find(css, name)}]}
            ):
                raise Refused(f"not at: {css} {name}")

        self._again(at)

    def tap(self, css: str, name: str = "") -> None:
        """Presses where the element is, and fails when something lies over it."""

        def press() -> None:
            found = self._must_find(css, name)
            # What lies far down a page it calls not interactable, so it is scrolled to first, as a thumb would.
            self.command("POST", "/execute/sync", {"script": SCROLL, "args": [{ELEMENT: found}]})
            self.command("POST", f"/element/{found}/click", {})

        self._again(press)

    def write(self, css: str, name: str, text: str) -> None:
        """Types into a field, key by key."""
        self._again(lambda: self.command("POST", f"/element/{self._must_find(css, name)}/value", {"text": text}))

    def _find(self, css: str, name: str) -> str | None:
        found = self.command("POST", "/execute/sync", {"script": FIND, "args": [css, name]})
        return None if found is None else str(found[ELEMENT])

    def _must_find(self, css: str, name: str) -> str:
        found = self._find(css, name)
        if found is None:
            raise Refused(f"not there: {css} {name}")
        return found

    def _again(self, act: Callable[[], object]) -> None:
        """Tries until it works: the page may still be on its way there."""
        end = time.monotonic() + SECONDS
        while True:
            try:
                act()
            except Refused:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return


@contextmanager
def display(xvfb: Path) -> Iterator[str]:
    """A display that nobody sees, on a number that was free; Xvfb itself says which, as soon as it is there."""
    reading, writing = os.pipe()
    with subprocess.Popen(
        [xvfb, "-displayfd", str(writing), "-screen", "0", "1024x1024x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(writing)
        try:
            ready, _, _ = select.select([reading], [], [], START_SECONDS)
            number = os.read(reading, 16).decode().strip() if ready else ""
            assert number, "Xvfb did not start"
            yield f":{number}"
        finally:
            os.close(reading)
            process.terminate()


@contextmanager
def webkit(driver: Path, xvfb: Path, home: Path) -> Iterator[WebKit]:
    """A running WebKit with nothing kept from before; `home` is an empty folder for what it writes."""
    port = embedded.free_port()
    environment = {key: value for key, value in os.environ.items() if key not in {"WAYLAND_DISPLAY", "XDG_RUNTIME_DIR"}}
    with (
        display(xvfb) as name,
        subprocess.Popen(
            [driver, f"--port={port}", "--host=127.0.0.1"],
            env={**environment, "DISPLAY": name, "GDK_BACKEND": "x11", "HOME": str(home), "NO_AT_BRIDGE": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as http,
    ):
        try:
            _until_ready(http, process)
            browser = WebKit(http)
            browser.start()
            yield browser
            browser.stop()
        finally:
            process.terminate()


def _until_ready(http: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, "WebKitWebDriver ended"
        assert time.monotonic() < end, "WebKitWebDriver did not start"
        try:
            if http.get("/status").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
