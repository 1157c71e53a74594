"""When something may be said: school days, quiet hours, digests and reminders. Pure; moments are aware and come back in UTC.

A school's day is one in its own zone. All arithmetic is on its calendar and its clock, never on hours that have passed, so that
half past three stays half past three across summer time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

CALM_FROM: Final = time(21, 0)
CALM_UNTIL: Final = time(7, 0)
"""Quiet hours, from the first moment to just before the second."""

AFTER_SCHOOL: Final = time(15, 30)
"""When lessons are over: the moment of reminders and of the day's digest."""

SATURDAY: Final = 5
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """A school's zone and the days, first to last, on which it is closed beside weekends."""

    zone: str
    closed: tuple[tuple[date, date], ...] = ()

    def is_school_day(self, day: date) -> bool:
        """Neither a weekend nor a holiday."""
        return day.weekday() < SATURDAY and not any(first <= day <= last for first, last in self.closed)

    def day(self, moment: datetime) -> date:
        """The school's date at a moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def moment(self, day: date, clock: time) -> datetime:
        """When the school's clock shows this on that day."""
        return datetime.combine(day, clock, ZoneInfo(self.zone)).astimezone(UTC)


def _school_days(day: date, step: timedelta, calendar: SchoolCalendar) -> Iterator[date]:
    """School days from `day` on, itself included, forwards or backwards; without an end, for every holiday ends."""
    while True:
        if calendar.is_school_day(day):
            yield day
        day += step


def school_days_before(day: date, count: int, calendar: SchoolCalendar) -> date:
    """The school day that lies `count` school days before `day`; 0 is `day` itself, or the last school day before it."""
    return next(islice(_school_days(day, -DAY, calendar), count, None))


def school_day_after(day: date, calendar: SchoolCalendar) -> date:
    """The first school day after `day`."""
    return next(_school_days(day + DAY, DAY, calendar))


def calm(at: datetime, calendar: SchoolCalendar) -> datetime:
    """The first moment from `at` on that is neither in quiet hours nor in a weekend or holiday: `at` itself, if it is none."""
    local = at.astimezone(ZoneInfo(calendar.zone))
    clock = local.time()
    start = local.date() + DAY if clock >= CALM_FROM else local.date()
    day = next(_school_days(start, DAY, calendar))
    if day == local.date() and clock >= CALM_UNTIL:
        return at.astimezone(UTC)
    return calendar.moment(day, CALM_UNTIL)


def next_digest(at: datetime, calendar: SchoolCalendar, clock: time = AFTER_SCHOOL) -> datetime:
    """The first half past three of a school day from `at` on: when the day's digest goes out."""
    moments = (calendar.moment(day, clock) for day in _school_days(calendar.day(at), DAY, calendar))
    return next(moment for moment in moments if moment >= at)


def last_digest(at: datetime, calendar: SchoolCalendar, clock: time = AFTER_SCHOOL) -> datetime:
    """The last half past three of a school day up to `at`."""
    moments = (calendar.moment(day, clock) for day in _school_days(calendar.day(at), -DAY, calendar))
    return next(moment for moment in moments if moment <= at)


def reminder(deadline: datetime, days: int, calendar: SchoolCalendar, clock: time = AFTER_SCHOOL) -> datetime:
    """When to remind of a deadline, `days` school days before it.

    A moment that would not come before the deadline (0 days before a Monday at nine) is the one of the school day before.
    """
    day = school_days_before(calendar.day(deadline), days, calendar)
    moment = calendar.moment(day, clock)
    return moment if moment < deadline else calendar.moment(school_days_before(day, 1, calendar), clock)


def reminders(
    deadline: datetime, schedule: Iterable[int], calendar: SchoolCalendar, clock: time = AFTER_SCHOOL
) -> list[datetime]:
    """All moments of a schedule, the earliest first; two that fall together are one."""
    return sorted({reminder(deadline, days, calendar, clock) for days in schedule})
