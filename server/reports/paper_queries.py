"""SQL for reports on paper: whose reports, and what the rules ask about many of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from server.people.relations import TIES
from server.platform import db
from server.reports.queries import MY_GROUPS

ROUND: Final = "r.state, r.sharing, r.mentors_watch, r.only_groups, r.required"

# Home groups that the viewer ($2) mentors or has in scope as a leader ($3), with how many of their students are in the round ($4).
GROUPS: Final = f"""
with {MY_GROUPS}
select g.id, g.title, g.year, m.mentor, m.in_scope, {ROUND}, r.name as round_name,
       (select count(*) from current_enrolment c
         where c.school_id = $1 and c.group_id = m.group_id and c.role = 'student'
           and exists (select 1 from expected_pair e
                        where e.school_id = $1 and e.round_id = $4 and e.student_id = c.person_id)) as students
  from mine m
  join class_group g on g.school_id = $1 and g.id = m.group_id
  join round r on r.school_id = $1 and r.id = $4
 order by g.sort_key, g.id
"""

# By group, then by name; a student of two of the groups stands in the first of them.
STUDENTS: Final = """
select q.id, q.group_order, q.sort_key
  from (select distinct on (p.id) p.id, row_number() over (order by g.sort_key, g.id) as group_order, p.sort_key
          from current_enrolment c
          join class_group g on g.school_id = c.school_id and g.id = c.group_id
          join person p on p.school_id = c.school_id and p.id = c.person_id
         where c.school_id = $1 and c.group_id = any($2::uuid[]) and c.role = 'student'
           and exists (select 1 from expected_pair e where e.school_id = $1 and e.round_id = $3 and e.student_id = p.id)
         order by p.id, g.sort_key, g.id) q
"""

SHARES: Final = """
select json_agg(json_build_object('id', h.id, 'number', h.number, 'shared_at', h.shared_at, 'guardians', h.guardians,
         'opened', false,
         'opened_by_me', exists(select 1 from report_read d where d.school_id = $1 and d.share_id = h.id and d.person_id = $2))
         order by h.number desc)
  from report_share h
 where h.school_id = $1 and h.round_id = $4 and h.student_id = x.id and h.recalled_at is null
"""

# The same relations as ever, for each student of a list ($3), viewer $2, round $4.
RIGHTS: Final = f"""
select t.*, {ROUND}, ({SHARES}) as shares,
       coalesce(k.guardians_admitted, true) as guardians_admitted, coalesce(k.consent_at_16, false) as consent_at_16
  from unnest($3::uuid[]) x (id)
  join round r on r.school_id = $1 and r.id = $4
  left join school_settings k on k.school_id = $1
 cross join lateral ({TIES.replace("$2", "x.id").replace("$3", "$2")}) t
"""


async def groups(school_id: UUID, viewer_id: UUID, leader: bool, round_id: UUID) -> list[Any]:
    """The viewer's home groups with the columns of the round."""
    return await db.fetch(GROUPS, school_id, viewer_id, leader, round_id)


async def students(school_id: UUID, group_ids: Sequence[UUID], round_id: UUID, by_group: bool) -> list[UUID]:
    """The students of some home groups who are in the round, each once, by name or by group and name."""
    order = "q.group_order, q.sort_key, q.id" if by_group else "q.sort_key, q.id"
    rows = await db.fetch(f"{STUDENTS} order by {order}", school_id, list(group_ids), round_id)
    return [row["id"] for row in rows]


async def rights(school_id: UUID, viewer_id: UUID, student_ids: Sequence[UUID], round_id: UUID) -> list[Any]:
    """What the rules ask about each of these students; who is not of this school is not among the rows."""
    return await db.fetch(RIGHTS, school_id, viewer_id, list(student_ids), round_id)


async def mentors(school_id: UUID, student_ids: Sequence[UUID]) -> list[Any]:
    """student_id and the names of the mentors of these students."""
    return await db.fetch(
        """select distinct se.person_id as student_id, p.id, p.given_name, p.particle, p.family_name, p.sort_key
             from current_enrolment se
             join current_enrolment te on te.school_id = se.school_id and te.group_id = se.group_id and te.role = 'teacher'
             join person p on p.school_id = te.school_id and p.id = te.person_id
            where se.school_id = $1 and se.person_id = any($2::uuid[]) and se.role = 'student' and se.kind = 'home'
            order by p.sort_key, p.id""",
        school_id,
        list(student_ids),
    )
