"""How long what belongs to somebody is kept, when a round's school year is over, and who may be erased or take the own data along."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Final

from server.rules.administration import administer
from server.rules.facts import Viewer
from server.rules.verdict import ALLOW, HIDDEN, Deny, Reason, Verdict

SchoolYear = tuple[date, date]
"""First and last day."""

YEAR_ENDS: Final = (7, 31)
"""Month and day on which a Dutch school year ends, where the roster names no year."""


# --- keeping ----------------------------------------------------------------------------------------------------------


def goes_on(left_on: date, years: int) -> date:
    """The day on which what belongs to somebody who left is erased: so many years later. 29 February becomes 1 March."""
    year = left_on.year + years
    if year > MAXYEAR:
        return date.max
    try:
        return left_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def left_by(day: date, years: int) -> date:
    """Who left on this day or before goes on `day` or before it did: `goes_on` the other way round."""
    year = day.year - years
    if year < MINYEAR:
        return date.min
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


# --- the school year --------------------------------------------------------------------------------------------------


def year_ends_on(day: date, years: Iterable[SchoolYear]) -> date:
    """The last day of the school year in which `day` lies."""
    if found := [last for first, last in years if first <= day <= last]:
        return max(found)
    ends = date(day.year, *YEAR_ENDS)
    return ends if day <= ends else date(min(day.year + 1, MAXYEAR), *YEAR_ENDS)


def year_over(day: date, years: Iterable[SchoolYear], today: date) -> bool:
    """Has the school year of `day` passed? From the day after its last one on."""
    return today >= year_ends_on(day, years) + timedelta(days=1)


# --- erasing ----------------------------------------------------------------------------------------------------------


def obstacles(*, in_roster: bool, oneself: bool, merged: bool) -> list[str]:
    """What stands in the way of erasing somebody. `in_roster`: the next import would bring them back. `merged`: this record is
    part of another one and goes with that."""
    found = {"in_roster": in_roster, "yourself": oneself, "merged": merged}
    return [name for name, so in found.items() if so]


def erase_person(viewer: Viewer, *, hindered: bool) -> Verdict:
    """The admin, with a second factor, where nothing stands in the way."""
    verdict = administer(viewer)
    if not verdict:
        return verdict
    return Deny(Reason.CANNOT_ERASE) if hindered else ALLOW


def take_own_data(viewer: Viewer, *, student: bool) -> Verdict:
    """A student takes along everything that the student may read about the own person (product.md, The journeys)."""
    return ALLOW if viewer.active and student else HIDDEN
