"""Who sees figures, and what they show: whole groups, never fewer than five students, also not by taking one from another."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import product
from statistics import median
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.rules import figures
from server.rules.facts import RoundFacts, RoundState
from server.rules.figures import FEWEST, Cell, Chosen
from server.rules.verdict import ALLOW, HIDDEN
from tests.rules.cast import CAST, GROUP, OTHER_GROUP

LIGHTS = ("excellent", "on_track", "attention", "warning")
DIMENSIONS: tuple[figures.Dimension, ...] = ("year", "level", "subject", "group")
OPEN, CLOSED = RoundFacts(RoundState.OPEN), RoundFacts(RoundState.CLOSED)


# --- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leads", [False, True])
@pytest.mark.parametrize("who", CAST)
def test_the_organiser_sees_figures_and_a_leader_who_leads_somebody(who: str, leads: bool) -> None:
    viewer = CAST[who].viewer
    allowed = viewer.active and (viewer.organiser or (viewer.leader and leads))
    assert figures.see_figures(viewer, leads=leads) == (ALLOW if allowed else HIDDEN)
    assert figures.count_progress(viewer, CLOSED, leads=leads) == figures.see_figures(viewer, leads=leads)


def test_the_table_has_somebody_of_each_kind() -> None:
    viewers = [person.viewer for person in CAST.values()]
    assert any(viewer.organiser for viewer in viewers)
    assert any(viewer.leader and not viewer.organiser for viewer in viewers)
    assert any(viewer.admin and not viewer.organiser for viewer in viewers)


def test_only_an_organiser_has_the_figures_of_the_school() -> None:
    for person in CAST.values():
        assert figures.of_whole_school(person.viewer) == (person.viewer.active and person.viewer.organiser)


@pytest.mark.parametrize(
    ("round_", "group", "expected"),
    [
        (RoundFacts(RoundState.DRAFT), GROUP, HIDDEN),
        (OPEN, GROUP, HIDDEN),
        (CLOSED, GROUP, ALLOW),
        (RoundFacts(RoundState.ARCHIVED), GROUP, ALLOW),
        (replace(OPEN, only_groups=frozenset({GROUP})), GROUP, HIDDEN),
        (replace(OPEN, only_groups=frozenset({GROUP})), OTHER_GROUP, ALLOW),
    ],
)
def test_stoplights_are_counted_once_the_group_is_closed(round_: RoundFacts, group: UUID, expected: object) -> None:
    assert figures.count_lights(CAST["organiser"].viewer, round_, group, leads=False) == expected


@pytest.mark.parametrize("leads", [False, True])
@pytest.mark.parametrize("state", list(RoundState))
@pytest.mark.parametrize("only", [None, frozenset(), frozenset({GROUP}), frozenset({GROUP, OTHER_GROUP})])
def test_groups_asked_at_once_are_those_asked_one_by_one(
    state: RoundState, only: frozenset[UUID] | None, *, leads: bool
) -> None:
    round_ = replace(OPEN, state=state, only_groups=only)
    groups = [GROUP, OTHER_GROUP]
    for person in CAST.values():
        one_by_one = {each for each in groups if figures.count_lights(person.viewer, round_, each, leads=leads)}
        assert figures.lights_counted(person.viewer, round_, groups, leads=leads) == one_by_one
    assert figures.lights_counted(CAST["organiser"].viewer, round_, [], leads=leads) == set()


def test_a_draft_has_no_figures() -> None:
    assert figures.count_progress(CAST["organiser"].viewer, RoundFacts(RoundState.DRAFT), leads=False) == HIDDEN
    assert figures.count_progress(CAST["organiser"].viewer, OPEN, leads=False) == ALLOW


# --- what, against a computation that knows every single stoplight ------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """One stoplight of one student, as no figure shows it."""

    student: int
    group: UUID
    level: str
    year: int
    subject: UUID
    light: str


@st.composite
def schools(draw: st.DrawFn) -> list[Given]:
    """Groups of one to nine students out of thirty, many of them about as small as what is hidden."""
    found = []
    for number in range(draw(st.integers(1, 6))):
        place = (draw(st.sampled_from(["havo", "vwo", ""])), draw(st.integers(0, 2)), UUID(int=draw(st.integers(1, 3))))
        for student in draw(st.sets(st.integers(1, 30), min_size=1, max_size=9)):
            found.append(Given(student, UUID(int=100 + number), *place, draw(st.sampled_from(LIGHTS))))
    return found


def cells(given_: list[Given]) -> list[Cell]:
    by_group: dict[UUID, list[Given]] = defaultdict(list)
    for one in given_:
        by_group[one.group].append(one)
    return [
        Cell(
            group,
            some[0].level,
            some[0].year,
            some[0].subject,
            len(some),
            tuple(sum(one.light == light for one in some) for light in LIGHTS),
        )
        for group, some in by_group.items()
    ]


def every_choice(given_: list[Given]) -> list[Chosen]:
    """Every way to filter this school, also by what it does not have."""
    axes = [[None, *{getattr(one, name) for one in given_}] for name in DIMENSIONS]
    return [Chosen(*values) for values in product(*axes)] + [Chosen(year=9), Chosen(level="x")]


def counted(some: list[Given]) -> tuple[int, ...]:
    return tuple(Counter(one.light for one in some)[light] for light in LIGHTS)


def fits(one: Given, chosen: Chosen) -> bool:
    return all(getattr(chosen, name) in (None, getattr(one, name)) for name in DIMENSIONS)


@given(schools())
@settings(max_examples=60, deadline=None)
def test_every_sum_is_what_counting_one_by_one_gives(given_: list[Given]) -> None:
    made, sizes = cells(given_), Counter(one.group for one in given_)
    for chosen in every_choice(given_):
        some = [one for one in given_ if sizes[one.group] >= 5 and fits(one, chosen)]
        assert figures.total(made, chosen) == (counted(some) if some else None)
        for by in DIMENSIONS:
            parts: dict[object, list[Given]] = defaultdict(list)
            for one in some:
                parts[getattr(one, by)].append(one)
            assert figures.split(made, chosen, by) == {key: counted(part) for key, part in parts.items()}


@given(schools())
@settings(max_examples=60, deadline=None)
def test_no_difference_of_anything_shown_is_about_fewer_than_five_students(given_: list[Given]) -> None:
    """What is shown are sums over sets of stoplights. Two stoplights that are in exactly the same sets can be told apart by no
    sum and no difference, of however many of them; so what can be told apart are the classes of these, and whole unions of them.
    """
    made, sizes = cells(given_), Counter(one.group for one in given_)
    shown: set[frozenset[int]] = set()
    for chosen in every_choice(given_):
        inside = [at for at, one in enumerate(given_) if fits(one, chosen) and sizes[one.group] >= 5]
        if figures.total(made, chosen) is not None:
            shown.add(frozenset(inside))
        for by in DIMENSIONS:
            for key in figures.split(made, chosen, by):
                shown.add(frozenset(at for at in inside if getattr(given_[at], by) == key))
    classes: dict[tuple[bool, ...], set[int]] = defaultdict(set)
    for at, one in enumerate(given_):
        classes[tuple(at in one_set for one_set in shown)].add(one.student)
    for membership, students in classes.items():
        assert not any(membership) or len(students) >= FEWEST


@given(st.lists(st.lists(st.floats(0, 5000), max_size=9), max_size=8))
def test_the_middle_one_counts_groups_in_which_five_waited(hours: list[list[float]]) -> None:
    counted_ = [each for one in hours for each in one if len(one) >= 5]
    found = figures.middle_days(hours)
    assert (found is None) == (not counted_)
    if found is not None:
        assert found[0] == len(counted_)
        assert abs(found[1] - median(counted_) / 24) <= 0.25
        assert (found[1] * 2).is_integer()


def test_five_is_enough_and_four_is_not() -> None:
    five = Cell(GROUP, "havo", 3, None, 5, (5, 0, 0, 0))
    four = Cell(OTHER_GROUP, "havo", 3, None, 4, (0, 4, 0, 0))
    assert figures.total([five, four], Chosen()) == (5, 0, 0, 0)
    assert figures.total([four], Chosen()) is None
    assert figures.split([five, four], Chosen(), "group") == {GROUP: (5, 0, 0, 0)}
