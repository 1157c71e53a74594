"""What a role makes of a person."""

from __future__ import annotations

from uuid import UUID

import pytest

from server.rules.facts import Viewer
from server.rules.roles import gets_reports, may_be_appointed, may_stand_in, may_teach, viewer_of

ME = UUID(int=1)


@pytest.mark.parametrize(
    ("roles", "viewer", "reports"),
    [
        ({"student"}, Viewer(ME), True),
        ({"guardian"}, Viewer(ME), True),
        ({"teacher"}, Viewer(ME, staff=True), False),
        ({"organiser"}, Viewer(ME, staff=True, organiser=True), False),
        ({"leader"}, Viewer(ME, staff=True, leader=True), False),
        ({"admin"}, Viewer(ME, staff=True, admin=True), False),
        ({"teacher", "guardian"}, Viewer(ME, staff=True), True),
        (set(), Viewer(ME), False),
        ({"somebody"}, Viewer(ME), False),
    ],
    ids=lambda value: "+".join(sorted(value)) or "nobody" if isinstance(value, set) else "",
)
def test_what_roles_mean(roles: set[str], viewer: Viewer, reports: bool) -> None:
    assert viewer_of(ME, active=True, roles=roles) == viewer
    assert gets_reports(roles) == reports


def test_a_disabled_account_stays_disabled_whatever_its_roles() -> None:
    assert not viewer_of(ME, active=False, roles={"organiser", "admin"}).active


@pytest.mark.parametrize(
    ("roles", "at_school", "may"),
    [(set(), True, True), ({"teacher"}, True, True), ({"guardian"}, True, True), ({"student"}, True, False),
     ({"student", "teacher"}, True, False), ({"teacher"}, False, False), (set(), False, False)],
)  # fmt: skip
def test_no_student_and_nobody_who_left_is_appointed(roles: set[str], at_school: bool, may: bool) -> None:
    assert may_be_appointed(roles, at_school=at_school) is may


@pytest.mark.parametrize(
    ("roles", "at_school", "may"),
    [(set(), True, False), ({"teacher"}, True, True), ({"organiser"}, True, True), ({"admin"}, True, True), ({"guardian"}, True, False),
     ({"student"}, True, False), ({"student", "guardian"}, True, False), ({"guardian", "teacher"}, True, True),
     ({"teacher"}, False, False)],
)  # fmt: skip
def test_no_student_or_guardian_alone_and_nobody_who_is_away_teaches(
    roles: set[str], at_school: bool, may: bool
) -> None:
    assert may_teach(roles, at_school=at_school) is may


@pytest.mark.parametrize(
    ("roles", "at_school", "may"),
    [(set(), True, False), ({"teacher"}, True, True), ({"organiser"}, True, True), ({"guardian"}, True, False),
     ({"guardian", "teacher"}, True, True), ({"student", "teacher"}, True, False), ({"teacher"}, False, False)],
)  # fmt: skip
def test_only_staff_at_school_stands_in(roles: set[str], at_school: bool, may: bool) -> None:
    assert may_stand_in(roles, at_school=at_school) is may
