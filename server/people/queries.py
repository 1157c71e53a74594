"""All SQL about people and their relations."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from server.people.relations import TIES
from server.people.tables import Person
from server.platform import db

NAVIGATION = """
select p.given_name, p.particle, p.family_name, p.theme, c.name as school_name, c.slug, t.languages, t.accent_light, t.accent_dark,
       (select l.digest from school_logo l where l.school_id = $1) as logo,
       exists(select 1 from current_enrolment e where e.school_id = $1 and e.person_id = $2 and e.role = 'teacher'
               and e.kind = 'teaching')
         or exists(select 1 from round_stand_in i where i.school_id = $1 and i.person_id = $2)
         or exists(select 1 from feedback f where f.school_id = $1 and f.author_id = $2) as rates,
       exists(select 1 from current_enrolment e where e.school_id = $1 and e.person_id = $2 and e.role = 'teacher'
               and e.kind = 'home') as mentors,
       exists(select 1 from leader_scope l where l.school_id = $1 and l.person_id = $2) as has_scope,
       (select count(*) from notice n where n.school_id = $1 and n.person_id = $2 and n.read_at is null
                                        and n.withdrawn_at is null) as unread
  from person p join school c on c.id = p.school_id left join school_settings t on t.school_id = c.id
 where p.school_id = $1 and p.id = $2
"""


async def ties(school_id: UUID, student_id: UUID, viewer_id: UUID, round_id: UUID | None) -> Any | None:
    """The viewer's relations to one student today, and the student's own facts; None when there is no such student."""
    return await db.fetchrow(TIES, school_id, student_id, viewer_id, round_id)


async def as_people(school_id: UUID, person_ids: Sequence[UUID]) -> list[Any]:
    """People as `request_enter` shows the signed-in one."""
    return await db.fetch(
        """select p.school_id as school, p.id as person,
                  p.enabled and p.left_on is null and p.disabled_at is null as active, false as second_factor,
                  array(select r.role from person_role r where r.school_id = p.school_id and r.person_id = p.id) as roles,
                  p.locale, c.time_zone
             from person p join school c on c.id = p.school_id
            where p.school_id = $1 and p.id = any($2::uuid[])""",
        school_id,
        list(person_ids),
    )


async def navigation(school_id: UUID, person_id: UUID) -> Any | None:
    """Name, school and which parts of the navigation apply."""
    return await db.fetchrow(NAVIGATION, school_id, person_id)


async def settings(school_id: UUID) -> Any | None:
    """The school's settings row."""
    return await db.fetchrow(
        "select guardians_admitted, consent_at_16, required, long_sessions from school_settings where school_id = $1",
        school_id,
    )


async def names(school_id: UUID, person_ids: Sequence[UUID]) -> list[Any]:
    """Names and home groups of some people."""
    return await db.fetch(
        """select p.id, p.given_name, p.particle, p.family_name, p.username, p.sort_key,
                  (select min(g.title) from current_enrolment e
                    join class_group g on g.school_id = e.school_id and g.id = e.group_id
                   where e.school_id = p.school_id and e.person_id = p.id and e.role = 'student' and e.kind = 'home') as home_group
             from person p where p.school_id = $1 and p.id = any($2::uuid[]) order by p.sort_key, p.id""",
        school_id,
        list(person_ids),
    )


async def staff(school_id: UUID, roles: Collection[str]) -> list[Any]:
    """Everybody at school who has one of these roles, with all their roles and the columns of a card."""
    return await db.fetch(
        """select p.id, p.given_name, p.particle, p.family_name, null as home_group,
                  array(select r.role from person_role r where r.school_id = p.school_id and r.person_id = p.id) as roles
             from person p
            where p.school_id = $1 and p.enabled and p.left_on is null and p.disabled_at is null
              and exists (select 1 from person_role r where r.school_id = p.school_id and r.person_id = p.id
                             and r.role = any($2::text[]))
            order by p.sort_key, p.id""",
        school_id,
        list(roles),
    )


async def change(school_id: UUID, person_id: UUID, *, language: str | None, theme: str | None) -> None:
    """Set language or theme of one person."""
    values: dict[Any, Any] = {}
    if language is not None:
        values[Person.locale] = language
    if theme is not None:
        values[Person.theme] = theme
    if values:
        await Person.update(values).where(Person.school_id == school_id, Person.id == person_id)


async def add_session(
    id_hash: bytes,
    school_id: UUID,
    person_id: UUID,
    idle: timedelta,
    device: str,
    label: str,
    *,
    second_factor: bool,
) -> None:
    """Store a new session; it ends when nobody used it for `idle`."""
    await db.execute(
        """insert into session (id_hash, school_id, person_id, expires_at, idle, device, label, second_factor_at)
           values ($1, $2, $3, now() + $4::interval, $4::interval, $5, $6, case when $7 then now() end)""",
        id_hash,
        school_id,
        person_id,
        idle,
        device,
        label,
        second_factor,
    )


async def end_session(school_id: UUID, id_hash: bytes) -> None:
    """End one session now."""
    await db.execute("update session set ended_at = now() where school_id = $1 and id_hash = $2", school_id, id_hash)


async def session_device(school_id: UUID, id_hash: bytes) -> str:
    """What was said about the device when this session began."""
    return str(
        await db.fetchval("select device from session where school_id = $1 and id_hash = $2", school_id, id_hash)
    )


async def session_age(school_id: UUID, id_hash: bytes) -> timedelta:
    """How long ago this session began."""
    found: timedelta = await db.fetchval(
        "select now() - created_at from session where school_id = $1 and id_hash = $2", school_id, id_hash
    )
    return found


async def show_second_factor(school_id: UUID, id_hash: bytes) -> None:
    """A second factor was shown in this session."""
    await db.execute(
        "update session set second_factor_at = now() where school_id = $1 and id_hash = $2", school_id, id_hash
    )


async def forget_second_factors(school_id: UUID, person_id: UUID, but: bytes | None) -> None:
    """It has to be shown again in all sessions of this person, `but` one."""
    await db.execute(
        """update session set second_factor_at = null
            where school_id = $1 and person_id = $2 and ($3::bytea is null or id_hash <> $3)""",
        school_id,
        person_id,
        but,
    )


async def end_all_sessions(school_id: UUID, person_id: UUID) -> None:
    """End every session of this person now."""
    await db.execute(
        "update session set ended_at = now() where school_id = $1 and person_id = $2 and ended_at is null",
        school_id,
        person_id,
    )


async def device_secret(school_id: UUID, person_id: UUID, fresh: bytes) -> bytes:
    """The person's secret; `fresh` becomes it when there is none yet."""
    await db.execute(
        """insert into device_secret (school_id, person_id, secret) values ($1, $2, $3)
           on conflict (school_id, person_id) do nothing""",
        school_id,
        person_id,
        fresh,
    )
    return bytes(
        await db.fetchval(
            "select secret from device_secret where school_id = $1 and person_id = $2", school_id, person_id
        )
    )


async def may_sign_in(school_id: UUID, person_id: UUID, today: date) -> bool:
    """Is this an enabled person who is at the school, and whom nobody shut out by hand?"""
    return bool(
        await db.fetchval(
            """select exists(select 1 from person where school_id = $1 and id = $2 and enabled and disabled_at is null
                              and (left_on is null or left_on > $3))""",
            school_id,
            person_id,
            today,
        )
    )


async def goes_on_as(school_id: UUID, person_id: UUID) -> UUID:
    """The record that this one became part of, else this one: an account or passkey of either is that person's."""
    other: UUID | None = await db.fetchval(
        "select merged_into from person where school_id = $1 and id = $2", school_id, person_id
    )
    return other or person_id


async def schools() -> list[Any]:
    """The directory of schools (outside row-level security: public names only)."""
    return await db.fetch("select id, slug, name from school order by created_at")


async def school(slug: str | None, school_id: UUID | None = None) -> Any | None:
    """One school of the directory, by short name or id."""
    return await db.fetchrow("select id, slug, name from school where slug = $1 or id = $2", slug, school_id)


async def school_by_slug(slug: str) -> UUID | None:
    """The id of the school with this short name."""
    found: UUID | None = await db.fetchval("select id from school where slug = $1", slug)
    return found


async def add_school(slug: str, name: str) -> UUID | None:
    """Make a school with its settings; None when the short name is taken. The transaction continues in this school."""
    made: UUID | None = await db.fetchval(
        "insert into school (slug, name) values ($1, $2) on conflict (slug) do nothing returning id", slug, name
    )
    if made is not None:
        await db.set_school(made)
        await db.execute("insert into school_settings (school_id) values ($1)", made)
    return made


async def find_people(school_id: UUID, who: str) -> list[Any]:
    """People with this username, e-mail address or roster identifier, exactly."""
    return await db.fetch(
        """select id, given_name, particle, family_name from person
            where school_id = $1 and left_on is null and $2 in (username, email, sourced_id)""",
        school_id,
        who,
    )


async def add_role(school_id: UUID, person_id: UUID, role: str) -> bool:
    """Give a role by hand; False when the person has it already. The next roster import leaves it alone."""
    return bool(
        await db.execute(
            """insert into person_role (school_id, person_id, role, source) values ($1, $2, $3, 'manual')
               on conflict (school_id, person_id, role) do nothing""",
            school_id,
            person_id,
            role,
        )
    )


async def scope_whole_school(school_id: UUID, person_id: UUID) -> None:
    """A leader of all home groups."""
    await db.execute(
        """insert into leader_scope (school_id, person_id, group_id)
           select $1, $2, id from class_group where school_id = $1 and kind = 'home' and ended_on is null
           on conflict do nothing""",
        school_id,
        person_id,
    )
