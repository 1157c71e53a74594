"""Who is erased when, and what the admin is told of it beforehand. Nothing that is written down here has content."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Any, Final
from uuid import UUID

from server.audit import service as audit
from server.bundles import service as bundles
from server.errors import FieldError, Invalid, NotFound, Refused, require
from server.people.names import full_name, list_name
from server.platform import clock, db
from server.platform.request import Me
from server.retention import erasing, queries
from server.retention.schemas import EraseBody, Erased, ErasurePreview, LastRun, Leaver, RetentionPage
from server.roster.names import fold
from server.rules import retention as rules
from server.rules.administration import administer
from server.rules.verdict import Reason

PAGE: Final = 50
SOON: Final = timedelta(days=30)
AT_ONCE: Final = 20
"""So many people are erased in one transaction: a night that is cut short has done what it has done."""


def _name(row: Any) -> str:
    return full_name(row["given_name"], row["particle"], row["family_name"])


# --- the list -----------------------------------------------------------------------------------------------------------


async def waiting(me: Me, page: int) -> RetentionPage:
    """Who left, and when everything about them is erased. It changes nothing."""
    require(administer(me.viewer))
    page = min(max(page, 1), 10_000)
    years = (await queries.school(me.school_id))["years"]
    rows = await queries.left(me.school_id, PAGE, (page - 1) * PAGE)
    total = rows[0]["total"] if rows else 0
    tomorrow = me.today + timedelta(days=1)
    last = await queries.last_run(me.school_id)
    return RetentionPage(
        years=years,
        tonight=await queries.count_left(me.school_id, rules.left_by(tomorrow, years)),
        soon=await queries.count_left(me.school_id, rules.left_by(me.today + SOON, years)),
        last=None if last is None else LastRun(last["at"], last["people"]),
        people=[
            Leaver(
                id=row["id"],
                list_name=list_name(row["given_name"], row["particle"], row["family_name"]),
                roles=row["roles"],
                left_on=row["left_on"],
                goes_on=rules.goes_on(row["left_on"], years),
            )
            for row in rows
        ],
        total=total,
        page=page,
        pages=ceil(total / PAGE),
    )


# --- one person, on request -------------------------------------------------------------------------------------------


async def _find(me: Me, person_id: UUID, *, hold: bool = False) -> Any:
    row = await queries.person(me.school_id, person_id, hold=hold)
    if row is None or row["erased_at"] is not None:
        raise NotFound
    return row


def _obstacles(me: Me, row: Any) -> list[str]:
    return rules.obstacles(
        in_roster=row["source"] == "roster" and row["left_on"] is None,
        oneself=row["id"] == me.person_id,
        merged=row["merged_into"] is not None,
    )


async def preview(me: Me, person_id: UUID) -> ErasurePreview:
    """What erasing this person would do.

    Raises:
        NotFound: this school has no such person (any more).
    """
    require(administer(me.viewer))
    row = await _find(me, person_id)
    ids = await queries.with_merged(me.school_id, [person_id])
    counts = await queries.counts(me.school_id, ids)
    return ErasurePreview(
        id=person_id,
        name=_name(row),
        obstacles=_obstacles(me, row),  # type: ignore[arg-type]  # the rule's own words
        guardians=[_name(one) for one in await queries.guardians_of_them_alone(me.school_id, ids)],
        **dict(counts),
    )


async def erase(me: Me, person_id: UUID, body: EraseBody) -> Erased:
    """Erase this person now. It cannot be taken back.

    Raises:
        NotFound: this school has no such person (any more).
        Refused: with `reasons`: why it cannot be done.
        Invalid: another name was typed.
    """
    require(administer(me.viewer))
    await _lock(me.school_id)
    row = await _find(me, person_id, hold=True)
    reasons = _obstacles(me, row)
    if not rules.erase_person(me.viewer, hindered=bool(reasons)):
        raise Refused(Reason.CANNOT_ERASE, reasons=reasons)
    if _typed(body.name) != _typed(_name(row)):
        raise Invalid(FieldError("/name", "other_name"))
    gone = await _erase(me.school_id, [person_id], me.person_id, "person.erased")
    return Erased(person_id, gone, clock.now())


def _typed(name: str) -> list[str]:
    """A name as it is compared with what somebody typed: accents, capitals and spaces do not matter."""
    return fold(name).split() or name.split()


async def _lock(school_id: UUID) -> None:
    """One erasure of a school after the other: two that meet in the same rows would wait for each other for ever."""
    await db.lock(f"erasing:{school_id}")


async def _erase(school_id: UUID, ids: list[UUID], by: UUID | None, act: str) -> int:
    """Erase people with the guardians who go along, and write down that it was done; how many people."""
    along = [row["id"] for row in await queries.guardians_of_them_alone(school_id, ids)]
    await bundles.forget(school_id, await queries.with_merged(school_id, [*ids, *along]))
    await erasing.erase(school_id, [*ids, *along])
    for person_id in (*ids, *along):
        await audit.record(school_id, by, act, person=person_id)
    return len(ids) + len(along)


# --- by itself --------------------------------------------------------------------------------------------------------


async def retire(school_id: UUID) -> int:
    """Erase everybody who left so long ago as the school keeps things; how many. Safe to run twice, and beside another one."""
    gone = 0
    while True:
        async with db.school_transaction(school_id):
            await _lock(school_id)
            school = await queries.school(school_id)
            until = rules.left_by(clock.today(school["time_zone"]), school["years"])
            ids = await queries.due(school_id, until, AT_ONCE)
            if not ids:
                return gone
            gone += await _erase(school_id, ids, None, "person.retired")


async def erase_again(school_id: UUID, ids: list[UUID]) -> int:
    """Erase those of these people whom a backup brought back; how many. Safe to run twice."""
    gone = 0
    while True:
        async with db.school_transaction(school_id):
            await _lock(school_id)
            back = await queries.still_there(school_id, ids, AT_ONCE)
            if not back:
                return gone
            gone += await _erase(school_id, back, None, "person.erased_again")


async def erased(school_id: UUID) -> list[Any]:
    """Ids of who was erased, with the moment."""
    async with db.school_transaction(school_id):
        return await queries.erased(school_id)
