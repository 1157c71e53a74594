"""All SQL about the group board. Reading one board is two statements: whose it is, and what stands on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from server.platform import db

# Home groups that the viewer ($2) mentors or has in scope; whether a scope counts, the rules say.
GROUPS: Final = """
select g.id, g.title, bool_or(x.mentor) as mentor, bool_or(x.in_scope) as in_scope
  from (select c.group_id, true as mentor, false as in_scope from current_enrolment c
         where c.school_id = $1 and c.person_id = $2 and c.role = 'teacher' and c.kind = 'home'
        union all
        select l.group_id, false, true from leader_scope l where l.school_id = $1 and l.person_id = $2) x
  join class_group g on g.school_id = $1 and g.id = x.group_id and g.ended_on is null
 group by g.id, g.title, g.sort_key order by bool_or(x.mentor) desc, g.sort_key, g.id
"""

ROUNDS: Final = """
select r.id, r.name, r.state, r.sharing, r.mentors_watch, r.only_groups, r.required from round r
 where r.school_id = $1 and r.state <> 'draft'
   and exists (select 1 from expected_pair e
                 join current_enrolment c on c.school_id = e.school_id and c.person_id = e.student_id and c.role = 'student'
                where e.school_id = $1 and e.round_id = r.id and c.group_id = any($2::uuid[]))
 order by r.opened_at desc, r.id desc
"""

HEAD: Final = """
select r.id, r.name, r.state, r.sharing, r.mentors_watch, r.only_groups, r.required, g.title,
       exists(select 1 from current_enrolment c where c.school_id = $1 and c.group_id = g.id and c.person_id = $2
               and c.role = 'teacher') as mentor,
       exists(select 1 from leader_scope l where l.school_id = $1 and l.group_id = g.id and l.person_id = $2) as in_scope
  from class_group g join round r on r.school_id = g.school_id and r.id = $3
 where g.school_id = $1 and g.id = $4 and g.kind = 'home'
"""

# One row per student of the group who stands in the round.
STUDENTS: Final = """
with taught as materialized (
  select array(select c.group_id from current_enrolment c
                where c.school_id = $1 and c.person_id = $2 and c.role = 'teacher') as ids)
select p.id, p.given_name, p.particle, p.family_name, p.username, g.title as home_group,
       array(select c2.group_id from current_enrolment c2
              where c2.school_id = $1 and c2.person_id = p.id and c2.role = 'student' and c2.kind = 'teaching'
                and c2.group_id = any(y.ids)) as teaches,
       q.pairs, q.own_complete, b.decisions, h.number, h.shared_at, h.guardians, h.opened
  from current_enrolment c
  join class_group g on g.school_id = c.school_id and g.id = c.group_id
  join person p on p.school_id = c.school_id and p.id = c.person_id
 cross join taught y
 cross join lateral (
   select json_agg(json_build_array(e.group_id, e.state, e.until, coalesce(s.name, t.title), e.group_id = any(y.ids),
                     f.stoplight, coalesce($2 = any(f.written_by), false))
                   order by e.state = 'expected' desc, t.sort_key, t.id) as pairs,
          coalesce(bool_and(coalesce(f.complete, false)) filter (where e.state = 'expected' and e.group_id = any(y.ids)), true)
            as own_complete
     from expected_pair e
     join class_group t on t.school_id = e.school_id and t.id = e.group_id
     left join subject s on s.school_id = t.school_id and s.id = t.subject_id
     left join feedback f on f.school_id = e.school_id and f.round_id = e.round_id and f.student_id = e.student_id
      and f.group_id = e.group_id
    where e.school_id = $1 and e.round_id = $3 and e.student_id = p.id) q
 cross join lateral (
   select json_agg(json_build_object('id', d.id, 'text', d.text, 'version', d.version,
                     'agreed', exists(select 1 from agreement a
                                       where a.school_id = $1 and a.id = d.agreement_id and a.removed_at is null))
                   order by d.created_at, d.id) as decisions
     from decision d
    where d.school_id = $1 and d.round_id = $3 and d.student_id = p.id and d.removed_at is null) b
  left join lateral (
   select x.number, x.shared_at, x.guardians,
          exists(select 1 from report_read d where d.school_id = $1 and d.share_id = x.id) as opened
     from report_share x
    where x.school_id = $1 and x.round_id = $3 and x.student_id = p.id and x.recalled_at is null
    order by x.number desc limit 1) h on true
 where c.school_id = $1 and c.group_id = $4 and c.role = 'student' and q.pairs is not null
 order by p.sort_key, p.id
"""


async def groups(school_id: UUID, viewer_id: UUID) -> list[Any]:
    """Home groups that the viewer mentors or has in scope, the own ones first."""
    return await db.fetch(GROUPS, school_id, viewer_id)


async def rounds(school_id: UUID, group_ids: list[UUID]) -> list[Any]:
    """Rounds in which a student of these groups stands; newest first, never a draft."""
    return await db.fetch(ROUNDS, school_id, group_ids)


async def head(school_id: UUID, viewer_id: UUID, round_id: UUID, group_id: UUID) -> Any | None:
    """Round and home group, and what the viewer is to it; None when either is not of this school."""
    return await db.fetchrow(HEAD, school_id, viewer_id, round_id, group_id)


async def students(school_id: UUID, viewer_id: UUID, round_id: UUID, group_id: UUID) -> list[Any]:
    """The rows of one board, in class-list order."""
    return await db.fetch(STUDENTS, school_id, viewer_id, round_id, group_id)


# --- decisions --------------------------------------------------------------------------------------------------------


async def decision(school_id: UUID, decision_id: UUID) -> Any | None:
    """One decision that stands, and whether it is an agreement by now; holds it until the transaction ends."""
    return await db.fetchrow(
        """select d.id, d.round_id, d.student_id, d.text, d.version,
                  exists(select 1 from agreement a
                          where a.school_id = $1 and a.id = d.agreement_id and a.removed_at is null) as agreed
             from decision d where d.school_id = $1 and d.id = $2 and d.removed_at is null for update of d""",
        school_id,
        decision_id,
    )


async def add(school_id: UUID, round_id: UUID, student_id: UUID, text: str, by: UUID, at: datetime) -> UUID:
    """A new decision with its first version; its id."""
    decision_id: UUID = await db.fetchval(
        """insert into decision (school_id, round_id, student_id, text, created_by, created_at, updated_at)
           values ($1, $2, $3, $4, $5, $6, $6) returning id""",
        school_id,
        round_id,
        student_id,
        text,
        by,
        at,
    )
    await _keep(school_id, decision_id, by)
    return decision_id


async def change(school_id: UUID, decision_id: UUID, text: str, by: UUID, at: datetime) -> int:
    """Another text; the new version."""
    version: int = await db.fetchval(
        """update decision set text = $3, updated_at = $4, version = version + 1
            where school_id = $1 and id = $2 returning version""",
        school_id,
        decision_id,
        text,
        at,
    )
    await _keep(school_id, decision_id, by)
    return version


async def remove(school_id: UUID, decision_id: UUID, by: UUID, at: datetime) -> int:
    """Take a decision away; its history keeps it. The new version."""
    version: int = await db.fetchval(
        """update decision set removed_at = $3, updated_at = $3, version = version + 1
            where school_id = $1 and id = $2 returning version""",
        school_id,
        decision_id,
        at,
    )
    await _keep(school_id, decision_id, by)
    return version


async def becomes(school_id: UUID, decision_id: UUID, agreement_id: UUID) -> None:
    """The decision has become this agreement. No new version: what it says is the same."""
    await db.execute(
        "update decision set agreement_id = $3 where school_id = $1 and id = $2", school_id, decision_id, agreement_id
    )


async def _keep(school_id: UUID, decision_id: UUID, by: UUID) -> None:
    await db.execute(
        """insert into decision_history (school_id, decision_id, version, text, removed, author_id, saved_at)
           select school_id, id, version, text, removed_at is not null, $3, updated_at from decision
            where school_id = $1 and id = $2""",
        school_id,
        decision_id,
        by,
    )
