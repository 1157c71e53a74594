"""All SQL about feedback. FACTS and WRITE are the hot path of a save: one statement each, no query builder."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from server.platform import db
from server.rounds.facts import ASKED

# Was the group given to this person (`{0}`) for this round? $1 school, $2 round, $3 group.
STANDS_IN: Final = """exists(select 1 from round_stand_in i
               where i.school_id = $1 and i.round_id = $2 and i.group_id = $3 and i.person_id = {0})"""

# Everything a save has to know. $1 school, $2 round, $3 group, $4 student, $5 person, $6 idempotency key, $7 and $8 names of locks.
#
# The two locks are held until the transaction ends: closing waits for savers, and the same request arriving twice is done
# once. A lock may have been waited for, and then the rest of the row is older than the lock. WRITE therefore checks again, in
# a snapshot of its own that is younger than the locks, whatever could have changed meanwhile.
FACTS: Final = f"""
select r.state, r.sharing, r.mentors_watch, r.only_groups, {ASKED}, r.version as round_version, e.state as pair_state,
       exists(select 1 from current_enrolment t
               where t.school_id = $1 and t.person_id = $5 and t.group_id = $3 and t.role = 'teacher') as teaches,
       {STANDS_IN.format("$5")} as stands_in,
       f.id, f.version, f.stoplight, f.remark, f.action, f.complete, f.author_id, f.updated_at,
       k.payload_hash, k.answer,
       exists(select 1 from late_write l
               where l.school_id = $1 and l.round_id = $2 and l.student_id = $4 and l.group_id = $3 and l.author_id = $5
                 and l.settled_at is null) as late,
       pg_advisory_xact_lock_shared(hashtextextended($7, 0)) as round_lock,
       pg_advisory_xact_lock(hashtextextended($8, 0)) as key_lock
  from round r
  join expected_pair e on e.school_id = r.school_id and e.round_id = r.id and e.student_id = $4 and e.group_id = $3
  left join feedback f on f.school_id = r.school_id and f.round_id = r.id and f.student_id = $4 and f.group_id = $3
  left join request_key k on k.school_id = r.school_id and k.person_id = $5 and k.key = $6
 where r.school_id = $1 and r.id = $2
"""

# The save itself: feedback, history, key and outbox. No row back: something changed under us (see FACTS), so look again.
# $5 person, $6 key, $7 stoplight, $8 remark, $9 action, $10 complete, $11 now, $12 version seen, $13 version of the round seen,
# $14 hash of the body, $15 the fixed part of the stored answer.
WRITE: Final = """
with saved as (
  insert into feedback as old (school_id, round_id, group_id, student_id, stoplight, remark, action, complete, author_id,
                               written_by, created_at, updated_at)
  select $1, $2, $3, $4, $7, $8, $9, $10, $5, array[$5::uuid], $11, $11
   where exists (select 1 from round r
                   join expected_pair e on e.school_id = r.school_id and e.round_id = r.id
                  where r.school_id = $1 and r.id = $2 and r.version = $13
                    and e.student_id = $4 and e.group_id = $3 and e.state = 'expected')
     and not exists (select 1 from request_key k where k.school_id = $1 and k.person_id = $5 and k.key = $6)
  on conflict (school_id, round_id, student_id, group_id) do update
     set stoplight = excluded.stoplight, remark = excluded.remark, action = excluded.action, complete = excluded.complete,
         author_id = excluded.author_id, updated_at = excluded.updated_at, version = old.version + 1,
         written_by = case when $5 = any(old.written_by) then old.written_by else old.written_by || $5::uuid end
   where old.version = $12
  returning id, version
), past as (
  insert into feedback_history (school_id, feedback_id, version, stoplight, remark, action, author_id, saved_at)
  select $1, id, version, $7, $8, $9, $5, $11 from saved
), kept as (
  insert into request_key (school_id, person_id, key, payload_hash, status, answer)
  select $1, $5, $6, $14, 200, $15::jsonb || jsonb_build_object('id', id, 'version', version) from saved where $6::uuid is not null
), told as (
  insert into outbox (school_id, kind, ids)
  select $1, 'feedback.saved', jsonb_build_object('round', $2::uuid, 'student', $4::uuid, 'group', $3::uuid,
                                                  'version', version, 'by', $5::uuid) from saved
)
select id, version from saved
"""

LATE_UPSERT: Final = """
insert into late_write (school_id, round_id, group_id, student_id, author_id, stoplight, remark, action, based_on, arrived_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (school_id, round_id, student_id, group_id, author_id) do update
   set stoplight = excluded.stoplight, remark = excluded.remark, action = excluded.action, based_on = excluded.based_on,
       arrived_at = excluded.arrived_at, settled_at = null
"""

LATE_SETTLE: Final = """
update late_write set settled_at = $6
 where school_id = $1 and round_id = $2 and group_id = $3 and student_id = $4 and author_id = $5 and settled_at is null
"""

LATE_WAITING: Final = """
select l.student_id, l.author_id, l.stoplight, l.remark, l.action, l.based_on, e.state as pair_state,
       p.enabled and p.left_on is null and p.disabled_at is null as author_active,
       exists(select 1 from current_enrolment t where t.school_id = l.school_id and t.person_id = l.author_id
                 and t.group_id = l.group_id and t.role = 'teacher') as author_teaches,
       exists(select 1 from round_stand_in i where i.school_id = l.school_id and i.round_id = l.round_id
                 and i.group_id = l.group_id and i.person_id = l.author_id) as author_stands_in
  from late_write l
  join person p on p.school_id = l.school_id and p.id = l.author_id
  join expected_pair e on e.school_id = l.school_id and e.round_id = l.round_id and e.student_id = l.student_id
                      and e.group_id = l.group_id
 where l.school_id = $1 and l.round_id = $2 and l.group_id = $3 and l.settled_at is null
 order by l.arrived_at, l.id
"""

# What stands in a round, group by group, seen by a teacher. $2 person, $3 the earliest closing that is still shown.
# Groups of long ago count for what the viewer wrote in them only. A group that was given for one round (`round_id`) is the
# viewer's in that round, whatever it is in others.
MY_ROUNDS: Final = """
with given as (
  select i.round_id, i.group_id from round_stand_in i where i.school_id = $1 and i.person_id = $2
), mine as (
  select e.group_id, bool_or(c.id is not null) as teaches, null::uuid as round_id from enrolment e
    left join current_enrolment c on c.school_id = e.school_id and c.id = e.id
   where e.school_id = $1 and e.person_id = $2 and e.role = 'teacher' group by e.group_id
   union all
  select group_id, true, round_id from given)
select r.id, r.name, r.explanation, r.deadline, r.state, r.sharing, r.mentors_watch, r.only_groups, r.required, r.closed_at,
       m.teaches, g.id as group_id, g.title, coalesce(s.name, '') as subject,
       count(*) filter (where e.state = 'expected') as total,
       count(*) filter (where e.state = 'expected' and f.complete) as done,
       count(*) filter (where e.state = 'expected' and not f.complete and f.stoplight is not null) as incomplete
  from mine m
  join expected_pair e on e.school_id = $1 and e.group_id = m.group_id
  join round r on r.school_id = e.school_id and r.id = e.round_id
   and case when m.round_id is null then not exists (select 1 from given v where v.round_id = r.id and v.group_id = m.group_id)
            else m.round_id = r.id end
  join class_group g on g.school_id = e.school_id and g.id = e.group_id
  left join subject s on s.school_id = g.school_id and s.id = g.subject_id
  left join feedback f on f.school_id = e.school_id and f.round_id = e.round_id and f.student_id = e.student_id
                      and f.group_id = e.group_id
 where r.state <> 'draft' and (r.state = 'open' or r.closed_at >= $3) and (m.teaches or $2 = any(f.written_by))
 group by r.id, m.teaches, g.id, s.name
 order by r.state = 'open' desc, case when r.state = 'open' then r.deadline end, r.closed_at desc, r.id, g.sort_key, g.title
"""

SHEET_HEAD: Final = f"""
select r.id, r.name, r.explanation, r.deadline, r.state, r.sharing, r.mentors_watch, r.only_groups, {ASKED}, r.closed_at,
       g.id as group_id, g.title, g.subject_id, coalesce(s.name, '') as subject,
       exists(select 1 from current_enrolment t
               where t.school_id = $1 and t.person_id = $4 and t.group_id = $3 and t.role = 'teacher') as teaches,
       {STANDS_IN.format("$4")} as stands_in
  from round r
  join class_group g on g.school_id = r.school_id and g.id = $3
  left join subject s on s.school_id = g.school_id and s.id = g.subject_id
 where r.school_id = $1 and r.id = $2
"""

# `before_*`: the last settled round before this one, same student and subject. $5 closing of this round, null while open.
SHEET: Final = """
select e.student_id as id, p.given_name, p.particle, p.family_name, p.username, e.state, e.until,
       (select min(g.title) from current_enrolment h
          join class_group g on g.school_id = h.school_id and g.id = h.group_id
         where h.school_id = $1 and h.person_id = e.student_id and h.role = 'student' and h.kind = 'home') as home_group,
       array(select t.group_id from current_enrolment t
               join current_enrolment se on se.school_id = t.school_id and se.group_id = t.group_id and se.role = 'student'
              where t.school_id = $1 and t.person_id = $4 and t.role = 'teacher' and t.kind = 'teaching'
                and se.person_id = e.student_id) as teaches,
       f.id as feedback_id, f.stoplight, f.remark, f.action, f.version, f.complete, f.updated_at, f.author_id, f.written_by,
       a.given_name as author_given, a.particle as author_particle, a.family_name as author_family,
       l.stoplight as late_stoplight, l.remark as late_remark, l.action as late_action, l.arrived_at as late_arrived_at,
       b.stoplight as before_stoplight, b.written_by as before_written_by, b.group_id as before_group_id,
       b.name as before_name, b.state as before_state, b.sharing as before_sharing, b.mentors_watch as before_mentors_watch,
       b.only_groups as before_only_groups, b.required as before_required
  from expected_pair e
  join person p on p.school_id = e.school_id and p.id = e.student_id
  join class_group own on own.school_id = e.school_id and own.id = e.group_id
  left join feedback f on f.school_id = e.school_id and f.round_id = e.round_id and f.student_id = e.student_id
                      and f.group_id = e.group_id
  left join person a on a.school_id = f.school_id and a.id = f.author_id
  left join late_write l on l.school_id = e.school_id and l.round_id = e.round_id and l.student_id = e.student_id
                        and l.group_id = e.group_id and l.author_id = $4 and l.settled_at is null
  left join lateral (
    select x.stoplight, x.written_by, x.group_id, y.name, y.state, y.sharing, y.mentors_watch, y.only_groups, y.required
      from feedback x
      join round y on y.school_id = x.school_id and y.id = x.round_id
      join class_group z on z.school_id = x.school_id and z.id = x.group_id and z.subject_id = own.subject_id
     where x.school_id = $1 and x.student_id = e.student_id and x.round_id <> e.round_id and x.stoplight is not null
       and y.closed_at is not null and ($5::timestamptz is null or y.closed_at < $5)
       and (y.state in ('closed', 'archived') or (y.only_groups is not null and not x.group_id = any(y.only_groups)))
     order by y.closed_at desc, y.id desc limit 1) b on true
 where e.school_id = $1 and e.round_id = $2 and e.group_id = $3
 order by p.sort_key, p.id
"""

# The clock: same student, same subject, any teacher, group or year. $4: only rounds closed before this moment (null: all).
CLOCK: Final = """
select r.id as round_id, r.name, r.closed_at, r.state, r.sharing, r.mentors_watch, r.only_groups, r.required,
       s.name as subject, g.title, f.group_id, f.stoplight, f.remark, f.action, f.written_by, e.state as pair_state,
       a.given_name, a.particle, a.family_name
  from feedback f
  join round r on r.school_id = f.school_id and r.id = f.round_id
  join expected_pair e on e.school_id = f.school_id and e.round_id = f.round_id and e.student_id = f.student_id
                      and e.group_id = f.group_id
  join class_group g on g.school_id = f.school_id and g.id = f.group_id
  join subject s on s.school_id = g.school_id and s.id = g.subject_id
  join person a on a.school_id = f.school_id and a.id = f.author_id
 where f.school_id = $1 and f.student_id = $2 and g.subject_id = $3 and f.stoplight is not null
   and r.closed_at is not null and ($4::timestamptz is null or r.closed_at < $4)
   and (r.state in ('closed', 'archived') or (r.only_groups is not null and not f.group_id = any(r.only_groups)))
   and r.id is distinct from $5
 order by r.closed_at desc, r.id desc, g.title
"""


# The same for all students of a group in a round, with the groups in which the viewer teaches each of them today. $4 viewer,
# $5 as above. A student without earlier feedback is one row without a round.
GROUP_CLOCK: Final = """
with mine as materialized (
  select array(select c.group_id from current_enrolment c
                where c.school_id = $1 and c.person_id = $4 and c.role = 'teacher' and c.kind = 'teaching') as ids)
select e.student_id, x.*,
       array(select se.group_id from current_enrolment se
              where se.school_id = $1 and se.person_id = e.student_id and se.role = 'student' and se.kind = 'teaching'
                and se.group_id = any(mine.ids)) as teaches
  from expected_pair e
  cross join mine
  join person p on p.school_id = e.school_id and p.id = e.student_id
  join class_group own on own.school_id = e.school_id and own.id = e.group_id
  left join lateral (
    select r.id as round_id, r.name, r.closed_at, r.state, r.sharing, r.mentors_watch, r.only_groups, r.required,
           s.name as subject, g.title, f.group_id, f.stoplight, f.remark, f.action, f.written_by, o.state as pair_state,
           a.given_name, a.particle, a.family_name
      from feedback f
      join round r on r.school_id = f.school_id and r.id = f.round_id
      join expected_pair o on o.school_id = f.school_id and o.round_id = f.round_id and o.student_id = f.student_id
                          and o.group_id = f.group_id
      join class_group g on g.school_id = f.school_id and g.id = f.group_id and g.subject_id = own.subject_id
      join subject s on s.school_id = g.school_id and s.id = g.subject_id
      join person a on a.school_id = f.school_id and a.id = f.author_id
     where f.school_id = $1 and f.student_id = e.student_id and f.stoplight is not null
       and r.closed_at is not null and ($5::timestamptz is null or r.closed_at < $5)
       and (r.state in ('closed', 'archived') or (r.only_groups is not null and not f.group_id = any(r.only_groups)))
       and r.id <> e.round_id) x on true
 where e.school_id = $1 and e.round_id = $2 and e.group_id = $3
 order by p.sort_key, p.id, x.closed_at desc, x.round_id desc, x.title
"""


async def facts(
    school_id: UUID,
    round_id: UUID,
    group_id: UUID,
    student_id: UUID,
    person_id: UUID,
    key: UUID | None,
    round_lock: str,
    key_lock: str | None,
) -> Any | None:
    """Run FACTS; None when the round or the pair is not there."""
    return await db.fetchrow(FACTS, school_id, round_id, group_id, student_id, person_id, key, round_lock, key_lock)


async def write(*values: Any) -> Any | None:
    """Run WRITE with its fifteen values; None when something changed meanwhile."""
    return await db.fetchrow(WRITE, *values)


async def remember(school_id: UUID, person_id: UUID, key: UUID, digest: bytes, answer: str) -> None:
    """Store the answer of a save that changed nothing; the key's lock is held."""
    await db.execute(
        """insert into request_key (school_id, person_id, key, payload_hash, status, answer) values ($1, $2, $3, $4, 200, $5)
           on conflict do nothing""",
        school_id,
        person_id,
        key,
        digest,
        answer,
    )


async def person_name(school_id: UUID, person_id: UUID) -> Any | None:
    """The parts of one name."""
    return await db.fetchrow(
        "select given_name, particle, family_name from person where school_id = $1 and id = $2", school_id, person_id
    )


async def my_rounds(school_id: UUID, person_id: UUID, since: datetime) -> list[Any]:
    """Rounds and groups that a teacher rates or has rated."""
    return await db.fetch(MY_ROUNDS, school_id, person_id, since)


async def sheet_head(school_id: UUID, round_id: UUID, group_id: UUID, person_id: UUID) -> Any | None:
    """Round, group and whether the viewer teaches it today or stands in."""
    return await db.fetchrow(SHEET_HEAD, school_id, round_id, group_id, person_id)


async def sheet(
    school_id: UUID, round_id: UUID, group_id: UUID, person_id: UUID, closed_at: datetime | None
) -> list[Any]:
    """The pairs of one group in one round, with what was written and the stoplight before."""
    return await db.fetch(SHEET, school_id, round_id, group_id, person_id, closed_at)


async def clock_rows(
    school_id: UUID, student_id: UUID, subject_id: UUID, before: datetime | None, other_than: UUID | None
) -> list[Any]:
    """Settled feedback on one student in one subject, newest first."""
    return await db.fetch(CLOCK, school_id, student_id, subject_id, before, other_than)


async def subject_of_pair(
    school_id: UUID, round_id: UUID, group_id: UUID, student_id: UUID, person_id: UUID
) -> Any | None:
    """Subject of the group, closing of the round and whether the viewer stands in, when this pair is in it."""
    return await db.fetchrow(
        f"""select g.subject_id, r.state, r.closed_at, r.sharing, r.mentors_watch, r.only_groups, r.required,
                  {STANDS_IN.format("$5")} as stands_in
             from expected_pair e
             join class_group g on g.school_id = e.school_id and g.id = e.group_id
             join round r on r.school_id = e.school_id and r.id = e.round_id
            where e.school_id = $1 and e.round_id = $2 and e.group_id = $3 and e.student_id = $4""",
        school_id,
        round_id,
        group_id,
        student_id,
        person_id,
    )


async def round_closing(school_id: UUID, round_id: UUID) -> Any | None:
    """State and closing of one round."""
    return await db.fetchrow(
        "select state, closed_at, sharing, mentors_watch, only_groups, required from round where school_id = $1 and id = $2",
        school_id,
        round_id,
    )


async def lock_for_many(round_lock: str, key_locks: list[str]) -> None:
    """Take the locks of several saves at once, until the transaction ends: the round's first as FACTS does, then keys in one order."""
    await db.lock(round_lock, shared=True)
    await db.fetch(
        """select pg_advisory_xact_lock(k.id)
             from (select distinct hashtextextended(n, 0) as id from unnest($1::text[]) n order by 1) k""",
        key_locks,
    )


async def group_clock(
    school_id: UUID, round_id: UUID, group_id: UUID, person_id: UUID, before: datetime | None
) -> list[Any]:
    """Run GROUP_CLOCK."""
    return await db.fetch(GROUP_CLOCK, school_id, round_id, group_id, person_id, before)


async def keep_late(*values: Any) -> None:
    """Run LATE_UPSERT: the author's latest text for this pair."""
    await db.execute(LATE_UPSERT, *values)


async def settle_late(
    school_id: UUID, round_id: UUID, group_id: UUID, student_id: UUID, author_id: UUID, at: datetime
) -> None:
    """The late text is of no more use: it was taken over, or its author wrote anew."""
    await db.execute(LATE_SETTLE, school_id, round_id, group_id, student_id, author_id, at)


async def late_waiting(school_id: UUID, round_id: UUID, group_id: UUID) -> list[Any]:
    """Late texts of one group that nobody settled, oldest first."""
    return await db.fetch(LATE_WAITING, school_id, round_id, group_id)


async def late_counts(school_id: UUID, round_id: UUID) -> list[Any]:
    """How many unsettled late texts there are per group."""
    return await db.fetch(
        """select group_id, count(*) as late from late_write
            where school_id = $1 and round_id = $2 and settled_at is null group by group_id""",
        school_id,
        round_id,
    )


async def round_asks(school_id: UUID, round_id: UUID) -> Any:
    """Which texts a round asks for, in general and of single years."""
    return await db.fetchrow(
        "select required, required_by_year from round where school_id = $1 and id = $2", school_id, round_id
    )


async def written_in(school_id: UUID, round_id: UUID) -> list[Any]:
    """All feedback of a round, with the year of its group."""
    return await db.fetch(
        """select f.id, f.stoplight, f.remark, f.action, f.complete, g.year
             from feedback f join class_group g on g.school_id = f.school_id and g.id = f.group_id
            where f.school_id = $1 and f.round_id = $2""",
        school_id,
        round_id,
    )


async def set_complete(school_id: UUID, ids: list[UUID], complete: bool) -> None:
    """These are complete, or are not. No new version: nobody wrote anything."""
    await db.execute(
        "update feedback set complete = $3 where school_id = $1 and id = any($2::uuid[])", school_id, ids, complete
    )
