"""The people whom demo sign-in offers, by role. Read before anybody is signed in, therefore in demo mode only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from server.people.names import full_name
from server.people.service import known_schools
from server.platform import db
from server.platform.texts import text

ROLES: Final = ("teacher", "mentor", "student", "guardian", "organiser", "leader", "admin")
PER_ROLE: Final = 3

# Who shows most: teachers with the most to rate, mentors with the largest home group, students and guardians of those.
OFFERED = """
with taught as (
  select e.person_id, count(*) filter (where e.kind = 'teaching') as groups,
         string_agg(distinct s.name, ', ') as subjects,
         string_agg(distinct g.title, ', ') filter (where e.kind = 'home') as homes
    from current_enrolment e
    join class_group g on g.school_id = e.school_id and g.id = e.group_id
    left join subject s on s.school_id = g.school_id and s.id = g.subject_id
   where e.school_id = $1 and e.role = 'teacher' group by e.person_id
), best_home as (
  select e.group_id, g.title, count(*) as size
    from current_enrolment e join class_group g on g.school_id = e.school_id and g.id = e.group_id
   where e.school_id = $1 and e.role = 'student' and e.kind = 'home' group by e.group_id, g.title
   order by exists (select 1 from report_share r join current_enrolment x on x.school_id = r.school_id and x.person_id = r.student_id
                     where r.school_id = $1 and x.group_id = e.group_id) desc, count(*) desc, g.title limit 1
), pupils as (
  select e.person_id, b.title,
         row_number() over (order by (select count(*) from report_share r where r.school_id = $1 and r.student_id = e.person_id) desc,
                            p.sort_key) as place
    from best_home b join current_enrolment e on e.school_id = $1 and e.group_id = b.group_id and e.role = 'student'
    join person p on p.school_id = $1 and p.id = e.person_id and p.enabled and p.left_on is null
), offered as (
  select 'teacher' as role, t.person_id, t.subjects as about, row_number() over (order by t.groups desc, t.person_id) as place
    from taught t where t.homes is null
  union all
  select 'mentor', t.person_id, t.homes || ' · ' || t.subjects,
         row_number() over (order by (position((select title from best_home) in t.homes) > 0) desc, t.groups desc, t.person_id)
    from taught t where t.homes is not null
  union all
  select 'student', q.person_id, q.title, q.place from pupils q
  union all
  select 'guardian', w.guardian_id, p.given_name, row_number() over (order by q.place, w.guardian_id)
    from pupils q join guardianship w on w.school_id = $1 and w.student_id = q.person_id and not w.barred and w.ended_on is null
    join person p on p.school_id = $1 and p.id = q.person_id
  union all
  select r.role, r.person_id, '', row_number() over (partition by r.role order by r.person_id)
    from person_role r where r.school_id = $1 and r.role in ('organiser', 'leader', 'admin')
)
select o.role, o.about, p.id, p.given_name, p.particle, p.family_name
  from offered o join person p on p.school_id = $1 and p.id = o.person_id
 where p.enabled and p.left_on is null and o.place <= $2 order by o.role, o.place
"""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One person on offer. `about`: subjects and home group of staff, home group of students, child of guardians."""

    id: UUID
    role: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class DemoGroup:
    """The people of one role; `role` is the word the page shows."""

    key: str
    role: str
    people: list[DemoPerson]


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """One school with its groups."""

    id: UUID
    slug: str
    name: str
    groups: list[DemoGroup]


async def offered(school_id: UUID) -> list[DemoPerson]:
    """The demo people of one school, at most three a role."""
    async with db.school_transaction(school_id):
        rows = await db.fetch(OFFERED, school_id, PER_ROLE)
    return [
        DemoPerson(
            row["id"],
            row["role"],
            full_name(row["given_name"], row["particle"], row["family_name"]),
            row["about"] or "",
        )
        for row in rows
    ]


async def groups(language: str) -> list[DemoSchool]:
    """All schools of this installation with their demo people, roles in the order of the cycle."""
    found = []
    for school in await known_schools():
        people = await offered(school.id)
        by_role = [
            DemoGroup(role, text(language, f"role.{role}"), [each for each in people if each.role == role])
            for role in ROLES
        ]
        found.append(DemoSchool(school.id, school.slug, school.name, [group for group in by_role if group.people]))
    return found


async def school_of(person_id: UUID) -> UUID | None:
    """The school of anybody in this demo installation, offered or not; None for who does not exist."""
    for school in await known_schools():
        async with db.school_transaction(school.id):
            if await db.fetchval(
                "select exists(select 1 from person where school_id = $1 and id = $2)", school.id, person_id
            ):
                return school.id
    return None
