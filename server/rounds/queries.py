"""All SQL about rounds themselves; who is expected to rate whom is in pairs.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from server.platform import db
from server.rounds.schemas import Audience, RequiredRules, RoundBody
from server.rounds.tables import Round

COLUMNS = """r.id, r.name, r.explanation, r.state, r.deadline, r.opens_at, r.closes_at, r.opened_at, r.closed_at,
 r.mentors_watch, r.sharing, r.required, r.audience, r.only_groups, r.based_on, r.version, r.reminders"""

COUNTS = """
select e.round_id, count(*) as total, count(*) filter (where f.complete) as done
  from expected_pair e
  left join feedback f on f.school_id = e.school_id and f.round_id = e.round_id and f.student_id = e.student_id
                      and f.group_id = e.group_id
 where e.school_id = $1 and e.state = 'expected' group by e.round_id
"""

# $3: students of a leader's scope; a group lies in it when all its students do.
PROGRESS = """
select e.group_id as id, g.title, coalesce(s.name, '') as subject, g.sort_key,
       count(*) filter (where e.state = 'expected') as total,
       count(*) filter (where e.state = 'expected' and f.complete) as done,
       count(*) filter (where e.state = 'expected' and not f.complete and f.stoplight is not null) as incomplete,
       array_agg(e.student_id) filter (where e.state = 'expected') as students,
       bool_and(e.student_id = any($3::uuid[])) as in_scope
  from expected_pair e
  join class_group g on g.school_id = e.school_id and g.id = e.group_id
  left join subject s on s.school_id = g.school_id and s.id = g.subject_id
  left join feedback f on f.school_id = e.school_id and f.round_id = e.round_id and f.student_id = e.student_id
                      and f.group_id = e.group_id
 where e.school_id = $1 and e.round_id = $2
 group by e.group_id, g.title, s.name, g.sort_key
 order by g.sort_key, g.title
"""

TEACHERS = """
select distinct c.group_id, p.id, p.given_name, p.particle, p.family_name, p.sort_key, c.is_primary
  from current_enrolment c
  join person p on p.school_id = c.school_id and p.id = c.person_id
 where c.school_id = $1 and c.role = 'teacher'
   and c.group_id in (select e.group_id from expected_pair e where e.school_id = $1 and e.round_id = $2)
 order by c.is_primary desc, p.sort_key, p.id
"""

SCOPE_STUDENTS = """
select distinct e.person_id from leader_scope l
  join current_enrolment e on e.school_id = l.school_id and e.group_id = l.group_id and e.role = 'student'
 where l.school_id = $1 and l.person_id = $2
"""


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def find(school_id: UUID, round_id: UUID) -> Any | None:
    """One round, or None when this school has none such."""
    return await db.fetchrow(f"select {COLUMNS} from round r where r.school_id = $1 and r.id = $2", school_id, round_id)


async def every(school_id: UUID) -> list[Any]:
    """All rounds of the school: open, drafts, closed, archived; newest first in each."""
    return await db.fetch(
        f"""select {COLUMNS} from round r where r.school_id = $1
             order by array_position(array['open', 'draft', 'closed', 'archived'], r.state), r.deadline desc, r.id desc""",
        school_id,
    )


async def counts(school_id: UUID) -> dict[UUID, tuple[int, int]]:
    """Complete and expected feedback by round."""
    async with db.whole_school():
        rows = await db.fetch(COUNTS, school_id)
    return {row["round_id"]: (row["done"], row["total"]) for row in rows}


async def names(school_id: UUID, ids: list[UUID]) -> dict[UUID, str]:
    """Names of rounds."""
    rows = await db.fetch("select id, name from round where school_id = $1 and id = any($2::uuid[])", school_id, ids)
    return {row["id"]: row["name"] for row in rows}


async def due() -> list[Any]:
    """Rounds of all schools whose set time has come: school_id, id, act. Ids only, through a door of its own."""
    return await db.fetch("select school_id, id, act from rounds_due()")


async def open_ids(school_id: UUID) -> list[UUID]:
    """Rounds that are open, wholly or for some groups."""
    rows = await db.fetch("select id from round where school_id = $1 and state = 'open' order by id", school_id)
    return [row["id"] for row in rows]


async def closed(school_id: UUID) -> list[Any]:
    """Rounds that are closed and not archived: id, deadline and last closing."""
    return await db.fetch(
        "select id, deadline, closed_at from round where school_id = $1 and state = 'closed' order by id", school_id
    )


async def school_years(school_id: UUID) -> list[Any]:
    """First and last days of the school years that the roster names."""
    return await db.fetch("select starts_on, ends_on from academic_year where school_id = $1", school_id)


async def insert(school_id: UUID, by: UUID, body: RoundBody, created_at: datetime) -> UUID:
    """A new draft."""
    found: UUID = await db.fetchval(
        """insert into round (school_id, name, explanation, deadline, opens_at, closes_at, mentors_watch, sharing, required,
                              audience, based_on, created_by, created_at, reminders)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) returning id""",
        school_id,
        body.name,
        body.explanation,
        body.deadline,
        body.opens_at,
        body.closes_at,
        body.mentors_watch,
        body.sharing,
        _json(body.required),
        _json(body.audience),
        body.based_on,
        by,
        created_at,
        body.reminders,
    )
    return found


async def change(school_id: UUID, round_id: UUID, values: Mapping[str, Any]) -> None:
    """Set columns by name and count the version up; Structs (audience, required) are stored as JSON."""
    columns: dict[Any, Any] = {
        name: _json(value) if isinstance(value, (Audience, RequiredRules)) else value for name, value in values.items()
    }
    await Round.update({**columns, Round.version: Round.version + 1}).where(
        Round.school_id == school_id, Round.id == round_id
    )


async def delete(school_id: UUID, round_id: UUID) -> None:
    """Remove a round that nothing hangs on; rounds that were made from it forget that."""
    await Round.update({Round.based_on: None}).where(Round.school_id == school_id, Round.based_on == round_id)
    await Round.delete().where(Round.school_id == school_id, Round.id == round_id)


async def progress(school_id: UUID, round_id: UUID, scope: list[UUID]) -> list[Any]:
    """Counts per group; `scope` are the students that a leader reads."""
    async with db.whole_school():
        return await db.fetch(PROGRESS, school_id, round_id, scope)


async def teachers(school_id: UUID, round_id: UUID) -> list[Any]:
    """Who teaches the groups of a round today."""
    async with db.whole_school():
        return await db.fetch(TEACHERS, school_id, round_id)


async def scope_students(school_id: UUID, leader_id: UUID) -> list[UUID]:
    """Students of the home groups that a leader reads."""
    return [row["person_id"] for row in await db.fetch(SCOPE_STUDENTS, school_id, leader_id)]


async def groups_of(school_id: UUID, round_id: UUID) -> set[UUID]:
    """The teaching groups of a round."""
    rows = await db.fetch(
        "select distinct group_id from expected_pair where school_id = $1 and round_id = $2", school_id, round_id
    )
    return {row["group_id"] for row in rows}


async def home_groups(school_id: UUID) -> list[Any]:
    """Home groups of today with their number of students."""
    return await db.fetch(
        """select g.id, g.title, g.level, g.year, count(distinct e.person_id) as students
             from class_group g
             left join current_enrolment e on e.school_id = g.school_id and e.group_id = g.id and e.role = 'student'
            where g.school_id = $1 and g.kind = 'home' and g.ended_on is null
            group by g.id, g.title, g.level, g.year, g.sort_key order by g.sort_key, g.title""",
        school_id,
    )


async def levels_and_years(school_id: UUID, group_ids: list[UUID]) -> Any:
    """Of home groups, also of groups that have ended."""
    return await db.fetchrow(
        """select coalesce(array_agg(distinct level) filter (where level <> ''), '{}') as levels,
                  coalesce(array_agg(distinct year) filter (where year is not null), '{}') as years
             from class_group where school_id = $1 and id = any($2::uuid[])""",
        school_id,
        group_ids,
    )


async def subjects(school_id: UUID) -> list[Any]:
    """Subjects that are taught today."""
    return await db.fetch(
        """select s.id, s.code, s.name from subject s
            where s.school_id = $1
              and exists (select 1 from class_group g where g.school_id = s.school_id and g.subject_id = s.id
                             and g.kind = 'teaching' and g.ended_on is null)
            order by s.name, s.code""",
        school_id,
    )


async def required_default(school_id: UUID) -> str | None:
    """What the school asks for by default, as JSON."""
    found: str | None = await db.fetchval("select required from school_settings where school_id = $1", school_id)
    return found


async def zone(school_id: UUID) -> str:
    """The school's time zone."""
    found: str = await db.fetchval("select time_zone from school where id = $1", school_id)
    return found
