"""Lighthouse, mobile, on the four pages that matter most, each by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

from bench.installation import ROOT, Missing
from bench.pwa.phone import HERE, Elsewhere
from bench.pwa.school import Cookies, Place
from tests.browsers import find

CATEGORIES = ("performance", "accessibility", "best_practices")
PAGES = ("sign_in", "rating", "report", "students")
TRIES = 3
"""Chromium now and then loses the start of its own trace; Lighthouse then asks to be run again."""


@dataclass(frozen=True)
class Scores:
    """Of 100 each."""

    performance: float
    accessibility: float
    best_practices: float


def address(place: Place, page: str) -> tuple[str, Cookies]:
    """Where the page is, and the cookies of who looks at it."""
    return {
        "sign_in": lambda: (f"{place.url}/sign-in", {}),
        "rating": lambda: (place.url + place.group_path, place.cookies(place.teacher)),
        "report": lambda: (place.url + place.report_path, place.cookies(place.student)),
        "students": lambda: (f"{place.url}/students", place.cookies(place.mentor)),
    }[page]()


def run(place: Place, page: str, elsewhere: Elsewhere) -> Scores:
    """One run in a browser of its own.

    Raises:
        RuntimeError: Lighthouse failed, or saw another page than it should.
    """
    program = find("chromium")
    if program is None:
        raise Missing("No Chromium here: `make browsers` installs one.")
    url, cookies = address(place, page)
    node = ROOT / ".venv" / "node" / "node"
    for _ in range(TRIES):
        done = subprocess.run(
            [node, HERE / "lighthouse.mjs", url, *map("=".join, cookies.items())],
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
            env={**os.environ, "CHROME_PATH": str(program)},
        )
        if "run Lighthouse again" not in done.stderr:
            break
    if done.returncode != 0:
        raise RuntimeError(f"Lighthouse on {page} failed:\n{done.stderr}")
    found = json.loads(done.stdout)
    if found["shown"] != url:
        raise RuntimeError(f"Lighthouse saw {found['shown']} instead of {page}.")
    for asked in found["addresses"]:
        elsewhere.note(asked)
    print(f"#   {page}: {[found[name] for name in CATEGORIES]} {', '.join(found['metrics'])}", file=sys.stderr)
    if found["faults"]:
        print(f"#     lost points: {'; '.join(found['faults'])}", file=sys.stderr)
    return Scores(*(float(found[name]) for name in CATEGORIES))
