"""How long things are kept, when a school year is over, and who may be erased: at the exact day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules import retention as r
from server.rules.verdict import ALLOW, HIDDEN, Deny, Reason
from tests.rules.cast import CAST

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
YEARS = st.integers(1, 10)


@pytest.mark.parametrize(
    ("left_on", "years", "goes_on"),
    [
        (date(2024, 8, 1), 2, date(2026, 8, 1)),
        (date(2024, 2, 29), 2, date(2026, 3, 1)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2025, 12, 31), 1, date(2026, 12, 31)),
        (date(9995, 1, 1), 10, date.max),
    ],
)
def test_what_is_kept_for_so_many_years_goes_on_the_same_day_of_the_calendar(
    left_on: date, years: int, goes_on: date
) -> None:
    assert r.goes_on(left_on, years) == goes_on


@given(left_on=DAYS, years=YEARS, today=DAYS)
def test_the_question_to_the_database_is_the_same_rule(left_on: date, years: int, today: date) -> None:
    assert (left_on <= r.left_by(today, years)) == (r.goes_on(left_on, years) <= today)


@given(left_on=DAYS, years=YEARS)
def test_the_day_before_it_is_still_there(left_on: date, years: int) -> None:
    goes = r.goes_on(left_on, years)
    assert left_on <= r.left_by(goes, years)
    assert left_on > r.left_by(goes - timedelta(days=1), years)


def test_before_the_calendar_began_nobody_had_left() -> None:
    assert r.left_by(date(3, 1, 1), 5) == date.min


YEAR = (date(2025, 8, 1), date(2026, 7, 17))


@pytest.mark.parametrize(
    ("day", "years", "ends"),
    [
        (date(2026, 3, 1), [YEAR], date(2026, 7, 17)),
        (date(2026, 7, 17), [YEAR], date(2026, 7, 17)),
        # After the roster's last day, and where the roster names no year: the end of July.
        (date(2026, 7, 20), [YEAR], date(2026, 7, 31)),
        (date(2026, 3, 1), [], date(2026, 7, 31)),
        (date(2026, 7, 31), [], date(2026, 7, 31)),
        (date(2026, 8, 1), [], date(2027, 7, 31)),
        # Two systems of one school may name two years.
        (date(2026, 3, 1), [YEAR, (date(2025, 8, 1), date(2026, 7, 31))], date(2026, 7, 31)),
    ],
)
def test_the_last_day_of_a_school_year(day: date, years: list[r.SchoolYear], ends: date) -> None:
    assert r.year_ends_on(day, years) == ends
    assert not r.year_over(day, years, ends)
    assert r.year_over(day, years, ends + timedelta(days=1))


@given(day=DAYS, today=DAYS)
def test_no_year_is_over_before_the_day_itself(day: date, today: date) -> None:
    assert not r.year_over(day, [], min(day, today))


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("hindered", [False, True])
def test_nobody_but_an_admin_erases_and_the_admin_with_a_second_factor(who: str, hindered: bool) -> None:
    viewer = CAST[who].viewer
    assert r.erase_person(viewer, hindered=hindered) == (Deny(Reason.SECOND_FACTOR) if viewer.admin else HIDDEN)
    shown = r.erase_person(replace(viewer, second_factor=True), hindered=hindered)
    assert shown == ((Deny(Reason.CANNOT_ERASE) if hindered else ALLOW) if viewer.admin else HIDDEN)


def test_what_stands_in_the_way_is_told_all_at_once() -> None:
    assert r.obstacles(in_roster=True, oneself=True, merged=True) == ["in_roster", "yourself", "merged"]
    assert r.obstacles(in_roster=False, oneself=False, merged=False) == []


@pytest.mark.parametrize("who", CAST)
def test_a_student_takes_the_own_data_along(who: str) -> None:
    viewer = CAST[who].viewer
    assert r.take_own_data(viewer, student=True) == (ALLOW if viewer.active else HIDDEN)
    assert r.take_own_data(viewer, student=False) == HIDDEN
