"""Cookies of the way in: they tie a code or a challenge to the browser that asked for it, before anybody is signed in."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response

from server.people import device
from server.platform.security import cookie_name

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


def put(request: Request[Any, Any, Any], answer: Response[Any], name: str, value: str, seconds: int) -> None:
    """Set one of them."""
    answer.set_cookie(
        key=name,
        value=value,
        path="/",
        secure=request.app.state.settings.secure,
        httponly=True,
        samesite="lax",
        max_age=seconds,
    )


def signed_in_on(
    request: Request[Any, Any, Any], answer: Response[Any], session_id: str, chosen: device.Device
) -> None:
    """The cookies of a new session: itself, and the choice of device for the next sign-in."""
    secure = request.app.state.settings.secure
    answer.set_cookie(
        key=cookie_name(secure=secure), value=session_id, path="/", secure=secure, httponly=True, samesite="lax"
    )
    answer.set_cookie(
        key=device.COOKIE,
        value=chosen,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
        max_age=device.COOKIE_SECONDS,
    )
