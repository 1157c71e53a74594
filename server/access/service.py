"""Letting somebody in, and the admin's overview of who gets in how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from server.access import queries
from server.access.derived import invitation_token
from server.access.invitations import ROLES
from server.access.schemas import AccessItem, AccessPage, InvitationItem, InvitationState, Who
from server.audit import service as audit
from server.errors import FieldError, Invalid, NotFound, require
from server.people import device
from server.people import service as people
from server.people.names import full_name, list_name
from server.people.schemas import SchoolCard
from server.platform.request import Me
from server.platform.security import LONG_IDLE
from server.rules import administration
from server.settings import Settings

SHOWN: Final = 100
"""People on one page of the overview."""
LONGEST_SEARCH: Final = 100


# --- the way in -------------------------------------------------------------------------------------------------------


async def school_called(slug: str) -> SchoolCard | None:
    """The school with this short name; without one, the only school there is."""
    schools = await people.known_schools()
    if not slug and len(schools) == 1:
        return schools[0]
    return next((one for one in schools if one.slug == slug), None)


@dataclass(frozen=True, slots=True)
class LetIn:
    """A session that began. `lasting`: its cookie stays when the browser closes; `slug`: of the school, for the next time."""

    session_id: str
    lasting: bool
    slug: str


async def let_in(
    school_id: UUID,
    person_id: UUID,
    on: device.Device,
    *,
    label: str,
    earlier: str | None,
    second_factor: bool = False,
) -> LetIn | None:
    """Start a session in place of the `earlier` one; None when the account is disabled or has left.

    Last in its transaction: ending the earlier session makes that one's school the school of the transaction.
    """
    rest = await people.session_rest(school_id, on)
    try:
        session_id = await people.start_session(
            school_id, person_id, on, idle=rest, label=label, second_factor=second_factor
        )
    except NotFound:
        return None
    slug = await queries.school_slug(school_id)
    if earlier is not None:
        await people.end_session(earlier)
    return LetIn(session_id, rest >= LONG_IDLE, slug)


async def wants_offer(me: Me) -> bool:
    """Is a passkey worth offering? Not to who has one."""
    return not await queries.passkeys(me.school_id, me.person_id)


async def only_by_passkey(me: Me) -> bool:
    """Does nothing but a passkey lead back? There is no mailbox that a code could go to."""
    return not await queries.has_address(me.school_id, me.person_id)


# --- the admin --------------------------------------------------------------------------------------------------------


async def overview(
    me: Me, who: Who, home_group: UUID | None, person: UUID | None, search: str, page: int
) -> AccessPage:
    """How people get in; all of a kind, of one home group, or one person.

    Raises:
        NotFound, Refused: the viewer does not administer.
        Invalid: a page or a search that cannot be.
    """
    require(administration.administer(me.viewer))
    if "\x00" in search or len(search) > LONGEST_SEARCH:
        raise Invalid(
            FieldError("/search", "bad_character" if "\x00" in search else "too_long", {"most": LONGEST_SEARCH})
        )
    if not 0 <= page < 10_000:
        raise Invalid(FieldError("/page", "unknown_value"))
    if person is not None:
        rows = await queries.one_overview(me.school_id, person)
        return AccessPage([_item(row) for row in rows], len(rows))
    roles, words = ROLES[who], search.strip()
    rows = await queries.overview(me.school_id, roles, home_group, words, SHOWN, page * SHOWN)
    return AccessPage([_item(row) for row in rows], await queries.count(me.school_id, roles, home_group, words))


def _item(row: Any) -> AccessItem:
    given, particle, family = row["given_name"], row["particle"], row["family_name"]
    return AccessItem(
        id=row["id"],
        name=full_name(given, particle, family),
        list_name=list_name(given, particle, family),
        home_group=row["home_group"],
        students=row["students"],
        active=row["active"],
        has_address=row["has_address"],
        passkeys=row["passkeys"],
        invitation=_invitation(row),
        signed_in_at=row["signed_in_at"],
    )


def _invitation(row: Any) -> InvitationItem | None:
    if row["invitation_id"] is None:
        return None
    states: tuple[tuple[InvitationState, object], ...] = (
        ("revoked", row["revoked_at"]),
        ("used", row["used_at"]),
        ("expired", row["expired"]),
        ("opened", row["opened_at"]),
    )
    state: InvitationState = next((name for name, is_so in states if is_so), "waiting")
    return InvitationItem(
        id=row["invitation_id"],
        channel=row["channel"],
        state=state,
        invited_at=row["invited_at"],
        expires_at=row["expires_at"],
        undelivered=state == "waiting" and row["mail_state"] in ("failed", "dropped"),
    )


async def reset(me: Me, person_id: UUID) -> None:
    """Shut somebody out: passkeys, sessions, invitations and codes end. A new invitation lets them in again.

    Raises:
        NotFound, Refused: no such person, or the viewer does not administer.
    """
    require(administration.administer(me.viewer))
    if not await queries.one_overview(me.school_id, person_id):
        raise NotFound
    await queries.shut_out(me.school_id, person_id)
    await people.end_all_sessions(me.school_id, person_id)
    await audit.record(me.school_id, me.person_id, "access.reset", person=person_id)


@dataclass(frozen=True, slots=True)
class PaperLetter:
    """One printed invitation."""

    name: str
    home_group: str | None
    language: str
    token: str
    expires_at: datetime
    has_address: bool


async def school_name(me: Me) -> str:
    """What the school is called."""
    return await queries.school_name(me.school_id)


async def letters(me: Me, settings: Settings, home_group: UUID | None, person: UUID | None) -> list[PaperLetter]:
    """The letters that still open something. Who printed them is written down: they let people in.

    Raises:
        NotFound, Refused: the viewer does not administer.
    """
    require(administration.administer(me.viewer))
    found = [
        PaperLetter(
            name=full_name(row["given_name"], row["particle"], row["family_name"]),
            home_group=row["home_group"],
            language=row["locale"],
            token=invitation_token(settings, row["id"]),
            expires_at=row["expires_at"],
            has_address=row["has_address"],
        )
        for row in await queries.letters(me.school_id, home_group, person)
    ]
    if found:
        await audit.record(
            me.school_id, me.person_id, "access.printed", count=len(found), group=home_group, person=person
        )
    return found
