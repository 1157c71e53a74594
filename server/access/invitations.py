"""Invitations: made by the admin or on the command line, found by their code, and good for one sign-in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from server.access import queries
from server.access.derived import hash_of_invitation, invitation_token, token_hash
from server.access.schemas import Channel, InviteBody, Invited, Who
from server.audit import service as audit
from server.errors import FieldError, Invalid, NotFound, require
from server.people import granting
from server.people import service as people
from server.platform import clock, db, outbox
from server.platform.request import Me
from server.rules import administration
from server.settings import Settings

ROLES: Final[dict[Who, tuple[str, ...]]] = {
    "guardians": ("guardian",),
    "students": ("student",),
    "staff": ("teacher", "organiser", "leader", "admin"),
}
AT_ONCE: Final = 200
"""So many mails a minute: mail servers take a school's worth at one moment for spam, and nobody's code should wait behind them."""


@dataclass(frozen=True, slots=True)
class Found:
    """An invitation as its code finds it. `address`: the person's now; `living`: it opens something."""

    id: UUID
    school_id: UUID
    school: str
    slug: str
    person_id: UUID
    channel: Channel
    address: str
    living: bool
    used: bool

    @property
    def alone_is_enough(self) -> bool:
        """A letter for somebody without an address on record: the school handed it over, and there is nothing else to ask."""
        return self.channel == "paper" and not self.address


async def find(settings: Settings, typed: str) -> Found | None:
    """The invitation with this code, whichever school's. Sets the school of the running transaction."""
    hashed = token_hash(settings, typed)
    school_id = None if hashed is None else await queries.school_of_token(hashed)
    if hashed is None or school_id is None:
        return None
    await db.set_school(school_id)
    row = await queries.invitation_by_token(school_id, hashed)
    if row is None:
        return None
    return Found(
        id=row["id"],
        school_id=school_id,
        school=row["school"],
        slug=row["slug"],
        person_id=row["person_id"],
        channel=row["channel"],
        address=row["email"],
        living=row["living"],
        used=row["used"],
    )


async def use_letter(found: Found) -> bool:
    """Sign in with the letter alone, once. Written down, because whoever printed it could have used it.

    False: it opens nothing any more.
    """
    if not found.alone_is_enough or await queries.use_invitation(found.school_id, found.id) is None:
        return False
    await audit.record(found.school_id, None, "access.letter_alone", person=found.person_id, invitation=found.id)
    return True


async def invite(me: Me, body: InviteBody, settings: Settings) -> Invited:
    """Invite some people, or all of a kind who have no access yet.

    Raises:
        NotFound, Refused: the viewer does not administer.
        Invalid: nobody or somebody unknown is named, or both ways of naming at once.
    """
    require(administration.administer(me.viewer))
    person_ids, explicit = await _meant(me, body)
    rows = await queries.to_invite(me.school_id, person_ids)
    if explicit and len(rows) < len(set(person_ids)):
        raise Invalid(FieldError("/persons", "unknown_person"))
    # Who is named gets another one, whatever there is: they may have lost their phone.
    wanted = [row for row in rows if explicit or not row["has_access"]]
    reached = [row for row in wanted if body.channel == "paper" or row["email"]]
    ids = await _add(me.school_id, body.channel, [(row["id"], row["email"]) for row in reached], me.person_id, settings)
    await audit.record(me.school_id, me.person_id, "access.invited", channel=body.channel, count=len(ids))
    return Invited(
        made=len(ids),
        without_address=len(wanted) - len(reached),
        had_access=len(rows) - len(wanted),
        letters=_letters(body, person_ids) if body.channel == "paper" and ids else None,
    )


def _letters(body: InviteBody, person_ids: Sequence[UUID]) -> str:
    if body.home_group is not None:
        return f"/admin/letters?home_group={body.home_group}"
    return f"/admin/letters?person={person_ids[0]}" if len(person_ids) == 1 else "/admin/letters"


async def _meant(me: Me, body: InviteBody) -> tuple[list[UUID], bool]:
    """Whom the admin means, and whether by name."""
    group = body.home_group
    if body.persons is not None:
        if body.who is not None or group is not None or body.all_guardians:
            raise Invalid(FieldError("/persons", "invite_one_way"))
        if not body.persons:
            raise Invalid(FieldError("/persons", "required"))
        return body.persons, True
    who = "guardians" if body.who is None and (body.all_guardians or group is not None) else body.who
    if who is None:
        raise Invalid(FieldError("/who", "required"))
    if group is not None and not await queries.is_home_group(me.school_id, group):
        raise Invalid(FieldError("/home_group", "unknown_group"))
    return await queries.members(me.school_id, ROLES[who], group), False


async def _add(
    school_id: UUID, channel: Channel, whom: Sequence[tuple[UUID, str]], by: UUID | None, settings: Settings
) -> list[UUID]:
    ids = await queries.new_ids(len(whom))
    made = []
    for invitation_id, (person_id, address) in zip(ids, whom, strict=True):
        hashed = hash_of_invitation(settings, invitation_id)
        made.append((invitation_id, person_id, channel, hashed, address, by))
    await queries.add_invitations(school_id, made)
    if channel == "mail":
        for number, invitation_id in enumerate(ids):
            later = number // AT_ONCE
            due_at = clock.now() + timedelta(minutes=later) if later else None
            await outbox.append(school_id, "invitation.made", due_at=due_at, invitation=invitation_id)
    return ids


async def invite_first_admin(school_id: UUID, person_id: UUID, address: str, settings: Settings) -> None:
    """By mail, for who administers a school that was just made. Runs in its transaction."""
    await _add(school_id, "mail", [(person_id, address)], None, settings)
    await audit.record(school_id, None, "access.invited", channel="mail", count=1, person=person_id)


async def revoke(me: Me, invitation_id: UUID) -> None:
    """End an invitation that nobody used yet. Harmless when it has ended.

    Raises:
        NotFound: no such invitation, or it was used; or the viewer does not administer.
        Refused: no second factor.
    """
    require(administration.administer(me.viewer))
    person_id = await queries.revoke_invitation(me.school_id, invitation_id)
    if person_id is None:
        raise NotFound
    await audit.record(me.school_id, me.person_id, "access.revoked", person=person_id, invitation=invitation_id)


async def invite_on_command(slug: str, who: str, settings: Settings, *, reset: bool = False) -> tuple[str, str, str]:
    """A letter for the one person of the school whom `who` names: name, code and link. Starts an installation without provider.

    With `reset` passkeys, sessions and earlier invitations end first: for the only admin, who lost the phone.

    Raises:
        NobodyFoundError: no such school, nobody, or more than one person.
    """
    async with db.transaction():
        school_id, person_id, name = await granting.find_one(slug, who)
        row = await queries.person(school_id, person_id)
        if row is None:
            raise granting.NobodyFoundError(f"The account of {who} is switched off.")
        if reset:
            await queries.shut_out(school_id, person_id)
            await people.end_all_sessions(school_id, person_id)
            await audit.record(school_id, None, "access.reset", person=person_id)
        (invitation_id,) = await _add(school_id, "paper", [(person_id, row["email"])], None, settings)
        await audit.record(school_id, None, "access.invited", channel="paper", count=1, person=person_id)
    token = invitation_token(settings, invitation_id)
    return name, token, f"{settings.public_url}/i/{token}"
