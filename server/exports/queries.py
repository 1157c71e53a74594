"""All SQL about exports. Rows come in parts, from one statement."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

from server.platform import db

HEAD: Final = """
select r.name, r.state, r.sharing, r.mentors_watch, r.only_groups, r.required, c.name as school_name
  from round r join school c on c.id = r.school_id where r.school_id = $1 and r.id = $2
"""

# Home groups that the viewer ($2) has in scope as a leader; $3 names one of them, or is null.
SCOPE: Final = """
select l.group_id from leader_scope l
 where l.school_id = $1 and l.person_id = $2 and ($3::uuid is null or l.group_id = $3)
"""

# Students of these home groups who stand in the round.
STUDENTS: Final = """
select distinct c.person_id from current_enrolment c
 where c.school_id = $1 and c.role = 'student' and c.group_id = any($2::uuid[])
   and exists (select 1 from expected_pair e
                where e.school_id = $1 and e.round_id = $3 and e.student_id = c.person_id)
"""

# Who teaches the groups of the round today, and everybody who wrote in it, with the groups that one teaches.
TEACHERS: Final = """
select p.id, p.given_name, p.particle, p.family_name,
       array(select c.group_id from current_enrolment c
              where c.school_id = $1 and c.person_id = p.id and c.role = 'teacher' and c.kind = 'teaching') as groups
  from person p
 where p.school_id = $1
   and (p.id in (select c.person_id from current_enrolment c
                  where c.school_id = $1 and c.role = 'teacher' and c.kind = 'teaching')
        or p.id in (select unnest(f.written_by) from feedback f where f.school_id = $1 and f.round_id = $2))
 order by p.sort_key, p.id
"""

TEXTS: Final = """
select e.student_id, e.group_id, e.state, e.until, g.title, coalesce(s.name, g.title) as subject,
       f.stoplight, f.remark, f.action, f.complete, f.written_by, f.updated_at
  from unnest($3::uuid[]) with ordinality o (student_id, place)
  join expected_pair e on e.school_id = $1 and e.round_id = $2 and e.student_id = o.student_id
  join class_group g on g.school_id = e.school_id and g.id = e.group_id
  left join subject s on s.school_id = g.school_id and s.id = g.subject_id
  left join feedback f on f.school_id = e.school_id and f.round_id = e.round_id and f.student_id = e.student_id
   and f.group_id = e.group_id
 order by o.place, lower(coalesce(s.name, g.title)), e.state = 'expected' desc, g.sort_key, g.id
"""


async def head(school_id: UUID, round_id: UUID) -> Any | None:
    """Round and school; None when this school has no such round."""
    return await db.fetchrow(HEAD, school_id, round_id)


async def scope(school_id: UUID, leader_id: UUID, group_id: UUID | None) -> list[UUID]:
    """Home groups of a leader's scope: all of them, or the one that is named."""
    return [row["group_id"] for row in await db.fetch(SCOPE, school_id, leader_id, group_id)]


async def students(school_id: UUID, group_ids: list[UUID], round_id: UUID) -> list[UUID]:
    """Students of these home groups who stand in the round."""
    return [row["person_id"] for row in await db.fetch(STUDENTS, school_id, group_ids, round_id)]


async def teachers(school_id: UUID, round_id: UUID) -> list[Any]:
    """Everybody who may have to be named beside a feedback of the round, by name."""
    return await db.fetch(TEACHERS, school_id, round_id)


async def texts(school_id: UUID, round_id: UUID, student_ids: list[UUID]) -> AsyncIterator[list[Any]]:
    """All pairs of these students with what was written, in the order of the students, some at a time."""
    async with db.whole_school():
        async for rows in db.fetch_in_parts(TEXTS, school_id, round_id, student_ids):
            yield rows
