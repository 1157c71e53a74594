"""Who asks, and the one transaction in which a request is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Request
from litestar.connection import ASGIConnection

from server.errors import DomainError, FieldError, Invalid, OtherPerson, SignedOut
from server.platform import clock, db
from server.platform.security import cookie_name, session_hash
from server.rules.facts import Viewer
from server.rules.roles import viewer_of

PERSON_HEADER: Final = "x-driehoek-person"
"""The person for whom a page or service worker of ours speaks. A session of somebody else does not answer it."""


@dataclass(frozen=True, slots=True)
class Me:
    """The signed-in person in this request, as of now. `viewer` is what the rules are told."""

    school_id: UUID
    person_id: UUID
    viewer: Viewer
    roles: frozenset[str]
    locale: str
    zone: str

    @property
    def today(self) -> date:
        """The school's calendar day."""
        return clock.today(self.zone)


def session_id_of(request: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The session id in the cookie, if any."""
    return request.cookies.get(cookie_name(secure=request.app.state.settings.secure))


def make_me(row: Any) -> Me:
    """From a row of `request_enter`."""
    roles = frozenset(row["roles"])
    viewer = viewer_of(row["person"], active=row["active"], roles=roles, second_factor=row["second_factor"])
    return Me(row["school"], row["person"], viewer, roles, row["locale"], row["time_zone"])


async def enter(hashed: bytes) -> Any | None:
    """Look a session up and make its school the school of this transaction; None when it does not live."""
    return await db.fetchrow("select * from request_enter($1)", hashed)


@asynccontextmanager
async def signed_in(request: Request[Any, Any, Any]) -> AsyncIterator[Me]:
    """One transaction of the viewer's school; commits when the block ends, rolls back when it raises.

    A `DomainError` with `keeps` commits first and is told afterwards.

    Raises:
        SignedOut: no session, an unknown, ended or expired one, or the account is disabled.
        OtherPerson: the page speaks for another person than the session belongs to.
    """
    session_id = session_id_of(request)
    if session_id is None:
        raise SignedOut
    kept: DomainError | None = None
    async with db.transaction():
        row = await enter(session_hash(session_id))
        if row is None or not row["active"]:
            raise SignedOut
        me = make_me(row)
        speaks_for = request.headers.get(PERSON_HEADER)
        if speaks_for is not None and speaks_for.lower() != str(me.person_id):
            raise OtherPerson
        request.state.school = me.school_id
        try:
            yield me
        except DomainError as error:
            if not error.keeps:
                raise
            kept = error
    if kept is not None:
        raise kept


def if_match(request: Request[Any, Any, Any]) -> int | None:
    """The version in `If-Match` (`"3"`, also without quotes); 0 means "I think there is nothing yet". None: no header."""
    value = request.headers.get("if-match")
    if value is None:
        return None
    digits = value.removeprefix("W/").strip('"')
    # A header that is no version can match nothing; -1 answers 409 with what stands there, which the client can show.
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else -1


def idempotency_key(request: Request[Any, Any, Any]) -> UUID | None:
    """The client-made UUID in `Idempotency-Key`, or None.

    Raises:
        Invalid: the header is no UUID.
    """
    value = request.headers.get("idempotency-key")
    if value is None:
        return None
    try:
        return UUID(value)
    except ValueError:
        raise Invalid(FieldError("", "bad_idempotency_key")) from None
