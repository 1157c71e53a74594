"""Six digits by mail: asked for with an invitation or an address, tried a few times, used once.

Whoever asks with an address hears the same and waits as long whether it is known or not: a row is written and a worker called
in both cases, and only the worker finds that there is nobody to write to. Who shares the address is asked after the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from server.access import queries
from server.access.derived import same_code
from server.access.invitations import Found
from server.people.names import full_name
from server.platform import db, outbox
from server.settings import Settings

TRIES: Final = 5
A_DAY: Final = 15
"""Codes for one address in a day, counted in PostgreSQL: with five tries each, a right guess takes 36 years on average."""


class Failed(StrEnum):
    """Why a code let nobody in."""

    WRONG = "wrong"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody with the address that was confirmed."""

    id: UUID
    name: str


Confirmed = Failed | list[Candidate]
"""Whom a code lets in: one person, or several of whom one has to say who it is."""


async def ask_with_address(school_id: UUID, address: str, browser: bytes) -> None:
    """Send a code to this address if anybody who was invited has it."""
    async with db.school_transaction(school_id):
        people = await queries.invited_with(school_id, address)
        await _ask(school_id, browser, people[0]["email"] if people else "", None)


async def ask_with_invitation(found: Found, browser: bytes) -> None:
    """Send a code to the address on record of the invited person. Runs in a transaction of the school."""
    await queries.open_invitation(found.school_id, found.id)
    await _ask(found.school_id, browser, found.address, found.id)


async def _ask(school_id: UUID, browser: bytes, address: str, invitation_id: UUID | None) -> None:
    too_many = await queries.codes_since(school_id, address, timedelta(days=1)) >= A_DAY
    code_id = await queries.add_code(school_id, browser, "" if too_many else address, invitation_id)
    await outbox.append(school_id, "code.asked", code=code_id)


async def confirm(school_id: UUID, browser: bytes, typed: str, settings: Settings) -> Confirmed:
    """Try a code. Whom it lets in is one person, who may sign in now, or several. Runs in a transaction of the school.

    The try counts also when nobody gets in: the caller commits.
    """
    row = await queries.try_code(school_id, browser, TRIES)
    if row is None:
        return Failed.OVER
    if not row["sent_to"] or not same_code(settings, row["id"], typed):
        return Failed.WRONG
    await queries.confirm_code(school_id, row["id"])
    if row["invitation_id"] is not None:
        await queries.end_code(school_id, row["id"])
        person_id = await queries.use_invitation(school_id, row["invitation_id"])
        return Failed.OVER if person_id is None else [Candidate(person_id, "")]
    people = await _candidates(school_id, row["sent_to"])
    if len(people) == 1:
        await _let_in(school_id, row["id"], people[0].id)
    return people or Failed.OVER


async def choose(school_id: UUID, browser: bytes, person_id: UUID) -> Confirmed:
    """One of those whom a confirmed code lets in says who it is. Runs in a transaction of the school."""
    row = await queries.confirmed_code(school_id, browser)
    people = [] if row is None else await _candidates(school_id, row["sent_to"])
    chosen = [one for one in people if one.id == person_id]
    if row is None or not chosen:
        return Failed.OVER
    await _let_in(school_id, row["id"], person_id)
    return chosen


async def _candidates(school_id: UUID, address: str) -> list[Candidate]:
    return [
        Candidate(row["id"], full_name(row["given_name"], row["particle"], row["family_name"]))
        for row in await queries.invited_with(school_id, address)
    ]


async def _let_in(school_id: UUID, code_id: UUID, person_id: UUID) -> None:
    await queries.end_code(school_id, code_id)
    await queries.use_invitations_of(school_id, person_id)
