"""Groups with their mentors and teachers, and what subjects are called. What the admin decides survives every sync."""

from __future__ import annotations

from uuid import UUID, uuid4

from server.administration.people import name_of
from server.administration.schemas import (
    GroupDetail,
    GroupKind,
    GroupLine,
    GroupTeacher,
    SubjectChange,
    SubjectLine,
    TeachersBody,
)
from server.administration.texts import name_errors, tidy
from server.audit import service as audit
from server.errors import FieldError, Invalid, NotFound, require
from server.people import managing_queries as queries
from server.people import service as people
from server.people.names import full_name
from server.platform import db
from server.platform.request import Me
from server.rules.administration import administer
from server.rules.roles import may_teach


async def list_groups(me: Me, kind: GroupKind | None) -> list[GroupLine]:
    """All groups of today, of one kind or of both."""
    require(administer(me.viewer))
    return [
        GroupLine(
            id=row["id"],
            title=row["title"],
            kind=row["kind"],
            subject=row["subject"],
            level=row["level"],
            year=row["year"],
            students=row["students"],
            teachers=list(dict.fromkeys(full_name(*names) for names in row["teachers"])),
        )
        for row in await queries.groups(me.school_id, kind or "")
    ]


async def read(me: Me, group_id: UUID) -> GroupDetail:
    """One group.

    Raises:
        NotFound: this school has no such group, or it has ended.
    """
    require(administer(me.viewer))
    row = await queries.group(me.school_id, group_id)
    if row is None:
        raise NotFound
    ids = [one["id"] for one in await queries.students(me.school_id, group_id)]
    return GroupDetail(
        id=row["id"],
        title=row["title"],
        kind=row["kind"],
        subject=row["subject"],
        level=row["level"],
        year=row["year"],
        teachers=[
            GroupTeacher(one["id"], name_of(one), one["source"], one["is_set_aside"])
            for one in await queries.teachers(me.school_id, group_id)
        ],
        students=list((await people.cards(me, ids)).values()),
    )


async def set_teachers(me: Me, group_id: UUID, kind: GroupKind, body: TeachersBody) -> GroupDetail:
    """Exactly these people are mentors of a home group, or teachers of a teaching group, whatever the roster says.

    Raises:
        NotFound: this school has no such group of this kind.
        Invalid: somebody is no member of the staff who is at the school.
    """
    require(administer(me.viewer))
    row = await queries.group(me.school_id, group_id)
    if row is None or row["kind"] != kind:
        raise NotFound
    await db.lock(f"teachers:{group_id}")
    wanted = set(body.person_ids)
    named = {one["id"]: one for one in await queries.teachers(me.school_id, group_id)}
    now = {person_id for person_id, one in named.items() if not one["is_set_aside"]}
    # Whom the roster names or who is there already may be so, also when the account is shut meanwhile.
    added = wanted - named.keys()
    rows = await queries.with_roles(me.school_id, sorted(added))
    if added - {one["id"] for one in rows if may_teach(set(one["roles"]), at_school=one["here"])}:
        raise Invalid(FieldError("/person_ids", "unknown_person"))
    for person_id in sorted(now - wanted):
        await queries.end_teacher(me.school_id, group_id, person_id, me.today)
        if named[person_id]["in_roster"]:
            await queries.put_aside(me.school_id, group_id, person_id)
    for person_id in sorted(wanted - now):
        await queries.take_back(me.school_id, group_id, person_id)
        if person_id not in named:
            await queries.add_teacher(me.school_id, f"manual:{uuid4()}", group_id, person_id)
            await people.give_role(me.school_id, person_id, "teacher")
    if wanted == {person_id for person_id, one in named.items() if one["in_roster"]}:
        await queries.take_all_back(me.school_id, group_id, me.today)
    if now != wanted:
        act = "group.mentors" if kind == "home" else "group.teachers"
        changed = sorted(now ^ wanted)
        await audit.record(me.school_id, me.person_id, act, group=group_id, people=changed)
    return await read(me, group_id)


async def list_subjects(me: Me) -> list[SubjectLine]:
    """All subjects."""
    require(administer(me.viewer))
    return [
        SubjectLine(row["id"], row["code"], row["name"], row["roster_name"], row["groups"])
        for row in await queries.subjects(me.school_id)
    ]


async def name_subject(me: Me, subject_id: UUID, body: SubjectChange) -> SubjectLine:
    """What the school calls a subject; with an empty name, what the roster calls it.

    Raises:
        NotFound: this school has no such subject.
        Invalid: the name has something in it that cannot be seen.
    """
    require(administer(me.viewer))
    name = tidy(body.name)
    if name and (errors := list(name_errors("/name", name))):
        raise Invalid(*errors)
    if not await queries.name_subject(me.school_id, subject_id, name or None):
        raise NotFound
    await audit.record(me.school_id, me.person_id, "subject.named", subject=subject_id)
    return next(one for one in await list_subjects(me) if one.id == subject_id)
