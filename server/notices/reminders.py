"""What the clock has to say about rounds, plans and agreements: each thing once, and only to whom it still concerns.

Nothing is planned ahead. Every minute each of the three looks at what has come due since it was last told, puts it into the
outbox, and writes down on the row itself that it did, in one transaction that holds the row: safe to run twice and beside
others, and a deadline that moves, a holiday that is added or a round that is reopened needs no queue to be put right. A worker
that was away tells what came due meanwhile as far as it is still of use: of several reminders of one deadline the last one, and
none after the deadline.

Here is only when and about what. Who may know of it, and over which channels and when exactly it reaches them, is asked where
all notices are made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from server.calendar import service as calendars
from server.notices.timing import (
    AFTER_SCHOOL,
    DAY,
    SchoolCalendar,
    last_digest,
    next_digest,
    reminders,
    school_day_after,
    school_days_before,
)
from server.plans import due as agreements
from server.platform import clock, db, outbox
from server.reports import unplanned
from server.rounds import behind
from server.rounds.behind import OpenRound

AHEAD: Final = timedelta(days=400)
"""Deadlines further away than this remind of nothing yet, whatever the schedule and the holidays."""

PLAN_AFTER: Final = timedelta(days=7)
"""So long a student has for the plan before the mentor is asked about it."""

STALE: Final = timedelta(days=14)
"""A question about a plan that comes later than this is none any more."""

Told = Literal["round.deadline_near", "round.deadline_passed"]


def stamp(moment: datetime) -> int:
    """A moment as an outbox row has it, to tell one piece of news from the next."""
    return int(moment.timestamp())


# --- rounds -----------------------------------------------------------------------------------------------------------


def due(
    deadline: datetime, schedule: Sequence[int], since: datetime, now: datetime, calendar: SchoolCalendar
) -> tuple[Told, datetime] | None:
    """What has to be told now of a deadline, of all that came due after `since`; None: nothing."""
    if deadline <= now:
        return ("round.deadline_passed", deadline) if since < deadline else None
    if deadline - now > AHEAD:
        return None
    come = [moment for moment in reminders(deadline, schedule, calendar) if since < moment <= now]
    return ("round.deadline_near", come[-1]) if come else None


async def remind_of_rounds(school_id: UUID) -> int:
    """Deadlines that come near or have passed, and rounds in which nothing is missing any more. How many were told."""
    async with db.school_transaction(school_id):
        calendar, now = await calendars.of_school(school_id), clock.now()
        count = 0
        for each in await behind.open_rounds(school_id, now):
            count += await _deadline(school_id, each, calendar, now)
            count += await _complete(school_id, each, now)
        return count


async def _deadline(school_id: UUID, each: OpenRound, calendar: SchoolCalendar, now: datetime) -> int:
    found = due(each.deadline, each.reminders, each.told_until, now, calendar)
    if found is None:
        return 0
    kind, moment = found
    waiting = [who for who, count in (await behind.to_do(school_id, each.id)).items() if count > 0]
    for who in waiting:
        await outbox.append(school_id, kind, round=each.id, person=who, moment=stamp(moment))
    await behind.told(school_id, each.id, now)
    return len(waiting)


async def _complete(school_id: UUID, each: OpenRound, now: datetime) -> int:
    if each.complete_at is not None or not await behind.complete(school_id, each.id):
        return 0
    await outbox.append(school_id, "round.complete", round=each.id, moment=stamp(now))
    await behind.told_complete(school_id, each.id, now)
    return 1


# --- plans ------------------------------------------------------------------------------------------------------------


async def ask_for_plans(school_id: UUID) -> int:
    """Mentors whose students have had a week and handed in no plan: one question a day and round. How many were asked."""
    async with db.school_transaction(school_id):
        calendar, now = await calendars.of_school(school_id), clock.now()
        moment = last_digest(now, calendar)
        come = await unplanned.unasked(school_id, moment - PLAN_AFTER)
        missing: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for each in come:
            if each.missing and now - next_digest(each.shared_at + PLAN_AFTER, calendar) <= STALE:
                missing[each.round_id].append(each.student_id)
        count = 0
        for round_id, students in missing.items():
            for who in await unplanned.mentors(school_id, students):
                await outbox.append(school_id, "plan.missing", round=round_id, person=who, moment=stamp(moment))
                count += 1
        await unplanned.asked(school_id, [each.id for each in come], now)
        return count


# --- agreements -------------------------------------------------------------------------------------------------------


def day_before(due_on: date, calendar: SchoolCalendar) -> datetime:
    """When to remind of an agreement: after school on the last school day before its day, so that it never comes too late."""
    return calendar.moment(school_days_before(due_on - DAY, 0, calendar), AFTER_SCHOOL)


async def remind_of_agreements(school_id: UUID) -> int:
    """Owners of agreements whose day comes near. How many were told."""
    async with db.school_transaction(school_id):
        calendar, now = await calendars.of_school(school_id), clock.now()
        # What is due up to the school day after it has had its moment by then.
        last = school_day_after(calendar.day(last_digest(now, calendar)), calendar)
        come = await agreements.coming(school_id, calendar.day(now), last)
        # Who agreed on it after that moment knows.
        told = [each for each in come if each.created_at < day_before(each.due_on, calendar)]
        for each in told:
            await outbox.append(
                school_id,
                "agreement.due",
                round=each.round_id,
                student=each.student_id,
                agreement=each.id,
                moment=stamp(day_before(each.due_on, calendar)),
            )
        await agreements.reminded(school_id, [each.id for each in come])
        return len(told)
