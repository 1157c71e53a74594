"""People as an admin finds and changes them, with their guardians. What came with the roster is changed there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import ceil
from typing import Any, Final
from uuid import UUID, uuid4

from msgspec import UNSET

from server.administration.schemas import (
    GroupName,
    GroupOf,
    GuardianBody,
    PeoplePage,
    PersonBody,
    PersonChange,
    PersonDetail,
    PersonLine,
    Relative,
    RoleOf,
    RolesBody,
    ScopeBody,
)
from server.administration.texts import email_errors, name_errors, tidy
from server.audit import service as audit
from server.errors import FieldError, Invalid, NotFound, Refused, require
from server.notices import devices
from server.people import managing_queries as queries
from server.people import merging
from server.people import service as people
from server.people.names import full_name, initials, list_name
from server.platform import clock, db
from server.platform.request import Me
from server.roster.names import fold, sort_key, split_particle
from server.rules.administration import administer, stay_in_charge
from server.rules.roles import APPOINTED, may_be_appointed
from server.rules.verdict import Reason

PAGE: Final = 50
OLDEST: Final = date(1900, 1, 1)
OF_STUDENTS: Final = ("birth_date", "adult_flag", "consents_report", "consents_plan")
OF_OUR_OWN: Final = ("given_name", "family_name", "email")


def name_of(row: Any) -> str:
    """As one says it."""
    return full_name(row["given_name"], row["particle"], row["family_name"])


# --- looking ----------------------------------------------------------------------------------------------------------


async def search(me: Me, q: str, role: str, state: str, page: int) -> PeoplePage:
    """People by (part of) a name, username, address or identifier; folded, so that accents do not matter."""
    require(administer(me.viewer))
    typed = q.replace("\x00", "").strip().lower()
    words = fold(typed).split() or ([typed] if typed else [])
    page = min(max(page, 1), 10_000)
    rows = await queries.search(me.school_id, words, typed, role, state, PAGE, (page - 1) * PAGE)
    total = rows[0]["total"] if rows else 0
    lines = [
        PersonLine(
            id=row["id"],
            name=name_of(row),
            list_name=list_name(row["given_name"], row["particle"], row["family_name"]),
            initials=initials(row["given_name"], row["family_name"]),
            roles=row["roles"],
            state=row["state"],
            source=row["source"],
            username=row["username"],
            email=row["email"],
            home_group=row["home_group"],
        )
        for row in rows
    ]
    return PeoplePage(lines, total, page, ceil(total / PAGE))


async def _find(me: Me, person_id: UUID, *, erased: bool = False) -> Any:
    """One person; `erased`: also what is left of somebody who was erased, of which nothing can be changed."""
    row = await queries.person(me.school_id, person_id)
    if row is None or (row["erased_at"] is not None and not erased):
        raise NotFound
    return row


async def read(me: Me, person_id: UUID) -> PersonDetail:
    """One person.

    Raises:
        NotFound: this school has no such person.
    """
    require(administer(me.viewer))
    row = await _find(me, person_id, erased=True)
    sources = await queries.roles(me.school_id, person_id)
    relatives = await queries.relatives(me.school_id, person_id)
    is_leader = "leader" in row["roles"]
    return PersonDetail(
        id=row["id"],
        name=name_of(row),
        given_name=row["given_name"],
        particle=row["particle"],
        family_name=row["family_name"],
        initials=initials(row["given_name"], row["family_name"]),
        username=row["username"],
        email=row["email"],
        sourced_id=row["sourced_id"],
        source=row["source"],
        state=row["state"],
        enabled=row["enabled"],
        disabled_at=row["disabled_at"],
        left_on=row["left_on"],
        merged_into=row["merged_into"],
        erased_at=row["erased_at"],
        grade=row["grade"],
        birth_date=row["birth_date"],
        adult_flag=row["adult_flag"],
        consents_report=row["consents_report"],
        consents_plan=row["consents_plan"],
        roles=[RoleOf(role, sources[role]) for role in row["roles"]],  # type: ignore[arg-type]  # the column's check
        groups=[
            GroupOf(one["id"], one["title"], one["kind"], one["subject"], one["role"], one["source"])
            for one in await queries.groups_of(me.school_id, person_id)
        ],
        guardians=[_relative(one) for one in relatives if one["is_guardian"]],
        children=[_relative(one) for one in relatives if not one["is_guardian"]],
        scope=[GroupName(one["id"], one["title"]) for one in await queries.scope(me.school_id, person_id)],
        home_groups=(
            [GroupName(one["id"], one["title"]) for one in await queries.home_groups(me.school_id)] if is_leader else []
        ),
    )


def _relative(row: Any) -> Relative:
    return Relative(row["id"], name_of(row), row["email"], row["barred"], row["source"])


# --- adding and changing ----------------------------------------------------------------------------------------------


def _name_errors(given: str, family: str) -> Iterator[FieldError]:
    yield from name_errors("/given_name", given)
    yield from name_errors("/family_name", family)


def _refuse(errors: list[FieldError]) -> None:
    if errors:
        raise Invalid(*errors)


async def add(me: Me, body: PersonBody) -> PersonDetail:
    """Add a guardian, or somebody of the staff, whom the roster does not know.

    Raises:
        Invalid: a field does not fit.
    """
    require(administer(me.viewer))
    given, family, email = tidy(body.given_name), tidy(body.family_name), body.email.strip()
    errors = [*_name_errors(given, family), *email_errors("/email", email)]
    if body.student_id is not None and (
        body.kind != "guardian" or not await _is_student(me.school_id, body.student_id)
    ):
        errors.append(FieldError("/student_id", "unknown_person"))
    _refuse(errors)
    particle, rest = split_particle(family)
    person_id = await add_person(me.school_id, given, particle, rest, email)
    await people.give_role(me.school_id, person_id, "guardian" if body.kind == "guardian" else "teacher")
    if body.student_id is not None:
        await queries.add_guardianship(me.school_id, body.student_id, person_id, False)
    await audit.record(me.school_id, me.person_id, "person.added", person=person_id, student=body.student_id)
    return await read(me, person_id)


async def add_person(school_id: UUID, given: str, particle: str, family: str, email: str) -> UUID:
    """Somebody by hand, without a role; in the language that the school names first."""
    row = await queries.settings(school_id)
    names = (given, particle, family)
    return await queries.add_person(
        school_id, f"manual:{uuid4()}", names, sort_key(family, given), email, row["languages"][0]
    )


async def _is_student(school_id: UUID, person_id: UUID) -> bool:
    row = await queries.person(school_id, person_id)
    return row is not None and "student" in row["roles"] and row["left_on"] is None


async def change(me: Me, person_id: UUID, body: PersonChange) -> PersonDetail:
    """Change what is the admin's to change.

    Raises:
        NotFound: this school has no such person.
        Invalid: a field does not fit, or is the roster's.
    """
    require(administer(me.viewer))
    row = await _find(me, person_id)
    sent = {name: value for name in (*OF_OUR_OWN, *OF_STUDENTS) if (value := getattr(body, name)) is not UNSET}
    given = tidy(sent.get("given_name", row["given_name"]))
    whole = full_name("", row["particle"], row["family_name"])
    family = tidy(sent.get("family_name", whole))
    errors = [
        FieldError(f"/{name}", "from_roster") for name in OF_OUR_OWN if name in sent and row["source"] == "roster"
    ]
    errors += [
        FieldError(f"/{name}", "students_only")
        for name in OF_STUDENTS
        if name in sent and "student" not in row["roles"]
    ]
    if not errors:
        errors += _name_errors(given, family)
        errors += email_errors("/email", sent.get("email", "").strip())
        born = sent.get("birth_date")
        if born is not None and not OLDEST <= born <= me.today:
            errors.append(FieldError("/birth_date", "bad_birth_date"))
    _refuse(errors)
    values = {name: value for name, value in sent.items() if name in OF_STUDENTS}
    if "email" in sent:
        values["email"] = sent["email"].strip()
    if not {"given_name", "family_name"}.isdisjoint(sent):
        particle, rest = split_particle(family)
        values |= {"given_name": given, "particle": particle, "family_name": rest, "sort_key": sort_key(rest, given)}
    if values:
        await queries.change_person(me.school_id, person_id, values)
        await audit.record(
            me.school_id, me.person_id, "person.changed", person=person_id, fields=",".join(sorted(sent))
        )
    return await read(me, person_id)


async def set_roles(me: Me, person_id: UUID, body: RolesBody) -> PersonDetail:
    """Exactly these roles by hand; those from the roster stay.

    Raises:
        NotFound: this school has no such person.
        Invalid: somebody who is no member of the staff cannot lead, organise or administer.
        Refused: nobody would be left to administer the school.
    """
    require(administer(me.viewer))
    await _lock(me)
    row = await _find(me, person_id)
    wanted = set(body.roles)
    if wanted and not may_be_appointed(set(row["roles"]), at_school=row["left_on"] is None):
        raise Invalid(FieldError("/roles", "staff_only"))
    sources = await queries.roles(me.school_id, person_id)
    given = {role for role, source in sources.items() if source == "manual"} & APPOINTED
    gone, new = given - wanted, wanted - sources.keys()
    if "admin" in gone:
        require(stay_in_charge(others=await queries.other_admins(me.school_id, person_id)))
    await queries.remove_roles(me.school_id, person_id, sorted(gone))
    for role in sorted(new):
        await people.give_role(me.school_id, person_id, role)
    if gone or new:
        await audit.record(me.school_id, me.person_id, "person.roles", person=person_id, roles=",".join(sorted(wanted)))
    return await read(me, person_id)


async def _lock(me: Me) -> None:
    """Two admins who take each other's role away at once must not both succeed."""
    await db.lock(f"admins:{me.school_id}")


async def set_scope(me: Me, person_id: UUID, body: ScopeBody) -> PersonDetail:
    """Which home groups a leader reads.

    Raises:
        NotFound: this school has no such person, or it is no leader.
        Invalid: one of the groups is no home group of today.
    """
    require(administer(me.viewer))
    row = await _find(me, person_id)
    if "leader" not in row["roles"]:
        raise NotFound
    known = [one["id"] for one in await queries.home_groups(me.school_id)]
    if not body.everything and not set(body.group_ids) <= set(known):
        raise Invalid(FieldError("/group_ids", "unknown_group"))
    chosen = known if body.everything else sorted(set(body.group_ids))
    await queries.set_scope(me.school_id, person_id, chosen)
    await audit.record(me.school_id, me.person_id, "person.scope", person=person_id, groups=len(chosen))
    return await read(me, person_id)


async def disable(me: Me, person_id: UUID) -> PersonDetail:
    """Switch an account off: signed out everywhere, and not in again, until `enable`.

    Raises:
        NotFound: this school has no such person.
        Refused: nobody would be left to administer the school.
    """
    require(administer(me.viewer))
    await _lock(me)
    row = await _find(me, person_id)
    if "admin" in row["roles"]:
        require(stay_in_charge(others=await queries.other_admins(me.school_id, person_id)))
    if row["disabled_at"] is None:
        await queries.set_disabled(me.school_id, person_id, clock.now())
        await audit.record(me.school_id, me.person_id, "person.disabled", person=person_id)
    await queries.end_sessions(me.school_id, person_id)
    await devices.forget_ended(me.school_id)
    return await read(me, person_id)


async def enable(me: Me, person_id: UUID) -> PersonDetail:
    """Switch an account on again.

    Raises:
        NotFound: this school has no such person.
    """
    require(administer(me.viewer))
    row = await _find(me, person_id)
    if row["disabled_at"] is not None:
        await queries.set_disabled(me.school_id, person_id, None)
        await audit.record(me.school_id, me.person_id, "person.enabled", person=person_id)
    return await read(me, person_id)


async def merge(me: Me, person_id: UUID, into: UUID) -> PersonDetail:
    """Make two records of one human being one; the answer is the one that stays.

    Raises:
        NotFound: this school has no such person.
        Invalid: there is no such person to go on as.
        Refused: with `reasons`: why these two cannot be one.
    """
    require(administer(me.viewer))
    await _lock(me)
    old = await _find(me, person_id)
    new = await queries.person(me.school_id, into)
    if new is None:
        raise Invalid(FieldError("/into", "unknown_person"))
    if person_id == into:
        raise Invalid(FieldError("/into", "same_person"))
    reasons = merging.why_not(old, new) or await merging.collisions(me.school_id, person_id, into)
    if person_id == me.person_id:
        reasons.append("yourself")
    if reasons:
        raise Refused(Reason.CANNOT_MERGE, reasons=reasons)
    await merging.merge(me.school_id, person_id, into, me.today)
    await audit.record(me.school_id, me.person_id, "person.merged", person=person_id, into=into)
    return await read(me, into)


# --- guardians --------------------------------------------------------------------------------------------------------


async def set_guardian(me: Me, student_id: UUID, guardian_id: UUID, body: GuardianBody) -> PersonDetail:
    """Make somebody guardian of a student, keep a guardian out, or let one in again; the answer is the student.

    Raises:
        NotFound: this school has no such student or person.
        Invalid: a student, or the student's own record, cannot be the guardian.
    """
    require(administer(me.viewer))
    guardian = await _find(me, guardian_id)
    if not await _is_student(me.school_id, student_id) or guardian["left_on"] is not None:
        raise NotFound
    if "student" in guardian["roles"]:
        raise Invalid(FieldError("", "student_is_no_guardian"))
    bond = await queries.guardianship(me.school_id, student_id, guardian_id)
    if bond is None or bond["ended_on"] is not None:
        await queries.add_guardianship(me.school_id, student_id, guardian_id, body.barred)
        if "guardian" not in guardian["roles"]:
            await people.give_role(me.school_id, guardian_id, "guardian")
        await audit.record(me.school_id, me.person_id, "guardian.added", student=student_id, person=guardian_id)
    if bond is None or bond["barred"] != body.barred:
        await queries.bar(me.school_id, student_id, guardian_id, body.barred)
        if bond is not None or body.barred:
            act = "guardian.barred" if body.barred else "guardian.admitted"
            await audit.record(me.school_id, me.person_id, act, student=student_id, person=guardian_id)
    return await read(me, student_id)


async def end_guardian(me: Me, student_id: UUID, guardian_id: UUID) -> PersonDetail:
    """End a bond that was made by hand; one from the roster ends there, or is barred.

    Raises:
        NotFound: there is no such bond.
        Refused: it is the roster's.
    """
    require(administer(me.viewer))
    bond = await queries.guardianship(me.school_id, student_id, guardian_id)
    if bond is None or bond["ended_on"] is not None:
        raise NotFound
    if bond["source"] == "roster":
        raise Refused(Reason.FROM_ROSTER)
    await queries.end_guardianship(me.school_id, student_id, guardian_id, me.today)
    await audit.record(me.school_id, me.person_id, "guardian.ended", student=student_id, person=guardian_id)
    return await read(me, student_id)
