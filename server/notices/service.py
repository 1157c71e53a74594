"""Notices: made from the outbox, read in the app, taken back when the permission behind them ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from server.calendar import service as calendars
from server.notices import devices, preferences, queries
from server.notices.about import Key, allowed, facts_of, key_of, number
from server.notices.kinds import (
    DAILY,
    DAILY_WAY,
    KINDS,
    LETTERS,
    SILENT,
    Audience,
    Channel,
    Facts,
    Ids,
    Kind,
)
from server.notices.schemas import NoticeItem, ReadAnswer
from server.notices.timing import SchoolCalendar, calm, next_digest
from server.platform import clock, db
from server.platform.request import Me
from server.platform.texts import counted
from server.rounds.acts import recompute_open_rounds

SHOWN = 50


class UnknownNews(Exception):
    """The outbox has a kind that this version does not know: a newer server wrote it, a newer worker will do it."""


# --- from the outbox --------------------------------------------------------------------------------------------------


async def claim(limit: int, lease: timedelta) -> list[Any]:
    """Take due outbox rows of all schools: id, school_id, kind, ids, tries. Runs in a transaction of its own."""
    async with db.transaction():
        return await queries.claim_news(limit, lease)


async def settle_silent(school_id: UUID, outbox_ids: list[UUID]) -> None:
    """Mark rows of kinds that nobody is told about as done."""
    async with db.school_transaction(school_id):
        await queries.done(school_id, outbox_ids)


async def settle(school_id: UUID, outbox_id: UUID, kind: str, ids: Mapping[str, Any]) -> None:
    """Do what one outbox row asks and mark it as done, in one transaction. Safe to repeat.

    Raises:
        UnknownNews: this version does not know the kind; nothing was done.
    """
    async with db.school_transaction(school_id):
        if await queries.still_undone(school_id, outbox_id):
            await handle(kind, school_id, ids)
            await queries.done(school_id, [outbox_id])


async def put_back(school_id: UUID, outbox_id: UUID, wait: timedelta) -> None:
    """Let a row that failed come again after `wait`."""
    async with db.school_transaction(school_id):
        await queries.put_back(school_id, outbox_id, wait)


async def handle(kind: str, school_id: UUID, ids: Mapping[str, Any]) -> None:
    """Turn one piece of news into notices and deliveries, on the running transaction of that school. Safe to repeat.

    Raises:
        UnknownNews: this version does not know the kind.
    """
    if kind == "roster.imported":
        await recompute_open_rounds(school_id)
        await devices.forget_ended(school_id)
    if kind in KINDS:
        await _notify(KINDS[kind], school_id, msgspec.convert(ids, Ids))
    elif kind in LETTERS:
        await queries.add_letter(school_id, LETTERS[kind], UUID(ids[LETTERS[kind]]))
    elif kind == "report.recalled":
        await queries.withdraw_share(school_id, msgspec.convert(ids, Ids).share or UUID(int=0))
    elif kind not in SILENT:
        raise UnknownNews(kind)


async def _notify(kind: Kind, school_id: UUID, ids: Ids) -> None:
    people_ = await _concerned(kind, school_id, ids)
    if not people_:
        return
    wanted = await preferences.wanted(school_id, kind.name, people_)
    calendar: SchoolCalendar | None = None
    for person_id in sorted(people_):
        facts = await allowed(kind, school_id, person_id, ids)
        if facts is None:
            continue
        ways = [kind.to[audience] for audience in people_[person_id]]
        channels = {channel for channel in Channel if wanted.wants(person_id, ways, channel)}
        in_digest = all(way.digest for way in ways)
        if calendar is None and (in_digest or (channels and kind.calm and wanted.quiet)):
            calendar = await calendars.of_school(school_id)
        now = clock.now()
        due_at = calm(now, calendar) if calendar is not None and kind.calm and wanted.quiet else now
        until = kind.until(facts, now) if kind.until is not None else None
        if until is not None and due_at >= until:
            channels.clear()
        told = await _tell(kind, school_id, person_id, ids, channels, due_at if due_at > now else None, in_digest)
        if told and in_digest and calendar is not None:
            await _tell_daily(school_id, person_id, next_digest(now, calendar), calendar)


async def _concerned(kind: Kind, school_id: UUID, ids: Ids) -> dict[UUID, set[Audience]]:
    """Who may be concerned, and as what. It narrows; the rule of the kind decides about each of them."""
    found: defaultdict[UUID, set[Audience]] = defaultdict(set)
    if kind.named or ids.person is not None:
        return {} if ids.person is None else {ids.person: set(kind.to)}
    if ids.student is not None:
        for row in await queries.concerned(school_id, ids.student):
            found[row["person_id"]].add(Audience(row["relation"]))
    if ids.round is not None and Audience.RATER in kind.to:
        for person_id in await queries.raters(school_id, ids.round):
            found[person_id].add(Audience.RATER)
    if ids.round is not None and Audience.ROUND_MENTOR in kind.to:
        for person_id in await queries.round_mentors(school_id, ids.round):
            found[person_id].add(Audience.ROUND_MENTOR)
    for audience in (Audience.ORGANISER, Audience.ADMIN):
        if audience in kind.to:
            for person_id in await queries.with_role(school_id, audience):
                found[person_id].add(audience)
    meant = {person_id: audiences & kind.to.keys() for person_id, audiences in found.items() if person_id != ids.by}
    return {person_id: audiences for person_id, audiences in meant.items() if audiences}


async def _tell(
    kind: Kind,
    school_id: UUID,
    person_id: UUID,
    ids: Ids,
    channels: set[Channel],
    due_at: datetime | None,
    in_digest: bool,
) -> bool:
    """Make the notice; False when the person has it."""
    now = clock.now()
    key = ":".join([kind.name, *(str(getattr(ids, name)) for name in kind.fact)])
    if kind.collapse is not None:
        await db.lock(f"notice:{person_id}:{key}")
        if await queries.bring_back(school_id, person_id, kind.name, key, now - kind.collapse):
            return False
        key = f"{key}:{now:%Y%m%d%H%M%S}"
    made = await queries.tell(
        school_id,
        person_id,
        kind.name,
        msgspec.json.encode(ids).decode(),
        key,
        made_at=now,
        due_at=due_at,
        push=Channel.PUSH in channels,
        mail=Channel.MAIL in channels,
        in_digest=in_digest,
    )
    return made is not None


async def _tell_daily(school_id: UUID, person_id: UUID, due_at: datetime, calendar: SchoolCalendar) -> None:
    """The digest of the day in which this news goes out."""
    wanted = await preferences.wanted(school_id, DAILY, [person_id])
    day = calendar.day(due_at).toordinal()
    await queries.tell_daily(
        school_id,
        person_id,
        msgspec.json.encode(Ids(day=day)).decode(),
        f"{DAILY}:{day}",
        due_at,
        push=wanted.wants(person_id, [DAILY_WAY], Channel.PUSH),
        mail=wanted.wants(person_id, [DAILY_WAY], Channel.MAIL),
    )


# --- in the app -------------------------------------------------------------------------------------------------------


async def list_notices(me: Me) -> list[NoticeItem]:
    """The person's latest notices, newest first. What one may no longer know of is taken back on the way."""
    shown: list[NoticeItem] = []
    ended: list[UUID] = []
    known: dict[Key, Facts | None] = {}
    for row in await queries.latest(me.school_id, me.person_id, SHOWN):
        kind, ids = KINDS[row["kind"]], msgspec.json.decode(row["ids"], type=Ids)
        about = key_of(kind, ids)
        if about not in known:
            known[about] = await facts_of(me, kind, ids)
        found = known[about]
        if found is None or not kind.allows(found, ids) or _over(kind, found, row["created_at"]):
            ended.append(row["id"])
            continue
        words, n = f"notice.{kind.words_for(me.person_id, ids)}", number(kind, found)
        shown.append(
            NoticeItem(
                id=row["id"],
                kind=kind.name,
                title=counted(me.locale, f"{words}.title", n),
                body=counted(me.locale, f"{words}.body", n),
                url=kind.url(ids),
                about=_about(me, ids, found),
                created_at=row["created_at"],
                read_at=row["read_at"],
            )
        )
    if ended:
        await queries.withdraw(me.school_id, ended, "not_allowed")
    return shown


def _over(kind: Kind, facts: Facts, made_at: datetime) -> bool:
    """Is it of no use any more?"""
    until = kind.until(facts, made_at) if kind.until is not None else None
    return until is not None and clock.now() >= until


def _about(me: Me, ids: Ids, facts: Facts) -> str | None:
    """Which student, for readers who are not the student; or which round."""
    if facts.report is not None and me.person_id != ids.student:
        return facts.report.card.name
    return None if facts.round is None else facts.round.name


async def mark_read(me: Me, ids: list[UUID] | None) -> ReadAnswer:
    """Mark some of one's notices, or all of them, as read."""
    return ReadAnswer(await queries.mark_read(me.school_id, me.person_id, ids))
