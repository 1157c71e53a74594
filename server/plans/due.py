"""Agreements whose day comes near, for the reminder of their owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from server.platform import db

# Not done, not taken away, and nobody was reminded of this day yet.
COMING = """
select id, round_id, student_id, due_on, created_at from agreement
 where school_id = $1 and due_on between $2 and $3 and done_at is null and removed_at is null
   and reminded_for is distinct from due_on
 order by id for no key update
"""


@dataclass(frozen=True, slots=True)
class Coming:
    """One agreement whose day comes near."""

    id: UUID
    round_id: UUID
    student_id: UUID
    due_on: date
    created_at: datetime


async def coming(school_id: UUID, first: date, last: date) -> list[Coming]:
    """Agreements that are due on these days and of which nobody was reminded; held until the transaction ends."""
    return [Coming(**dict(row)) for row in await db.fetch(COMING, school_id, first, last)]


async def reminded(school_id: UUID, agreement_ids: Sequence[UUID]) -> None:
    """Their owners were reminded of these, or need not be. No new version: nobody changed what they say."""
    await db.execute(
        "update agreement set reminded_for = due_on where school_id = $1 and id = any($2::uuid[])",
        school_id,
        list(agreement_ids),
    )
