"""Who is expected to rate whom: the pairs (student, teaching group) of an audience, by enrolment dates of today.

Hours without a subject count for nobody. Nothing here deletes a pair that something was written for.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from server.platform import db
from server.rounds.schemas import Audience, PairChange

# $1 school, $2 levels, $3 years, $4 home groups, $5 left-out subjects. An empty list does not narrow.
TARGET = """
select distinct e.person_id as student_id, e.group_id
  from current_enrolment e
  join person p on p.school_id = e.school_id and p.id = e.person_id and p.enabled and p.left_on is null
 where e.school_id = $1 and e.role = 'student' and e.kind = 'teaching' and e.subject_id is not null
   and not e.subject_id = any($5::uuid[])
   and ((cardinality($2::text[]) = 0 and cardinality($3::int[]) = 0 and cardinality($4::uuid[]) = 0)
        or e.person_id in (
             select h.person_id from current_enrolment h
               join class_group g on g.school_id = h.school_id and g.id = h.group_id
              where h.school_id = $1 and h.role = 'student' and h.kind = 'home'
                and (cardinality($2::text[]) = 0 or g.level = any($2))
                and (cardinality($3::int[]) = 0 or g.year = any($3))
                and (cardinality($4::uuid[]) = 0 or g.id = any($4))))
"""

COUNT = f"select count(*) from ({TARGET}) t"

# Who can write about the groups of a CTE `target`: an account that is switched off teaches nobody.
TEACHING = """
select c.group_id, c.person_id from current_enrolment c
  join person p on p.school_id = c.school_id and p.id = c.person_id and p.enabled and p.left_on is null and p.disabled_at is null
 where c.school_id = $1 and c.role = 'teacher' and c.group_id in (select group_id from target)
"""

PREVIEW = f"""
with target as ({TARGET}),
     teaching as ({TEACHING})
select (select count(distinct student_id) from target) as students,
       (select count(distinct group_id) from target) as groups,
       (select count(distinct person_id) from teaching) as teachers,
       (select count(*) from target) as pairs,
       array(select g.title from class_group g
              where g.school_id = $1 and g.id in (select group_id from target)
                and g.id not in (select group_id from teaching) order by g.sort_key, g.title) as groups_without_teacher
"""

# Co-teachers of a group have it together: each with the whole group.
WORKLOAD = f"""
with target as materialized ({TARGET}),
     teaching as ({TEACHING})
select p.id, p.given_name, p.particle, p.family_name, count(*) as students, count(distinct t.group_id) as groups
  from target t
  join (select distinct group_id, person_id from teaching) w on w.group_id = t.group_id
  join person p on p.school_id = $1 and p.id = w.person_id
 group by p.id order by p.sort_key, p.id
"""

# Students about whom somebody wrote in round $6 and who are expected there now, but would not be with this audience.
WRITTEN_OUTSIDE = f"""
with target as materialized ({TARGET})
select count(distinct e.student_id) from expected_pair e
 where e.school_id = $1 and e.round_id = $6 and e.state = 'expected'
   and not exists (select 1 from target t where t.student_id = e.student_id and t.group_id = e.group_id)
   and (exists (select 1 from feedback f where f.school_id = $1 and f.round_id = $6
                   and f.student_id = e.student_id and f.group_id = e.group_id)
        or exists (select 1 from late_write l where l.school_id = $1 and l.round_id = $6
                      and l.student_id = e.student_id and l.group_id = e.group_id))
"""

# New pairs come in, pairs that came back are expected again. $6 round, $7 only these groups (null: all).
ADD = f"""
insert into expected_pair as had (school_id, round_id, student_id, group_id)
select $1, $6, t.student_id, t.group_id from ({TARGET}) t where $7::uuid[] is null or t.group_id = any($7)
on conflict (school_id, round_id, student_id, group_id) do update set state = 'expected', until = null
 where had.state <> 'expected'
"""

# What is no target any more: ended, or left with the student. The last day comes from the roster where it is known. $8 today.
END = f"""
with target as materialized ({TARGET}),
gone as (
  select e.id, e.student_id, e.group_id from expected_pair e
   where e.school_id = $1 and e.round_id = $6 and e.state = 'expected' and ($7::uuid[] is null or e.group_id = any($7))
     and not exists (select 1 from target t where t.student_id = e.student_id and t.group_id = e.group_id)),
last_day as (
  select g.id, case when p.enabled and p.left_on is null then 'ended' else 'left' end as state,
         coalesce(p.left_on, max(least(coalesce(n.ends_on, n.ended_on, c.ended_on), $8::date)), $8::date) as until
    from gone g
    join person p on p.school_id = $1 and p.id = g.student_id
    join class_group c on c.school_id = $1 and c.id = g.group_id
    left join enrolment n on n.school_id = $1 and n.group_id = g.group_id and n.person_id = g.student_id and n.role = 'student'
   group by g.id, p.enabled, p.left_on)
update expected_pair e set state = l.state, until = l.until from last_day l where e.school_id = $1 and e.id = l.id
"""

# Somebody who changed group earlier may leave the school later.
LEAVE = """
update expected_pair e set state = 'left', until = coalesce(p.left_on, e.until)
  from person p
 where e.school_id = $1 and e.round_id = $2 and e.state = 'ended' and p.school_id = e.school_id and p.id = e.student_id
   and not (p.enabled and p.left_on is null) and ($3::uuid[] is null or e.group_id = any($3))
"""

# Pairs that nothing was ever written for are of no use to anybody once they ended.
REMOVE = """
delete from expected_pair e
 where e.school_id = $1 and e.round_id = $2 and e.state <> 'expected' and ($3::uuid[] is null or e.group_id = any($3))
   and not exists (select 1 from feedback f where f.school_id = $1 and f.round_id = $2
                      and f.student_id = e.student_id and f.group_id = e.group_id)
   and not exists (select 1 from late_write l where l.school_id = $1 and l.round_id = $2
                      and l.student_id = e.student_id and l.group_id = e.group_id)
"""


def _filters(audience: Audience) -> tuple[list[str], list[int], list[UUID], list[UUID]]:
    return audience.levels, audience.years, audience.home_group_ids, audience.left_out_subject_ids


async def count(school_id: UUID, audience: Audience) -> int:
    """How many pairs the audience comes to today."""
    async with db.whole_school():
        found: int = await db.fetchval(COUNT, school_id, *_filters(audience))
    return found


async def preview(school_id: UUID, audience: Audience) -> Any:
    """Students, groups, teachers and pairs of the audience, and the groups that nobody teaches."""
    async with db.whole_school():
        return await db.fetchrow(PREVIEW, school_id, *_filters(audience))


async def workload(school_id: UUID, audience: Audience) -> list[Any]:
    """What each teacher of the audience's groups will have to do, in order of the family name."""
    async with db.whole_school():
        return await db.fetch(WORKLOAD, school_id, *_filters(audience))


async def written_outside(school_id: UUID, round_id: UUID, audience: Audience) -> int:
    """How many students with something written about them an open round would lose with this audience."""
    async with db.whole_school():
        found: int = await db.fetchval(WRITTEN_OUTSIDE, school_id, *_filters(audience), round_id)
    return found


async def recompute(
    school_id: UUID, round_id: UUID, audience: Audience, today: date, only_groups: list[UUID] | None
) -> PairChange:
    """Bring the pairs of a round up to today's roster; `only_groups` leaves all other groups as they were frozen.

    The caller holds the round's lock, so that no pair goes away under a text that is being saved.
    """
    filters = _filters(audience)
    async with db.whole_school():
        added = await db.execute(ADD, school_id, *filters, round_id, only_groups)
        ended = await db.execute(END, school_id, *filters, round_id, only_groups, today)
        await db.execute(LEAVE, school_id, round_id, only_groups)
        removed = await db.execute(REMOVE, school_id, round_id, only_groups)
    return PairChange(added, ended, removed)
