"""A whole running Driehoek for browser tests and pictures, and people who sign in to it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Playwright

from server.platform import embedded
from tests.browsers import find

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
LAPTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
READY_SECONDS = 120


@dataclass(frozen=True)
class Offered:
    """Somebody whom the sign-in page offers."""

    id: str
    role: str
    name: str
    about: str


@dataclass
class Site:
    """A running instance: its address, its data folder, and the command line that finds it."""

    url: str
    data: Path
    port: int

    def driehoek(self, *arguments: str, said: str = "") -> str:
        """Run one command against this instance, with `said` on its standard input; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "server.cli", *arguments],
            env={**clean_environment(), "DRIEHOEK_DATA": str(self.data), "DRIEHOEK_PORT": str(self.port)},
            cwd=ROOT,
            input=said,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def offered(self, school: str | None = None) -> list[Offered]:
        """The people on the sign-in page, of one school (by its name) or of the first."""
        html = urllib.request.urlopen(f"{self.url}/sign-in", timeout=20).read().decode()
        sections = html.split('<h2 class="sign-in-name">')[1:]
        chosen = next((part for part in sections if school is None or part.startswith(f"{school}<")), None)
        assert chosen is not None, f"no school {school} on the sign-in page"
        found = []
        for group in chosen.split('<h3 class="heading">')[1:]:
            role = group.split("<", 1)[0]
            for person in re.findall(
                r'name="person_id" value="([^"]+)".*?class="sign-in-who">([^<]+)(?:<span[^>]*>([^<]*)</span>)?',
                group,
                re.S,
            ):
                found.append(Offered(person[0], role, person[1], person[2]))
        return found

    def sign_in(self, context: BrowserContext, person_id: str, device: str = "own") -> None:
        """From now on this person is signed in in this context, on a device that is `own` or `shared`."""
        answer = context.request.post(
            f"{self.url}/auth/demo",
            form={"person_id": person_id, "next": "/", "device": device},
            headers={"sec-fetch-site": "same-origin"},
            max_redirects=0,
        )
        assert answer.status == 303, answer.text()


def clean_environment() -> dict[str, str]:
    """Without our own variables, so that nothing points to another instance."""
    return {key: value for key, value in os.environ.items() if not key.startswith("DRIEHOEK_")}


@contextmanager
def running_site(data: Path) -> Iterator[Site]:
    """`driehoek up` on a free port with its data in `data`, until the block ends."""
    port = embedded.free_port()
    log = data.parent / f"{data.name}-up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "up"],
            env={**clean_environment(), "DRIEHOEK_DATA": str(data), "DRIEHOEK_PORT": str(port)},
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    site = Site(f"http://localhost:{port}", data, port)
    try:
        end = time.monotonic() + READY_SECONDS
        while b"ready at" not in log.read_bytes():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.1)
        yield site
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def launch(playwright: Playwright) -> Browser:
    """Headless Chromium, found on this machine."""
    program = find("chromium")
    assert program is not None, "no Chromium here: `make browsers` installs one"
    return playwright.chromium.launch(executable_path=str(program), args=FLAGS)
