"""Passkeys: made, shown, removed. A challenge is used up before its answer is looked at, whatever comes of that."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from server.access import queries
from server.access.schemas import MadePasskey, PasskeyItem, PasskeyOptions, ShownPasskey
from server.errors import FieldError, Invalid, NotFound, require
from server.people import service as people
from server.people.names import full_name
from server.platform import db, passkeys
from server.platform.passkeys import BadPasskey, Known
from server.platform.request import Me
from server.platform.security import session_hash
from server.rules import access, administration
from server.settings import Settings

MOST: Final = 20
"""Passkeys of one person."""
Purpose = Literal["register", "sign_in", "second_factor"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose passkey signed in."""

    school_id: UUID
    person_id: UUID


# --- one's own --------------------------------------------------------------------------------------------------------


async def mine(me: Me) -> list[PasskeyItem]:
    """My passkeys, oldest first."""
    return [
        PasskeyItem(row["id"], row["name"], row["created_at"], row["last_used_at"], row["backed_up"])
        for row in await queries.passkeys(me.school_id, me.person_id)
    ]


async def make_options(me: Me, session_id: str, settings: Settings) -> PasskeyOptions:
    """What the browser is asked for a new passkey.

    Raises:
        Refused: the session is too old, or an admin did not show the passkey there is.
        Invalid: there are too many.
    """
    rows = await queries.passkeys(me.school_id, me.person_id)
    await _may_add(me, session_id, len(rows))
    person = await queries.person(me.school_id, me.person_id)
    if person is None:
        raise NotFound
    name = full_name(person["given_name"], person["particle"], person["family_name"])
    label = f"{name} · {await queries.school_name(me.school_id)}"
    known = [Known(row["credential_id"], row["transports"]) for row in rows]
    challenge = await _challenge(session_hash(session_id), "register")
    return PasskeyOptions(passkeys.make_options(settings, challenge, me.person_id.bytes, label, name, known))


async def _may_add(me: Me, session_id: str, there: int) -> None:
    age = await people.session_age(me, session_id)
    require(access.add_passkey(me.viewer, age=age, has_passkey=there > 0))
    if there >= MOST:
        raise Invalid(FieldError("", "too_many", {"most": MOST}))


async def add(me: Me, session_id: str, body: MadePasskey, settings: Settings) -> PasskeyItem:
    """Keep a new passkey. It was shown in the making, so it counts as the second factor of this session.

    Raises:
        Refused: as `make_options`.
        Invalid: it is not what this browser was asked for, or is here already.
    """
    await db.lock(f"passkeys:{me.person_id}")
    await _may_add(me, session_id, len(await queries.passkeys(me.school_id, me.person_id)))
    _writable("/name", body.name)
    await use_up(session_hash(session_id), "register", body.client_data)
    client_data = passkeys.decoded(body.client_data)
    challenge = passkeys.challenge_of(client_data)
    made = passkeys.check_made(settings, challenge, body.id, client_data, passkeys.decoded(body.attestation))
    passkey_id = await queries.add_passkey(
        me.school_id,
        me.person_id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        transports=passkeys.known_transports(body.transports),
        name=body.name.strip() or passkeys.NAME,
        backed_up=made.backed_up,
    )
    if passkey_id is None:
        raise Invalid(FieldError("/id", "passkey_known"))
    await people.show_second_factor(me, session_id)
    return next(one for one in await mine(me) if one.id == passkey_id)


async def rename(me: Me, passkey_id: UUID, name: str) -> None:
    """Give one of mine another name.

    Raises:
        NotFound: it is not mine.
        Invalid: no name.
    """
    _writable("/name", name)
    if not name.strip():
        raise Invalid(FieldError("/name", "required"))
    if not await queries.rename_passkey(me.school_id, me.person_id, passkey_id, name.strip()):
        raise NotFound


def _writable(pointer: str, text: str) -> None:
    if "\x00" in text:
        raise Invalid(FieldError(pointer, "bad_character"))


async def remove(me: Me, session_id: str, passkey_id: UUID) -> None:
    """Forget one of mine. Every other session has to show one again; after the last one this session too.

    Raises:
        NotFound: it is not mine.
        Refused: an admin without a second factor.
    """
    if not any(row["id"] == passkey_id for row in await queries.passkeys(me.school_id, me.person_id)):
        raise NotFound
    require(access.remove_passkey(me.viewer))
    await queries.remove_passkey(me.school_id, me.person_id, passkey_id)
    left = await queries.passkeys(me.school_id, me.person_id)
    await people.forget_second_factors(me, but=session_id if left else None)


# --- the second factor ------------------------------------------------------------------------------------------------


async def second_factor_options(me: Me, session_id: str, settings: Settings) -> PasskeyOptions:
    """What the browser is asked of an admin.

    Raises:
        NotFound: no admin, or no passkey yet.
    """
    require(administration.show_second_factor(me.viewer))
    rows = await queries.passkeys(me.school_id, me.person_id)
    if not rows:
        raise NotFound
    challenge = await _challenge(session_hash(session_id), "second_factor")
    known = [Known(row["credential_id"], row["transports"]) for row in rows]
    return PasskeyOptions(passkeys.show_options(settings, challenge, known))


async def show_second_factor(me: Me, session_id: str, body: ShownPasskey, settings: Settings) -> None:
    """An admin shows a passkey: the admin pages open in this session.

    Raises:
        NotFound: no admin.
        Invalid: not one of the admin's own passkeys, or not for this challenge.
    """
    require(administration.show_second_factor(me.viewer))
    await use_up(session_hash(session_id), "second_factor", body.client_data)
    if await _check(me.school_id, body, settings, person_id=me.person_id) is None:
        raise BadPasskey
    await people.show_second_factor(me, session_id)


# --- signing in -------------------------------------------------------------------------------------------------------


async def sign_in_options(browser: bytes, settings: Settings) -> PasskeyOptions:
    """What any browser is asked: whichever passkey of ours its person picks."""
    async with db.transaction():
        challenge = await _challenge(browser, "sign_in")
    return PasskeyOptions(passkeys.show_options(settings, challenge))


async def holder(body: ShownPasskey, settings: Settings) -> Holder:
    """Whose passkey was shown. Sets the school of the running transaction. Its challenge was used up before.

    Raises:
        Invalid: no passkey of ours, or not for this challenge.
    """
    school_id = await queries.school_of_passkey(passkeys.decoded(body.id))
    if school_id is None:
        raise BadPasskey
    await db.set_school(school_id)
    person_id = await _check(school_id, body, settings)
    if person_id is None:
        raise BadPasskey
    return Holder(school_id, person_id)


async def _check(
    school_id: UUID, body: ShownPasskey, settings: Settings, *, person_id: UUID | None = None
) -> UUID | None:
    """The person of a passkey that was rightly shown (only of this person, where one is given); its counter moves."""
    row = await queries.passkey(school_id, passkeys.decoded(body.id))
    if row is None or person_id not in (None, row["person_id"]):
        return None
    if body.user_handle and passkeys.decoded(body.user_handle) != row["person_id"].bytes:
        return None
    client_data = passkeys.decoded(body.client_data)
    shown = passkeys.check_shown(
        settings,
        passkeys.challenge_of(client_data),
        body.id,
        client_data,
        passkeys.decoded(body.authenticator_data),
        passkeys.decoded(body.signature),
        public_key=row["public_key"],
        sign_count=row["sign_count"],
    )
    await queries.use_passkey(school_id, row["id"], shown.sign_count, backed_up=shown.backed_up)
    found: UUID = row["person_id"]
    return found


# --- challenges -------------------------------------------------------------------------------------------------------


async def _challenge(browser: bytes, purpose: Purpose) -> bytes:
    challenge = secrets.token_bytes(passkeys.CHALLENGE_BYTES)
    await queries.add_challenge(challenge, browser, purpose)
    return challenge


async def use_up(browser: bytes, purpose: Purpose, client_data: str) -> None:
    """Use up the challenge that an answer is for. A `BadPasskey` after it commits, so it does not bring the challenge back.

    Raises:
        Invalid: this browser was not given it for this, or it is over.
    """
    challenge = passkeys.challenge_of(passkeys.decoded(client_data))
    if not await queries.take_challenge(challenge, browser, purpose):
        raise Invalid(FieldError("/client_data", "passkey_over"))
