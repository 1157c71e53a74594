"""Notices: made from the outbox, read in the app, taken back when the permission behind them ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from server.errors import NotFound
from server.notices import devices, queries
from server.notices.kinds import KINDS, LETTERS, SILENT, Channel, Ids, Kind, Relation
from server.notices.schemas import NoticeItem, ReadAnswer
from server.people import service as people
from server.platform import clock, db
from server.platform.request import Me
from server.platform.texts import text
from server.reports import basis as reports
from server.reports.basis import Basis
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
    if kind in KINDS:
        await _notify(KINDS[kind], school_id, msgspec.convert(ids, Ids))
    elif kind in LETTERS:
        await queries.add_letter(school_id, LETTERS[kind], UUID(ids[LETTERS[kind]]))
    elif kind == "report.recalled":
        await queries.withdraw_share(school_id, msgspec.convert(ids, Ids).share or UUID(int=0))
    elif kind == "roster.imported":
        await recompute_open_rounds(school_id)
        await devices.forget_ended(school_id)
    elif kind not in SILENT:
        raise UnknownNews(kind)


async def _notify(kind: Kind, school_id: UUID, ids: Ids) -> None:
    channels: defaultdict[UUID, set[Channel]] = defaultdict(set)
    for row in await queries.concerned(school_id, ids.student):
        relation = Relation(row["relation"])
        if relation in kind.to and row["person_id"] != ids.by:
            channels[row["person_id"]] |= kind.to[relation]
    for person_id in sorted(channels):
        if await allowed(kind, school_id, person_id, ids):
            await _tell(kind, school_id, person_id, ids, channels[person_id])


async def _tell(kind: Kind, school_id: UUID, person_id: UUID, ids: Ids, channels: set[Channel]) -> None:
    key = ":".join([kind.name, *(str(getattr(ids, name)) for name in kind.fact)])
    if kind.collapse is not None:
        await db.lock(f"notice:{person_id}:{key}")
        if await queries.bring_back(school_id, person_id, kind.name, key, kind.collapse):
            return
        key = f"{key}:{clock.now():%Y%m%d%H%M%S}"
    notice_id = await queries.add(school_id, person_id, kind.name, msgspec.json.encode(ids).decode(), key)
    if notice_id is None:
        return
    if Channel.PUSH in channels:
        await queries.add_pushes(school_id, person_id, notice_id)
    if Channel.MAIL in channels:
        await queries.add_mail(school_id, person_id, notice_id)


async def allowed(kind: Kind, school_id: UUID, person_id: UUID, ids: Ids) -> bool:
    """May this person know of it now? Asks the same rules as the page that the notice leads to."""
    me = await people.as_person(school_id, person_id)
    found = None if me is None else await _report(me, ids)
    return found is not None and kind.allows(found, ids)


async def _report(me: Me, ids: Ids) -> Basis | None:
    """The facts of the report that the news is about; None: it is not of this school."""
    try:
        return await reports.load(me, ids.student, ids.round)
    except NotFound:
        return None


# --- in the app -------------------------------------------------------------------------------------------------------


async def list_notices(me: Me) -> list[NoticeItem]:
    """The person's latest notices, newest first. What one may no longer know of is taken back on the way."""
    shown: list[NoticeItem] = []
    ended: list[UUID] = []
    known: dict[tuple[UUID, UUID], Basis | None] = {}
    for row in await queries.latest(me.school_id, me.person_id, SHOWN):
        kind, ids = KINDS[row["kind"]], msgspec.json.decode(row["ids"], type=Ids)
        about = (ids.round, ids.student)
        if about not in known:
            known[about] = await _report(me, ids)
        found = known[about]
        if found is None or not kind.allows(found, ids):
            ended.append(row["id"])
            continue
        words = f"notice.{kind.words_for(me.person_id, ids)}"
        shown.append(
            NoticeItem(
                id=row["id"],
                kind=kind.name,
                title=text(me.locale, f"{words}.title"),
                body=text(me.locale, f"{words}.body"),
                url=kind.url(ids),
                about=None if me.person_id == ids.student else found.card.name,
                created_at=row["created_at"],
                read_at=row["read_at"],
            )
        )
    if ended:
        await queries.withdraw(me.school_id, ended, "not_allowed")
    return shown


async def mark_read(me: Me, ids: list[UUID] | None) -> ReadAnswer:
    """Mark some of one's notices, or all of them, as read."""
    return ReadAnswer(await queries.mark_read(me.school_id, me.person_id, ids))
