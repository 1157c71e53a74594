"""What may still change in a round, what it asks of whom, and what the next one is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules.facts import Required, RoundFacts, RoundState, Stoplight
from server.rules.planning import MANY_STUDENTS, Fixed, Part, asked_of, fixed, heavy, next_name
from tests.rules.cast import GROUP

DRAFT = RoundFacts(RoundState.DRAFT)
OPEN = RoundFacts(RoundState.OPEN)
PARTLY = RoundFacts(RoundState.OPEN, only_groups=frozenset({GROUP}))
CLOSED = RoundFacts(RoundState.CLOSED)
ARCHIVED = RoundFacts(RoundState.ARCHIVED)

TABLE: list[tuple[RoundFacts, Part, int, Fixed | None]] = [
    *((DRAFT, part, written, None) for part in Part for written in (0, 3)),
    *((round_, Part.OPENS_AT, 0, Fixed.ALREADY_OPENED) for round_ in (OPEN, PARTLY, CLOSED, ARCHIVED)),
    (OPEN, Part.AUDIENCE, 0, None),
    (OPEN, Part.AUDIENCE, 1, Fixed.HAS_TEXTS),
    (OPEN, Part.REQUIRED, 1, None),
    (OPEN, Part.REQUIRED_BY_YEAR, 1, None),
    *((PARTLY, part, 0, Fixed.PARTLY_OPEN) for part in (Part.AUDIENCE, Part.REQUIRED, Part.REQUIRED_BY_YEAR)),
    *(
        (round_, part, 0, Fixed.ROUND_CLOSED)
        for round_ in (CLOSED, ARCHIVED)
        for part in (Part.AUDIENCE, Part.REQUIRED, Part.REQUIRED_BY_YEAR)
    ),
]


@pytest.mark.parametrize(("round_", "part", "written", "reason"), TABLE)
def test_what_may_still_change(round_: RoundFacts, part: Part, written: int, reason: Fixed | None) -> None:
    assert fixed(round_, part, written=written) is reason


def test_the_table_names_every_part_in_every_state() -> None:
    states = [(each.state, each.only_groups is None) for each in (DRAFT, OPEN, PARTLY, CLOSED, ARCHIVED)]
    named = {(round_.state, round_.only_groups is None, part) for round_, part, _, _ in TABLE}
    assert named == {(*state, part) for state in states for part in Part}


SCHOOL = {Stoplight.WARNING: Required(remark=True, action=True)}
FIRST_YEAR = {Stoplight.WARNING: Required(action=True)}


@pytest.mark.parametrize(
    ("year", "asked"),
    [(1, FIRST_YEAR), (2, {}), (3, SCHOOL), (None, SCHOOL)],
    ids=["its own rules", "asks nothing", "as the round", "a group of no year"],
)
def test_a_year_has_its_own_rules_or_those_of_the_round(year: int | None, asked: dict[Stoplight, Required]) -> None:
    assert asked_of(SCHOOL, {1: FIRST_YEAR, 2: {}}, year) == asked


def test_250_students_are_no_warning_and_251_are() -> None:
    assert [heavy(0), heavy(MANY_STUDENTS), heavy(MANY_STUDENTS + 1)] == [False, False, True]


@pytest.mark.parametrize(
    ("name", "following"),
    [
        ("Ronde 1", "Ronde 2"),
        ("Periode 9", "Periode 10"),
        ("Bespreking 2 havo", "Bespreking 2 havo"),
        ("Najaar 2026", "Najaar 2026"),
        ("2026/27", "2026/27"),
        ("Ronde1", "Ronde1"),
        ("Ronde 00", "Ronde 00"),
        ("", ""),
    ],
)
def test_the_next_round_counts_on_where_there_is_a_number(name: str, following: str) -> None:
    assert next_name(name) == following


@given(st.text())
def test_every_name_has_a_next_one(name: str) -> None:
    assert len(next_name(name)) - len(name) in (0, 1)
