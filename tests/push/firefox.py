"""A real Firefox without a window, driven over WebDriver BiDi."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

STARTED = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")
QUIET: Mapping[str, object] = {
    # Nothing of the browser's own over the network.
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


def push_prefs(address: str) -> dict[str, object]:
    """What lets Firefox use our push service and show notifications without asking."""
    return {
        "dom.push.serverURL": address,
        # Under remote control Firefox turns push off, among other "recommended" preferences.
        "remote.prefs.recommended": False,
        "dom.push.connection.enabled": True,
        "dom.push.testing.allowInsecureServerURL": True,
        "permissions.default.desktop-notification": 1,
        # Without this there is nobody to hand notifications to on a machine without a desktop.
        "alerts.useSystemBackend": False,
    }


class ScriptFailed(AssertionError):
    """A script in the page threw."""


class Firefox:
    """One page of one browser."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line
        self._numbers = itertools.count(1)
        self._context = ""

    async def command(self, method: str, **params: Any) -> Any:
        """One BiDi command and its result."""
        number = next(self._numbers)
        await self._line.send(json.dumps({"id": number, "method": method, "params": params}))
        async for text in self._line:
            message = json.loads(text)
            if message.get("id") == number:
                if message["type"] == "error":
                    raise AssertionError(f"{method}: {message['error']} {message['message']}")
                return message["result"]
        raise AssertionError(f"{method}: Firefox went away")

    async def start(self) -> None:
        """Begin a session on the page that is there."""
        await self.command("session.new", capabilities={})
        tree = await self.command("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]

    async def open(self, url: str) -> None:
        """Load a page."""
        await self.command("browsingContext.navigate", context=self._context, url=url, wait="complete")

    async def run(self, body: str, *args: object) -> Any:
        """Run an async function body in the page with `args`; its result goes through JSON."""
        expression = (
            f"(async (...args) => {{ {body} }})(...{json.dumps(args)}).then((value) => JSON.stringify(value ?? null))"
        )
        answer = await self.command(
            "script.evaluate", expression=expression, target={"context": self._context}, awaitPromise=True
        )
        if answer["type"] == "exception":
            raise ScriptFailed(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])


@asynccontextmanager
async def firefox(program: Path, profile: Path, prefs: Mapping[str, object]) -> AsyncIterator[Firefox]:
    """A running Firefox with a new profile in the folder `profile`."""
    _make_profile(profile, {**QUIET, **prefs})
    process = await asyncio.create_subprocess_exec(
        program, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0", "about:blank",
        env={**os.environ, "HOME": str(profile), "MOZ_CRASHREPORTER_DISABLE": "1"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    reading: asyncio.Task[None] | None = None
    try:
        address = await asyncio.wait_for(_address(process), 90)
        reading = asyncio.create_task(_read_on(process))
        async with connect(f"{address}/session", max_size=None, ping_interval=None) as line:
            browser = Firefox(line)
            await browser.start()
            yield browser
    finally:
        if reading is not None:
            reading.cancel()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _make_profile(folder: Path, prefs: Mapping[str, object]) -> None:
    folder.mkdir(parents=True)
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in prefs.items()]
    (folder / "user.js").write_text("".join(lines))


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    said = b""
    while line := await process.stderr.readline():
        said += line
        if match := STARTED.search(line):
            return match.group(1).decode()
    raise AssertionError(f"Firefox did not start: {said[-500:].decode('utf-8', 'replace')}")


async def _read_on(process: asyncio.subprocess.Process) -> None:
    """A full pipe would stop the browser."""
    assert process.stderr is not None
    while await process.stderr.read(65536):
        pass
