"""What a person's roles mean: the one place where their names are read."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final
from uuid import UUID

from server.rules.facts import Viewer

STAFF: Final = frozenset({"teacher", "organiser", "leader", "admin"})
READERS: Final = frozenset({"student", "guardian"})
APPOINTED: Final = frozenset({"organiser", "leader", "admin"})
"""Roles that a school gives by hand; no roster takes them away."""


def viewer_of(person_id: UUID, *, active: bool, roles: AbstractSet[str], second_factor: bool = False) -> Viewer:
    """The person as the rules see one."""
    return Viewer(
        person_id=person_id,
        active=active,
        staff=not STAFF.isdisjoint(roles),
        organiser="organiser" in roles,
        admin="admin" in roles,
        leader="leader" in roles,
        second_factor=second_factor,
    )


def may_be_appointed(roles: AbstractSet[str], *, at_school: bool) -> bool:
    """May somebody with these roles organise, lead or administer? Not a student, and nobody who has left."""
    return at_school and "student" not in roles


def may_teach(roles: AbstractSet[str], *, at_school: bool) -> bool:
    """May the school make this person mentor or teacher of a group? Not a student or guardian alone, and nobody who is away."""
    return at_school and not READERS.issuperset(roles)


def may_stand_in(roles: AbstractSet[str], *, at_school: bool) -> bool:
    """May somebody with these roles write for a group in one round? Staff: others could not even see the round."""
    return at_school and "student" not in roles and not STAFF.isdisjoint(roles)


def gets_reports(roles: AbstractSet[str]) -> bool:
    """Is this somebody with whom reports are shared?"""
    return not READERS.isdisjoint(roles)


def is_student(roles: AbstractSet[str]) -> bool:
    """Is this somebody about whom feedback is written?"""
    return "student" in roles
