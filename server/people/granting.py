"""Giving somebody a role that no roster knows: organiser, leader, admin. Done on the command line until there is a page for it."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from server.errors import DomainError
from server.people import queries
from server.people.names import full_name
from server.platform import db


class GivenRole(StrEnum):
    """Roles that are given at the school."""

    ORGANISER = "organiser"
    LEADER = "leader"
    ADMIN = "admin"


class NobodyFoundError(DomainError):
    """No school with that name, or not exactly one person with that username, address or identifier."""


async def grant(slug: str, who: str, role: GivenRole) -> tuple[str, bool]:
    """Give `role` to the one person of the school whom `who` names; a leader gets all home groups.

    Returns the person's name, and whether the role is new.

    Raises:
        NobodyFoundError: no such school, nobody, or more than one person.
    """
    async with db.transaction():
        school_id, person_id, name = await find_one(slug, who)
        new = await queries.add_role(school_id, person_id, role)
        if role is GivenRole.LEADER:
            await queries.scope_whole_school(school_id, person_id)
        return name, new


async def find_one(slug: str, who: str) -> tuple[UUID, UUID, str]:
    """The one person of the school whom `who` names: school, id and name. Sets the school of the running transaction.

    Raises:
        NobodyFoundError: no such school, nobody, or more than one person.
    """
    school_id = await queries.school_by_slug(slug)
    if school_id is None:
        raise NobodyFoundError(f"There is no school {slug}.")
    await db.set_school(school_id)
    found = await queries.find_people(school_id, who)
    if len(found) != 1:
        raise NobodyFoundError(f"{len(found) or 'No'} people of {slug} have the username, address or identifier {who}.")
    person = found[0]
    return school_id, person["id"], full_name(person["given_name"], person["particle"], person["family_name"])
