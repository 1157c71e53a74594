"""SQL of the demo school."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from server.platform import db


async def give_roles(school_id: UUID) -> None:
    """The roster knows no organiser and no leader: an experienced teacher organises, the principal leads all home groups."""
    await db.execute(
        """insert into person_role (school_id, person_id, role, source)
           select $1, person_id, 'organiser', 'manual' from (
             select e.person_id from current_enrolment e
              join person p on p.school_id = e.school_id and p.id = e.person_id and p.enabled and p.left_on is null
              where e.school_id = $1 and e.role = 'teacher'
              group by e.person_id having bool_and(e.kind = 'teaching') order by count(*), e.person_id limit 1) q
           on conflict do nothing""",
        school_id,
    )
    await db.execute(
        """insert into person_role (school_id, person_id, role, source)
           select $1, p.id, 'leader', 'manual' from person p
            where p.school_id = $1 and p.sourced_id like 'usr-o-%'
              and not exists (select 1 from person_role r where r.school_id = $1 and r.person_id = p.id and r.role = 'admin')
           on conflict do nothing""",
        school_id,
    )
    await db.execute(
        """insert into leader_scope (school_id, person_id, group_id)
           select $1, r.person_id, g.id from person_role r, class_group g
            where r.school_id = $1 and r.role = 'leader' and g.school_id = $1 and g.kind = 'home' and g.ended_on is null
           on conflict do nothing""",
        school_id,
    )


async def organiser(school_id: UUID) -> UUID:
    """Who planned the rounds."""
    found: UUID = await db.fetchval(
        "select person_id from person_role where school_id = $1 and role = 'organiser' limit 1", school_id
    )
    return found


async def pupils(school_id: UUID) -> list[Any]:
    """Students with home group and mentor, in class-list order."""
    return await db.fetch(
        """select distinct on (g.sort_key, p.sort_key, p.id) p.id as student_id, p.given_name, g.id as home_id, g.title,
                  (select t.person_id from current_enrolment t where t.school_id = $1 and t.group_id = g.id and t.role = 'teacher'
                    order by t.is_primary desc limit 1) as mentor_id
             from current_enrolment e
             join person p on p.school_id = $1 and p.id = e.person_id
             join class_group g on g.school_id = $1 and g.id = e.group_id
            where e.school_id = $1 and e.kind = 'home' and e.role = 'student'
            order by g.sort_key, p.sort_key, p.id""",
        school_id,
    )


async def pairs(school_id: UUID) -> list[Any]:
    """(student, teaching group) pairs of today with subject code and first teacher."""
    return await db.fetch(
        """select e.person_id as student_id, e.group_id, s.code,
                  (select t.person_id from current_enrolment t where t.school_id = $1 and t.group_id = e.group_id and t.role = 'teacher'
                    order by t.is_primary desc, t.person_id limit 1) as teacher_id
             from current_enrolment e join subject s on s.school_id = $1 and s.id = e.subject_id
            where e.school_id = $1 and e.kind = 'teaching' and e.role = 'student'
            order by e.group_id, e.person_id""",
        school_id,
    )


async def add_round(
    school_id: UUID, *, name: str, explanation: str, state: str, deadline: datetime, opened_at: datetime,
    closed_at: datetime | None, created_by: UUID, based_on: UUID | None,
) -> UUID:  # fmt: skip
    """A round for the whole school with the school's required texts."""
    found: UUID = await db.fetchval(
        """insert into round (school_id, name, explanation, state, deadline, opened_at, closed_at, created_by, based_on, required,
                              audience, sharing, created_at)
           select $1, $2, $3, $4, $5, $6, $7, $8, $9, s.required,
                  '{"levels": [], "years": [], "home_group_ids": [], "left_out_subject_ids": []}', true, $6
             from school_settings s where s.school_id = $1 returning id""",
        school_id, name, explanation, state, deadline, opened_at, closed_at, created_by, based_on,
    )  # fmt: skip
    return found


async def add_pairs(school_id: UUID, round_id: UUID, pairs_: Sequence[Any]) -> None:
    """All pairs as expected."""
    await db.executemany(
        "insert into expected_pair (school_id, round_id, student_id, group_id) values ($1, $2, $3, $4)",
        [(school_id, round_id, row["student_id"], row["group_id"]) for row in pairs_],
    )


async def add_feedback(rows: Sequence[tuple[Any, ...]]) -> None:
    """Feedback rows: school, round, student, group, stoplight, remark, action, complete, author, moment."""
    await db.executemany(
        """with f as (
             insert into feedback (school_id, round_id, student_id, group_id, stoplight, remark, action, complete, author_id, written_by,
                                   created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, array[$9::uuid], $10, $10) returning *)
           insert into feedback_history (school_id, feedback_id, version, stoplight, remark, action, author_id, saved_at)
           select school_id, id, 1, stoplight, remark, action, author_id, updated_at from f""",
        rows,
    )


async def add_message(
    school_id: UUID, round_id: UUID, student_id: UUID, text: str, mentor_id: UUID, at: datetime
) -> None:
    """The mentor's message."""
    await db.execute(
        """insert into mentor_message (school_id, round_id, student_id, text, author_id, updated_at)
           values ($1, $2, $3, $4, $5, $6)""",
        school_id, round_id, student_id, text, mentor_id, at,
    )  # fmt: skip


async def read_share(school_id: UUID, round_id: UUID, student_id: UUID, at: datetime) -> None:
    """The student opened the latest shared version."""
    await db.execute(
        """insert into report_read (school_id, share_id, person_id, read_at)
           select $1, id, $3, $4 from report_share where school_id = $1 and round_id = $2 and student_id = $3
           order by number desc limit 1 on conflict do nothing""",
        school_id, round_id, student_id, at,
    )  # fmt: skip


async def backdate_share(school_id: UUID, round_id: UUID, at: datetime) -> None:
    """Shared shortly after closing, not just now."""
    await db.execute(
        "update report_share set shared_at = $3 where school_id = $1 and round_id = $2", school_id, round_id, at
    )


async def add_plan(
    school_id: UUID, round_id: UUID, student_id: UUID, state: str, content: str, at: datetime, talked: datetime
) -> None:
    """A plan in the given state, written at a moment and talked about at another; `content` is JSON."""
    plan_id = await db.fetchval(
        """insert into plan (school_id, round_id, student_id, state, draft, updated_at, concluded_at)
           values ($1, $2, $3, $4, $5, $6, case when $4 = 'concluded' then $7::timestamptz end) returning id""",
        school_id, round_id, student_id, state, content, at, talked,
    )  # fmt: skip
    if state != "draft":
        await db.execute(
            "insert into plan_version (school_id, plan_id, number, content, handed_in_at) values ($1, $2, 1, $3, $4)",
            school_id, plan_id, content, at,
        )  # fmt: skip


async def add_agreements(rows: Sequence[tuple[Any, ...]]) -> None:
    """school, round, student, what, party, due, confirmed, done, mentor, moment."""
    await db.executemany(
        """with a as (
             insert into agreement (school_id, round_id, student_id, what, party, due_on, confirmed_at, done_at, created_by, created_at,
                                    updated_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) returning *)
           insert into agreement_history (school_id, agreement_id, version, content, author_id, saved_at)
           select school_id, id, 1, jsonb_build_object('what', what, 'party', party, 'due_on', due_on), created_by, created_at from a""",
        rows,
    )


async def clear_outbox(school_id: UUID) -> None:
    """What the seed did through services lies in the past and is announced to nobody."""
    await db.execute("update outbox set done_at = now() where school_id = $1 and done_at is null", school_id)


async def no_quiet_hours(school_id: UUID) -> None:
    """Who tries it out in the evening wants to see what comes."""
    await db.execute("update school_settings set quiet_hours = false where school_id = $1", school_id)
