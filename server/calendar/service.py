"""When the school is closed: what the admin writes down, and the calendar that all timing goes by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from server.audit import service as audit
from server.calendar import queries
from server.calendar.schemas import Holiday, SchoolYearCalendar
from server.errors import FieldError, Invalid, require
from server.notices.timing import SchoolCalendar
from server.platform import db
from server.platform.request import Me
from server.rules.administration import administer

MOST: Final = 60
LONGEST: Final = timedelta(days=70)
"""Longer than any summer holiday: two years in one line are a slip, and would keep everybody waiting."""

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)


async def of_school(school_id: UUID) -> SchoolCalendar:
    """The calendar that reminders, digests and quiet hours go by; on the running transaction of that school."""
    rows = await queries.holidays(school_id)
    return SchoolCalendar(await queries.zone(school_id), tuple((row["first_on"], row["last_on"]) for row in rows))


async def holidays(school_id: UUID, first: date, last: date) -> list[Holiday]:
    """The holidays of which a day lies from `first` to `last`, by date; on the running transaction of that school."""
    rows = await queries.holidays(school_id)
    return [
        Holiday(row["name"], row["first_on"], row["last_on"])
        for row in rows
        if row["first_on"] <= last and first <= row["last_on"]
    ]


async def read(me: Me) -> SchoolYearCalendar:
    """All holidays, by date."""
    require(administer(me.viewer))
    rows = await queries.holidays(me.school_id)
    return SchoolYearCalendar([Holiday(row["name"], row["first_on"], row["last_on"]) for row in rows])


async def write(me: Me, body: SchoolYearCalendar) -> SchoolYearCalendar:
    """Exactly these holidays from now on.

    Raises:
        Invalid: one error per field that cannot be accepted.
    """
    require(administer(me.viewer))
    if len(body.holidays) > MOST:
        raise Invalid(FieldError("/holidays", "too_many", {"most": MOST}))
    for each in body.holidays:
        each.name = " ".join(each.name.split())
    errors = list(_errors(body.holidays))
    if errors:
        raise Invalid(*errors)
    # Two admins who save at the same moment leave one calendar, not both on top of each other.
    await db.lock(f"calendar:{me.school_id}")
    await queries.replace(me.school_id, [(each.name, each.first, each.last) for each in body.holidays])
    await audit.record(me.school_id, me.person_id, "school.calendar")
    return await read(me)


def _errors(holidays: Sequence[Holiday]) -> Iterator[FieldError]:
    for index, each in enumerate(holidays):
        here = f"/holidays/{index}"
        if not each.name:
            yield FieldError(f"{here}/name", "required")
        elif not all(char.isprintable() for char in each.name):
            yield FieldError(f"{here}/name", "bad_character")
        if not FIRST_DAY <= each.first <= LAST_DAY:
            yield FieldError(f"{here}/first", "calendar_no_such_year")
        elif not FIRST_DAY <= each.last <= LAST_DAY:
            yield FieldError(f"{here}/last", "calendar_no_such_year")
        elif each.last < each.first:
            yield FieldError(f"{here}/last", "calendar_ends_first")
        elif each.last - each.first >= LONGEST:
            yield FieldError(f"{here}/last", "calendar_too_long", {"most": LONGEST.days})
        elif any(each.first <= other.last and other.first <= each.last for other in holidays[:index]):
            yield FieldError(f"{here}/first", "calendar_overlap")
