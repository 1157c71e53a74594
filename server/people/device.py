"""Own phone or shared device: what the sign-in page suggests, before anybody has signed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from server.platform.texts import text

Device = Literal["own", "shared"]

COOKIE: Final = "device"
"""The last choice on this device; says nothing about who made it."""
COOKIE_SECONDS: Final = 365 * 24 * 3600
_PHONE: Final = re.compile(r"\b(Mobile|iPhone|Android)\b")


def chosen(sent: object) -> Device:
    """What a sign-in says about its device. Whoever says nothing, or anything else, leaves nothing behind."""
    return "own" if sent == "own" else "shared"


def suggested(headers: Mapping[str, str], cookies: Mapping[str, str]) -> Device:
    """The choice that stands there already: a phone is most often one's own, any other device keeps its last choice."""
    hint = headers.get("sec-ch-ua-mobile")
    phone = hint == "?1" if hint else _PHONE.search(headers.get("user-agent", "")) is not None
    return "own" if phone else chosen(cookies.get(COOKIE))


_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
"""What a browser's name for itself has in it, more precise ones first, and what people call it."""


def label(user_agent: str, language: str) -> str:
    """Browser and device in words ("Chrome op Android"), for the list of sessions; empty where it does not say."""
    browser = next((name for part, name in _BROWSERS if part in user_agent), "")
    system = next((name for part, name in _SYSTEMS if part in user_agent), "")
    return text(language, "signin.label", browser=browser, system=system) if browser and system else browser or system
