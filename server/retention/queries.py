"""SQL about people as far as keeping and erasing them goes. It touches tables of every domain, for what is about somebody must go
from all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from server.platform import db

NOBODY: Final = "N.N."
"""The name of who was erased, in every language: texts about others that stay need one."""

ROLES: Final = """array(select r.role from person_role r where r.school_id = p.school_id and r.person_id = p.id
 order by array_position(array['student', 'guardian', 'teacher', 'leader', 'organiser', 'admin'], r.role)) as roles"""

# Who left and is still there. Part of another record: goes with that one.
LEFT: Final = """p.school_id = $1 and p.left_on is not null and p.erased_at is null and p.merged_into is null"""


# --- who goes when ----------------------------------------------------------------------------------------------------


async def school(school_id: UUID) -> Any:
    """How many years the school keeps what is of who left, and its time zone."""
    return await db.fetchrow(
        """select coalesce(t.retention_years, 2) as years, s.time_zone
             from school s left join school_settings t on t.school_id = s.id where s.id = $1""",
        school_id,
    )


async def left(school_id: UUID, limit: int, offset: int) -> list[Any]:
    """Everybody who left and is still there, who goes first at the top; each row says in `total` how many there are."""
    return await db.fetch(
        f"""select p.id, p.given_name, p.particle, p.family_name, p.left_on, {ROLES}, count(*) over () as total
              from person p where {LEFT} order by p.left_on, p.sort_key, p.id limit $2 offset $3""",
        school_id,
        limit,
        offset,
    )


async def count_left(school_id: UUID, until: date) -> int:
    """How many of them left on this day or before."""
    return int(await db.fetchval(f"select count(*) from person p where {LEFT} and p.left_on <= $2", school_id, until))


async def due(school_id: UUID, until: date, most: int) -> list[UUID]:
    """Some of those who left on this day or before. Whom somebody else is erasing is left to that one."""
    rows = await db.fetch(
        f"""select p.id from person p where {LEFT} and p.left_on <= $2
             order by p.left_on, p.id limit $3 for update skip locked""",
        school_id,
        until,
        most,
    )
    return [row["id"] for row in rows]


async def last_run(school_id: UUID) -> Any | None:
    """When somebody was last erased because the time had come, and how many went that day."""
    return await db.fetchrow(
        """select max(a.at) as at, count(*) as people from audit_log a
            where a.school_id = $1 and a.act = 'person.retired'
              and a.at::date = (select max(b.at)::date from audit_log b where b.school_id = $1 and b.act = 'person.retired')
           having count(*) > 0""",
        school_id,
    )


# --- one person -------------------------------------------------------------------------------------------------------


async def person(school_id: UUID, person_id: UUID, *, hold: bool = False) -> Any | None:
    """One person; `hold`: nobody else erases or changes the record until the transaction ends."""
    return await db.fetchrow(
        f"""select p.id, p.given_name, p.particle, p.family_name, p.source, p.left_on, p.merged_into, p.erased_at, {ROLES}
              from person p where p.school_id = $1 and p.id = $2 {"for update of p" if hold else ""}""",
        school_id,
        person_id,
    )


# $2: the person and the records that became part of it.
COUNTS: Final = """
select (select count(*) from feedback f where f.school_id = $1 and f.student_id = any($2::uuid[])) as feedback,
       (select count(*) from report_share h where h.school_id = $1 and h.student_id = any($2)) as shares,
       (select count(*) from plan n where n.school_id = $1 and n.student_id = any($2)) as plans,
       (select count(*) from agreement a where a.school_id = $1 and a.student_id = any($2) and a.removed_at is null) as agreements,
       (select count(*) from feedback f where f.school_id = $1 and f.written_by && $2 and not f.student_id = any($2)) as written
"""


async def counts(school_id: UUID, ids: Sequence[UUID]) -> Any:
    """How much of what there is: about somebody, and by somebody about others."""
    return await db.fetchrow(COUNTS, school_id, list(ids))


async def with_merged(school_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """These people and every record that became part of one of them."""
    rows = await db.fetch(
        """with recursive these as (
             select p.id from person p where p.school_id = $1 and p.id = any($2::uuid[])
              union
             select p.id from person p join these t on p.merged_into = t.id where p.school_id = $1)
           select id from these order by id""",
        school_id,
        list(ids),
    )
    return [row["id"] for row in rows]


async def guardians_of_them_alone(school_id: UUID, ids: Sequence[UUID]) -> list[Any]:
    """Guardians added by hand who are guardians of nobody but these: no roster would ever say that they left."""
    return await db.fetch(
        """select p.id, p.given_name, p.particle, p.family_name from person p
            where p.school_id = $1 and p.source = 'manual' and p.erased_at is null and p.merged_into is null
              and not p.id = any($2::uuid[])
              and exists (select 1 from guardianship g
                           where g.school_id = $1 and g.guardian_id = p.id and g.student_id = any($2))
              and not exists (select 1 from guardianship g
                               where g.school_id = $1 and g.guardian_id = p.id and not g.student_id = any($2))
              and not exists (select 1 from person_role r
                               where r.school_id = $1 and r.person_id = p.id and r.role <> 'guardian')
            order by p.sort_key, p.id""",
        school_id,
        list(ids),
    )


async def erased(school_id: UUID) -> list[Any]:
    """Who was erased when: ids and moments."""
    return await db.fetch(
        "select id, erased_at from person where school_id = $1 and erased_at is not null order by erased_at, id",
        school_id,
    )


async def still_there(school_id: UUID, ids: Sequence[UUID], most: int) -> list[UUID]:
    """Some of these people whom the school has and who are not erased: a backup brought them back."""
    rows = await db.fetch(
        "select id from person where school_id = $1 and id = any($2::uuid[]) and erased_at is null order by id limit $3",
        school_id,
        list(ids),
        most,
    )
    return [row["id"] for row in rows]


# --- what is left of who was erased -----------------------------------------------------------------------------------


async def blank(school_id: UUID, ids: Sequence[UUID], day: date, at: datetime) -> None:
    """Take everything out of these records that says who it was. They count as by hand, so that no import touches them."""
    await db.execute(
        """update person set sourced_id = 'erased:' || id, given_name = '', particle = '', family_name = $5, sort_key = '',
                  username = '', email = '', eck_id = '', grade = '', birth_date = null, adult_flag = false,
                  consents_report = false, consents_plan = false, locale = 'nl', theme = 'auto', enabled = false,
                  source = 'manual', left_on = coalesce(left_on, $3), erased_at = $4, updated_at = $4
            where school_id = $1 and id = any($2::uuid[])""",
        school_id,
        list(ids),
        day,
        at,
        NOBODY,
    )


# --- the own data -----------------------------------------------------------------------------------------------------


async def about(school_id: UUID, person_id: UUID) -> Any:
    """The record of one person with the school's name and zone."""
    return await db.fetchrow(
        f"""select p.given_name, p.particle, p.family_name, p.username, p.email, p.birth_date, p.grade, p.eck_id, p.sourced_id,
                   p.consents_report, p.consents_plan, s.name as school, s.time_zone, {ROLES}
              from person p join school s on s.id = p.school_id where p.school_id = $1 and p.id = $2""",
        school_id,
        person_id,
    )


async def groups(school_id: UUID, person_id: UUID) -> list[Any]:
    """Every group that somebody was ever in, with the days that are known."""
    return await db.fetch(
        """select g.title, coalesce(s.name, '') as subject, e.begins_on, coalesce(e.ends_on, e.ended_on) as ends_on
             from enrolment e
             join class_group g on g.school_id = e.school_id and g.id = e.group_id
             left join subject s on s.school_id = g.school_id and s.id = g.subject_id
            where e.school_id = $1 and e.person_id = $2 order by g.kind, g.sort_key, g.title, e.begins_on""",
        school_id,
        person_id,
    )


async def guardians(school_id: UUID, student_id: UUID) -> list[Any]:
    """The guardians of a student today."""
    return await db.fetch(
        """select p.given_name, p.particle, p.family_name from guardianship g
             join person p on p.school_id = g.school_id and p.id = g.guardian_id
            where g.school_id = $1 and g.student_id = $2 and g.ended_on is null and p.left_on is null
            order by p.sort_key, p.id""",
        school_id,
        student_id,
    )


async def signed_in_at(school_id: UUID, person_id: UUID) -> list[Any]:
    """Where somebody is or was signed in, as far as it is kept."""
    return await db.fetch(
        "select label, created_at, seen_at from session where school_id = $1 and person_id = $2 order by created_at desc",
        school_id,
        person_id,
    )


async def passkeys(school_id: UUID, person_id: UUID) -> list[Any]:
    """Somebody's passkeys, by the names they gave them."""
    return await db.fetch(
        "select name, created_at from passkey where school_id = $1 and person_id = $2 order by created_at, id",
        school_id,
        person_id,
    )


async def notices(school_id: UUID, person_id: UUID) -> list[Any]:
    """What somebody was told when; what it was about is in the reports."""
    return await db.fetch(
        """select kind, created_at, read_at from notice
            where school_id = $1 and person_id = $2 and withdrawn_at is null order by created_at desc, id desc""",
        school_id,
        person_id,
    )
