"""Cookies of the way in: they tie a code or a challenge to the browser that asked for it, before anybody is signed in."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response

from server.access.service import LetIn
from server.people import device
from server.platform import cookies
from server.platform.problems import reader_language

CODE: Final = "code"
CODE_SECONDS: Final = 15 * 60
PASSKEY: Final = "passkey"
PASSKEY_SECONDS: Final = 3600


def hashed(cookie: str) -> bytes:
    """What is stored of a cookie."""
    return hashlib.sha256(cookie.encode()).digest()


def new_secret() -> str:
    """Fresh and unguessable."""
    return secrets.token_urlsafe(32)


def code_cookie(school_id: UUID, secret: str) -> str:
    """Which school's code this browser asked for. A wrong school in it finds nothing: the rest is unguessable."""
    return f"{school_id.hex}.{secret}"


def read_code_cookie(request: Request[Any, Any, Any]) -> tuple[UUID, bytes] | None:
    """School, and the hash that its code is found by; None when this browser asked for none."""
    school, _, secret = request.cookies.get(CODE, "").partition(".")
    try:
        return UUID(hex=school), hashed(secret)
    except ValueError:
        return None


def signed_in_on(request: Request[Any, Any, Any], answer: Response[Any], new: LetIn, chosen: device.Device) -> None:
    """The cookies of a new session: itself, and the choices of device and school for the next sign-in."""
    settings = request.app.state.settings
    cookies.put_session(answer, settings, new.session_id, lasting=new.lasting)
    cookies.put(answer, settings, device.COOKIE, chosen, seconds=device.COOKIE_SECONDS)
    cookies.put(answer, settings, cookies.SCHOOL, new.slug, seconds=cookies.YEAR)


def label_of(request: Request[Any, Any, Any]) -> str:
    """Browser and device in words, for the list of sessions."""
    return device.label(request.headers.get("user-agent", ""), reader_language(request))
