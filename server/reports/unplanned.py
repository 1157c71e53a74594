"""Shared reports that a plan should have come of, for the question to their mentors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.platform import db

# `missing`: this is the version that holds now, a plan can still be handed in, and none was.
UNASKED = """
select s.id, s.round_id, s.student_id, s.shared_at,
       r.state <> 'archived' and coalesce(p.state, 'none') in ('none', 'draft')
         and not exists(select 1 from report_share n where n.school_id = s.school_id and n.round_id = s.round_id
                           and n.student_id = s.student_id and n.number > s.number and n.recalled_at is null) as missing
  from report_share s
  join round r on r.school_id = s.school_id and r.id = s.round_id
  left join plan p on p.school_id = s.school_id and p.round_id = s.round_id and p.student_id = s.student_id
 where s.school_id = $1 and s.shared_at <= $2 and s.plan_asked_at is null and s.recalled_at is null
 order by s.id for no key update of s
"""

MENTORS = """
select distinct te.person_id
  from current_enrolment se
  join current_enrolment te on te.school_id = se.school_id and te.group_id = se.group_id and te.role = 'teacher'
 where se.school_id = $1 and se.person_id = any($2::uuid[]) and se.role = 'student' and se.kind = 'home'
 order by te.person_id
"""


@dataclass(frozen=True, slots=True)
class Unasked:
    """One shared version that nobody was asked about."""

    id: UUID
    round_id: UUID
    student_id: UUID
    shared_at: datetime
    missing: bool


async def unasked(school_id: UUID, shared_until: datetime) -> list[Unasked]:
    """Versions shared up to that moment and not asked after yet; held until the transaction ends."""
    return [Unasked(**dict(row)) for row in await db.fetch(UNASKED, school_id, shared_until)]


async def asked(school_id: UUID, share_ids: Sequence[UUID], at: datetime) -> None:
    """These were asked after, or need not be."""
    await db.execute(
        "update report_share set plan_asked_at = $3 where school_id = $1 and id = any($2::uuid[])",
        school_id,
        list(share_ids),
        at,
    )


async def mentors(school_id: UUID, student_ids: Sequence[UUID]) -> list[UUID]:
    """Who mentors one of these students today."""
    return [row["person_id"] for row in await db.fetch(MENTORS, school_id, list(student_ids))]
