"""Quiet hours, school days, digests and reminders: properties that hold for any school, and the days people ask about."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.notices.timing import (
    SchoolCalendar,
    calm,
    last_digest,
    next_digest,
    reminder,
    reminders,
    school_day_after,
    school_days_before,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
AUTUMN = (date(2026, 10, 17), date(2026, 10, 25))
CHRISTMAS = (date(2026, 12, 19), date(2027, 1, 3))
SCHOOL = SchoolCalendar("Europe/Amsterdam", (AUTUMN, CHRISTMAS))

days = st.dates(date(2026, 8, 1), date(2027, 8, 1))


@st.composite
def calendars(draw: st.DrawFn) -> SchoolCalendar:
    """Any handful of holidays, also overlapping and adjacent ones, in any part of the world."""
    zone = draw(st.sampled_from(["Europe/Amsterdam", "America/Curacao", "Asia/Kolkata", "Pacific/Auckland", "UTC"]))
    starts = draw(st.lists(days, max_size=6))
    return SchoolCalendar(
        zone, tuple((first, first + timedelta(draw(st.integers(min_value=0, max_value=44)))) for first in starts)
    )


moments = st.datetimes(datetime(2026, 8, 1), datetime(2027, 8, 1), timezones=st.just(UTC))  # noqa: DTZ001 - aware by timezones


def here(text: str) -> datetime:
    """A moment as the school's clock shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


def is_calm(moment: datetime, calendar: SchoolCalendar) -> bool:
    local = moment.astimezone(ZoneInfo(calendar.zone))
    return calendar.is_school_day(local.date()) and time(7) <= local.time() < time(21)


# --- calm -------------------------------------------------------------------------------------------------------------


@given(moments, calendars())
def test_what_waits_comes_at_a_calm_moment_and_never_early(at: datetime, calendar: SchoolCalendar) -> None:
    found = calm(at, calendar)
    assert found >= at
    assert is_calm(found, calendar)
    assert calm(found, calendar) == found
    assert found.tzinfo is UTC


@given(moments, calendars())
def test_nothing_waits_longer_than_it_must(at: datetime, calendar: SchoolCalendar) -> None:
    found = calm(at, calendar)
    if is_calm(at, calendar):
        assert found == at
        return
    # Quiet hours begin and end on the quarter in every zone there is.
    step = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0) + timedelta(minutes=15)
    while step < found:
        assert not is_calm(step, calendar)
        step += timedelta(minutes=15)


@given(moments, moments, calendars())
def test_what_came_first_does_not_come_last(one: datetime, other: datetime, calendar: SchoolCalendar) -> None:
    first, second = sorted((one, other))
    assert calm(first, calendar) <= calm(second, calendar)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-25T12:00", "2026-11-25T12:00"),
        ("2026-11-25T20:59", "2026-11-25T20:59"),
        ("2026-11-25T21:00", "2026-11-26T07:00"),
        ("2026-11-26T06:59", "2026-11-26T07:00"),
        ("2026-11-26T07:00", "2026-11-26T07:00"),
        ("2026-11-27T21:00", "2026-11-30T07:00"),  # a Friday evening
        ("2026-10-16T22:00", "2026-10-26T07:00"),  # before the holiday in which summer time ends
        ("2027-03-26T23:00", "2027-03-29T07:00"),  # the weekend in which it begins
        ("2027-03-29T03:30", "2027-03-29T07:00"),
        ("2026-12-24T12:00", "2027-01-04T07:00"),
    ],
)
def test_quiet_hours_weekends_and_holidays_by_the_clock_on_the_wall(at: str, expected: str) -> None:
    assert calm(here(at), SCHOOL) == here(expected)


# --- school days ------------------------------------------------------------------------------------------------------


@given(days, st.integers(min_value=0, max_value=30), calendars())
def test_counting_back_passes_exactly_that_many_school_days(day: date, count: int, calendar: SchoolCalendar) -> None:
    found = school_days_before(day, count, calendar)
    assert calendar.is_school_day(found)
    between = [found + timedelta(n) for n in range((day - found).days + 1)]
    assert sum(calendar.is_school_day(each) for each in between) == count + 1


@given(days, calendars())
def test_the_school_day_after_and_the_one_before_are_neighbours(day: date, calendar: SchoolCalendar) -> None:
    after = school_day_after(day, calendar)
    assert after > day
    assert calendar.is_school_day(after)
    assert school_days_before(after, 1, calendar) == school_days_before(day, 0, calendar)


# --- digests ----------------------------------------------------------------------------------------------------------


@given(moments, calendars())
def test_a_digest_goes_out_after_school_on_the_first_school_day_that_still_has_one(
    at: datetime, calendar: SchoolCalendar
) -> None:
    found = next_digest(at, calendar)
    local = found.astimezone(ZoneInfo(calendar.zone))
    assert found >= at
    assert local.time() == time(15, 30)
    assert calendar.is_school_day(local.date())
    before = calendar.moment(school_days_before(local.date(), 1, calendar), time(15, 30))
    assert before < at


@given(moments, calendars())
def test_between_the_last_digest_and_the_next_one_there_is_none(at: datetime, calendar: SchoolCalendar) -> None:
    last, following = last_digest(at, calendar), next_digest(at, calendar)
    assert last <= at <= following
    assert following == last or last_digest(following - timedelta(minutes=1), calendar) == last
    assert last_digest(following, calendar) == following


# --- reminders --------------------------------------------------------------------------------------------------------


@given(moments, st.integers(min_value=0, max_value=30), calendars())
def test_a_reminder_comes_before_its_deadline_after_school_on_a_school_day(
    deadline: datetime, count: int, calendar: SchoolCalendar
) -> None:
    found = reminder(deadline, count, calendar)
    local = found.astimezone(ZoneInfo(calendar.zone))
    assert found < deadline
    assert local.time() == time(15, 30)
    assert calm(found, calendar) == found


@given(moments, st.lists(st.integers(min_value=0, max_value=30), max_size=5), calendars())
def test_a_schedule_has_no_moment_twice_and_the_earliest_first(
    deadline: datetime, schedule: list[int], calendar: SchoolCalendar
) -> None:
    found = reminders(deadline, schedule, calendar)
    assert found == sorted(set(found))
    assert set(found) == {reminder(deadline, count, calendar) for count in schedule}


@pytest.mark.parametrize(
    ("deadline", "schedule", "expected"),
    [
        # An ordinary week.
        ("2026-12-11T16:00", [7, 2, 0], ["2026-12-02T15:30", "2026-12-09T15:30", "2026-12-11T15:30"]),
        # Just after the autumn holiday, at whose end summer time ends: half past three on both sides.
        ("2026-10-28T16:00", [7, 2, 0], ["2026-10-12T15:30", "2026-10-26T15:30", "2026-10-28T15:30"]),
        # The clock goes forward on 28 March.
        ("2027-03-30T16:00", [7, 2, 0], ["2027-03-19T15:30", "2027-03-26T15:30", "2027-03-30T15:30"]),
        # A deadline in a weekend or a holiday: the last school days before it.
        ("2026-12-13T20:00", [2, 0], ["2026-12-09T15:30", "2026-12-11T15:30"]),
        ("2026-12-28T12:00", [0], ["2026-12-18T15:30"]),
        # Early on its day: the last reminder comes on the school day before, and one of two that fall together.
        ("2026-12-14T09:00", [1, 0], ["2026-12-11T15:30"]),
        ("2026-12-11T15:30", [0], ["2026-12-10T15:30"]),
        ("2026-12-11T16:00", [], []),
    ],
)
def test_reminders_count_school_days_of_the_school(deadline: str, schedule: list[int], expected: list[str]) -> None:
    assert reminders(here(deadline), schedule, SCHOOL) == [here(each) for each in expected]
