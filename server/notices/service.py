"""Notices: made from the outbox, read in the app, taken back when the permission behind them ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from server.calendar import service as calendars
from server.notices import devices, preferences, queries
from server.notices.about import Key, allowed, facts_of, key_of, number
from server.notices.kind import Audience, Channel, Facts, Ids, Kind
from server.notices.kinds import DAILY, DAILY_WAY, KINDS, LETTERS, SILENT
from server.notices.schemas import NoticeItem, ReadAnswer
from server.notices.timing import SchoolCalendar, calm, next_digest
from server.platform import clock, db
from server.platform.request import Me
from server.platform.texts import counted
from server.rounds.acts import recompute_open_rounds

SHOWN = 50
stock = db.Stock(100, "notice", "delivery")


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


async def settle(school_id: UUID, kind: str, news: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Do what outbox rows of one kind ask (their ids, and what each brings) and mark them as done, all in one transaction. Safe to
    repeat.

    Raises:
        UnknownNews: this version does not know the kind; nothing was done.
    """
    async with db.school_transaction(school_id):
        undone = await queries.still_undone(school_id, list(news))
        if undone:
            await handle(kind, school_id, [news[each] for each in undone])
            await queries.done(school_id, undone)
    await stock.grew(len(undone))


async def put_back(school_id: UUID, outbox_id: UUID, wait: timedelta) -> None:
    """Let a row that failed come again after `wait`."""
    async with db.school_transaction(school_id):
        await queries.put_back(school_id, outbox_id, wait)


async def handle(kind: str, school_id: UUID, news: Sequence[Mapping[str, Any]]) -> None:
    """Turn news of one kind into notices and deliveries, on the running transaction of that school. Safe to repeat.

    Raises:
        UnknownNews: this version does not know the kind.
    """
    if kind == "roster.imported":
        await recompute_open_rounds(school_id)
        await devices.forget_ended(school_id)
    if kind in KINDS:
        await _notify(KINDS[kind], school_id, [msgspec.convert(ids, Ids) for ids in news])
    elif kind in LETTERS:
        for ids in news:
            await queries.add_letter(school_id, LETTERS[kind], UUID(ids[LETTERS[kind]]))
    elif kind == "report.recalled":
        for ids in news:
            await queries.withdraw_share(school_id, msgspec.convert(ids, Ids).share or UUID(int=0))
    elif kind not in SILENT:
        raise UnknownNews(kind)


@dataclass(frozen=True, slots=True)
class _Reader:
    """One person whom one piece of news may concern, and as what."""

    person_id: UUID
    ids: Ids
    audiences: frozenset[Audience]


async def _notify(kind: Kind, school_id: UUID, news: Sequence[Ids]) -> None:
    readers = await _concerned(kind, school_id, news)
    if not readers:
        return
    wanted = await preferences.wanted(school_id, kind.name, {each.person_id for each in readers})
    known = await allowed(school_id, [(kind, each.person_id, each.ids) for each in readers])
    calendar: SchoolCalendar | None = None
    now = clock.now()
    tellings: list[queries.Telling] = []
    for reader, facts in zip(readers, known, strict=True):
        if facts is None:
            continue
        ways = [kind.to[audience] for audience in reader.audiences]
        channels = {channel for channel in Channel if wanted.wants(reader.person_id, ways, channel)}
        in_digest = all(way.digest for way in ways)
        if calendar is None and (in_digest or (channels and kind.calm and wanted.quiet)):
            calendar = await calendars.of_school(school_id)
        due_at = calm(now, calendar) if calendar is not None and kind.calm and wanted.quiet else now
        until = kind.until(facts, now) if kind.until is not None else None
        if until is not None and due_at >= until:
            channels.clear()
        tellings.append(
            queries.Telling(
                person_id=reader.person_id,
                ids=msgspec.json.encode(reader.ids).decode(),
                dedupe_key=":".join([kind.name, *(str(getattr(reader.ids, name)) for name in kind.fact)]),
                due_at=due_at if due_at > now else None,
                push=Channel.PUSH in channels,
                mail=Channel.MAIL in channels,
                in_digest=in_digest,
            )
        )
    for person_id in sorted(await _tell(kind, school_id, tellings, now)):
        if calendar is not None:
            await _tell_daily(school_id, person_id, next_digest(now, calendar), calendar)


async def _concerned(kind: Kind, school_id: UUID, news: Sequence[Ids]) -> list[_Reader]:
    """Who may be concerned by which of it, and as what; by person. It narrows; the rule of the kind decides about each of them."""
    found: defaultdict[tuple[UUID, Ids], set[Audience]] = defaultdict(set)
    about_all = [ids for ids in news if not kind.named and ids.person is None]
    for ids in news:
        if ids.person is not None:
            found[ids.person, ids] = set(kind.to)
    of_student = await _of_students(kind, school_id, {ids.student for ids in about_all if ids.student is not None})
    of_round = await _of_rounds(kind, school_id, {ids.round for ids in about_all if ids.round is not None})
    of_school = await _of_school(kind, school_id) if about_all else []
    for ids in about_all:
        for person_id, audience in (*of_student[ids.student], *of_round[ids.round], *of_school):
            if audience in kind.to and person_id != ids.by:
                found[person_id, ids].add(audience)
    readers = [_Reader(person_id, ids, frozenset(audiences)) for (person_id, ids), audiences in found.items()]
    return sorted(readers, key=lambda each: each.person_id)


Concerned = Mapping[UUID | None, Sequence[tuple[UUID, Audience]]]


async def _of_students(kind: Kind, school_id: UUID, student_ids: Iterable[UUID]) -> Concerned:
    """Student, guardians, mentors and teachers of each of these students."""
    found: defaultdict[UUID | None, list[tuple[UUID, Audience]]] = defaultdict(list)
    if ids := list(student_ids):
        teachers = not kind.to.keys().isdisjoint({Audience.MENTOR, Audience.TEACHER})
        for row in await queries.concerned(school_id, ids, teachers=teachers):
            found[row["student_id"]].append((row["person_id"], Audience(row["relation"])))
    return found


async def _of_rounds(kind: Kind, school_id: UUID, round_ids: Iterable[UUID]) -> Concerned:
    """Who rates in each of these rounds, and who mentors its students."""
    found: defaultdict[UUID | None, list[tuple[UUID, Audience]]] = defaultdict(list)
    for round_id in round_ids:
        if Audience.RATER in kind.to:
            found[round_id] += [(each, Audience.RATER) for each in await queries.raters(school_id, round_id)]
        if Audience.ROUND_MENTOR in kind.to:
            mentors = await queries.round_mentors(school_id, round_id)
            found[round_id] += [(each, Audience.ROUND_MENTOR) for each in mentors]
    return found


async def _of_school(kind: Kind, school_id: UUID) -> list[tuple[UUID, Audience]]:
    """Its organisers and admins, where they are meant."""
    return [
        (person_id, audience)
        for audience in (Audience.ORGANISER, Audience.ADMIN)
        if audience in kind.to
        for person_id in await queries.with_role(school_id, audience)
    ]


async def _tell(kind: Kind, school_id: UUID, tellings: Iterable[queries.Telling], now: datetime) -> set[UUID]:
    """Make the notices; who got one that is told in a digest."""
    fresh: dict[tuple[UUID, str], queries.Telling] = {}
    # Two workers that tell the same people wait for each other, and never both: all go by one order.
    for telling in sorted(tellings, key=lambda each: (each.person_id, each.dedupe_key)):
        key = telling.dedupe_key
        if kind.collapse is not None:
            await db.lock(f"notice:{telling.person_id}:{key}")
            if await queries.bring_back(school_id, telling.person_id, kind.name, key, now - kind.collapse):
                continue
            key = f"{key}:{now:%Y%m%d%H%M%S}"
        fresh.setdefault((telling.person_id, key), replace(telling, dedupe_key=key))
    made = await queries.tell(school_id, kind.name, list(fresh.values()), now) if fresh else set()
    return {person_id for person_id, key in made if fresh[person_id, key].in_digest}


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
