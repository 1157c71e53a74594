"""A whole group of 30 at a quarter of the speed: swipes, taps, texts, one undo, until the server has everything."""

from __future__ import annotations

import itertools
import json
import sys
import time
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.pwa.phone import Phone, Way, messages
from bench.pwa.school import STUDENTS, Cookies, Place

REMARK = "Je helpt anderen als zij vastlopen."
ACTION = "Laat vrijdag je schema zien."
LIGHTS = ("excellent", "on_track", "attention", "warning")
# What a teacher does, again and again: mostly swipes that need no text, some taps, and one in five a text.
ACTS: tuple[tuple[str, Way | int], ...] = (
    ("swipe", "right"), ("swipe", "right"), ("swipe", "up"), ("tap", 1), ("swipe", "left"),
    ("swipe", "right"), ("swipe", "up"), ("swipe", "right"), ("tap", 0), ("swipe", "down"),
    ("swipe", "right"), ("swipe", "right"), ("tap", 1), ("swipe", "up"), ("tap", 2),
)  # fmt: skip
PAUSES = (0.35, 0.9, 0.2, 0.6, 1.1, 0.25)
"""Seconds of looking at a card, so that sending falls into the midst of rating."""
UNDO_AFTER = 8
WORD_AFTER = (3, 17)
ARRIVE_SECONDS = 30


@dataclass(frozen=True)
class Rated:
    """What one group gave; times in ms."""

    inp: float
    """As web-vitals reckons it: of many interactions, one in fifty may be slower."""
    longest_task: float
    """After the first card could be used; 0 when none reached 50."""
    swipe: float
    """From letting go to the next student's card on the screen, the median of this group's swipes."""
    swipe_slowest: float
    ready: float
    """From letting go to two frames after the next card is the one in use."""
    usable: float
    details: dict[str, Any]


def rate_group(phone: Phone, place: Place, cookies: Cookies) -> Rated:
    """Rate all 30, from the cold start of the app on.

    Raises:
        RuntimeError: something did not come, or not everything arrived at the server.
    """
    texts = messages()
    phone.slow_down()
    phone.page.goto(place.url + place.group_path, wait_until="commit")
    if not phone.ask("bench.untilUsable()"):
        raise RuntimeError("There is no first card.")
    acts, pauses = itertools.cycle(ACTS), itertools.cycle(PAUSES)
    rated, undone = 0, False
    while rated < STUDENTS:
        time.sleep(next(pauses))
        came = _rate(phone, texts, *next(acts))
        rated += 1
        if came == "done":
            break
        if rated in WORD_AFTER:
            _word(phone, texts)
        if rated == UNDO_AFTER and not undone:
            name = phone.ask("bench.card")
            phone.tap("button", texts["rate.undo"])
            _expect(phone.ask(f"bench.after({json.dumps(name)})") == "next", "Undo brought nobody back.")
            rated, undone = rated - 1, True
    _expect(rated == STUDENTS and came == "done", f"After {rated} students: {came}.")
    end = time.monotonic() + ARRIVE_SECONDS
    while (done := place.done(cookies)) < STUDENTS:
        _expect(time.monotonic() < end, f"Only {done} of {STUDENTS} arrived.")
        time.sleep(0.2)
    time.sleep(0.5)
    return _result(phone.ask("bench.result()"))


def _expect(true: bool, else_: str) -> None:
    if not true:
        raise RuntimeError(else_)


def _rate(phone: Phone, texts: dict[str, str], act: str, what: Way | int) -> str:
    """One student; where it led: `next` or `done`."""
    name = phone.ask("bench.card")
    if act == "swipe":
        phone.swipe(what)  # type: ignore[arg-type]
    else:
        phone.tap("four", what)
    came: str = phone.ask(f"bench.after({json.dumps(name)})")
    if came == "sheet":
        _write(phone)
        phone.tap("button", texts["rate.next"])
        _expect(phone.ask("bench.sheetClosed()"), "The sheet stayed open.")
        came = phone.ask(f"bench.after({json.dumps(name)})")
    _expect(came in ("next", "done"), f"After {act} {what}: {came}.")
    return came


def _write(phone: Phone) -> None:
    """All that is asked for in the open sheet; the caret has to stand in it by itself."""
    _expect(phone.ask("bench.sheetOpen()"), "The sheet has no field.")
    phone.ask("bench.calm()")
    _expect(phone.ask("bench.focused()") == "TEXTAREA", "The caret is not in the field.")
    phone.type(REMARK)
    phone.tap("field", 1)
    phone.type(ACTION)
    time.sleep(0.2)


def _word(phone: Phone, texts: dict[str, str]) -> None:
    """A free word for the student just rated."""
    phone.tap("button", texts["rate.word"])
    _expect(phone.ask("bench.sheetOpen()"), "The sheet has no field.")
    phone.ask("bench.calm()")
    phone.type(REMARK)
    phone.tap("button", texts["rate.ready"])
    _expect(phone.ask("bench.sheetClosed()"), "The sheet stayed open.")
    phone.ask("bench.calm()")


def _seen(change: dict[str, Any]) -> float | None:
    """When the next card was on the screen, in ms since the finger let go."""
    if change["beneath"]:
        # Faster than Event Timing tells of: it leaves out what takes less than 16 ms.
        return float(change["shown"] - change["from"]) if change["shown"] else 16.0
    return float(change["painted"] - change["from"]) if change["painted"] else None


def _result(found: dict[str, Any]) -> Rated:
    swipes = [one for one in found["swipes"] if one["kind"] == "swipe"]
    seen = [ms for one in swipes if (ms := _seen(one)) is not None]
    ready = [one["framed"] - one["from"] for one in swipes if one["framed"]]
    _expect(len(seen) >= STUDENTS // 2, f"Only {len(seen)} swipes of {len(swipes)} were seen.")
    after = [one for one in found["tasks"] if one["start"] + one["duration"] > found["usable"]]
    tasks = [one["duration"] for one in after]
    details = {
        "slowest interactions": [
            f"{one['name']} {one['duration']:.0f} (handlers {one['start']:.0f} to {one['end']:.0f}) {one['target']}"
            for one in found["slowest"][:6]
        ],
        "swipe to next card": sorted(round(one) for one in seen),
        "of them uncovered": sum(one["beneath"] for one in swipes),
        "two frames after it was in use": sorted(round(one) for one in ready),
        "long tasks (ms after the first card could be used)": [
            f"{one['duration']:.0f} ({one['start'] - found['usable']:.0f})"
            for one in sorted(after, key=lambda one: -one["duration"])[:8]
        ],
        "longest before usable": max((one["duration"] for one in found["tasks"]), default=0),
    }
    return Rated(found["inp"], max(tasks, default=0), median(seen), max(seen), median(ready), found["usable"], details)


def tell(rated: Rated) -> None:
    """The details of one group."""
    for name, value in rated.details.items():
        print(f"#   {name}: {value}", file=sys.stderr)
