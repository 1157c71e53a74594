"""SQL of what an admin looks at and changes by hand: people, roles, guardians, teachers of groups, subjects, the school."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from server.people.tables import Person, SchoolSettings
from server.platform import clock, db

STATE = """case when p.left_on is not null then 'left' when p.disabled_at is not null or not p.enabled then 'disabled'
 else 'here' end"""

# $2: folded words that must all be found in the name; $3: the words as typed, to be found in what else identifies somebody.
FOUND = f"""
  from person p
 where p.school_id = $1 and p.erased_at is null
   and ((select bool_and(strpos(translate(lower(p.particle), '''’‘', '') || ' ' || p.sort_key, word) > 0)
           from unnest($2::text[]) as word) is not false
        or ($3::text <> '' and (strpos(lower(p.username), $3) > 0 or strpos(lower(p.email), $3) > 0
                          or strpos(lower(p.sourced_id), $3) > 0)))
   and ($4::text = '' or exists (select 1 from person_role r where r.school_id = $1 and r.person_id = p.id and r.role = $4))
   and case $5::text when '' then p.left_on is null else {STATE} = $5 end
"""

ROLES = """array(select r.role from person_role r where r.school_id = p.school_id and r.person_id = p.id
 order by array_position(array['student', 'guardian', 'teacher', 'leader', 'organiser', 'admin'], r.role)) as roles"""

ADMINS = """
select count(*) from person p join person_role r on r.school_id = p.school_id and r.person_id = p.id and r.role = 'admin'
 where p.school_id = $1 and p.id <> $2 and p.enabled and p.left_on is null and p.disabled_at is null
"""

GROUPS = """
select g.id, g.title, g.kind, coalesce(s.name, '') as subject, g.level, g.year,
       count(*) filter (where e.role = 'student') as students,
       coalesce(array_agg(array[p.given_name, p.particle, p.family_name] order by e.is_primary desc, p.sort_key)
                filter (where e.role = 'teacher'), '{}') as teachers
  from class_group g
  left join subject s on s.school_id = g.school_id and s.id = g.subject_id
  left join current_enrolment e on e.school_id = g.school_id and e.group_id = g.id
  left join person p on p.school_id = e.school_id and p.id = e.person_id and p.left_on is null
 where g.school_id = $1 and g.ended_on is null and ($2::text = '' or g.kind = $2)
 group by g.id, s.name order by g.kind, g.sort_key, g.title
"""

# All teachers that roster or school name now, those that are set aside among them. Whom both name is the roster's.
GROUP_TEACHERS = """
select p.id, p.given_name, p.particle, p.family_name, p.sort_key, max(e.source) as source, bool_or(e.is_primary) as is_primary,
       bool_or(e.source = 'roster') as in_roster,
       bool_and(e.source = 'roster') and exists (select 1 from set_aside a where a.school_id = $1 and a.group_id = $2
                                                  and a.person_id = p.id) as is_set_aside
  from enrolment e join person p on p.school_id = e.school_id and p.id = e.person_id
 where e.school_id = $1 and e.group_id = $2 and e.role = 'teacher' and e.ended_on is null and p.left_on is null
   and (e.begins_on is null or e.begins_on <= app_today()) and (e.ends_on is null or e.ends_on >= app_today())
 group by p.id order by bool_or(e.is_primary) desc, p.sort_key, p.id
"""


# --- people -----------------------------------------------------------------------------------------------------------


async def search(
    school_id: UUID, words: Sequence[str], typed: str, role: str, state: str, limit: int, offset: int
) -> list[Any]:
    """People in class-list order; each row says in `total` how many there are."""
    return await db.fetch(
        f"""select p.id, p.given_name, p.particle, p.family_name, p.username, p.email, p.source, {STATE} as state, {ROLES},
                   (select min(g.title) from current_enrolment e
                     join class_group g on g.school_id = e.school_id and g.id = e.group_id
                    where e.school_id = p.school_id and e.person_id = p.id and e.role = 'student' and e.kind = 'home')
                     as home_group, count(*) over () as total
            {FOUND} order by p.sort_key, p.id limit $6 offset $7""",
        school_id,
        list(words),
        typed,
        role,
        state,
        limit,
        offset,
    )


async def person(school_id: UUID, person_id: UUID) -> Any | None:
    """Everything about one person that is not a text of theirs."""
    return await db.fetchrow(
        f"""select p.id, p.given_name, p.particle, p.family_name, p.username, p.email, p.sourced_id, p.source, p.enabled,
                   p.left_on, p.disabled_at, p.grade, p.birth_date, p.adult_flag, p.consents_report, p.consents_plan,
                   p.merged_into, p.erased_at, {STATE} as state, {ROLES}
              from person p where p.school_id = $1 and p.id = $2""",
        school_id,
        person_id,
    )


async def roles(school_id: UUID, person_id: UUID) -> dict[str, str]:
    """Where each role of somebody comes from."""
    rows = await db.fetch(
        "select role, source from person_role where school_id = $1 and person_id = $2", school_id, person_id
    )
    return {row["role"]: row["source"] for row in rows}


async def groups_of(school_id: UUID, person_id: UUID) -> list[Any]:
    """Groups in which somebody learns or teaches now."""
    return await db.fetch(
        """select distinct g.id, g.title, g.kind, coalesce(s.name, '') as subject, e.role, o.source, g.sort_key
             from current_enrolment e
             join enrolment o on o.school_id = e.school_id and o.id = e.id
             join class_group g on g.school_id = e.school_id and g.id = e.group_id
             left join subject s on s.school_id = g.school_id and s.id = g.subject_id
            where e.school_id = $1 and e.person_id = $2 order by g.kind, g.sort_key, g.title""",
        school_id,
        person_id,
    )


async def relatives(school_id: UUID, person_id: UUID) -> list[Any]:
    """Guardians of a student and children of a guardian; `is_guardian`: the row is a guardian of this person."""
    return await db.fetch(
        """select p.id, p.given_name, p.particle, p.family_name, p.email, g.barred, g.source, g.student_id = $2 as is_guardian
             from guardianship g
             join person p on p.school_id = g.school_id and p.id = case when g.student_id = $2 then g.guardian_id else g.student_id end
            where g.school_id = $1 and $2 in (g.student_id, g.guardian_id) and g.ended_on is null and p.left_on is null
            order by p.sort_key, p.id""",
        school_id,
        person_id,
    )


async def scope(school_id: UUID, person_id: UUID) -> list[Any]:
    """Home groups that a leader reads, those that have ended left out."""
    return await db.fetch(
        """select g.id, g.title from leader_scope l join class_group g on g.school_id = l.school_id and g.id = l.group_id
            where l.school_id = $1 and l.person_id = $2 and g.ended_on is null order by g.sort_key, g.title""",
        school_id,
        person_id,
    )


async def add_person(
    school_id: UUID, sourced_id: str, names: tuple[str, str, str], sort_key: str, email: str, locale: str
) -> UUID:
    """Somebody the roster does not know; `names` are given name, particle, family name."""
    found: UUID = await db.fetchval(
        """insert into person (school_id, sourced_id, given_name, particle, family_name, sort_key, email, locale, source)
           values ($1, $2, $3, $4, $5, $6, $7, $8, 'manual') returning id""",
        school_id,
        sourced_id,
        *names,
        sort_key,
        email,
        locale,
    )
    return found


async def change_person(school_id: UUID, person_id: UUID, values: Mapping[str, Any]) -> None:
    """Set columns by name."""
    columns: dict[Any, Any] = dict(values)
    await Person.update({**columns, Person.updated_at: clock.now()}).where(
        Person.school_id == school_id, Person.id == person_id
    )


async def set_disabled(school_id: UUID, person_id: UUID, at: datetime | None) -> None:
    """Switch an account off at a moment, or on again."""
    await db.execute(
        "update person set disabled_at = $3, updated_at = now() where school_id = $1 and id = $2",
        school_id,
        person_id,
        at,
    )


async def end_sessions(school_id: UUID, person_id: UUID) -> int:
    """End all sessions of somebody now; how many."""
    return await db.execute(
        "update session set ended_at = now() where school_id = $1 and person_id = $2 and ended_at is null",
        school_id,
        person_id,
    )


async def remove_roles(school_id: UUID, person_id: UUID, names: Sequence[str]) -> None:
    """Take away roles that were given by hand."""
    await db.execute(
        """delete from person_role where school_id = $1 and person_id = $2 and role = any($3::text[]) and source = 'manual'""",
        school_id,
        person_id,
        list(names),
    )


async def other_admins(school_id: UUID, person_id: UUID) -> int:
    """How many admins besides this person can administer the school."""
    return int(await db.fetchval(ADMINS, school_id, person_id))


async def set_scope(school_id: UUID, person_id: UUID, group_ids: Sequence[UUID]) -> None:
    """Exactly these home groups, beside those that have ended."""
    await db.execute(
        """delete from leader_scope where school_id = $1 and person_id = $2
              and group_id in (select id from class_group where school_id = $1 and ended_on is null)""",
        school_id,
        person_id,
    )
    await db.execute(
        "insert into leader_scope (school_id, person_id, group_id) select $1, $2, unnest($3::uuid[])",
        school_id,
        person_id,
        list(group_ids),
    )


async def full_names(school_id: UUID, ids: Sequence[UUID]) -> list[Any]:
    """Names of people, whether or not they are still here."""
    return await db.fetch(
        "select id, given_name, particle, family_name from person where school_id = $1 and id = any($2::uuid[])",
        school_id,
        list(ids),
    )


# --- guardians --------------------------------------------------------------------------------------------------------


async def guardianship(school_id: UUID, student_id: UUID, guardian_id: UUID) -> Any | None:
    """The bond between two people, also one that has ended."""
    return await db.fetchrow(
        """select id, barred, source, ended_on from guardianship
            where school_id = $1 and student_id = $2 and guardian_id = $3""",
        school_id,
        student_id,
        guardian_id,
    )


async def add_guardianship(school_id: UUID, student_id: UUID, guardian_id: UUID, barred: bool) -> None:
    """A bond by hand; one that had ended goes on."""
    await db.execute(
        """insert into guardianship (school_id, student_id, guardian_id, barred, source) values ($1, $2, $3, $4, 'manual')
           on conflict (school_id, student_id, guardian_id)
           do update set barred = excluded.barred, source = 'manual', ended_on = null""",
        school_id,
        student_id,
        guardian_id,
        barred,
    )


async def bar(school_id: UUID, student_id: UUID, guardian_id: UUID, barred: bool) -> None:
    """Keep a guardian out, or let in again."""
    await db.execute(
        "update guardianship set barred = $4 where school_id = $1 and student_id = $2 and guardian_id = $3",
        school_id,
        student_id,
        guardian_id,
        barred,
    )


async def end_guardianship(school_id: UUID, student_id: UUID, guardian_id: UUID, day: date) -> None:
    """The bond ends; what was shared stays a matter of the rules."""
    await db.execute(
        "update guardianship set ended_on = $4 where school_id = $1 and student_id = $2 and guardian_id = $3",
        school_id,
        student_id,
        guardian_id,
        day,
    )


# --- groups and subjects ----------------------------------------------------------------------------------------------


async def groups(school_id: UUID, kind: str) -> list[Any]:
    """All groups of today with counts; `kind` empty: home groups and teaching groups."""
    async with db.whole_school():
        return await db.fetch(GROUPS, school_id, kind)


async def group(school_id: UUID, group_id: UUID) -> Any | None:
    """One group that has not ended."""
    return await db.fetchrow(
        """select g.id, g.title, g.kind, coalesce(s.name, '') as subject, g.level, g.year
             from class_group g left join subject s on s.school_id = g.school_id and s.id = g.subject_id
            where g.school_id = $1 and g.id = $2 and g.ended_on is null""",
        school_id,
        group_id,
    )


async def group_titles(school_id: UUID, ids: Sequence[UUID]) -> list[Any]:
    """Titles of groups, also of ended ones."""
    return await db.fetch(
        "select id, title from class_group where school_id = $1 and id = any($2::uuid[])", school_id, list(ids)
    )


async def home_groups(school_id: UUID) -> list[Any]:
    """Home groups of today."""
    return await db.fetch(
        """select id, title from class_group where school_id = $1 and kind = 'home' and ended_on is null
            order by sort_key, title""",
        school_id,
    )


async def students(school_id: UUID, group_id: UUID) -> list[Any]:
    """Students of a group today."""
    return await db.fetch(
        """select distinct p.id from current_enrolment e
             join person p on p.school_id = e.school_id and p.id = e.person_id and p.left_on is null
            where e.school_id = $1 and e.group_id = $2 and e.role = 'student'""",
        school_id,
        group_id,
    )


async def teachers(school_id: UUID, group_id: UUID) -> list[Any]:
    """Teachers of a group as the roster and the school name them."""
    return await db.fetch(GROUP_TEACHERS, school_id, group_id)


async def with_roles(school_id: UUID, ids: Sequence[UUID]) -> list[Any]:
    """Those of these people whom the school has, with their roles and whether they are here."""
    return await db.fetch(
        f"""select p.id, {STATE} = 'here' as here, {ROLES} from person p
             where p.school_id = $1 and p.id = any($2::uuid[])""",
        school_id,
        list(ids),
    )


async def put_aside(school_id: UUID, group_id: UUID, person_id: UUID) -> None:
    """The roster's word about this teacher does not count."""
    await db.execute(
        """insert into set_aside (school_id, group_id, person_id) values ($1, $2, $3)
           on conflict (school_id, group_id, person_id) do nothing""",
        school_id,
        group_id,
        person_id,
    )


async def take_back(school_id: UUID, group_id: UUID, person_id: UUID) -> None:
    """The roster's word counts again."""
    await db.execute(
        "delete from set_aside where school_id = $1 and group_id = $2 and person_id = $3",
        school_id,
        group_id,
        person_id,
    )


async def add_teacher(school_id: UUID, sourced_id: str, group_id: UUID, person_id: UUID) -> None:
    """A teacher by hand, from today on."""
    await db.execute(
        """insert into enrolment (school_id, sourced_id, group_id, person_id, role, source)
           values ($1, $2, $3, $4, 'teacher', 'manual')""",
        school_id,
        sourced_id,
        group_id,
        person_id,
    )


async def take_all_back(school_id: UUID, group_id: UUID, day: date) -> None:
    """The roster's word counts again about everybody, also about whom it does not name today; nobody is there by hand."""
    await db.execute("delete from set_aside where school_id = $1 and group_id = $2", school_id, group_id)
    await db.execute(
        """update enrolment set ended_on = $3 where school_id = $1 and group_id = $2 and role = 'teacher'
              and source = 'manual' and ended_on is null""",
        school_id,
        group_id,
        day,
    )


async def end_teacher(school_id: UUID, group_id: UUID, person_id: UUID, day: date) -> None:
    """A teacher who was added by hand is none any more."""
    await db.execute(
        """update enrolment set ended_on = $4 where school_id = $1 and group_id = $2 and person_id = $3 and role = 'teacher'
              and source = 'manual' and ended_on is null""",
        school_id,
        group_id,
        person_id,
        day,
    )


async def subjects(school_id: UUID) -> list[Any]:
    """All subjects with the number of groups that have them today."""
    return await db.fetch(
        """select s.id, s.code, s.name, s.roster_name, count(g.id) as groups from subject s
             left join class_group g on g.school_id = s.school_id and g.subject_id = s.id and g.ended_on is null
            where s.school_id = $1 group by s.id order by s.name, s.code""",
        school_id,
    )


async def name_subject(school_id: UUID, subject_id: UUID, own_name: str | None) -> bool:
    """What the school calls a subject; None: what the roster calls it. False: no such subject."""
    return bool(
        await db.execute(
            "update subject set own_name = $3 where school_id = $1 and id = $2", school_id, subject_id, own_name
        )
    )


async def subject(school_id: UUID, subject_id: UUID) -> Any | None:
    """One subject."""
    return await db.fetchrow(
        "select id, code, name, roster_name from subject where school_id = $1 and id = $2", school_id, subject_id
    )


# --- the school -------------------------------------------------------------------------------------------------------


async def settings(school_id: UUID) -> Any:
    """The school with what it decides for everybody, and the version of its picture."""
    return await db.fetchrow(
        """select c.name, c.slug, s.required, s.guardians_admitted, s.consent_at_16, s.long_sessions, s.retention_years, s.languages,
                  s.accent_light, s.accent_dark, l.digest
             from school c join school_settings s on s.school_id = c.id left join school_logo l on l.school_id = c.id
            where c.id = $1""",
        school_id,
    )


async def change_settings(school_id: UUID, values: Mapping[str, Any]) -> None:
    """Set columns by name; structures are stored as JSON."""
    columns: dict[Any, Any] = {
        name: msgspec.json.encode(value).decode() if isinstance(value, msgspec.Struct) else value
        for name, value in values.items()
    }
    await SchoolSettings.update(columns).where(SchoolSettings.school_id == school_id)


async def rename_school(name: str) -> None:
    """Another name for the school of this transaction."""
    await db.fetchval("select school_rename($1)", name)


async def logo(school_id: UUID) -> Any | None:
    """The picture of the school."""
    return await db.fetchrow("select media_type, body, digest from school_logo where school_id = $1", school_id)


async def set_logo(school_id: UUID, media_type: str, body: bytes, digest: str) -> None:
    """Another picture."""
    await db.execute(
        """insert into school_logo (school_id, media_type, body, digest) values ($1, $2, $3, $4)
           on conflict (school_id) do update set media_type = excluded.media_type, body = excluded.body,
                                                 digest = excluded.digest""",
        school_id,
        media_type,
        body,
        digest,
    )


async def remove_logo(school_id: UUID) -> None:
    """No picture."""
    await db.execute("delete from school_logo where school_id = $1", school_id)


async def overview(school_id: UUID) -> Any:
    """Counts of people by role and of what needs attention."""
    async with db.whole_school():
        return await db.fetchrow(
            """with here as (select p.id, p.disabled_at, p.enabled from person p where p.school_id = $1 and p.left_on is null),
                    roles as (select r.person_id, r.role from person_role r join here h on h.id = r.person_id
                               where r.school_id = $1),
                    groups as (select g.id, g.kind,
                                      bool_or(e.role = 'teacher') is true as taught, bool_or(e.role = 'student') is true as attended
                                 from class_group g
                                 left join current_enrolment e on e.school_id = g.school_id and e.group_id = g.id
                                where g.school_id = $1 and g.ended_on is null group by g.id)
               select (select count(*) from here) as people,
                      (select count(*) from roles where role = 'student') as students,
                      (select count(*) from roles where role = 'teacher') as teachers,
                      (select count(*) from roles where role = 'guardian') as guardians,
                      (select count(*) from roles where role = 'admin') as admins,
                      (select count(*) from here where disabled_at is not null) as disabled,
                      (select count(*) from groups where kind = 'home') as home_groups,
                      (select count(*) from groups where kind = 'teaching') as teaching_groups,
                      (select count(*) from groups where kind = 'home' and attended and not taught) as without_mentor,
                      (select count(*) from groups where kind = 'teaching' and attended and not taught) as without_teacher,
                      (select count(*) from account_clash where school_id = $1 and settled_at is null) as clashes,
                      (select count(*) from roster_source where school_id = $1 and result in ('held', 'failed')) as sources_stuck,
                      (select max(imported_at) from roster_import where school_id = $1) as imported_at""",
            school_id,
        )


async def count_people(school_id: UUID) -> int:
    """How many people are at the school, for whoever runs the installation."""
    return int(await db.fetchval("select count(*) from person where school_id = $1 and left_on is null", school_id))


async def directory() -> list[Any]:
    """All schools of this installation: public names only."""
    return await db.fetch("select id, slug, name, created_at from school order by name, slug")
