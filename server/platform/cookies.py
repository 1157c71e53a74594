"""The cookies of sign-in, set in one way everywhere: for this host alone, not for scripts, and not from other sites' forms."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response

from server.platform.security import cookie_name
from server.settings import Settings

YEAR: Final = 365 * 24 * 3600
SCHOOL: Final = "school"
"""The school that was chosen here last."""


def attempt_name(*, secure: bool) -> str:
    """The cookie of one who is away at a provider."""
    return "__Host-sign-in" if secure else "sign-in"


def put(
    answer: Response[Any],
    settings: Settings,
    name: str,
    value: str,
    *,
    seconds: int | None = None,
) -> None:
    """Set a cookie; without `seconds` until the browser closes, with 0 it goes."""
    answer.set_cookie(
        key=name,
        value=value,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
        max_age=seconds,
    )


def put_session(answer: Response[Any], settings: Settings, session_id: str, *, lasting: bool = False) -> None:
    """The session's cookie. `lasting`: it stays when the browser closes; the server decides when it ends."""
    put(answer, settings, cookie_name(secure=settings.secure), session_id, seconds=YEAR if lasting else None)


def drop_session(answer: Response[Any], settings: Settings) -> None:
    """Nobody is signed in any more."""
    put(answer, settings, cookie_name(secure=settings.secure), "", seconds=0)
