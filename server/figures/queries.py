"""All SQL of the figures: counts by round and group. What of it may be shown, `rules/figures.py` says."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from server.platform import db

Counts = tuple[int, ...]
"""Of the four stoplights, in their order."""

ROUNDS = """
select id, name, state, closed_at, sharing, mentors_watch, only_groups, required from round
 where school_id = $1 and state <> 'draft' order by closed_at desc nulls first, deadline desc, id desc
"""

SCOPE = """
select distinct e.person_id from leader_scope l
  join current_enrolment e on e.school_id = l.school_id and e.group_id = l.group_id and e.role = 'student'
 where l.school_id = $1 and l.person_id = $2
"""

# Who left a group counts in nothing of it; those are few.
GONE = """
gone as materialized (
  select e.round_id, e.student_id, e.group_id from expected_pair e
   where e.school_id = $1 and e.round_id = any($2::uuid[]) and e.state <> 'expected')
"""

FOUR = """
       count(*) filter (where f.stoplight = 'excellent') as excellent,
       count(*) filter (where f.stoplight = 'on_track') as on_track,
       count(*) filter (where f.stoplight = 'attention') as attention,
       count(*) filter (where f.stoplight = 'warning') as warning
"""

# Of the whole school: counted along with each write. A row for each round, as five thousand rows take longer to read than to find.
TALLIED = f"""
with {GONE},
less as materialized (
  select f.round_id, f.group_id, {FOUR}
    from gone n
    join feedback f on f.school_id = $1 and f.round_id = n.round_id and f.student_id = n.student_id and f.group_id = n.group_id
   group by f.round_id, f.group_id),
tally as (
  select t.round_id, t.group_id, t.excellent - coalesce(l.excellent, 0) as excellent, t.on_track - coalesce(l.on_track, 0) as on_track,
         t.attention - coalesce(l.attention, 0) as attention, t.warning - coalesce(l.warning, 0) as warning
    from round_tally t
    left join less l on l.round_id = t.round_id and l.group_id = t.group_id
   where t.school_id = $1 and t.round_id = any($2))
select round_id, array_agg(group_id) as groups, array_agg(excellent) as excellent, array_agg(on_track) as on_track,
       array_agg(attention) as attention, array_agg(warning) as warning
  from tally where excellent + on_track + attention + warning > 0 group by round_id
"""

# $3: only these students.
LIGHTS = f"""
with {GONE}
select f.round_id, f.group_id, {FOUR}
  from feedback f
 where f.school_id = $1 and f.round_id = any($2::uuid[]) and f.stoplight <> 'no_picture' and f.student_id = any($3::uuid[])
   and not exists (select 1 from gone n
                    where n.round_id = f.round_id and n.student_id = f.student_id and n.group_id = f.group_id)
 group by f.round_id, f.group_id
"""

# $3: only these students (null: all). Pairs come from an index alone.
PROGRESS = f"""
with {GONE},
ended as (
  select group_id, count(*) as total from gone where $3::uuid[] is null or student_id = any($3) group by group_id),
pair as (
  select e.group_id, count(*) as total from expected_pair e
   where e.school_id = $1 and e.round_id = any($2) and ($3::uuid[] is null or e.student_id = any($3)) group by e.group_id),
written as (
  select f.group_id, count(*) filter (where f.complete) as complete, count(*) filter (where not f.complete) as incomplete
    from feedback f
   where f.school_id = $1 and f.round_id = any($2) and ($3::uuid[] is null or f.student_id = any($3))
     and (f.complete or f.stoplight is not null)
     and not exists (select 1 from gone n
                      where n.round_id = f.round_id and n.student_id = f.student_id and n.group_id = f.group_id)
   group by f.group_id)
select p.group_id, p.total - coalesce(e.total, 0) as total, coalesce(w.complete, 0) as complete,
       coalesce(w.incomplete, 0) as incomplete
  from pair p
  left join ended e on e.group_id = p.group_id
  left join written w on w.group_id = p.group_id
 where p.total > coalesce(e.total, 0)
"""

GROUPS = """
select g.id, g.title, g.level, coalesce(g.year, 0) as year, g.subject_id, coalesce(s.name, '') as subject
  from class_group g
  left join subject s on s.school_id = g.school_id and s.id = g.subject_id
 where g.school_id = $1 and g.id = any($2::uuid[]) order by g.sort_key, g.title, g.id
"""

# By the home group that a student was in on the day of closing ($4): it stays the same whatever the roster does afterwards.
# Hours between two steps, where the one came after the other.
CYCLE = """
with ended as (
  select e.student_id, count(*) as total from expected_pair e
   where e.school_id = $1 and e.round_id = $2 and e.state <> 'expected' group by e.student_id),
pair as (
  select e.student_id, count(*) as total from expected_pair e
   where e.school_id = $1 and e.round_id = $2 and ($3::uuid[] is null or e.student_id = any($3)) group by e.student_id),
student as (
  select p.student_id as id from pair p left join ended n on n.student_id = p.student_id where p.total > coalesce(n.total, 0)),
home as (
  select distinct on (e.person_id) e.person_id as student_id, g.id, g.title, g.sort_key, g.level, coalesce(g.year, 0) as year
    from enrolment e
    join class_group g on g.school_id = e.school_id and g.id = e.group_id and g.kind = 'home'
   where e.school_id = $1 and e.role = 'student' and e.person_id in (select id from student)
     and (e.begins_on is null or e.begins_on <= $4) and (e.ends_on is null or e.ends_on >= $4)
     and (e.ended_on is null or e.ended_on > $4) and (g.ended_on is null or g.ended_on > $4)
   order by e.person_id, g.sort_key, g.id),
share as (
  select student_id, min(shared_at) as at from report_share
   where school_id = $1 and round_id = $2 and recalled_at is null group by student_id),
plan as (
  select p.student_id, p.concluded_at as talked_at,
         (select min(v.handed_in_at) from plan_version v where v.school_id = p.school_id and v.plan_id = p.id) as handed_in_at
    from plan p where p.school_id = $1 and p.round_id = $2),
step as (
  select h.*, s.at as shared_at, p.handed_in_at, p.talked_at, r.closed_at
    from home h
    join round r on r.school_id = $1 and r.id = $2
    left join share s on s.student_id = h.student_id
    left join plan p on p.student_id = h.student_id)
select id, title, level, year, count(*) as students, count(shared_at) as shared, count(handed_in_at) as planned,
       count(talked_at) as talked,
       array_agg(extract(epoch from shared_at - closed_at)::float8 / 3600) filter (where shared_at >= closed_at) as share_hours,
       array_agg(extract(epoch from handed_in_at - shared_at)::float8 / 3600) filter (where handed_in_at >= shared_at) as plan_hours,
       array_agg(extract(epoch from talked_at - handed_in_at)::float8 / 3600)
         filter (where talked_at >= handed_in_at) as talk_hours
  from step group by id, title, level, year, sort_key order by sort_key, title, id
"""


async def rounds(school_id: UUID) -> list[Any]:
    """All rounds that were opened, those that are open first, then what was closed last."""
    return await db.fetch(ROUNDS, school_id)


async def scope(school_id: UUID, leader_id: UUID) -> list[UUID]:
    """The students of today in the home groups that a leader reads."""
    return [row["person_id"] for row in await db.fetch(SCOPE, school_id, leader_id)]


async def lights(school_id: UUID, round_ids: list[UUID], students: list[UUID] | None) -> dict[UUID, dict[UUID, Counts]]:
    """How often each stoplight was given, by round and teaching group."""
    found: dict[UUID, dict[UUID, Counts]] = {each: {} for each in round_ids}
    async with db.whole_school():
        if students is None:
            for round_id, groups, *counts in await db.fetch(TALLIED, school_id, round_ids):
                found[round_id] = dict(zip(groups, zip(*counts, strict=True), strict=True))
        else:
            for round_id, group_id, *counts in await db.fetch(LIGHTS, school_id, round_ids, students):
                found[round_id][group_id] = tuple(counts)
    return found


async def progress(school_id: UUID, round_id: UUID, students: list[UUID] | None) -> list[Any]:
    """How much feedback is there, by teaching group."""
    async with db.whole_school():
        return await db.fetch(PROGRESS, school_id, [round_id], students)


async def groups(school_id: UUID, ids: list[UUID]) -> list[Any]:
    """Year, level and subject of teaching groups, in the order of their names."""
    return await db.fetch(GROUPS, school_id, ids)


async def cycle(school_id: UUID, round_id: UUID, students: list[UUID] | None, day: date) -> list[Any]:
    """What became of the reports, by home group as it was on that day."""
    async with db.whole_school():
        return await db.fetch(CYCLE, school_id, round_id, students, day)
