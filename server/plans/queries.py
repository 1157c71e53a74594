"""All SQL that writes plans and agreements. Reading them is part of the report's statement (`reports.queries`)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from server.platform import db

# Who teaches the student today, in a teaching group.
TEACHES_TODAY: Final = """
select exists(select 1 from current_enrolment se
                join current_enrolment te on te.school_id = se.school_id and te.group_id = se.group_id and te.role = 'teacher'
               where se.school_id = $1 and se.person_id = $2 and se.role = 'student' and se.kind = 'teaching'
                 and te.person_id = $3)
"""


async def save_draft(school_id: UUID, round_id: UUID, student_id: UUID, draft: str, at: datetime) -> Any:
    """Write the draft; id, version and state. A plan that was handed in stays so while its next version is written."""
    return await db.fetchrow(
        """insert into plan as p (school_id, round_id, student_id, state, draft, updated_at)
           values ($1, $2, $3, 'draft', $4, $5)
           on conflict (school_id, round_id, student_id) do update
             set draft = excluded.draft, version = p.version + 1, updated_at = excluded.updated_at,
                 state = case p.state when 'none' then 'draft' else p.state end
           returning id, version, state""",
        school_id,
        round_id,
        student_id,
        draft,
        at,
    )


async def hand_in(school_id: UUID, plan_id: UUID, at: datetime) -> int:
    """Keep the draft as the next version; its number."""
    number: int = await db.fetchval(
        """with changed as (
             update plan set state = 'handed_in', updated_at = $3 where school_id = $1 and id = $2 returning id, draft
           )
           insert into plan_version (school_id, plan_id, number, content, handed_in_at)
           select $1, c.id, coalesce((select max(v.number) from plan_version v
                                       where v.school_id = $1 and v.plan_id = $2), 0) + 1, c.draft, $3
             from changed c
           returning number""",
        school_id,
        plan_id,
        at,
    )
    return number


async def conclude(school_id: UUID, round_id: UUID, student_id: UUID, at: datetime) -> UUID:
    """Conclude the plan, also one that was never written; its id."""
    plan_id: UUID = await db.fetchval(
        """insert into plan (school_id, round_id, student_id, state, concluded_at, updated_at)
           values ($1, $2, $3, 'concluded', $4, $4)
           on conflict (school_id, round_id, student_id) do update
             set state = 'concluded', concluded_at = excluded.concluded_at, updated_at = excluded.updated_at
           returning id""",
        school_id,
        round_id,
        student_id,
        at,
    )
    return plan_id


async def place_of(school_id: UUID, agreement_id: UUID) -> Any | None:
    """Round and student of an agreement that was not removed; holds the row until the transaction ends."""
    return await db.fetchrow(
        """select round_id, student_id from agreement
            where school_id = $1 and id = $2 and removed_at is null for update""",
        school_id,
        agreement_id,
    )


async def teaches_today(school_id: UUID, student_id: UUID, person_id: UUID) -> bool:
    """Does this person teach the student today?"""
    return bool(await db.fetchval(TEACHES_TODAY, school_id, student_id, person_id))


async def add_agreement(
    school_id: UUID,
    round_id: UUID,
    student_id: UUID,
    what: str,
    party: str,
    owner_id: UUID | None,
    due_on: date | None,
    by: UUID,
    at: datetime,
) -> UUID:
    """A new agreement; its id."""
    agreement_id: UUID = await db.fetchval(
        """insert into agreement (school_id, round_id, student_id, what, party, owner_id, due_on, created_by, created_at,
                                  updated_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) returning id""",
        school_id,
        round_id,
        student_id,
        what,
        party,
        owner_id,
        due_on,
        by,
        at,
    )
    return agreement_id


async def change_agreement(
    school_id: UUID,
    agreement_id: UUID,
    what: str,
    party: str,
    owner_id: UUID | None,
    due_on: date | None,
    at: datetime,
) -> int:
    """Change an agreement, which has to be confirmed again; the new version."""
    version: int = await db.fetchval(
        """update agreement set what = $3, party = $4, owner_id = $5, due_on = $6, confirmed_at = null, updated_at = $7,
                  version = version + 1
            where school_id = $1 and id = $2 returning version""",
        school_id,
        agreement_id,
        what,
        party,
        owner_id,
        due_on,
        at,
    )
    return version


async def remove_agreement(school_id: UUID, agreement_id: UUID, at: datetime) -> int:
    """Take an agreement away; it stays in the history. The new version."""
    version: int = await db.fetchval(
        """update agreement set removed_at = $3, updated_at = $3, version = version + 1
            where school_id = $1 and id = $2 returning version""",
        school_id,
        agreement_id,
        at,
    )
    return version


async def keep_version(school_id: UUID, agreement_id: UUID, author_id: UUID, at: datetime) -> None:
    """Copy the agreement as it stands now into its history."""
    await db.execute(
        """insert into agreement_history (school_id, agreement_id, version, content, author_id, saved_at)
           select $1, a.id, a.version,
                  jsonb_build_object('what', a.what, 'party', a.party, 'owner_id', a.owner_id, 'due_on', a.due_on,
                                     'removed', a.removed_at is not null), $3, $4
             from agreement a where a.school_id = $1 and a.id = $2""",
        school_id,
        agreement_id,
        author_id,
        at,
    )


async def confirm(school_id: UUID, agreement_id: UUID, at: datetime) -> None:
    """The student confirms the agreement as it stands; a second time changes nothing."""
    await db.execute(
        """update agreement set confirmed_at = $3, updated_at = $3
            where school_id = $1 and id = $2 and confirmed_at is null""",
        school_id,
        agreement_id,
        at,
    )


async def tick(school_id: UUID, agreement_id: UUID, done_at: datetime | None, at: datetime) -> None:
    """Done (`done_at`) or not yet (None)."""
    await db.execute(
        "update agreement set done_at = $3, updated_at = $4 where school_id = $1 and id = $2",
        school_id,
        agreement_id,
        done_at,
        at,
    )
